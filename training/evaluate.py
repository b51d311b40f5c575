"""How good the model is: ``python -m training.evaluate --data DIR``.

Measures on the English rows of DIR's public_eval.jsonl.gz and toxic_spans/test.csv.gz, which
nothing was trained, tuned or chosen on, and, where it says held out, on the validation rows.
Texts go the scorer's own way. Scores are kept in build/scores, by model and code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from training.evaluation import bias, calibration, engines, ranking, spans, summary
from training.evaluation.command import measuring
from training.evaluation.measured import Measured


def _spans(measured: Measured) -> str:
    if not measured.book.marks_spans:
        return "This model marks no spans."
    return spans.spans_table(measured.span_posts, measured.book.spans)


#: Name -> heading and table; the names are those of the markers in docs/model-card.md.
PARTS: dict[str, tuple[str, Callable[[Measured], str]]] = {
    "summary": ("What it must reach, and what it reached", summary.summary),
    "slices": ("ROC AUC by source and label", ranking.slices),
    "parity": ("Beside Detoxify original-small, toxicity on the parity set", ranking.parity),
    "other-labels": ("The labels other than toxicity", ranking.other_labels_table),
    "functionality": ("HateCheck by functionality, identity_attack", ranking.by_functionality),
    "target": ("HateCheck by the group named, identity_attack", ranking.by_target),
    "spans": ("Toxic spans, SemEval-2021 task 5 test", _spans),
    "bias": ("Identity bias by group, toxicity", lambda m: bias.bias_table(bias.bias(m))),
    "calibration": ("Expected calibration error", calibration.calibration_table),
    "int8": ("int8 ONNX against floating point", lambda m: engines.losses_table(engines.losses(m))),
    "apart": ("The two engines' scores", engines.apart_table),
    "size": ("Size in the repository", summary.size_table),
}


@click.command()
@click.option("--only", type=click.Choice(list(PARTS)), multiple=True, help="Repeatable.")
@measuring
def main(measured: Measured, only: Sequence[str]) -> None:
    """Print every table of the model card that needs only DATA.

    \b
      python -m training.evaluate --data DIR
      python -m training.evaluate --data DIR --only summary --only bias
      python -m training.evaluate --data DIR --sample 200
    """
    click.echo(f"{measured.book.name}, {len(measured.english):,} public English rows")
    for name in only or PARTS:
        heading, part = PARTS[name]
        click.echo(f"\n## {heading}\n\n{part(measured)}")


if __name__ == "__main__":
    main()
