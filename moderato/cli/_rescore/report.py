"""What `moderato rescore` shows before it does anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from moderato.cli._rescore.candidates import Candidates
from moderato.cli._rescore.plan import Plan
from moderato.cli._table import table
from moderato.domain.comment import State
from moderato.domain.scores import Scores
from moderato.store.rescoring import Rescored

#: A score that differs by at least so much is counted as changed.
NOTABLE = 0.1
#: Comments shown of each transition, and characters of each.
_EXAMPLES = 3
_CLIP = 72

_ORDER = (State.FLAGGED, State.APPROVED, State.REJECTED)
#: What readers and moderators would see of a transition.
_MEANS = {
    (State.FLAGGED, State.APPROVED): "published",
    (State.FLAGGED, State.REJECTED): "leaves the moderators' queue",
    (State.APPROVED, State.FLAGGED): "taken down until a person decides",
    (State.APPROVED, State.REJECTED): "taken down",
    (State.REJECTED, State.APPROVED): "published",
    (State.REJECTED, State.FLAGGED): "a person decides",
}


@dataclass(frozen=True, slots=True)
class Transition:
    """How many comments would go from ``before`` to ``after``, and what that means."""

    before: State
    after: State
    comments: int
    means: str


@dataclass(frozen=True, slots=True)
class Shift:
    """How one attribute's scores differ between the models, over comments that have both.

    ``compared`` is how many those are, ``changed`` how many of them by ``NOTABLE`` or more;
    ``mean`` is the mean change, up or down, ``largest`` the largest, its sign dropped.
    """

    attribute: str
    compared: int
    changed: int
    mean: float
    largest: float


@dataclass(frozen=True, slots=True)
class Example:
    """One comment. Texts are clipped, and stripped of what would move a terminal's cursor."""

    site: str
    comment: str
    before: State
    after: State
    text: str
    rule_before: str
    rule_after: str
    scores: Mapping[str, tuple[float | None, float]]


@dataclass(frozen=True, slots=True)
class Report:
    """``models_before`` counts the comments by the model that scored them, "none" for no model."""

    model: str
    models_before: Mapping[str, int]
    comments: int
    transitions: Sequence[Transition]
    shifts: Sequence[Shift]
    examples: Sequence[Example]
    decided_by_people: int
    scored_already: int
    failed: int

    @property
    def published(self) -> int:
        return self._sum("published")

    @property
    def taken_down(self) -> int:
        return self._sum("taken down")

    def _sum(self, means: str) -> int:
        return sum(t.comments for t in self.transitions if t.means.startswith(means))


def summarise(plan: Plan, found: Candidates) -> Report:
    """What ``plan`` would do with the comments ``found``."""
    kinds = Counter((one.record.comment.state, one.decision.state) for one in plan.rescored)
    transitions = [
        Transition(before, after, kinds[before, after], _MEANS.get((before, after), "stays"))
        for before in _ORDER
        for after in _ORDER
        if kinds[before, after]
    ]
    return Report(
        model=str(plan.model),
        models_before=dict(Counter(_model(one.record.scores) for one in plan.rescored)),
        comments=len(plan.rescored),
        transitions=transitions,
        shifts=[_shift(name, plan.rescored) for name in plan.model.attributes],
        examples=list(_examples(plan.rescored, transitions)),
        decided_by_people=found.decided_by_people,
        scored_already=found.scored_already,
        failed=len(plan.failed),
    )


def as_text(report: Report) -> Iterator[str]:
    """For a terminal, a block at a time."""
    if report.comments:
        before = ", ".join(f"{model} ({n})" for model, n in report.models_before.items())
        yield f"{report.comments} comments, scored by {before} before, by {report.model} now.\n"
        rows = [
            {"is": t.before.value, "becomes": t.after.value, "n": t.comments, "means": t.means}
            for t in report.transitions
        ]
        yield table(["is", "becomes", "comments", "which means"], rows) + "\n"
        yield _shifts(report.shifts) + "\n"
        yield from map(_example, report.examples)
    else:
        yield f"There is nothing to score again by {report.model}.\n"
    if report.failed:
        yield f"{report.failed} stay as they are: the model failed on them."
    if report.decided_by_people:
        yield (
            f"{report.decided_by_people} are not touched: a moderator, a reader or the site had "
            "the last word."
        )
    if report.scored_already:
        yield f"{report.scored_already} have the scores of {report.model} already."


def _shifts(shifts: Sequence[Shift]) -> str:
    rows: list[dict[str, object]] = [
        {
            "score": shift.attribute,
            "both": shift.compared,
            "changed": shift.changed,
            "mean": f"{shift.mean:+.2f}" if shift.compared else "-",
            "largest": f"{shift.largest:.2f}" if shift.compared else "-",
        }
        for shift in shifts
    ]
    return table(["score", "from both", f"differ by {NOTABLE}+", "mean", "largest"], rows)


def _example(example: Example) -> str:
    scores = ", ".join(
        f"{name} {'-' if was is None else f'{was:.2f}'} → {now:.2f}"
        for name, (was, now) in example.scores.items()
    )
    return (
        f"{example.before} → {example.after}  {example.site} {example.comment}\n"
        f"  “{example.text}”\n"
        f"  {example.rule_before or '-'} → {example.rule_after}; {scores}\n"
    )


def _examples(rescored: Sequence[Rescored], shown: Sequence[Transition]) -> Iterator[Example]:
    """The first few of each transition, those that stay where they are left out."""
    for transition in shown:
        if transition.before is transition.after:
            continue
        wanted = transition.before, transition.after
        these = [o for o in rescored if (o.record.comment.state, o.decision.state) == wanted]
        for one in these[:_EXAMPLES]:
            comment, last, old = one.record.comment, one.record.last, one.record.scores
            values = old.values if old else {}
            yield Example(
                site=comment.site,
                comment=comment.id,
                before=comment.state,
                after=one.decision.state,
                text=_clipped(comment.text),
                rule_before=last.rule if last else "",
                rule_after=one.decision.rule,
                scores=_most_changed(values, one.scores.values),
            )


def _most_changed(
    old: Mapping[str, float], new: Mapping[str, float]
) -> dict[str, tuple[float | None, float]]:
    """The three scores that say most: those that moved furthest, then new ones by height."""
    ranked = sorted(new, key=lambda name: (name not in old, -abs(new[name] - old.get(name, 0.0))))
    return {name: (old.get(name), round(new[name], 4)) for name in ranked[:3]}


def _shift(name: str, rescored: Sequence[Rescored]) -> Shift:
    changes = [
        one.scores.values[name] - one.record.scores.values[name]
        for one in rescored
        if one.record.scores and name in one.record.scores.values and name in one.scores.values
    ]
    return Shift(
        attribute=name,
        compared=len(changes),
        changed=sum(abs(change) >= NOTABLE for change in changes),
        mean=round(fmean(changes), 4) if changes else 0.0,
        largest=round(max(map(abs, changes), default=0.0), 4),
    )


def _model(scores: Scores | None) -> str:
    return f"{scores.model} {scores.model_version}" if scores else "none"


def _clipped(text: str) -> str:
    """One line, without escape sequences and other characters that show nothing."""
    line = "".join(c if c.isprintable() else " " for c in text[: 4 * _CLIP])
    line = " ".join(line.split())
    return line if len(line) <= _CLIP else f"{line[: _CLIP - 1]}…"
