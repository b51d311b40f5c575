"""Sentences made for groups: filled whole, named evenly, and never the evaluation's."""

from __future__ import annotations

import re
from collections import Counter

from training.templates import make


def test_the_same_seed_makes_the_same_sentences() -> None:
    assert make(50, seed=1) == make(50, seed=1) != make(50, seed=2)


def test_no_gap_stays_open() -> None:
    assert not [row.text for row in make(5_000, seed=3) if re.search(r"[{}|]", row.text)]


def test_groups_are_named_in_peace_about_as_often_as_in_anger() -> None:
    rows = make(40_000, seed=4)
    for group in ("russian", "iranian", "muslim", "gay", "jew", "black"):
        of = [row for row in rows if re.search(rf"\b{group}", row.text.lower())]
        attacks = sum(row.labels[5] >= 0.5 for row in of)
        assert 0.2 < attacks / len(of) < 0.6, group


def test_every_kind_of_label_is_made() -> None:
    seen = Counter(
        (row.labels[0] >= 0.5, row.labels[3] >= 0.5, row.labels[5] >= 0.5)
        for row in make(5_000, seed=5)
    )
    assert len(seen) >= 5
