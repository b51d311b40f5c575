"""From rows to batches of token ids and what to learn from them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Encoding, Tokenizer

from training.augment import variant
from training.data import Row
from workers.scorer.engines.prepare import prepare

MAX_TOKENS = 192
#: Tokens of a text that training reads: the cost is in the long ones, the sense mostly in front.
TRAINED_TOKENS = 128
#: Tokens of a batch, padding included: long texts come in small batches, short ones in large.
BATCH_TOKENS = 4_096
MOST_ROWS = 128
#: Share of the texts an epoch shows as they are; the rest as a variant.
AS_WRITTEN = 0.6

Ids = list[int]
#: Per token: 1 toxic, 0 not.
Marks = list[float]


@dataclass(frozen=True, slots=True)
class Example:
    """A row as the model reads it. ``marks`` is None where nobody said which words are toxic."""

    row: Row
    ids: Ids
    marks: Marks | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors of ``rows`` texts: ids and mask [rows, tokens], labels and weights [rows, labels].

    ``marks`` and ``marked`` [rows, tokens] are the toxic tokens and those that count.
    """

    ids: torch.Tensor
    mask: torch.Tensor
    labels: torch.Tensor
    weights: torch.Tensor
    marks: torch.Tensor
    marked: torch.Tensor


def encode(tokenizer: Tokenizer, texts: list[str]) -> list[Ids]:
    """Token ids per text, as the engines would make them."""
    return [e.ids for e in tokenizer.encode_batch_fast([prepare(text) for text in texts])]


def pad(ids: Sequence[Ids]) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and mask, to a multiple of 16 so that few shapes occur."""
    longest = _padded(max(map(len, ids)))
    tokens = torch.zeros((len(ids), longest), dtype=torch.long)
    mask = torch.zeros((len(ids), longest), dtype=torch.long)
    for i, row in enumerate(ids):
        tokens[i, : len(row)] = torch.tensor(row)
        mask[i, : len(row)] = 1
    return tokens, mask


def _padded(tokens: int) -> int:
    return -(-tokens // 16) * 16


def epoch(tokenizer: Tokenizer, rows: Sequence[Row], seed: int) -> list[list[Example]]:
    """The batches of one epoch, in random order; rows of like length are together.

    Which rows, and as what variant, follows from ``seed`` alone.
    """
    rng = random.Random(seed)
    shown = [row for row in rows for _ in range(_times(row.shown, rng))]
    rng.shuffle(shown)
    as_written = [rng.random() < AS_WRITTEN for _ in shown]
    texts = [
        prepare(row.text if plain else variant(row.text, rng))
        for row, plain in zip(shown, as_written, strict=True)
    ]
    found = tokenizer.encode_batch(texts)
    examples = [
        Example(row, encoding.ids, _marks(row, text, encoding))
        for row, text, encoding in zip(shown, texts, found, strict=True)
    ]
    batches: list[list[Example]] = []
    pool = 256 * MOST_ROWS
    for start in range(0, len(examples), pool):
        batches += _batches(examples[start : start + pool])
    rng.shuffle(batches)
    return batches


def _times(share: float, rng: random.Random) -> int:
    whole = int(share)
    return whole + (rng.random() < share - whole)


def _batches(examples: list[Example]) -> Iterator[list[Example]]:
    batch: list[Example] = []
    for example in sorted(examples, key=lambda e: len(e.ids)):
        full = (len(batch) + 1) * _padded(len(example.ids)) > BATCH_TOKENS
        if batch and (full or len(batch) == MOST_ROWS):
            yield batch
            batch = []
        batch.append(example)
    if batch:
        yield batch


def _marks(row: Row, text: str, encoding: Encoding) -> Marks | None:
    """Per token, whether half of it or more is in a toxic span.

    A text without toxicity has no toxic word in any variant; in other variants, and where
    preparing changed the text, the spans are off and so unknown.
    """
    if row.spans is None or (row.spans and text != row.text):
        return None
    inside = [False] * len(text)
    for begin, end in row.spans:
        inside[begin:end] = [True] * (end - begin)
    return [
        float(end > begin and 2 * sum(inside[begin:end]) >= end - begin)
        for begin, end in encoding.offsets
    ]


def collate(examples: Sequence[Example]) -> Batch:
    """``examples`` as tensors."""
    ids, mask = pad([example.ids for example in examples])
    marks, marked = torch.zeros(ids.shape), torch.zeros(ids.shape)
    for i, example in enumerate(examples):
        if example.marks is not None:
            # Not the two tokens that frame a text.
            marks[i, 1 : len(example.ids) - 1] = torch.tensor(example.marks[1:-1])
            marked[i, 1 : len(example.ids) - 1] = 1
    return Batch(
        ids=ids,
        mask=mask,
        labels=torch.tensor([example.row.labels for example in examples]),
        weights=torch.tensor([example.row.weights for example in examples]),
        marks=marks,
        marked=marked,
    )
