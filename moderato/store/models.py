"""The model in use: what the scorers say of the one they loaded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from moderato.domain.scores import ModelInfo
from moderato.store import keys
from moderato.store.part import Part


@dataclass(frozen=True, slots=True)
class Models(Part):
    async def record(self, model: ModelInfo) -> None:
        """Makes ``model`` the one in use, for all who ask; the last scorer to load one wins."""
        await self.redis.set(keys.MODEL, as_json(model))

    async def in_use(self) -> ModelInfo | None:
        """The model that the scorers use; None before the first of them loaded one."""
        raw: Any = await self.redis.get(keys.MODEL)
        return from_json(raw) if raw else None


def as_json(model: ModelInfo) -> str:
    return json.dumps(
        {
            "name": model.name,
            "version": model.version,
            "attributes": model.attributes,
            "languages": sorted(model.languages),
            "marks_spans": model.marks_spans,
        }
    )


def from_json(text: str) -> ModelInfo:
    """From what ``as_json`` wrote, here or in another process."""
    raw: dict[str, Any] = json.loads(text)
    return ModelInfo(
        name=raw["name"],
        version=raw["version"],
        attributes=tuple(raw["attributes"]),
        languages=frozenset(raw["languages"]),
        marks_spans=raw["marks_spans"],
    )
