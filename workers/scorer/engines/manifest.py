"""What lies in a model's folder: ``model.json`` names it and pins the hash of every file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BUNDLED = Path(__file__).parents[1] / "models"


class EngineError(Exception):
    """A model cannot be loaded or gave no usable answer; the message says why."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One model. ``files`` maps the names in ``folder`` to their SHA-256, in hex.

    ``span_threshold`` is the least probability, in (0, 1), with which a token is marked as
    toxic; None for a model that marks nothing.
    """

    folder: Path
    name: str
    version: str
    attributes: tuple[str, ...]
    languages: frozenset[str]
    max_tokens: int
    files: Mapping[str, str]
    span_threshold: float | None = None

    @property
    def marks_spans(self) -> bool:
        """Whether the model marks toxic words."""
        return self.span_threshold is not None

    @classmethod
    def of(cls, model: str, *roots: Path) -> Manifest:
        """The manifest of ``model`` in the first of ``roots`` that has it; default: the bundled.

        Raises EngineError, naming the known ones, if none has.
        """
        found = installed(*roots or (BUNDLED,))
        if model not in found:
            raise EngineError(
                f"There is no model {model!r}; known: {', '.join(sorted(found)) or 'none'}. "
                "`moderato models list` shows what can be had."
            )
        return cls.at(found[model])

    @classmethod
    def at(cls, folder: Path) -> Manifest:
        """The manifest in ``folder``. Raises EngineError if it cannot be read."""
        try:
            raw = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            return cls(
                folder=folder,
                name=str(raw["name"]),
                version=str(raw["version"]),
                attributes=tuple(raw["attributes"]),
                languages=frozenset(raw["languages"]),
                max_tokens=int(raw["max_tokens"]),
                files=dict(raw["files"]),
                span_threshold=_threshold(raw["spans"]) if "spans" in raw else None,
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EngineError(f"{folder / 'model.json'} cannot be read: {error!r}") from error

    def read(self, name: str) -> bytes:
        """The file ``name``. Raises EngineError if it is missing or not the one pinned."""
        path = self.folder / name
        if name not in self.files:
            raise EngineError(
                f"Model {self.name!r} has no {name}; its model.json does not list it."
            )
        try:
            content = path.read_bytes()
        except OSError as error:
            raise EngineError(f"{path} cannot be read: {error.strerror}.") from error
        found = hashlib.sha256(content).hexdigest()
        if found != self.files[name]:
            raise EngineError(
                f"{path} is not the file that model.json names: its SHA-256 is {found}, "
                f"expected {self.files[name]}. Reinstall the model."
            )
        return content


def _threshold(spans: Mapping[str, float]) -> float:
    threshold = float(spans["threshold"])
    if not 0 < threshold < 1:
        raise ValueError(f"spans.threshold is {threshold}, not between 0 and 1")
    return threshold


def installed(*roots: Path) -> dict[str, Path]:
    """The folder of each model in ``roots``, by its name; the first root that has it counts."""
    return {
        path.parent.name: path.parent
        for root in reversed(roots)
        for path in root.glob("[!.]*/model.json")
    }
