"""How many comments a second are scored, against Detoxify used the usual way.

The same checkpoint on both sides, in its two forms: Detoxify's own and our ONNX. Detoxify is
called with one text at a time, and with lists of 32 in the order they come.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from benchmarks import bert
from benchmarks.contender import Contender, contender
from benchmarks.drain import drain_turn
from benchmarks.report import Figure
from benchmarks.rounds import Settings, Spread, Turn, ratio, take_turns
from benchmarks.stack import stack
from benchmarks.texts import texts
from workers.scorer.engines.manifest import BUNDLED

OURS = "Moderato, onnx"
ONE = "Detoxify.predict, one at a time"
LISTS = "Detoxify.predict, lists of 32"
SCORER = "Moderato, a scorer from Redis to decisions"
_KINDS = {OURS: "moderato", ONE: "detoxify", LISTS: "detoxify-32"}


async def measure(folder: Path, settings: Settings) -> list[Figure]:
    quick = settings.quick
    compact = BUNDLED / "compact"
    settings.say("compact, bundled:")
    figures = await _compare(
        compact, "compact", 64 if quick else 500, settings, scratch=folder / "scorer"
    )
    settings.say("bert-base, random weights:")
    base = bert.make(folder, compact)
    return figures + await _compare(base, "bert-base", 16 if quick else 96, settings)


async def _compare(
    model: Path,
    name: str,
    count: int,
    settings: Settings,
    *,
    scratch: Path | None = None,
) -> list[Figure]:
    """With ``scratch``, a whole scorer of the bundled model takes part."""
    sample = texts(count)
    async with AsyncExitStack() as running:
        contenders: dict[str, Turn] = {}
        for who, kind in _KINDS.items():
            ready = await running.enter_async_context(contender(kind, model))
            contenders[who] = _turn(ready, sample)
        if scratch is not None:
            moderato = await running.enter_async_context(stack(scratch))
            contenders[SCORER] = drain_turn(moderato, texts(4 * count))
        figures = await take_turns(contenders, 2 if settings.quick else 5, settings)
    pairs = [(ours, theirs) for ours in (OURS, SCORER) for theirs in (ONE, LISTS)]
    return [
        *(
            Figure(f"{name}: {who}", "a second", Spread.of(values))
            for who, values in figures.items()
        ),
        *(
            Figure.of_ratio(ratio(figures, ours, theirs)).of_model(name)
            for ours, theirs in pairs
            if ours in figures
        ),
    ]


def _turn(ready: Contender, sample: list[str]) -> Turn:
    async def turn() -> float:
        return len(sample) / await ready.score(sample)

    return turn
