"""Reading on from a place in sorted sets, as if they were one."""

from __future__ import annotations

from collections.abc import Sequence

from moderato.store.script import Scripts
from moderato.store.views import Cursor


async def walk(
    scripts: Scripts,
    orders: Sequence[str],
    *,
    after: Cursor | None,
    limit: int,
    descending: bool,
) -> list[Cursor]:
    """The next ``limit`` places of the sorted sets ``orders``, all of them together.

    A place stays good when what stood there is gone.
    """
    score, member = (repr(after.score), after.member) if after else ("", "")
    answer = await scripts.run(
        "walk", orders, [int(descending), "-inf", "+inf", score, member, 1, limit]
    )
    places = [
        Cursor(float(order[at + 1]), order[at])
        for order in answer
        for at in range(0, len(order), 2)
    ]
    places.sort(key=lambda place: (place.score, place.member), reverse=descending)
    return places[:limit]
