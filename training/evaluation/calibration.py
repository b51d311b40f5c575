"""Whether 0.8 means 80 %: expected calibration error on held-out rows."""

from __future__ import annotations

from training.evaluation.examples import NEWS, TALK, TROUBLE, Example, of
from training.evaluation.markdown import count, figure, interval, table
from training.evaluation.measured import Measured, enough, marks, shares, texts
from training.evaluation.metrics import Estimate, Numbers, calibration_error, estimate

#: Name -> sources, as they come: no row is weighed or left out.
MIXES = {
    "news and everyday talk": (*NEWS, *TALK),
    "news": NEWS,
    "everyday talk": TALK,
    "trouble (Jigsaw)": TROUBLE,
}
HEADLINE = "news and everyday talk"
#: News comments again, none of which was calibrated on; nearly all of them toxic.
UNSEEN = "toxic_spans-semeval-test"


def rows_of(measured: Measured, mix: str, label: str = "toxicity") -> list[Example]:
    return of(measured.held_out, MIXES[mix], label)


def error(labels: Numbers, scores: Numbers, *, adaptive: bool = False) -> Estimate:
    return estimate(
        lambda places: calibration_error(labels[places], scores[places], adaptive=adaptive),
        len(labels),
    )


def headline(measured: Measured) -> Estimate:
    """The error of toxicity on ``HEADLINE``: 15 bins of equal width, labels as shares of raters."""
    rows = rows_of(measured, HEADLINE)
    return error(shares(rows), measured.book.values(texts(rows)))


def calibration_table(measured: Measured) -> str:
    """By mix and label: against the share of raters, in both kinds of bins, and their majority."""
    lines = []
    for mix in MIXES:
        for label in measured.book.attributes:
            if mix == HEADLINE and label != "toxicity":  # talk has no other label
                continue
            rows = rows_of(measured, mix, label)
            if not rows or not enough(marks(rows, label)):
                continue
            lines.append((f"{mix}, {label}", *_cells(measured, rows, label)))
    unseen = measured.labelled(UNSEEN, "toxicity")
    lines.append(("news, never calibrated on, toxicity", *_cells(measured, unseen, "toxicity")))
    header = (
        "rows", "number", "mean label", "mean score", "15 of equal width", "95 % interval",
        "15 of equal count", "against the majority",
    )  # fmt: skip
    return table(header, lines)


def _cells(measured: Measured, rows: list[Example], label: str) -> tuple[str, ...]:
    labels, scores = shares(rows, label), measured.book.values(texts(rows), label)
    whole = error(labels, scores)
    adaptive = calibration_error(labels, scores, adaptive=True)
    majority = calibration_error(marks(rows, label).astype(float), scores, adaptive=False)
    return (
        count(len(rows)), figure(float(labels.mean())), figure(float(scores.mean())),
        figure(whole.value), interval(whole), figure(adaptive), figure(majority),
    )  # fmt: skip
