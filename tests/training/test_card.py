"""The model card: figures go into their places, nothing else changes, and every place has one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from training.card import DOCS, fill, main, places
from training.evaluation.figures import PARTS, speed
from training.evaluation.pictures import PICTURES

CARD = "# A\n<!-- figures: one -->\nold\n<!-- end -->\nwords\n<!-- figures: two -->\n<!-- end -->\n"


def test_figures_go_into_their_places_and_words_stay() -> None:
    filled = fill(CARD, {"one": "| 1 |", "two": "| 2 |", "elsewhere": "x"})
    assert filled == (
        "# A\n<!-- figures: one -->\n| 1 |\n<!-- end -->\nwords\n"
        "<!-- figures: two -->\n| 2 |\n<!-- end -->\n"
    )
    assert fill(filled, {"one": "| 1 |", "two": "| 2 |"}) == filled
    assert fill(CARD, {}) == CARD


def test_a_place_that_does_not_end_is_an_error() -> None:
    with pytest.raises(ValueError, match="one"):
        places(CARD.replace("<!-- end -->", "", 1))


def test_the_card_has_a_place_for_every_figure_and_shows_every_picture() -> None:
    card = (DOCS / "model-card.md").read_text(encoding="utf-8")
    assert sorted(places(card)) == sorted({*PARTS, "speed"})
    for name in PICTURES:
        assert f"(model-card/{name}.svg)" in card
        assert (DOCS / "model-card" / f"{name}.svg").is_file()


def test_a_card_with_an_unknown_place_is_left_alone(tmp_path: Path) -> None:
    card = tmp_path / "card.md"
    card.write_text(CARD)
    result = CliRunner().invoke(main, ["--data", str(tmp_path), "--card", str(card)])
    assert result.exit_code == 1
    assert "no figures or no place for one, two" in result.output
    assert card.read_text() == CARD


def test_speed_comes_from_the_benchmarks_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "scoring.json"
    path.write_text(json.dumps({"figures": {"scoring": [_ratio(of) for of in _RATIOS]}}))
    found = speed(path)
    assert "| 41.0 | 39.0 to 45.0 | aim |" in found
    assert "| 14.0 | 13.0 to 20.0 | must missed |" in found
    assert "each as it is fastest | - | 15 | 40 | 22.0 | 20.0 to 23.0 | must |" in found
    path.write_text(json.dumps({"figures": {}}))
    with pytest.raises(ValueError, match="--only scoring"):
        speed(path)


_COMPACT, _BERT = "Moderato, compact, ", "Detoxify.predict, bert-base, "
_RATIOS = [
    ("lists of 32", "one at a time", 20, 22, 23),
    ("one at a time", "one at a time", 39, 41, 45),
    ("lists of 32", "lists of 32", 13, 14, 20),
]


def _ratio(of: tuple[str, str, float, float, float]) -> dict[str, object]:
    ours, theirs, least, median, most = of
    return {
        "what": f"the choice: **{_COMPACT}{ours} / {_BERT}{theirs}**",
        "unit": "ratio, a second",
        "spread": {"least": least, "median": median, "most": most},
    }
