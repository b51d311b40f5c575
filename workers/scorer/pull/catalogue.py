"""Detoxify's models: where they come from, and how to know that it is them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

_RELEASES = "https://github.com/unitaryai/detoxify/releases/download"
_HUB = "https://huggingface.co"

_ORIGINAL = ("toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack")
_UNBIASED = (
    *("toxicity", "severe_toxicity", "obscene", "identity_attack"),
    *("insult", "threat", "sexual_explicit"),
)


@dataclass(frozen=True, slots=True)
class Remote:
    """A file to fetch. ``sha256`` is its hash in hex, or as much of its beginning as is known.

    Where nothing is known it is empty: the revision in the address pins the file then.
    """

    name: str
    url: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Base:
    """What a model was trained from: its tokenizer and configuration, at one revision."""

    name: str
    architecture: str
    tokenizer: Remote
    config: Remote

    @property
    def files(self) -> tuple[Remote, ...]:
        return (self.tokenizer, self.config)


@dataclass(frozen=True, slots=True)
class Source:
    """One of Detoxify's models. ``size`` of its checkpoint is in bytes, and about right."""

    name: str
    version: str
    checkpoint: Remote
    base: Base
    attributes: tuple[str, ...]
    languages: tuple[str, ...]
    size: int
    licence: str = "Apache-2.0"


def _base(
    name: str, owner: str, revision: str, architecture: str, tokenizer: str, config: str
) -> Base:
    at = f"{_HUB}/{owner}/{name}/resolve/{revision}"
    return Base(
        name,
        architecture,
        Remote("tokenizer.json", f"{at}/tokenizer.json", tokenizer),
        Remote("config.json", f"{at}/config.json", config),
    )


# The hashes are those that several public projects independently pin at these revisions. For
# albert-base-v2 none was found: its revision pins it, and an installation records what it got.
_BERT = _base(
    "bert-base-uncased",
    "google-bert",
    "86b5e0934494bd15c9632b12f734a8a67f723594",
    "BertForSequenceClassification",
    "ce64fce797c24f68df90b40a3f74f579b336a493db14bd583fd520ea0d8c9a98",
    "7160e1553ad2ca51d8c1cb066be533db31826e12d173824c1bb0cb1a4f187d20",
)
_ROBERTA = _base(
    "roberta-base",
    "FacebookAI",
    "e2da8e2f811d1448a5b465c236feacd80ffbac7b",
    "RobertaForSequenceClassification",
    "847bbeab6174d66a88898f729d52fa8d355fafe1bea101cf960dd404581df70e",
    "ef0185e2aae6e06c5f105a285006952c340e20c7dbf43c86ec82601b13fc45e9",
)
_XLM_ROBERTA = _base(
    "xlm-roberta-base",
    "FacebookAI",
    "e73636d4f797dec63c3081bb6ed5c7b0bb3f2089",
    "XLMRobertaForSequenceClassification",
    "a898ea75433890f6610f4e470b8ebeb0c21dce5c8dd61f892eb09eb5919d2e2c",
    "d66ed8cd4f2a93b358c245e50736fa389ed4f35c0bae7aad0b32abb20c62b579",
)
_ALBERT = _base(
    "albert-base-v2",
    "albert",
    "8e2f239c5f8a2c0f253781ca60135db913e5c80c",
    "AlbertForSequenceClassification",
    "",
    "",
)


def _checkpoint(version: str, name: str, sha256: str) -> Remote:
    return Remote(name, f"{_RELEASES}/v{version}/{name}", sha256)


# Detoxify publishes the first eight digits of each hash, in the file's name. The full ones of
# original and unbiased are known from public records of people who fetched them.
_MODELS = (
    Source(
        name="original",
        version="0.1-alpha",
        checkpoint=_checkpoint(
            "0.1-alpha",
            "toxic_original-c1212f89.ckpt",
            "c1212f89ac23307ab33932ce29dc446a6e030fb3f384a500890bbe662b7b544a",
        ),
        base=_BERT,
        attributes=_ORIGINAL,
        languages=("en",),
        size=438_000_000,
    ),
    Source(
        name="unbiased",
        version="0.3-alpha",
        checkpoint=_checkpoint(
            "0.3-alpha",
            "toxic_debiased-c7548aa0.ckpt",
            "c7548aa09468726af4cfdd0959912467784de4a076786913ada9f0f21b68f60d",
        ),
        base=_ROBERTA,
        attributes=_UNBIASED,
        languages=("en",),
        size=498_707_273,
    ),
    Source(
        name="multilingual",
        version="0.4-alpha",
        checkpoint=_checkpoint("0.4-alpha", "multilingual_debiased-0b549669.ckpt", "0b549669"),
        base=_XLM_ROBERTA,
        attributes=_UNBIASED,
        languages=("en", "es", "fr", "it", "pt", "ru", "tr"),
        size=1_112_000_000,
    ),
    Source(
        name="original-small",
        version="0.1.2",
        checkpoint=_checkpoint("0.1.2", "original-albert-0e1d6498.ckpt", "0e1d6498"),
        base=_ALBERT,
        attributes=_ORIGINAL,
        languages=("en",),
        size=47_000_000,
    ),
    Source(
        name="unbiased-small",
        version="0.1.2",
        checkpoint=_checkpoint("0.1.2", "unbiased-albert-c8519128.ckpt", "c8519128"),
        base=_ALBERT,
        attributes=_UNBIASED,
        languages=("en",),
        size=47_000_000,
    ),
)

#: By name, in the order in which they are shown.
MODELS: Final[Mapping[str, Source]] = MappingProxyType({one.name: one for one in _MODELS})
