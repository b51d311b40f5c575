"""What teachers say goes beside what people said, and never over it where they know little."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from training import train
from training.data import LABELS, Row
from training.lessons import HATE_WEIGHT, TRUSTED, WEIGHT, judged, taught


def row(source: str, **labels: float) -> Row:
    return Row(
        text="You fool.",
        source=source,
        labels=tuple(labels.get(name, 0.0) for name in LABELS),
        weights=tuple(0.8 * (name in labels) for name in LABELS),
    )


SAID = np.array([[0.6, 0.1, 0.2, 0.0, 0.9, 0.05]])


def test_a_label_that_somebody_gave_is_drawn_towards_what_teachers_say() -> None:
    (found,) = taught([row("jigsaw2018-six-raw", toxicity=1.0)], SAID)

    assert found.labels[0] == pytest.approx(1 - TRUSTED * 0.4)
    assert found.labels[1:] == pytest.approx(SAID[0, 1:])
    assert found.weights == (0.8, *(WEIGHT,) * 5)


def test_hate_is_as_people_say() -> None:
    (found,) = taught([row("dgHS-db_train", toxicity=1.0, identity_attack=0.0)], SAID)

    assert (found.labels[0], found.labels[5]) == (1.0, 0.0)
    assert found.labels[1:5] == pytest.approx(SAID[0, 1:5])
    assert found.weights == (0.8, *(HATE_WEIGHT,) * 4, 0.8)


def test_each_text_is_judged_by_both_together(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The mean of their logits, and each at its own row."""
    rows = [replace(row("jigsaw2018-six-raw"), text=str(i)) for i in range(4)]
    rows[1] = replace(rows[1], source="templates")
    asked: list[str] = []

    class Fake:
        def judge(self, texts: list[str]) -> NDArray[np.float32]:
            asked.extend(texts)
            return np.array([[float(text)] * len(LABELS) for text in texts], dtype=np.float32)

    monkeypatch.setattr(train, "encode", lambda _tokenizer, texts: texts)
    monkeypatch.setattr(train, "predict", lambda _, texts: -np.ones((len(texts), len(LABELS))))

    found = [
        train.lessons_of(rows, Fake, None, None, tmp_path / "said.npz")  # type: ignore[arg-type]
        for _ in range(2)
    ]

    assert asked == ["0", "2", "3"], "and not again"
    assert found[0] == found[1]
    assert [r.text for r in found[0]] == ["0", "1", "2", "3"]
    assert found[0][1] == rows[1]
    together = [found[0][i].labels[0] for i in (0, 2, 3)]
    assert together == pytest.approx(expit([(i - 1) / 2 for i in (0, 2, 3)]))


def test_nobody_is_asked_about_what_was_made() -> None:
    made = row("templates", toxicity=0.0)

    assert not judged(made)
    assert taught([made], SAID) == [made]
