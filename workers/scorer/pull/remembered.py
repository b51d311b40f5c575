"""What an earlier installation learnt of a model's files."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from workers.scorer.pull.catalogue import Remote, Source


def remembered(source: Source, models: Path) -> Source:
    """``source`` with the whole hashes that its installed ``model.json`` records.

    Only where they are longer than what is known of them, and begin like it.
    """
    recorded: dict[str, dict[str, str]] = {}
    with suppress(OSError, ValueError, KeyError):
        raw = (models / source.name / "model.json").read_text(encoding="utf-8")
        recorded = json.loads(raw)["sources"]

    def pinned(remote: Remote, what: str) -> Remote:
        found = recorded.get(what, {})
        whole = found.get("sha256", "") if found.get("url") == remote.url else ""
        return replace(remote, sha256=whole) if whole.startswith(remote.sha256) else remote

    base = replace(
        source.base,
        tokenizer=pinned(source.base.tokenizer, "tokenizer"),
        config=pinned(source.base.config, "config"),
    )
    return replace(source, checkpoint=pinned(source.checkpoint, "checkpoint"), base=base)
