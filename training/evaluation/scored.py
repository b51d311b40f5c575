"""Scores as the scorer gives them, each text scored once and kept in a file.

The file's name holds a hash of the model and of the code that scores, so another model or another
way of folding never reads old scores. It is written as scoring goes on: what is interrupted goes
on where it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import click
import numpy as np

from moderato.domain import text as folding
from moderato.domain.scores import Scores
from training.evaluation.metrics import Numbers
from workers import scorer
from workers.scorer.engines import Engine, load_engine
from workers.scorer.engines.manifest import Manifest
from workers.scorer.scoring import score_texts

CACHE = Path("build") / "scores"
_CHUNK = 256
_CODE = (folding, scorer)


class ScoreBook:
    """The scores of one engine with one model.

    Texts go the scorer's own way: as written and folded, long ones in windows, the highest
    counts.
    """

    def __init__(self, engine: str, model: str, threads: int = 0, folder: Path = CACHE) -> None:
        self._engine, self._model, self._threads = engine, model, threads
        manifest = Manifest.of(model)
        self.folder = manifest.folder
        self.name = f"{manifest.name} {manifest.version}"
        self.label = f"{self.name}, {engine}"
        self.attributes = manifest.attributes
        marks = json.loads((manifest.folder / "model.json").read_text(encoding="utf-8"))
        #: Whether the model marks toxic spans.
        self.marks_spans = "spans" in marks
        name = f"{manifest.name}-{manifest.version}-{engine}-{_hash(manifest.folder)}.jsonl"
        self._path = folder / name

    @cached_property
    def engine(self) -> Engine:
        """The engine, loaded when first needed: whatever is in the file needs none."""
        return load_engine(self._engine, self._model, self._threads)

    @cached_property
    def _known(self) -> dict[str, Scores]:
        known = {}
        if self._path.exists():
            for line in self._path.read_text(encoding="utf-8").splitlines():
                try:
                    mark, *rest = json.loads(line)
                except ValueError:  # cut off when the command was
                    continue
                known[mark] = _scores(self, rest)
        return known

    def score(self, texts: Sequence[str]) -> list[Scores]:
        """The scores of ``texts``, in their order; a progress bar shows on a terminal."""
        marks = [_mark(text) for text in texts]
        missing = {m: t for m, t in zip(marks, texts, strict=True) if m not in self._known}
        # Texts of like length together, so that little is padded.
        waiting = sorted(missing.items(), key=lambda item: len(item[1]))
        chunks = [waiting[i : i + _CHUNK] for i in range(0, len(waiting), _CHUNK)]
        for chunk in _shown(chunks, f"Scoring with {self.label}"):
            found = score_texts(self.engine, [text for _, text in chunk])
            new = {mark: each for (mark, _), each in zip(chunk, found, strict=True)}
            self._append(new)
            self._known.update(new)
        return [self._known[mark] for mark in marks]

    def values(self, texts: Sequence[str], label: str = "toxicity") -> Numbers:
        """The scores for ``label``, in the order of ``texts``."""
        return np.array([scores.values[label] for scores in self.score(texts)])

    def spans(self, texts: Sequence[str]) -> list[tuple[tuple[int, int], ...]]:
        """The [begin, end) offsets of what the model marks in each of ``texts``."""
        return [scores.spans for scores in self.score(texts)]

    def _append(self, new: dict[str, Scores]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps([mark, *_fields(each)]) + "\n" for mark, each in new.items())
        # One write, so that two commands at work on one file do not mix their lines.
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(file, ("\n" + lines).encode())
        finally:
            os.close(file)


def _shown(chunks: list[list[tuple[str, str]]], label: str) -> Iterator[list[tuple[str, str]]]:
    if not chunks:
        return
    with click.progressbar(chunks, label=label, file=sys.stderr) as bar:
        yield from bar


def _fields(scores: Scores) -> list[object]:
    return [
        dict(scores.values), scores.folded_gain, scores.language, scores.language_known,
        scores.spans,
    ]  # fmt: skip


def _scores(book: ScoreBook, fields: list[object]) -> Scores:
    values, gain, language, known, spans = fields
    assert isinstance(values, dict)
    assert isinstance(gain, float)
    assert isinstance(spans, list)
    name, _, version = book.name.partition(" ")
    return Scores(
        values=values,
        model=name,
        model_version=version,
        folded_gain=gain,
        language=None if language is None else str(language),
        language_known=bool(known),
        spans=tuple((begin, end) for begin, end in spans),
    )


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _hash(model: Path) -> str:
    """Of the model's manifest, which pins its files, and of the code between text and score."""
    digest = hashlib.sha256((model / "model.json").read_bytes())
    for package in _CODE:
        for path in sorted(Path(package.__path__[0]).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
