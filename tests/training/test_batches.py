"""Batches: the same for the same seed, and marks where the toxic words are."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from tokenizers import Tokenizer

from training.batches import BATCH_TOKENS, MOST_ROWS, Example, batched, collate, join, shown
from training.data import LABELS, Row
from training.mix import GROUPS
from training.model import base_tokenizer

ONES = (1.0,) * len(LABELS)
TOXIC = (1.0,) + (0.0,) * (len(LABELS) - 1)
RUDE = Row("Well, you utter idiot!", "made", TOXIC, ONES, spans=((10, 21),))
CIVIL = Row("Thank you for this report.", "made", (0.0,) * len(LABELS), ONES, spans=())
UNKNOWN = Row("You fool.", "made", TOXIC, ONES, spans=None)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return base_tokenizer()


def epoch(tokenizer: Tokenizer, rows: list[Row], seed: int) -> list[list[Example]]:
    return batched(tokenizer, shown(rows, GROUPS, seed), seed)


def test_an_epoch_follows_from_its_seed(tokenizer: Tokenizer) -> None:
    rows = [RUDE, CIVIL, UNKNOWN] * 50
    one, same, other = (epoch(tokenizer, rows, seed) for seed in (1, 1, 2))
    assert one == same
    assert one != other
    assert sum(map(len, one)) == len(rows)


def test_batches_keep_within_their_tokens(tokenizer: Tokenizer) -> None:
    long = Row("word " * 100, "made", TOXIC, ONES)
    for batch in epoch(tokenizer, [RUDE, long] * 200, seed=1):
        assert collate(batch).ids.numel() <= BATCH_TOKENS
        assert len(batch) <= MOST_ROWS


def test_marks_lie_on_the_toxic_words_alone(tokenizer: Tokenizer) -> None:
    examples = [e for batch in epoch(tokenizer, [RUDE] * 40, seed=1) for e in batch]
    written = [e for e in examples if e.marks is not None]
    assert 0 < len(written) < len(examples), "a variant's spans are off, so unknown"
    for example in written:
        assert example.marks is not None
        tokens = [tokenizer.id_to_token(i) for i in example.ids]
        marked = [t for t, mark in zip(tokens, example.marks, strict=True) if mark]
        assert marked == ["utter", "idiot"]


def test_tokens_that_nobody_marked_do_not_count(tokenizer: Tokenizer) -> None:
    (batch,) = epoch(tokenizer, [CIVIL, UNKNOWN], seed=1)
    tensors = collate(batch)
    for i, example in enumerate(batch):
        inner = len(example.ids) - 2
        known = example.row.spans == ()
        assert tensors.marked[i].sum() == (inner if known else 0)
        assert tensors.marks[i].sum() == 0


def test_a_joined_comment_is_as_toxic_and_its_marks_move_along() -> None:
    rude, civil = (replace(row, source="toxic_spans-train") for row in (RUDE, CIVIL))
    for seed in range(20):
        both = join(rude, civil, random.Random(seed))
        assert CIVIL.text in both.text
        assert both.labels == RUDE.labels
        assert [both.text[begin:end] for begin, end in both.spans or ()] == ["utter idiot"]


def test_what_is_too_long_or_no_comment_is_not_joined() -> None:
    civil = replace(CIVIL, source="toxic_spans-train")
    assert join(RUDE, civil, random.Random(1)) == RUDE, "made sentences stay as they are"
    long = replace(civil, text="word " * 200)
    assert join(long, civil, random.Random(1)) == long
