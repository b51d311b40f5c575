"""What is learnt from, and what never is."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.conftest import row, write_rows
from training.data import fingerprint, load, spans_of, unseen
from training.mix import GROUPS, TALK


def test_evaluation_texts_are_left_out_however_they_are_typed(data: Path) -> None:
    write_rows(
        data / "train.jsonl.gz",
        [row("ONLY for the evaluation -- you fool", toxicity=1.0), row("Good day.", toxicity=0.0)],
    )
    train, validation = load(data)
    assert [r.text for r in [*train, *validation]] == ["Good day."]


def test_the_spans_test_counts_as_evaluation(data: Path) -> None:
    assert fingerprint("held back for the test") in unseen(data)


def test_trial_comments_are_held_out_with_their_spans(data: Path) -> None:
    train, validation = load(data)
    held = {r.text: r.spans for r in validation}
    for number in range(15, 20):
        text = f"Number {number}, you idiot."
        at = text.index("idiot")
        assert held[text] == ((at, at + 5),)
    assert not {fingerprint(r.text) for r in train} & {fingerprint(r.text) for r in validation}


def test_civil_comments_have_no_toxic_word_and_unmarked_rude_ones_are_unknown(data: Path) -> None:
    rows = {r.text: r for part in load(data) for r in part}
    assert rows["Thank you for report number 7."].spans == ()
    assert rows["Number 30, you idiot."].spans is None


def test_a_rare_label_is_shown_more_often(data: Path) -> None:
    write_rows(
        data / "train.jsonl.gz",
        [
            row("I will find you.", toxicity=1.0, threat=1.0),
            row("Hello there.", toxicity=0.0),
            row("A hateful tweet.", "davidson2017", toxicity=1.0, identity_attack=1.0),
        ],
    )
    shown = {r.text: GROUPS.times(r) for part in load(data) for r in part}
    assert shown["I will find you."] == 3 * shown["Hello there."]
    assert shown["A hateful tweet."] == pytest.approx(0.2)


@given(st.sets(st.integers(0, 200)))
def test_runs_hold_just_the_characters_given(characters: set[int]) -> None:
    runs = spans_of(sorted(characters))
    assert {at for begin, end in runs for at in range(begin, end)} == characters
    assert all(end < begin for (_, end), (begin, _) in pairwise(runs))


def test_no_hate_speech_does_not_say_not_toxic(data: Path) -> None:
    write_rows(
        data / "train.jsonl.gz",
        [
            row("Damn, what a bus.", "dgHS-db_train", toxicity=0.0, identity_attack=0.0),
            row("Hello there.", toxicity=0.0, identity_attack=0.0),
        ],
    )
    rows = {r.text: TALK.weighed(r) for part in load(data) for r in part}
    swearing, civil = rows["Damn, what a bus."], rows["Hello there."]
    assert swearing.weights[0] == pytest.approx(0.7 * TALK.zeros)
    assert swearing.weights[-1] == pytest.approx(0.7), "that it attacks no group is certain"
    assert civil.weights[0] == 1
