"""An author's standing: what people ruled about somebody who comments, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from moderato.domain.comment import State


class Standing(StrEnum):
    """What holds for all that an author writes; NONE where nobody ruled, or it has ended."""

    NONE = "none"
    TRUSTED = "trusted"  # the policy may ask for it
    PREMODERATED = "premoderated"  # a person reads every comment before it appears
    SUSPENDED = "suspended"  # may not post for a time
    BANNED = "banned"  # may not post


#: New comments by these authors are not taken in.
REFUSED: Final = frozenset({Standing.SUSPENDED, Standing.BANNED})
#: Standings that end by themselves, and those that can.
ENDS: Final = frozenset({Standing.SUSPENDED})
MAY_END: Final = ENDS | {Standing.PREMODERATED}


@dataclass(frozen=True, slots=True)
class Sanction:
    """What becomes of a comment that the policy decided to treat better than its author.

    ``instead_of`` are the policy's outcomes that give way to ``state``.
    """

    instead_of: frozenset[State]
    state: State
    rule: str
    reason: str
    message: str = ""


_APPROVED: Final = frozenset({State.APPROVED})

#: A sanction only makes a decision stricter: what the policy rejects anyway stays rejected. The
#: comments of those who may not post came in before that was ruled.
SANCTIONS: Final = {
    Standing.PREMODERATED: Sanction(
        _APPROVED,
        State.FLAGGED,
        "author-premoderated",
        "Every comment by this author is read before it appears.",
    ),
    Standing.SUSPENDED: Sanction(
        _APPROVED,
        State.FLAGGED,
        "author-suspended",
        "Its author was suspended while it waited, so a person must look.",
    ),
    Standing.BANNED: Sanction(
        _APPROVED | {State.FLAGGED},
        State.REJECTED,
        "author-banned",
        "Its author was banned while it waited.",
        "Your comment was not published because you may not comment here any more.",
    ),
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """One ruling about an author, by a person. Times are UTC ms by Redis's clock.

    ``version`` counts the rulings about this author from 1. ``until`` is when it ends, None for
    never. ``rule`` is a code of the site's reasons; ``reason`` its words, which the site and the
    author may be told; ``note`` is for colleagues.
    """

    standing: Standing
    version: int
    by: str
    at: int
    until: int | None = None
    rule: str = ""
    reason: str = ""
    note: str = ""

    def standing_at(self, now: int) -> Standing:
        """What holds at ``now``: nothing any more once it has ended."""
        return Standing.NONE if self.until is not None and self.until <= now else self.standing


def standing_of(ruling: Ruling | None, now: int) -> Standing:
    """What holds at ``now`` where ``ruling`` is the last about an author; None for no ruling."""
    return Standing.NONE if ruling is None else ruling.standing_at(now)
