"""``python -m tests.scorer.models_main SOURCES WORDS...``: `moderato models`, other hashes.

Detoxify's own files cannot be had in a test, so SOURCES (JSON) pins those that a test made.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from workers.scorer.models_cli import main
from workers.scorer.pull.catalogue import Base, Remote, Source


def write_sources(sources: Mapping[str, Source], path: Path) -> None:
    path.write_text(json.dumps({name: asdict(source) for name, source in sources.items()}))


def _source(raw: dict[str, Any]) -> Source:
    base = raw["base"]
    return Source(
        **{
            **raw,
            "checkpoint": Remote(**raw["checkpoint"]),
            "base": Base(
                base["name"],
                base["architecture"],
                Remote(**base["tokenizer"]),
                Remote(**base["config"]),
            ),
            "attributes": tuple(raw["attributes"]),
            "languages": tuple(raw["languages"]),
        }
    )


if __name__ == "__main__":
    pinned = json.loads(Path(sys.argv[1]).read_text())
    main({name: _source(raw) for name, raw in pinned.items()}, args=sys.argv[2:])
