"""Who may rule what about an author: what a moderator may do at once, and what takes an editor."""

from __future__ import annotations

from typing import Final

from moderato.domain.author import Ruling, Standing, standing_of
from moderato.store.users import Role

#: Seconds for which a moderator may suspend, and anybody.
WEEK: Final = 7 * 86_400
YEAR: Final = 366 * 86_400
_EDITORS: Final = frozenset({Standing.TRUSTED, Standing.BANNED})


def least_for(standing: Standing, seconds: int | None, last: Ruling | None, now: int) -> Role:
    """The least role that may put ``standing``, for ``seconds``, in place of the ``last`` ruling.

    What only an editor may impose, only an editor may lift, except trust: whoever is there must
    be able to stop somebody. ``now`` is UTC ms.
    """
    if standing in _EDITORS or (standing is Standing.SUSPENDED and (seconds or 0) > WEEK):
        return Role.EDITOR
    match standing_of(last, now):
        case Standing.BANNED:
            return Role.EDITOR
        case Standing.SUSPENDED if last and last.until and last.until - now > WEEK * 1000:
            return Role.EDITOR
    return Role.MODERATOR


def possible(role: Role, last: Ruling | None, now: int) -> list[Standing]:
    """What somebody with ``role`` may rule now, be it for the shortest time."""
    return [one for one in Standing if role.covers(least_for(one, 1, last, now))]


def longest(role: Role) -> int:
    """Seconds for which ``role`` may suspend."""
    return YEAR if role.covers(Role.EDITOR) else WEEK
