"""A sentence that names a people without attacking it gets through like any other."""

from __future__ import annotations

import pytest

from training.evaluation.nationalities import by_rule, held_share, outcomes, read, summary_table
from workers.scorer.engines import Engine
from workers.scorer.scoring import score_texts

#: Of harmless sentences about nationalities, the share that a person may have to look at.
MOST_HELD = 0.01


@pytest.mark.timeout(600)
def test_the_default_policy_lets_nationalities_through(onnx: Engine) -> None:
    found = outcomes(read(), lambda texts: score_texts(onnx, texts))
    assert held_share(found) <= MOST_HELD, f"\n{summary_table(found)}\n\n{by_rule(found)}"
