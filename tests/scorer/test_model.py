"""The model's thread: a bad comment is isolated, a broken model is told from it."""

from __future__ import annotations

import pytest

from moderato.domain.scores import Scores
from tests.scorer.faulty import RAISES, FaultyEngine
from workers.scorer.engines import load_engine
from workers.scorer.model import BadComment, Model, ModelDownError


async def test_one_bad_comment_costs_only_itself() -> None:
    model = Model(lambda: FaultyEngine(load_engine("onnx", "compact", 1)))
    texts = [f"Comment number {n}." for n in range(9)]
    texts[4] = f"Look, {RAISES}."
    results = await model.score(texts)
    assert [n for n, result in enumerate(results) if isinstance(result, BadComment)] == [4]
    bad = results[4]
    assert isinstance(bad, BadComment)
    assert bad.error == "ValueError: The model cannot take this."
    assert model.trouble == ""
    model.close()


async def test_a_model_that_fails_on_anything_is_down_and_comes_back() -> None:
    engine = FaultyEngine(load_engine("onnx", "compact", 1))
    model = Model(lambda: engine)
    await model.start()
    engine.down = True
    with pytest.raises(ModelDownError):
        await model.score(["Hello.", "Good evening."])
    assert "down" in model.trouble
    engine.down = False
    assert all(isinstance(result, Scores) for result in await model.score(["Hello."]))
    assert model.trouble == ""
    model.close()


async def test_a_model_that_cannot_be_loaded_says_why() -> None:
    model = Model(lambda: load_engine("onnx", "no-such-model"))
    with pytest.raises(ModelDownError, match="no-such-model"):
        await model.start()
    model.close()
