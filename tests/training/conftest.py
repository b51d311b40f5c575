"""A small folder of data in the form that training reads."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import MPNetConfig, MPNetModel

from training.data import LABELS
from training.model import base_tokenizer


def row(text: str, source: str = "toxic_spans-train", **labels: float | None) -> dict[str, Any]:
    known = dict.fromkeys(LABELS) | labels
    return {"text": text, "lang": "en", "source": source, **known}


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def write_spans(path: Path, rows: list[tuple[list[int], str]]) -> None:
    path.parent.mkdir(exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["spans", "text"])
        out.writerows((json.dumps(spans), text) for spans, text in rows)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Forty civil and forty rude comments, half of the rude ones with their words marked."""
    folder = tmp_path / "data"
    folder.mkdir()
    civil = [row(f"Thank you for report number {i}.", toxicity=0.0, threat=0.0) for i in range(40)]
    rude = [row(f"Number {i}, you idiot.", toxicity=1.0, insult=0.7) for i in range(40)]
    seen_nowhere = row("Only for the evaluation, you fool.", toxicity=1.0)
    write_rows(folder / "train.jsonl.gz", [*civil, *rude, seen_nowhere])
    write_rows(folder / "public_eval.jsonl.gz", [seen_nowhere])
    spans = folder / "toxic_spans"
    marked = [(_idiot(r["text"]), r["text"]) for r in rude[:20]]
    write_spans(spans / "train.csv.gz", marked[:15])
    write_spans(spans / "trial.csv.gz", marked[15:])
    write_spans(spans / "test.csv.gz", [([0], "Held back for the test.")])
    return folder


def _idiot(text: str) -> list[int]:
    at = text.index("idiot")
    return list(range(at, at + 5))


@pytest.fixture(scope="session")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The teacher's encoder, made small, with weights by chance."""
    folder = tmp_path_factory.mktemp("larger")
    tokenizer = base_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(0)
    shape = MPNetConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=130,
    )
    MPNetModel(shape).save_pretrained(folder)
    return folder
