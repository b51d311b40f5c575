"""From rows to batches of token ids and what to learn from them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from tokenizers import Encoding, Tokenizer

from training.augment import is_stripped, variant
from training.data import Row
from training.mix import Mix
from training.punctuation import write_out
from workers.scorer.engines.prepare import prepare

MAX_TOKENS = 192
#: Tokens of a batch, padding included: long texts come in small batches, short ones in large.
BATCH_TOKENS = 4_096
MOST_ROWS = 128
#: Characters of two comments joined, at most, so that both are read.
MOST_JOINED = 600

#: Sources of comments as they stand in a talk, by how their names begin.
TALKED = ("jigsaw2018", "toxic_spans", "context_toxicity", "paradetox")

Ids = list[int]
#: Per token: 1 toxic, 0 not.
Marks = list[float]


@dataclass(frozen=True, slots=True)
class Example:
    """A shown row as the model reads it. ``marks`` is None where its toxic words are unknown."""

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
    """Token ids and mask, to a multiple of 4: few shapes occur, and little is read in vain."""
    longest = _padded(max(map(len, ids)))
    tokens = torch.zeros((len(ids), longest), dtype=torch.long)
    mask = torch.zeros((len(ids), longest), dtype=torch.long)
    for i, row in enumerate(ids):
        tokens[i, : len(row)] = torch.tensor(row)
        mask[i, : len(row)] = 1
    return tokens, mask


def _padded(tokens: int) -> int:
    return -(-tokens // 4) * 4


def shown(rows: Sequence[Row], mix: Mix, seed: int) -> list[Row]:
    """The rows of one epoch of ``mix``, in random order, each with the text it is shown as.

    Which rows, and as what variant, follows from ``seed`` alone. A text without toxicity has no
    toxic word in any variant; in other variants, and where preparing changed the text, the spans
    are off and so unknown.
    """
    rng = random.Random(seed)
    found = [mix.weighed(row) for row in rows for _ in range(_times(mix.times(row), rng))]
    rng.shuffle(found)
    if mix.joined:
        found = _joined(found, mix.joined, rng)
    return [_shown(row, prepare(_shown_as(row.text, mix, rng))) for row in found]


def _shown(row: Row, text: str) -> Row:
    if text == row.text:
        return row
    return replace(row, text=text, spans=() if row.spans == () else None)


def batched(tokenizer: Tokenizer, rows: Sequence[Row], seed: int) -> list[list[Example]]:
    """``rows`` in batches, those of like length together, in an order that ``seed`` decides."""
    found = tokenizer.encode_batch([row.text for row in rows])
    examples = [Example(row, e.ids, _marks(row, e)) for row, e in zip(rows, found, strict=True)]
    rng = random.Random(seed)
    rng.shuffle(examples)
    batches: list[list[Example]] = []
    pool = 256 * MOST_ROWS
    for start in range(0, len(examples), pool):
        batches += _batches(examples[start : start + pool])
    rng.shuffle(batches)
    return batches


def _times(share: float, rng: random.Random) -> int:
    whole = int(share)
    return whole + (rng.random() < share - whole)


def _shown_as(text: str, mix: Mix, rng: random.Random) -> str:
    if is_stripped(text) and rng.random() < mix.written_out:
        return write_out(text, rng)
    return text if rng.random() < mix.as_written else variant(text, rng, mix.heavy)


def _joined(rows: list[Row], share: float, rng: random.Random) -> list[Row]:
    """``rows``, about ``share`` of them with a civil one before or after: as toxic as they were."""
    civil = [row for row in rows if row.spans == () and len(row.text) < MOST_JOINED]
    return [join(row, rng.choice(civil), rng) if rng.random() < share else row for row in rows]


def join(row: Row, civil: Row, rng: random.Random) -> Row:
    """``row`` with ``civil``, in which nothing is toxic, before or after it.

    As it is where it is not a comment of its own or both are too long to be read.
    """
    if len(row.text) + len(civil.text) > MOST_JOINED or not row.source.startswith(TALKED):
        return row
    text, other = (
        write_out(each, rng) if is_stripped(each) else each for each in (row.text, civil.text)
    )
    between = rng.choice((" ", "\n", "\n\n"))
    if rng.random() < 0.5:
        return replace(row, text=text + between + other)
    before = len(other) + len(between)
    spans = row.spans and tuple((begin + before, end + before) for begin, end in row.spans)
    return replace(row, text=other + between + text, spans=spans)


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


def _marks(row: Row, encoding: Encoding) -> Marks | None:
    """Per token, whether half of it or more is in a toxic span."""
    if row.spans is None:
        return None
    inside = [False] * len(row.text)
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
