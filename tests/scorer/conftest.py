"""The engines, loaded once: the detoxify one takes seconds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workers.scorer.engines import Engine, load_engine


def rows(name: str) -> list[dict[str, Any]]:
    """The JSON lines of a file beside the tests."""
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="session")
def onnx() -> Engine:
    return load_engine("onnx", "compact", threads=1)


@pytest.fixture(scope="session")
def detoxify() -> Engine:
    return load_engine("detoxify", "compact", threads=1)
