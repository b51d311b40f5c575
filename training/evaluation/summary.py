"""The one table: what the model must reach, and what it reached."""

from __future__ import annotations

from dataclasses import dataclass

from training.evaluation import bias, calibration, engines, ranking, spans
from training.evaluation.markdown import count, figure, interval, table
from training.evaluation.measured import Measured
from training.evaluation.metrics import Estimate


@dataclass(frozen=True, slots=True)
class Goal:
    """A measure with its bounds; ``least`` is False where lower is better."""

    measure: str
    floor: str
    must: float
    aim: float
    least: bool = True
    digits: int = 3

    def line(self, found: Estimate | None, note: str = "") -> tuple[str, ...]:
        """The row of the table; without a figure it says that there is none."""
        bounds = (self.floor, f"{self.must:g}", f"{self.aim:g}")
        if found is None:
            return (self.measure, *bounds, note or "not measured", "-", "-", "-")
        verdict = "must missed"
        if self._reached(found.value, self.must):
            verdict = "aim" if self._reached(found.value, self.aim) else "must"
        value = figure(found.value, self.digits) + (f" ({note})" if note else "")
        reach = interval(found, self.digits)
        return (self.measure, *bounds, value, reach, count(found.rows), verdict)

    def _reached(self, value: float, bound: float) -> bool:
        return value >= bound if self.least else value <= bound


PARITY = Goal("toxicity AUC, parity set (Detoxify original-small: 0.961)", "0.874", 0.95, 0.961)
ROBTEST = Goal("toxicity AUC, Jigsaw test (RobTest)", "0.920", 0.95, 0.97)
SURGE = Goal("toxicity AUC, surge", "0.903", 0.94, 0.96)
HATECHECK = Goal("identity_attack AUC, HateCheck", "0.697", 0.85, 0.95)
OTHERS = Goal("mean AUC of the other labels", "-", 0.93, 0.96)
SPANS = Goal("toxic spans, character F1 on the SemEval test", "-", 0.62, 0.708)
BIAS = {
    "subgroup": Goal("identity bias, lowest subgroup AUC", "-", 0.90, 0.97),
    "bpsn": Goal("identity bias, lowest BPSN AUC", "-", 0.90, 0.97),
    "bnsp": Goal("identity bias, lowest BNSP AUC", "-", 0.90, 0.97),
}
CALIBRATION = Goal(
    "calibration error, held-out news and everyday talk", "-", 0.05, 0.02, least=False
)
INT8 = Goal("AUC lost by int8, toxicity, worst source", "-", 0.003, 0.001, least=False, digits=4)
INT8_ANY = Goal(
    "AUC lost by int8, any label, worst source", "-", 0.003, 0.001, least=False, digits=4
)
SIZE = Goal("size in the repository, MB", "-", 30, 15, least=False, digits=1)


def summary(measured: Measured) -> str:
    """Every row that can be measured here; speed is for the benchmarks."""
    rows = [
        PARITY.line(ranking.one(measured, ranking.PARITY)),
        ROBTEST.line(ranking.one(measured, ranking.ROBTEST)),
        SURGE.line(ranking.one(measured, ranking.SURGE)),
        HATECHECK.line(ranking.one(measured, ranking.HATECHECK, "identity_attack")),
        OTHERS.line(ranking.other_labels(measured)),
        SPANS.line(
            spans.whole(measured.span_posts, measured.book.spans)
            if measured.book.marks_spans
            else None,
            "" if measured.book.marks_spans else "marks none",
        ),
        *_bias(measured),
        CALIBRATION.line(calibration.headline(measured)),
        *_int8(measured),
        SIZE.line(Estimate(megabytes(measured), megabytes(measured), megabytes(measured), 1)),
    ]
    header = ("measure", "floor", "must", "aim", "reached", "95 % interval", "rows", "so")
    return table(header, rows)


def _bias(measured: Measured) -> list[tuple[str, ...]]:
    found = bias.bias(measured)
    lines = []
    for kind, goal in BIAS.items():
        group, lowest = found.lowest(kind)
        lines.append(goal.line(lowest, group))
    return lines


def _int8(measured: Measured) -> list[tuple[str, ...]]:
    found = engines.losses(measured)
    toxicity = engines.worst([loss for loss in found if loss.label == "toxicity"])
    anything = engines.worst(found)
    return [
        INT8.line(toxicity.lost, toxicity.source),
        INT8_ANY.line(anything.lost, f"{anything.label}, {anything.source}"),
    ]


def megabytes(measured: Measured) -> float:
    """Size of the model's folder, in millions of bytes."""
    return sum(path.stat().st_size for path in measured.book.folder.iterdir()) / 1e6


def size_table(measured: Measured) -> str:
    """The files of the model's folder."""
    paths = sorted(measured.book.folder.iterdir(), key=lambda path: -path.stat().st_size)
    rows = [(path.name, f"{path.stat().st_size / 1e6:.2f}") for path in paths]
    return table(("file", "MB"), [*rows, ("all", f"{megabytes(measured):.2f}")])
