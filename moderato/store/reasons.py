"""Why a moderator may reject: each site's own list, where it has one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from moderato.store import keys
from moderato.store.part import Part


@dataclass(frozen=True, slots=True)
class Reason:
    """``rule`` is the code kept with the decision; ``words`` are what the author is told."""

    rule: str
    label: str
    words: str


DEFAULT: Final = (
    Reason("insult", "Personal attack", "It attacks a person instead of what they said."),
    Reason("hate", "Hate", "It demeans people for who they are."),
    Reason("threat", "Threat", "It threatens somebody or wishes them harm."),
    Reason("obscene", "Obscene language", "Its language is obscene."),
    Reason("accusation", "Unfounded accusation", "It accuses somebody without evidence."),
    Reason("private", "Private information", "It gives away private details about somebody."),
    Reason("off-topic", "Off topic", "It is not about this article."),
    Reason("spam", "Spam or advertising", "It advertises, or was posted many times."),
    Reason("other", "Other", "It breaks the house rules."),
)


@dataclass(frozen=True, slots=True)
class Reasons(Part):
    async def get(self, site: str) -> tuple[Sequence[Reason], bool]:
        """The site's reasons in the order of their keys, and whether they are its own."""
        raw: Any = await self.redis.get(keys.reasons(site))
        if raw is None:
            return DEFAULT, False
        return [Reason(**fields) for fields in json.loads(raw)], True

    async def set(self, site: str, reasons: Sequence[Reason]) -> None:
        """Gives a site a list of its own; decisions of before keep their codes and words."""
        raw = json.dumps([asdict(reason) for reason in reasons])
        await self.redis.set(keys.reasons(site), raw)

    async def reset(self, site: str) -> None:
        """Goes back to the default."""
        await self.redis.delete(keys.reasons(site))
