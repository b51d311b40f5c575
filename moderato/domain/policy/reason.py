"""Texts of a policy with places for values: "Toxicity {toxicity} ({toxicity:%})"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from moderato.domain.policy import show


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value goes; ``percent`` for the form ``{name:%}``."""

    name: str
    percent: bool


@dataclass(frozen=True, slots=True)
class Template:
    """``text`` as written; ``{{`` and ``}}`` stand for single braces."""

    text: str
    parts: tuple[str | Place, ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        """Raises ValueError, saying what is wrong, for a place that is not well formed."""
        parts: list[str | Place] = []
        try:
            pieces = list(Formatter().parse(text))
        except ValueError:
            raise ValueError("a brace is not closed, or not opened") from None
        for literal, name, form, conversion in pieces:
            if literal:
                parts.append(literal)
            if name is None:
                continue
            if conversion or form not in {"", "%"}:
                raise ValueError(f"{{{name}}} has an unknown form")
            parts.append(Place(name, percent=form == "%"))
        return cls(text, tuple(parts))

    @property
    def places(self) -> tuple[Place, ...]:
        return tuple(part for part in self.parts if isinstance(part, Place))

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with ``values`` in their places; a missing one becomes "?"."""
        return "".join(
            part if isinstance(part, str) else _filled(part, values) for part in self.parts
        )


def _filled(place: Place, values: Mapping[str, str]) -> str:
    value = values.get(place.name, "?")
    return show.percent(value) if place.percent and value != "?" else value
