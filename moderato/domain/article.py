"""How an article takes comments: for good, or until a time after which it is as it was."""

from __future__ import annotations

from dataclasses import dataclass

from moderato.domain.comment import ArticleMode, Tighter


@dataclass(frozen=True, slots=True)
class Settings:
    """What was set about an article; what of it holds depends on the time, never on a job.

    ``lasting`` has no end. ``passing`` stands before it until ``passing_until``; then the article
    is as it was. ``tighter`` ends by itself, too. Times are UTC ms; an end is no longer in it.
    """

    lasting: ArticleMode = ArticleMode.OPEN
    passing: ArticleMode | None = None
    passing_until: int = 0
    tighter: Tighter | None = None

    def mode_at(self, now: int) -> ArticleMode:
        return self.lasting if self.passing is None or self._is_over(now) else self.passing

    def mode_until(self, now: int) -> int | None:
        """When the mode of ``now`` ends; None for never."""
        return None if self.passing is None or self._is_over(now) else self.passing_until

    def tighter_at(self, now: int) -> Tighter | None:
        if self.tighter is None or self.tighter.until is None or now < self.tighter.until:
            return self.tighter
        return None

    def _is_over(self, now: int) -> bool:
        return now >= self.passing_until
