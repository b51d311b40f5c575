"""What a model finds in one text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moderato.domain.text import Aligned, Span, marked_words


@dataclass(frozen=True, slots=True)
class Reading:
    """Probability in [0, 1] per attribute, and the words that made the text toxic.

    ``spans`` are code-point offsets into the text, in order, none overlapping another; empty for
    a model that marks nothing.
    """

    values: Mapping[str, float]
    spans: tuple[Span, ...] = ()


def is_marked(logits: NDArray[np.floating], threshold: float) -> NDArray[np.bool_]:
    """Which tokens are toxic with a probability of at least ``threshold``, in (0, 1)."""
    marked: NDArray[np.bool_] = logits.astype(np.float64) >= np.log(threshold / (1 - threshold))
    return marked


def read_spans(
    text: Aligned, offsets: Sequence[Span], marked: NDArray[np.bool_]
) -> tuple[Span, ...]:
    """The spans of ``text``'s original that the marked tokens of ``text`` cover.

    ``offsets`` says where in ``text`` each token lies: an empty span for one that frames or pads
    it. A word with a marked token in it is marked whole.
    """
    parts = [span for span, is_toxic in zip(offsets, marked, strict=True) if is_toxic]
    words = marked_words(text.text, [(begin, end) for begin, end in parts if begin < end])
    return tuple(text.origin(word) for word in words)
