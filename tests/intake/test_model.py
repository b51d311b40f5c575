"""Which model is in use, as a site is told."""

from __future__ import annotations

from moderato.domain.scores import ModelInfo
from tests.intake.served import Api


async def test_a_site_learns_which_scores_it_will_get(api: Api) -> None:
    before = await api.get("/v1/model")
    assert before.status == 404
    assert "No scorer has loaded a model yet" in before.json["detail"]
    languages = frozenset({"it", "en"})
    await api.backstage.store.models.record(
        ModelInfo("multilingual", "2", ("toxicity", "sexual_explicit"), languages, marks_spans=True)
    )
    assert (await api.get("/v1/model")).json == {
        "name": "multilingual",
        "version": "2",
        "attributes": ["toxicity", "sexual_explicit"],
        "languages": ["en", "it"],
        "marks_spans": True,
    }
