"""From texts to batches of token ids."""

from __future__ import annotations

import random

import torch
from tokenizers import Tokenizer

from workers.scorer.engines.prepare import prepare

MAX_TOKENS = 192
BATCH = 64
#: Texts as they are, beside this many variants of each.
VARIANTS = 2
#: Share of the texts an epoch shows as they are.
AS_WRITTEN = 0.6

Ids = list[int]


def encode(tokenizer: Tokenizer, texts: list[str]) -> list[Ids]:
    """Token ids per text, as the engines would make them."""
    return [e.ids for e in tokenizer.encode_batch_fast([prepare(text) for text in texts])]


def pad(ids: list[Ids]) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and mask, to a multiple of 16 so that few shapes occur."""
    longest = -(-max(map(len, ids)) // 16) * 16
    tokens = torch.zeros((len(ids), longest), dtype=torch.long)
    mask = torch.zeros((len(ids), longest), dtype=torch.long)
    for i, row in enumerate(ids):
        tokens[i, : len(row)] = torch.tensor(row)
        mask[i, : len(row)] = 1
    return tokens, mask


def epoch(variants: list[list[Ids]], seed: int) -> list[tuple[list[int], list[Ids]]]:
    """The batches of one epoch, as row numbers and token ids.

    Rows of like length are together, batches in random order. ``variants`` holds, per variant,
    every row's token ids; the first is the text as it is.
    """
    rng = random.Random(seed)
    order = list(range(len(variants[0])))
    rng.shuffle(order)
    chosen = [0 if rng.random() < AS_WRITTEN else rng.randint(1, VARIANTS) for _ in order]
    batches = []
    for start in range(0, len(order), BATCH * 64):
        pool = order[start : start + BATCH * 64]
        pool.sort(key=lambda i: len(variants[chosen[i]][i]))
        batches += [pool[i : i + BATCH] for i in range(0, len(pool), BATCH)]
    rng.shuffle(batches)
    return [(rows, [variants[chosen[i]][i] for i in rows]) for rows in batches]
