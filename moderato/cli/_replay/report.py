"""What a run found out, as figures, as JSON and as text."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from moderato.cli._replay.run import Fate, Run
from moderato.cli._table import table

#: Lines and ids of each kind of trouble that are shown; the JSON report has them all.
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds, by nearest rank."""

    p50: float
    p95: float
    p99: float
    most: float

    @classmethod
    def of(cls, seconds: Iterable[float]) -> Latency | None:
        """None of nothing."""
        ordered = sorted(1000 * value for value in seconds)
        if not ordered:
            return None
        ranked = (ordered[math.ceil(share * len(ordered)) - 1] for share in (0.5, 0.95, 0.99, 1))
        return cls(*(round(value, 1) for value in ranked))


@dataclass(frozen=True, slots=True)
class Report:
    """``undecided`` and ``lost`` hold comment ids, ``refused`` and ``unanswered`` errors by line.

    Refused: intake said no. Unanswered: it never acknowledged, so they may be there or not.
    """

    rows: int
    posted: int
    accepted: int
    known: int
    posting_seconds: float
    accepted_per_second: float
    states: Mapping[str, int]
    rules: Mapping[str, int]
    post_ms: Latency | None
    decision_ms: Latency | None
    repeats: Mapping[str, int]
    undecided: Sequence[str]
    lost: Sequence[str]
    refused: Mapping[int, str]
    unanswered: Mapping[int, str]
    comments: Sequence[Fate] = field(repr=False)

    @property
    def well(self) -> bool:
        """Every comment of the file was accepted and decided."""
        trouble = self.undecided or self.lost or self.refused or self.unanswered
        return self.posted == self.rows and not trouble


def summarise(run: Run) -> Report:
    fates = run.fates
    accepted = [fate for fate in fates if fate.id]
    decided = [fate for fate in accepted if fate.decided]
    return Report(
        rows=len(run.rows),
        posted=len(fates),
        accepted=len(accepted),
        known=sum(fate.known for fate in accepted),
        posting_seconds=round(run.posting, 3),
        accepted_per_second=round(len(accepted) / run.posting, 1) if run.posting else 0.0,
        states=_counts(fate.state for fate in decided),
        rules=_counts(fate.rule for fate in decided),
        post_ms=Latency.of(fate.post for fate in accepted if fate.post is not None),
        decision_ms=Latency.of(fate.decision for fate in decided if fate.decision is not None),
        repeats=_counts(run.client.repeats.elements()),
        undecided=[fate.id for fate in accepted if not (fate.decided or fate.lost)],
        lost=[fate.id for fate in accepted if fate.lost],
        refused={fate.line: fate.error for fate in fates if fate.refused},
        unanswered={fate.line: fate.error for fate in fates if not (fate.id or fate.refused)},
        comments=fates,
    )


def as_json(report: Report) -> dict[str, object]:
    return {**asdict(report), "well": report.well}


def as_text(report: Report) -> str:
    paragraphs = [_headline(report)]
    if report.states:
        paragraphs.append(_shares("What became of them", report.states))
        paragraphs.append(_shares("By which rule", report.rules))
    rows = [
        {"what": what, **asdict(latency)}
        for what, latency in (
            ("POST to 202", report.post_ms),
            ("receipt to decision", report.decision_ms),
        )
        if latency is not None
    ]
    if rows:
        paragraphs.append(table(["Milliseconds", "p50", "p95", "p99", "most"], rows))
    paragraphs += _troubles(report)
    return "\n\n".join(paragraphs)


def _headline(report: Report) -> str:
    lines = [
        f"{report.accepted:,} of {report.rows:,} comments accepted in "
        f"{report.posting_seconds:,.1f} s, {report.accepted_per_second:,.1f} a second."
    ]
    if report.posted < report.rows:
        lines.append(f"{report.rows - report.posted:,} were not posted.")
    if report.known:
        lines.append(f"{report.known:,} of them were known from an earlier run.")
    if report.repeats:
        causes = ", ".join(f"{why}: {count:,}" for why, count in report.repeats.items())
        lines.append(f"Requests sent again, by cause: {causes}.")
    return "\n".join(lines)


def _shares(title: str, counts: Mapping[str, int]) -> str:
    whole = sum(counts.values())
    rows = [
        {"what": what, "count": count, "share": f"{count / whole:6.1%}"}
        for what, count in counts.items()
    ]
    return table([title, "", ""], rows)


def _troubles(report: Report) -> list[str]:
    found: list[str] = []
    for what, ids in (
        ("acknowledged and LOST", report.lost),
        ("not decided yet", report.undecided),
    ):
        if ids:
            found.append(_some(f"{len(ids):,} {what}:", list(ids)))
    for what, errors in (("refused", report.refused), ("unanswered", report.unanswered)):
        if errors:
            lines = [f"line {line}: {error}" for line, error in errors.items()]
            found.append(_some(f"{len(errors):,} {what}:", lines))
    return found


def _some(title: str, lines: Sequence[str]) -> str:
    more = [f"... and {len(lines) - _SHOWN:,} more: see --report."] if len(lines) > _SHOWN else []
    return "\n".join([title, *(f"  {line}" for line in [*lines[:_SHOWN], *more])])


def _counts(values: Iterable[str]) -> dict[str, int]:
    return dict(Counter(values).most_common())
