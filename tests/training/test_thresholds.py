"""A policy replayed on rows: shares by hand, one threshold changed, the default policy swept."""

from __future__ import annotations

import numpy as np
import pytest

from moderato.domain.comment import State
from moderato.domain.policy import parse
from moderato.domain.scores import Scores
from moderato.policies import default_text
from training.evaluation.examples import NEWS, TALK, Example
from training.evaluation.mixes import mix
from training.evaluation.thresholds import (
    meaning,
    scores_asked,
    sentence,
    shares,
    sweep,
    with_threshold,
)

POLICY = """
name = "test"
otherwise = "approve"

[[rules]]
name = "out"
when.scores = { toxicity = ">= 0.9", insult = ">= 0.5" }
then = "reject"

[[rules]]
name = "maybe"
when.scores = { toxicity = ">= 0.5" }
then = "flag"
"""
ROWS = [
    *(Example(f"news {n}", NEWS[0], "en", {"toxicity": float(n < 2)}) for n in range(4)),
    *(Example(f"talk {n}", TALK[0], "en", {"toxicity": 0.0}) for n in range(4)),
    Example("unlabelled", NEWS[0], "en", {}),
]
MIX = mix(ROWS, {NEWS: 0.5, TALK: 0.5})
SCORES = [
    Scores({"toxicity": toxicity, "insult": toxicity}, "test", "1")
    for toxicity in (0.95, 0.1, 0.6, 0.92, 0.1, 0.1, 0.1, 0.7)
]


def test_a_mix_gives_each_part_its_share_and_leaves_out_what_has_no_label() -> None:
    assert len(MIX.rows) == 8
    assert MIX.weights.sum() == pytest.approx(1)
    assert MIX.toxic_share == pytest.approx(0.25)
    uneven = mix(ROWS, {NEWS: 0.1, TALK: 0.9})
    assert uneven.toxic_share == pytest.approx(0.05)


def test_shares_are_those_counted_by_hand() -> None:
    found = meaning(MIX, SCORES, parse(POLICY, "test")).found
    assert (found.approved, found.flagged, found.rejected) == pytest.approx((0.5, 0.25, 0.25))
    assert found.approved_toxic == pytest.approx(1 / 4)
    assert found.rejected_harmless == pytest.approx(1 / 2)
    assert found.toxic_caught == pytest.approx(1 / 2)
    assert found.harmless_held == pytest.approx(3 / 6)


def test_an_outcome_that_no_comment_had_has_no_share() -> None:
    states = [State.APPROVED] * 8
    found = shares(states, MIX.toxic, MIX.weights, np.arange(8))
    assert np.isnan(found.rejected_harmless)
    assert found.approved == 1


def test_the_sentence_says_what_is_rejected_or_that_nothing_is() -> None:
    policy = parse(POLICY, "test")
    assert "of 100 that it rejects, 50.0" in sentence("a day", MIX, meaning(MIX, SCORES, policy))
    calm = [Scores({"toxicity": 0.1, "insult": 0.1}, "test", "1")] * 8
    assert "it rejects none" in sentence("a day", MIX, meaning(MIX, calm, policy))


def test_one_threshold_changes_and_no_other() -> None:
    changed = with_threshold(POLICY, "out", "toxicity", 0.8)
    assert changed == POLICY.replace(">= 0.9", ">= 0.8")
    with pytest.raises(KeyError, match="no-such"):
        with_threshold(POLICY, "no-such", "toxicity", 0.8)
    with pytest.raises(KeyError, match="threat"):
        with_threshold(POLICY, "out", "threat", 0.8)


def test_every_score_the_default_policy_asks_for_can_be_swept() -> None:
    asked = scores_asked(default_text())
    assert ("probably-toxic", "toxicity") in [(rule, name) for rule, name, _ in asked]
    for rule, attribute, now in asked:
        same = with_threshold(default_text(), rule, attribute, float(now))
        assert parse(same, "same").rules == parse(default_text(), "default").rules


def test_a_sweep_tries_what_makes_sense_and_marks_what_is_in_force() -> None:
    swept = dict(sweep(MIX, SCORES, POLICY))
    assert list(swept) == ["out: toxicity", "out: insult", "maybe: toxicity"]
    assert "**0.9**" in swept["out: toxicity"]
    assert "**0.5**" in swept["maybe: toxicity"]
