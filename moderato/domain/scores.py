"""What a toxicity model says about one text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: What Detoxify's "original" and our "compact" score, in the order their checkpoints list it.
#: Another model may score more, less or other things: ask the model, never this list.
ATTRIBUTES = (
    "toxicity",
    "severe_toxicity",
    "obscene",
    "threat",
    "insult",
    "identity_attack",
)


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model, as everybody who does not run it needs to know it."""

    name: str
    version: str
    #: What it scores, in its own order.
    attributes: tuple[str, ...]
    #: ISO 639-1 codes of the languages it was trained on.
    languages: frozenset[str]
    #: Whether it says which words made a text toxic.
    marks_spans: bool = False

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True)
class Scores:
    """Probabilities per attribute, each in [0, 1], and the model that gave them.

    ``values`` holds, per attribute, the higher of the original and the folded text's score;
    ``folded_gain`` is how much folding raised ``toxicity``: a large gain means disguise.
    """

    values: Mapping[str, float]
    model: str
    model_version: str
    folded_gain: float = 0.0
    #: ISO 639-1 code of the language the text seems to be in, or None where it cannot be told.
    language: str | None = None
    #: Whether the model was trained on that language.
    language_known: bool = True
    #: Character offsets [begin, end) into the original text that made it toxic; may be empty.
    spans: tuple[tuple[int, int], ...] = field(default=())
