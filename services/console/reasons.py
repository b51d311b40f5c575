"""Why a moderator may reject: the list behind the keys 1 to 9."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Reason:
    """``rule`` is the code kept with the decision; ``words`` are what the author is told."""

    rule: str
    label: str
    words: str


REASONS: Final = (
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
BY_RULE: Final = {reason.rule: reason for reason in REASONS}


def as_json() -> list[dict[str, Any]]:
    return [{"key": str(key), **asdict(reason)} for key, reason in enumerate(REASONS, start=1)]
