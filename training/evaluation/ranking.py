"""How well the model ranks: ROC AUC by source and label, beside Detoxify's, and on HateCheck."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from training.evaluation.examples import Example
from training.evaluation.markdown import count, figure, interval, percent, table
from training.evaluation.measured import Measured, enough, marks, texts
from training.evaluation.metrics import (
    Estimate,
    Marks,
    Numbers,
    auc,
    auc_difference,
    auc_estimate,
    means_estimate,
)

PARITY = "detoxify-original-small-scores(RobertNimmo)"
HATECHECK = "hatecheck-en"
ROBTEST = "jigsaw2018-test-balanced(RobTest)"
SURGE = "surge"

TITLES = {
    PARITY: "Parity set (Wikipedia talk that Detoxify scored)",
    ROBTEST: "Jigsaw test, balanced (RobTest)",
    SURGE: "Surge (social media)",
    HATECHECK: "HateCheck",
    "hatemojibuild-test": "Hatemoji test",
    "perspective2018-scores": "Perspective's machine scores of 2018",
    "toxic_spans-semeval-test": "SemEval toxic spans test (news, picked for toxicity)",
    "unintended-bias-en": "Identity templates (unintended bias)",
    "wiki-fuzzed": "Wikipedia talk, identities swapped",
    "wiki-nonfuzzed": "Wikipedia talk, identities as written",
}


def one(measured: Measured, source: str, label: str = "toxicity") -> Estimate:
    """ROC AUC of ``label`` on the English rows of ``source``."""
    rows = measured.labelled(source, label)
    return auc_estimate(marks(rows, label), measured.book.values(texts(rows), label))


def slices(measured: Measured) -> str:
    """Every source and label; for toxicity also the text as written alone, not folded."""
    rows = []
    for source, label in measured.pairs():
        examples = measured.labelled(source, label)
        gold = marks(examples, label)
        found = auc_estimate(gold, measured.book.values(texts(examples), label))
        plain = _as_written(measured, examples, gold) if label == "toxicity" else "-"
        rows.append(
            (TITLES.get(source, source), label, count(found.rows), count(int(gold.sum())),
             figure(found.value), interval(found), plain)
        )  # fmt: skip
    header = ("data", "label", "rows", "positive", "AUC", "95 % interval", "without folding")
    return table(header, rows)


def _as_written(measured: Measured, rows: Sequence[Example], gold: Marks) -> str:
    found = measured.book.score(texts(rows))
    values = np.array([each.values["toxicity"] - each.folded_gain for each in found])
    return figure(auc(values[gold], values[~gold]))


def parity(measured: Measured) -> str:
    """The same rows, scored by us and by the real Detoxify original-small."""
    rows = measured.labelled(PARITY, "toxicity")
    gold = marks(rows, "toxicity")
    theirs = np.array([row.meta["detoxify_original_small_toxicity"] for row in rows])
    ours = measured.book.values(texts(rows))
    lines = []
    for name, values in ((measured.book.label, ours), ("Detoxify original-small", theirs)):
        found = auc_estimate(gold, values)
        lines.append((name, count(found.rows), figure(found.value), interval(found)))
    apart = auc_difference(gold, ours, theirs)
    lines.append(("ours less theirs", count(apart.rows), figure(apart.value), interval(apart)))
    return table(("who", "rows", "AUC", "95 % interval"), lines)


def other_pairs(measured: Measured) -> list[tuple[str, str]]:
    """What the mean over the other labels counts.

    Every label but toxicity with at least ten positives, except HateCheck's, which has a row of
    its own.
    """
    return [pair for pair in measured.pairs() if pair[1] != "toxicity" and pair[0] != HATECHECK]


def other_labels(measured: Measured) -> Estimate:
    """The mean AUC over ``other_pairs``, each pair counting once."""
    sides = []
    for source, label in other_pairs(measured):
        rows = measured.labelled(source, label)
        gold, values = marks(rows, label), measured.book.values(texts(rows), label)
        sides.append((values[gold], values[~gold]))
    return means_estimate(auc, sides)


def other_labels_table(measured: Measured) -> str:
    """The mean by source, then over all."""
    parts: dict[str, list[str]] = defaultdict(list)
    for source, label in other_pairs(measured):
        parts[source].append(label)
    rows = []
    for source, labels in parts.items():
        found = [one(measured, source, label) for label in labels]
        each = ", ".join(
            f"{label} {figure(part.value)}" for label, part in zip(labels, found, strict=True)
        )
        mean = float(np.mean([part.value for part in found]))
        rows.append((TITLES.get(source, source), each, figure(mean)))
    whole = other_labels(measured)
    number = sum(map(len, parts.values()))
    rows.append((f"**mean of the {number}**", interval(whole), f"**{figure(whole.value)}**"))
    return table(("data", "AUC by label", "mean"), rows)


def by_functionality(measured: Measured) -> str:
    """HateCheck's tests. The AUC sets a test's cases against all cases of the other label."""
    return _hatecheck(measured, "functionality", lambda row: row.meta["functionality"])


def by_target(measured: Measured) -> str:
    """HateCheck by the group that a case names; the AUC is within the group."""
    return _hatecheck(measured, "group named", lambda row: row.meta["target_ident"] or "none")


def _hatecheck(measured: Measured, what: str, key: Callable[[Example], str]) -> str:
    rows = measured.labelled(HATECHECK, "identity_attack")
    gold = marks(rows, "identity_attack")
    values = measured.book.values(texts(rows), "identity_attack")
    names = np.array([key(row) for row in rows])
    lines = []
    for name in sorted(set(names.tolist())):
        member = names == name
        hateful = int(gold[member].sum())
        right = float(((values[member] >= 0.5) == gold[member]).mean())
        lines.append(
            (name, count(int(member.sum())), count(hateful), _auc_of(gold, values, member),
             percent(right), figure(float(np.median(values[member])), 2))
        )  # fmt: skip
    header = (what, "cases", "hateful", "AUC", "right at 0.5", "median score")
    return table(header, lines)


def _auc_of(gold: Marks, values: Numbers, member: Marks) -> str:
    within = gold[member]
    if enough(within):
        return figure(auc(values[member & gold], values[member & ~gold]))
    if within.all():
        return figure(auc(values[member], values[~gold]))
    if not within.any():
        return figure(auc(values[gold], values[member]))
    return "-"
