"""Fair comparisons: contenders take turns in one run, and every figure is a ratio of a round.

A machine that is busy with something else slows a whole round down, not one contender.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.quiet import quiet

#: Does one round's work; returns its figure, such as comments per second.
Turn = Callable[[], Awaitable[float]]


@dataclass(frozen=True, slots=True)
class Spread:
    least: float
    median: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(min(values), statistics.median(values), max(values))


@dataclass(frozen=True, slots=True)
class Settings:
    """How a benchmark is run.

    ``say`` gets a line for each figure. A turn waits, up to ``patience`` seconds, until others
    use less than the share ``quiet`` of the processors; 1 does not wait.
    """

    say: Callable[[str], None]
    quick: bool = False
    #: Threads of each model; 0: as many as its library likes.
    threads: int = 0
    quiet: float = 1.0
    patience: float = 300.0

    async def settle(self) -> None:
        await quiet(self.quiet, self.patience)


async def take_turns(
    contenders: Mapping[str, Turn], rounds: int, settings: Settings
) -> dict[str, list[float]]:
    """Each contender's figure in each round; who begins changes from round to round.

    One round before is thrown away: it fills caches and makes lazy things.
    """
    figures: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for number in range(rounds + 1):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            await settings.settle()
            figure = await contenders[name]()
            if number > 0:
                figures[name].append(figure)
                settings.say(f"  round {number} of {rounds}: {name}: {figure:,.1f}")
    return figures


def ratio(figures: Mapping[str, Sequence[float]], ours: str, theirs: str) -> Spread:
    """One contender's figures divided by another's, round by round."""
    pairs = zip(figures[ours], figures[theirs], strict=True)
    return Spread.of([mine / other for mine, other in pairs])


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of them do not exceed (nearest rank)."""
    return sorted(values)[math.ceil(share * len(values)) - 1]
