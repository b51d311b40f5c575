"""Guesses go where nobody gave a label, and nowhere else."""

from __future__ import annotations

import pytest
from tokenizers import Tokenizer

from training.batches import MAX_TOKENS
from training.data import LABELS, Row
from training.model import Compact
from training.restart import read_model
from training.teacher import TAUGHT, taught
from workers.scorer.engines.manifest import BUNDLED

FOLDER = BUNDLED / "compact"


def row(text: str, source: str, **labels: float) -> Row:
    return Row(
        text=text,
        source=source,
        labels=tuple(labels.get(name, 0.0) for name in LABELS),
        weights=tuple(float(name in labels) for name in LABELS),
    )


@pytest.fixture(scope="module")
def model() -> Compact:
    return read_model(FOLDER, MAX_TOKENS)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(FOLDER / "tokenizer.json"))


def test_what_is_not_toxic_is_nothing_else(model: Compact, tokenizer: Tokenizer) -> None:
    civil = row("See you at the match.", "paradetox-neutral", toxicity=0.0)
    hate_only = row("Damn, what a bus.", "dgHS-db_train", toxicity=0.0, identity_attack=0.0)
    mild = row("How silly.", "toxic_spans-train", toxicity=0.3)

    filled, *others = taught([civil, hate_only, mild], model, tokenizer)

    assert filled.labels == (0.0,) * 6
    assert filled.weights == (1.0, *(TAUGHT,) * 5)
    assert others == [hate_only, mild]


def test_what_is_toxic_is_guessed_but_for_what_is_known(
    model: Compact, tokenizer: Tokenizer
) -> None:
    tweet = row("You are a fucking idiot.", "davidson2017", toxicity=1.0, identity_attack=0.0)
    learnt = [
        row(f"{word} {i}", "jigsaw2018-six-raw", toxicity=1.0, obscene=float(word == "grmpf"))
        for word in ("grmpf", "hello")
        for i in range(20)
    ]
    sworn = row("grmpf", "paradetox-toxic", toxicity=1.0)
    greeted = row("hello", "paradetox-toxic", toxicity=1.0)

    found = taught([tweet, sworn, greeted, *learnt], model, tokenizer)
    by_label = [dict(zip(LABELS, each.labels, strict=True)) for each in found]

    assert by_label[0]["toxicity"] == 1
    assert by_label[0]["identity_attack"] == 0
    assert by_label[0]["insult"] > 0.5 > by_label[0]["threat"]
    assert found[0].weights == (1.0, TAUGHT, TAUGHT, TAUGHT, TAUGHT, 1.0)
    assert by_label[1]["obscene"] > by_label[2]["obscene"] + 0.2, "by the linear model"
