"""Identity bias on template sentences, by the group they name (Borkan et al. 2019)."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from training.evaluation.examples import Example
from training.evaluation.markdown import count, figure, table
from training.evaluation.measured import Measured, enough, marks, texts
from training.evaluation.metrics import (
    Estimate,
    GroupBias,
    Marks,
    Numbers,
    auc,
    group_bias,
    two_sample_estimate,
)

SOURCE = "unintended-bias-en"

#: How each template names its group, as "Being {group} is lovely".
_TEMPLATES = {
    "am_hate_adj": re.compile(r"I (?:am|hate) (.+)"),
    "being_adj": re.compile(r"Being (.+) is \S+"),
    "name_adj": re.compile(r"\S+ is a \S+ (.+)"),
    "verb_adj": re.compile(r"\S+ (.+)"),
    "you_are_adj": re.compile(r"You are a \S+ (.+)"),
}

KINDS = ("subgroup", "bpsn", "bnsp")


def term(row: Example) -> str | None:
    """The group that a template sentence names; None where it names none, as an occupation."""
    pattern = _TEMPLATES.get(row.meta["template"])
    match = pattern.fullmatch(row.text.strip()) if pattern else None
    return match[1] if match else None


@dataclass(frozen=True, slots=True)
class Bias:
    """Every group's figures, and what they were found from."""

    groups: dict[str, GroupBias]
    gold: Marks
    scores: Numbers
    members: dict[str, Marks]

    def lowest(self, kind: str) -> tuple[str, Estimate | None]:
        """The worst group by ``kind``, and its AUC with that group's own interval.

        No estimate where no group has enough rows, as in a sample.
        """
        if not self.groups:
            return "too few rows", None
        name = min(self.groups, key=lambda group: float(getattr(self.groups[group], kind)))
        inside, gold = self.members[name], self.gold
        positives = gold & (~inside if kind == "bpsn" else inside)
        negatives = ~gold & (~inside if kind == "bnsp" else inside)
        return name, two_sample_estimate(auc, self.scores[positives], self.scores[negatives])


def bias(measured: Measured) -> Bias:
    """Toxicity on the templates, for each group that has enough rows of both kinds."""
    rows = measured.labelled(SOURCE, "toxicity")
    gold, scores = marks(rows, "toxicity"), measured.book.values(texts(rows))
    places: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        name = term(row)
        if name is not None:
            places[name].append(place)
    members = {}
    for name, where in sorted(places.items()):
        inside = np.zeros(len(rows), dtype=np.bool_)
        inside[where] = True
        if enough(gold[inside]):
            members[name] = inside
    groups = {name: group_bias(gold, scores, inside) for name, inside in members.items()}
    return Bias(groups, gold, scores, members)


def bias_table(found: Bias) -> str:
    """A line per group, the worst by BPSN first."""
    ordered = sorted(found.groups.items(), key=lambda item: item[1].bpsn)
    rows = [
        (name, count(each.rows), figure(each.subgroup), figure(each.bpsn), figure(each.bnsp))
        for name, each in ordered
    ]
    return table(("group", "rows", "subgroup AUC", "BPSN AUC", "BNSP AUC"), rows)
