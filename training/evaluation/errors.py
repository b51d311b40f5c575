"""The rows whose scores are furthest from what people said."""

from __future__ import annotations

from dataclasses import dataclass

from training.evaluation import ranking
from training.evaluation.measured import Measured, texts

#: The slices that are worth a person's time, by label; of other labels, all that have it.
SOURCES = {
    "toxicity": (
        ranking.PARITY,
        ranking.ROBTEST,
        ranking.SURGE,
        "toxic_spans-semeval-test",
        "hatemojibuild-test",
        "unintended-bias-en",
        "wiki-nonfuzzed",
    ),
}
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Error:
    score: float
    gold: float
    text: str


def worst(measured: Measured, source: str, label: str, count: int) -> dict[str, list[Error]]:
    """At most ``count`` false alarms and misses of ``source``, the worst first.

    A false alarm is labelled below 0.5 and scored 0.5 or more; a miss the other way round.
    """
    rows = measured.labelled(source, label)
    scores = measured.book.values(texts(rows), label)
    errors = [
        Error(float(score), row.labels[label], row.text[:_LONGEST])
        for row, score in zip(rows, scores, strict=True)
        if (row.labels[label] >= 0.5) != (score >= 0.5)
    ]
    alarms = sorted((e for e in errors if e.gold < 0.5), key=lambda e: e.gold - e.score)
    misses = sorted((e for e in errors if e.gold >= 0.5), key=lambda e: e.score - e.gold)
    return {"false alarms": alarms[:count], "misses": misses[:count]}
