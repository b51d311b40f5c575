"""Every part of the model card that is figures, by the name of its place in the card."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from moderato.domain.policy import Context
from moderato.policies import load_default
from training.evaluation import (
    bias,
    calibration,
    engines,
    languages,
    nationalities,
    ranking,
    spans,
    summary,
    thresholds,
)
from training.evaluation.markdown import table
from training.evaluation.measured import Measured, texts
from training.evaluation.metrics import Estimate
from training.evaluation.mixes import MIXES, USUAL, mix
from training.evaluation.replay import REGULAR

_NEWCOMER = Context(author_approved=0, author_rejected=0)


def _spans(measured: Measured) -> str:
    if not measured.book.marks_spans:
        return "This model marks no spans."
    return spans.spans_table(measured.span_posts, measured.book.spans)


def _model(measured: Measured) -> str:
    """What the manifest says."""
    path = measured.book.folder / "model.json"
    raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    rows = [
        ("Name and version", f"{raw['name']} {raw['version']}"),
        ("Scores", ", ".join(raw["attributes"])),
        ("Marks toxic words", "yes" if measured.book.marks_spans else "no"),
        ("Languages", ", ".join(raw["languages"])),
        ("Reads at once", f"{raw['max_tokens']} tokens; longer texts in windows"),
        ("Base", raw.get("base", "-")),
        ("Licence", raw.get("licence", "-")),
        ("Size", f"{summary.megabytes(measured):.1f} MB, all files"),
    ]
    return table(("", ""), rows).replace("| --: |", "| --- |")


def _policy(measured: Measured) -> str:
    lines = []
    for who, context in (("regular author", REGULAR), ("newcomer", _NEWCOMER)):
        for name, shares in MIXES.items():
            rows = mix(measured.held_out, shares)
            scores = measured.book.score(texts(rows.rows))
            meant = thresholds.meaning(rows, scores, load_default(), context)
            whose = name if context is REGULAR else f"{name}, by a {who}"
            lines.append(f"- {thresholds.sentence(whose, rows, meant)}")
    return "\n".join(lines)


def _curve(measured: Measured) -> str:
    rows = mix(measured.held_out, MIXES[USUAL])
    return thresholds.curve(rows, measured.book.score(texts(rows.rows)))


def _nationalities(measured: Measured) -> str:
    found = nationalities.outcomes(nationalities.read(), measured.book.score)
    return nationalities.summary_table(found)


def _languages(measured: Measured) -> str:
    return languages.by_length(measured.everything)


#: Name -> heading, and what makes its Markdown.
PARTS: dict[str, tuple[str, Callable[[Measured], str]]] = {
    "model": ("The model", _model),
    "summary": ("What it must reach, and what it reached", summary.summary),
    "slices": ("ROC AUC by source and label", ranking.slices),
    "parity": ("Beside Detoxify original-small, toxicity on the parity set", ranking.parity),
    "other-labels": ("The labels other than toxicity", ranking.other_labels_table),
    "functionality": ("HateCheck by functionality, identity_attack", ranking.by_functionality),
    "target": ("HateCheck by the group named, identity_attack", ranking.by_target),
    "spans": ("Toxic spans, SemEval-2021 task 5 test", _spans),
    "bias": ("Identity bias by group, toxicity", lambda m: bias.bias_table(bias.bias(m))),
    "calibration": ("Expected calibration error", calibration.calibration_table),
    "policy": ("What the default policy does", _policy),
    "thresholds": ("What a toxicity threshold means, on a usual day", _curve),
    "nationalities": ("Nationalities", _nationalities),
    "languages": ("Languages let through, by words", _languages),
    "int8": ("int8 ONNX against floating point", lambda m: engines.losses_table(engines.losses(m))),
    "apart": ("The two engines' scores", engines.apart_table),
    "size": ("Size in the repository", summary.size_table),
}

#: Comments per second, as the benchmarks name the ratios that count.
_SPEED = (
    ("each as it is fastest", "compact, lists of 32 / Detoxify.predict, bert-base, one at a time"),
    ("both one at a time", "compact, one at a time / Detoxify.predict, bert-base, one at a time"),
    ("both lists of 32", "compact, lists of 32 / Detoxify.predict, bert-base, lists of 32"),
)


def speed(path: Path) -> str:
    """The ratios of ``python -m benchmarks --only scoring --json``, by wall clock.

    Raises ValueError where they are not in the file.
    """
    figures = json.loads(path.read_text(encoding="utf-8"))["figures"].get("scoring", [])
    lines = []
    for how, ending in _SPEED:
        found = next(
            (
                f
                for f in figures
                if f["what"].strip("*").endswith(ending) and "processor" not in f["unit"]
            ),
            None,
        )
        if found is None:
            raise ValueError(
                f"{path} does not compare the bundled model with bert-base; write it with "
                f"python -m benchmarks --only scoring --json {path}"
            )
        spread = found["spread"]
        ratio = Estimate(spread["median"], spread["least"], spread["most"], 0)
        goal = summary.Goal(f"times Detoxify's comments a second, {how}", "-", 15, 40, digits=1)
        cells = goal.line(ratio)
        lines.append((*cells[:6], cells[-1]))
    header = ("measure", "floor", "must", "aim", "median round", "all rounds", "so")
    return table(header, lines)
