"""Reading conditions on scores and counts."""

from __future__ import annotations

from typing import Any

from moderato.domain.policy.comparison import EXAMPLES, Comparison
from moderato.domain.policy.lines import Path
from moderato.domain.policy.problems import choose_from
from moderato.domain.policy.quantities import QUANTITIES
from moderato.domain.policy.reader import Reader, kind_of
from moderato.domain.policy.thresholds import AnyScore, NumberIs, ScoreIs
from moderato.domain.scores import ModelInfo


class ThresholdParser:
    """``model`` is the one in use, None where that is not known."""

    def __init__(self, reader: Reader, model: ModelInfo | None) -> None:
        self._reader = reader
        self._model = model

    def scores(self, key: str, value: Any, path: Path) -> tuple[ScoreIs, ...]:
        """A table of attributes with comparisons."""
        if not isinstance(value, dict) or not value:
            self._reader.wrong_kind(path, value, dict, f'{key} = {{ toxicity = ">= 0.9" }}')
            return ()
        scores: list[ScoreIs] = []
        for attribute, written in value.items():
            at = (*path, attribute)
            self._check_attribute(attribute, at)
            if compared := self._comparison(written, at, is_share=True):
                scores.append(ScoreIs(attribute, compared))
        return tuple(scores)

    def any_score(self, key: str, value: Any, path: Path) -> tuple[AnyScore, ...]:
        """Such a table, or one comparison for all attributes."""
        if isinstance(value, str):
            every = self._comparison(value, path, is_share=True)
            return (AnyScore(every=every),) if every else ()
        scores = self.scores(key, value, path)
        return (AnyScore(scores),) if scores else ()

    def number(self, key: str, value: Any, path: Path) -> tuple[NumberIs, ...]:
        """A comparison for one of ``QUANTITIES``."""
        compared = self._comparison(value, path, is_share=QUANTITIES[key].is_share)
        return (NumberIs(key, compared),) if compared else ()

    def _check_attribute(self, name: str, path: Path) -> None:
        if self._model is None or name in self._model.attributes:
            return
        what = f'the model {self._model} does not score "{name}", so this never holds'
        self._reader.note(path, what, choose_from(name, self._model.attributes), is_warning=True)

    def _comparison(self, value: Any, path: Path, *, is_share: bool) -> Comparison | None:
        examples = EXAMPLES.format(*(("0.7", "0.9") if is_share else ("3", "5")))
        if not isinstance(value, str):
            what = f'"{path[-1]}" needs a comparison in quotes, not {kind_of(value)}'
            self._reader.note(path, what, f"write {examples}")
            return None
        try:
            compared = Comparison.parse(value)
        except ValueError as error:
            self._reader.note(path, f'"{path[-1]}" is "{value}": {error}', f"write {examples}")
            return None
        if is_share and not all(0 <= bound <= 1 for bound in compared.bounds):
            what = f'"{path[-1]}" is "{value}": that is outside 0 to 1'
            self._reader.note(path, what, "use a bound from 0 to 1, as 0.9")
            return None
        if not is_share and not all(b >= 0 and b.is_integer() for b in compared.bounds):
            what = f'"{path[-1]}" is "{value}": it counts things'
            self._reader.note(path, what, "use a whole number, 0 or more")
            return None
        return compared
