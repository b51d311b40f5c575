"""What conditions ask about one comment. An answer is None where it is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isfinite

from moderato.domain.author import Standing
from moderato.domain.comment import ArticleMode, Comment, Tighter
from moderato.domain.scores import Scores
from moderato.domain.text import WordList, forms, links


@dataclass(frozen=True, slots=True)
class Context:
    """What a policy may ask beyond the comment and its scores; None where it is not known.

    ``author_standing`` is always known: where nobody ruled there is none. ``article_mode``,
    ``article_tighter`` and ``repeats`` default to what the comment itself says.
    """

    author_approved: int | None = None
    author_rejected: int | None = None
    author_standing: Standing = Standing.NONE
    article_mode: ArticleMode | None = None
    repeats: int | None = None
    article_tighter: Tighter | None = None


class Facts:
    """Answers about one comment; what takes work is worked out once, when first asked."""

    def __init__(
        self,
        comment: Comment,
        scores: Scores | None,
        context: Context,
        words: Mapping[str, WordList],
    ) -> None:
        self.comment = comment
        self.context = context
        self._scores = scores
        self._words = words
        self._found: dict[str, tuple[str, ...]] = {}

    @cached_property
    def scores(self) -> Mapping[str, float]:
        """Score per attribute, in [0, 1]; empty where no model could score."""
        if self._scores is None:
            return {}
        known = {name: _share(value) for name, value in self._scores.values.items()}
        return {name: value for name, value in known.items() if value is not None}

    @property
    def scored(self) -> bool:
        return bool(self.scores)

    @property
    def folded_gain(self) -> float | None:
        return None if self._scores is None else _share(self._scores.folded_gain)

    @property
    def language(self) -> str | None:
        if self._scores is not None and self._scores.language is not None:
            return self._scores.language
        return self.comment.language

    @property
    def language_known(self) -> bool | None:
        return None if self._scores is None else self._scores.language_known

    @property
    def article(self) -> ArticleMode:
        return self.context.article_mode or self.comment.article.mode

    @property
    def tighter(self) -> Tighter | None:
        return self.context.article_tighter or self.comment.article.tighter

    @property
    def author_trusted(self) -> bool:
        return self.context.author_standing is Standing.TRUSTED

    @property
    def repeats(self) -> int:
        return self.comment.repeats if self.context.repeats is None else self.context.repeats

    @property
    def author_rejected_share(self) -> float | None:
        """Of the author's decided comments; None before the first."""
        approved, rejected = self.context.author_approved, self.context.author_rejected
        if approved is None or rejected is None or approved + rejected <= 0:
            return None
        return rejected / (approved + rejected)

    @cached_property
    def links(self) -> tuple[str, ...]:
        """Host of each link in the text."""
        return links(self.comment.text)

    def listed_words(self, name: str) -> tuple[str, ...]:
        """Entries of the word list ``name`` that occur in the text, disguised or not."""
        if name not in self._found:
            self._found[name] = self._words[name].find_in(self._forms)
        return self._found[name]

    @cached_property
    def _forms(self) -> tuple[str, ...]:
        return forms(self.comment.text)


def _share(value: float) -> float | None:
    """``value`` in [0, 1]; None for what is no number, which a broken model may give."""
    return min(max(value, 0.0), 1.0) if isfinite(value) else None
