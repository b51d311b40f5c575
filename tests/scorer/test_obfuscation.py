"""Disguised, a toxic comment is found nearly as often as plain: recall per attack has a floor.

The floors lie a little under what folding and the bundled model reached on these rows; the
attacks and the full measurement are in training/obfuscation.py.
"""

from __future__ import annotations

import pytest

from tests.scorer.conftest import rows
from training.attacks import ATTACKS, attacked
from training.obfuscation import recall, threshold
from workers.scorer.engines import Engine

#: Of the comments found plain, the share that each attack may hide.
MOST_LOST = 0.05
#: What folding does not undo whole.
MOST_LOST_IN = {"leet: all letters": 0.28}


@pytest.fixture(scope="module")
def toxic() -> list[str]:
    return [row["text"] for row in rows("quality.jsonl") if row["toxic"]]


@pytest.fixture(scope="module")
def plain(onnx: Engine, toxic: list[str]) -> float:
    return recall(onnx, toxic, threshold()).folded


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_hides_little(onnx: Engine, toxic: list[str], plain: float, name: str) -> None:
    found = recall(onnx, [attacked(text, name) for text in toxic], threshold())

    assert found.folded >= found.as_written
    assert found.folded > plain - MOST_LOST_IN.get(name, MOST_LOST)


def test_an_attack_is_the_same_each_time_and_changes_the_text() -> None:
    text = "What a stupid idea, you silly people."

    for name in ATTACKS:
        assert attacked(text, name) == attacked(text, name) != text
