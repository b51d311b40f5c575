"""How many comments a second are scored, against Detoxify used the usual way.

First the same checkpoint on both sides, in its two forms: Detoxify's own and our ONNX. Detoxify is
called with one text at a time, and with lists of 32 in the order they come. Then what a newsroom
would choose between: the bundled model here, a model of the size of Detoxify's original there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
BUNDLED_ONE = "Moderato, compact, one at a time"
BUNDLED_LISTS = "Moderato, compact, lists of 32"
BASE_ONE = "Detoxify.predict, bert-base, one at a time"
BASE_LISTS = "Detoxify.predict, bert-base, lists of 32"
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
    figures += await _compare(base, "bert-base", 16 if quick else 96, settings)
    settings.say("compact, bundled, against bert-base, random weights:")
    return figures + await _choice(compact, base, 16 if quick else 96, settings)


async def _choice(compact: Path, base: Path, count: int, settings: Settings) -> list[Figure]:
    """Ours one at a time against theirs one at a time, and lists against lists."""
    sample = texts(count)
    who = {
        BUNDLED_ONE: ("moderato-1", compact),
        BUNDLED_LISTS: ("moderato-32", compact),
        BASE_ONE: ("detoxify", base),
        BASE_LISTS: ("detoxify-32", base),
    }
    cost: dict[str, list[float]] = {contestant: [] for contestant in who}
    async with AsyncExitStack() as running:
        contenders: dict[str, Turn] = {}
        for contestant, (kind, model) in who.items():
            ready = await running.enter_async_context(contender(kind, model, settings.threads))
            contenders[contestant] = _turn(ready, sample, cost[contestant])
        speed = await take_turns(contenders, 2 if settings.quick else 5, settings)
    pairs = [(BUNDLED_ONE, BASE_ONE), (BUNDLED_LISTS, BASE_LISTS), (BUNDLED_LISTS, BASE_ONE)]
    threads = f", {settings.threads} thread each" if settings.threads else ""
    # The round that does not count for speed does not count for cost.
    cost = {contestant: values[1:] for contestant, values in cost.items()}
    return [
        *_table(f"the choice{threads}", "a second", speed, pairs),
        *_table(f"the choice{threads}", "a second of processor time", cost, pairs),
    ]


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
    who = [*_KINDS, *([SCORER] if scratch else [])]
    # Per second of processor time: what a comment costs, however busy the machine is.
    cost: dict[str, list[float]] = {contender: [] for contender in who}
    async with AsyncExitStack() as running:
        contenders: dict[str, Turn] = {}
        for contestant, kind in _KINDS.items():
            ready = await running.enter_async_context(contender(kind, model, settings.threads))
            contenders[contestant] = _turn(ready, sample, cost[contestant])
        if scratch is not None:
            moderato = await running.enter_async_context(stack(scratch, settings.threads))
            contenders[SCORER] = drain_turn(moderato, texts(4 * count), cost[SCORER])
        speed = await take_turns(contenders, 2 if settings.quick else 5, settings)
    # The round that does not count for speed does not count for cost.
    cost = {contestant: values[1:] for contestant, values in cost.items()}
    threads = f", {settings.threads} thread each" if settings.threads else ""
    pairs = [(ours, theirs) for ours in (OURS, SCORER) for theirs in (ONE, LISTS)]
    return [
        *_table(f"{name}{threads}", "a second", speed, pairs),
        *_table(f"{name}{threads}", "a second of processor time", cost, pairs),
    ]


def _table(
    name: str,
    unit: str,
    figures: Mapping[str, Sequence[float]],
    pairs: Sequence[tuple[str, str]],
) -> list[Figure]:
    """Each contender's figures, then the ratio of each of ``pairs`` that took part."""
    return [
        *(Figure(f"{name}: {who}", unit, Spread.of(values)) for who, values in figures.items()),
        *(
            Figure(f"{name}: **{ours} / {theirs}**", f"ratio, {unit}", ratio(figures, ours, theirs))
            for ours, theirs in pairs
            if ours in figures
        ),
    ]


def _turn(ready: Contender, sample: list[str], per_processor: list[float]) -> Turn:
    async def turn() -> float:
        took = await ready.score(sample)
        per_processor.append(len(sample) / took.processor)
        return len(sample) / took.seconds

    return turn
