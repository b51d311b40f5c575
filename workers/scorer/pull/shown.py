"""Models as `moderato models list` shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from workers.scorer.engines.manifest import BUNDLED, EngineError, Manifest, installed
from workers.scorer.pull.catalogue import Source


@dataclass(frozen=True, slots=True)
class Shown:
    """A model as `list` shows it. ``bytes``: on disk, or about what there is to fetch."""

    name: str
    version: str
    attributes: tuple[str, ...]
    languages: tuple[str, ...]
    bytes: int
    installed: bool
    bundled: bool
    in_use: bool
    trouble: str = ""


def all_models(sources: Mapping[str, Source], models: Path, used: str) -> Iterator[Shown]:
    folders = installed(BUNDLED, models)
    for name in [*folders.keys() - sources.keys(), *sources]:
        source = sources.get(name)
        if name in folders:
            yield _installed(name, folders[name], used)
        elif source:
            yield Shown(
                name, source.version, source.attributes, source.languages, source.size,
                installed=False, bundled=False, in_use=False,
            )  # fmt: skip


def _installed(name: str, folder: Path, used: str) -> Shown:
    bundled, in_use = folder.parent == BUNDLED, name == used
    size = sum(path.stat().st_size for path in folder.iterdir())
    try:
        manifest = Manifest.at(folder)
    except EngineError as error:
        return Shown(name, "", (), (), size, True, bundled, in_use, str(error))
    languages = tuple(sorted(manifest.languages))
    return Shown(
        name, manifest.version, manifest.attributes, languages, size, True, bundled, in_use
    )


def lines(one: Shown) -> Iterator[str]:
    size = f"{one.bytes / 1e6:,.0f} MB"
    if one.bundled:
        state = f"bundled, {size}"
    elif one.installed:
        state = f"installed, {size}"
    else:
        state = f"not installed, about {size} to fetch"
    yield f"{'*' if one.in_use else ' '} {one.name:15} {state}{', in use' * one.in_use}"
    if one.trouble:
        yield f"    {one.trouble}"
        return
    yield f"    languages: {', '.join(one.languages)}"
    yield f"    scores: {', '.join(one.attributes)}"
