"""Another model with other attributes: everything follows the one that was loaded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis

from moderato.domain.comment import State
from moderato.domain.scores import ModelInfo
from moderato.runtime import end
from moderato.store.records import Record
from tests.conftest import ConfigFactory
from tests.life import Life, new_comment
from tests.scorer.faulty import FaultyEngine
from workers.scorer.engines import Engine, Reading, load_engine
from workers.scorer.service import serve

EXPLICIT = "Something explicit about the harbour."
POLICY = """name = "explicit"
otherwise = "approve"

[[rules]]
name = "explicit"
when.scores = { sexual_explicit = ">= 0.8" }
then = "flag"

[[rules]]
name = "threat"
when.not = { scores = { threat = "< 0.9" } }
then = "reject"
"""


class OtherEngine(FaultyEngine):
    """The bundled model with one attribute less and one more."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.name, self.version = "other", "3"
        self.attributes = (*(a for a in engine.attributes if a != "threat"), "sexual_explicit")

    def score(self, texts: Sequence[str]) -> list[Reading]:
        found = super().score(texts)
        return [
            Reading(
                {
                    **{name: value for name, value in row.values.items() if name != "threat"},
                    "sexual_explicit": 0.9 if "explicit" in text.casefold() else 0.1,
                }
            )
            for text, row in zip(texts, found, strict=True)
        ]


def load(name: str) -> Engine:
    bundled = load_engine("onnx", "compact", 1)
    return OtherEngine(bundled) if name == "other" else bundled


@asynccontextmanager
async def scoring(life: Life, name: str) -> AsyncIterator[None]:
    task = asyncio.create_task(serve(life.config, lambda: load(name), asyncio.Event()))
    try:
        yield
    finally:
        await end(task)


async def in_use(life: Life, name: str) -> ModelInfo:
    async with asyncio.timeout(40):
        while True:
            found = await life.store.models.in_use()
            if found is not None and found.name == name:
                return found
            await asyncio.sleep(0.05)


async def decided(life: Life, text: str) -> Record:
    comment = await life.accept(new_comment(text))
    async with asyncio.timeout(40):
        while True:
            record = await life.store.comments.get("gazette", comment)
            assert record is not None
            if record.comment.state is not State.PENDING:
                return record
            await asyncio.sleep(0.05)


@pytest.fixture
async def life(redis: Redis, make_config: ConfigFactory) -> AsyncIterator[Life]:
    life = Life(redis, make_config(threads=1))
    await life.store.prepare()
    yield life
    await life.close()


async def test_the_scorers_say_which_model_they_use(life: Life) -> None:
    assert await life.store.models.in_use() is None
    async with scoring(life, "compact"):
        bundled = load("compact")
        assert await in_use(life, "compact") == ModelInfo(
            "compact", bundled.version, bundled.attributes, frozenset({"en"}), bundled.marks_spans
        )
    async with scoring(life, "other"):
        found = await in_use(life, "other")
    assert "sexual_explicit" in found.attributes
    assert "threat" not in found.attributes


async def test_a_policy_acts_on_what_this_model_scores_and_on_nothing_else(life: Life) -> None:
    await life.store.policies.push("gazette", POLICY)
    async with scoring(life, "other"):
        flagged = await decided(life, EXPLICIT)
        clean = await decided(life, "A fair point about the harbour.")
    assert flagged.last is not None
    assert flagged.scores is not None
    assert (flagged.comment.state, flagged.last.rule) == (State.FLAGGED, "explicit")
    assert flagged.last.evidence == {"sexual_explicit": "0.90"}
    assert flagged.scores.values["sexual_explicit"] == 0.9
    assert "threat" not in flagged.scores.values
    # Nobody scored threat: neither the rule nor its opposite may act on that.
    assert clean.comment.state is State.APPROVED
    async with scoring(life, "compact"):
        same = await decided(life, EXPLICIT)
    assert same.last is not None
    assert same.last.rule != "explicit"
