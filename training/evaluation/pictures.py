"""The model card's pictures. The same figures give the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.metrics import precision_recall_curve

from training.evaluation import calibration, ranking
from training.evaluation.bias import SOURCE, bias
from training.evaluation.measured import Measured, marks, shares, texts
from training.evaluation.metrics import bins
from training.evaluation.mixes import MIXES, USUAL, mix

# Okabe and Ito's colours, which people with any colour vision can tell apart.
BLUE, ORANGE, GREEN, PINK, SKY, GREY = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#666666",
)  # fmt: skip
FEWEST = 10
_STYLE: Any = {
    "axes.grid": True,
    "axes.prop_cycle": f"cycler(color={[BLUE, ORANGE, GREEN, PINK, SKY]})",
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "figure.facecolor": "white",
    "font.family": "sans-serif",
    "font.size": 10,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "path.simplify_threshold": 0.5,
    # Letters as letters, and names of parts that do not change from run to run.
    "svg.fonttype": "none",
    "svg.hashsalt": "moderato",
}

#: What is shown of ranking: source and label.
_CURVES = (
    (ranking.ROBTEST, "toxicity"),
    (ranking.PARITY, "toxicity"),
    (ranking.SURGE, "toxicity"),
    (ranking.HATECHECK, "identity_attack"),
)


def draw(measured: Measured, folder: Path, suffix: str = ".svg") -> list[Path]:
    """Draw every picture into ``folder``; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    with mpl.rc_context(_STYLE):
        for name, picture in PICTURES.items():
            path = folder / f"{name}{suffix}"
            figure = picture(measured)
            metadata = {"Date": None, "Creator": None} if suffix == ".svg" else None
            figure.savefig(path, metadata=metadata, dpi=110)
            paths.append(path)
    return paths


def reliability(measured: Measured) -> Figure:
    """Mean label over mean score, in ten bins of equal width; below, how many comments.

    Bins of fewer than ``FEWEST`` comments would show chance, and are left out.
    """
    figure = Figure(figsize=(5.8, 5.6))
    upper, lower = figure.subplots(2, 1, height_ratios=(4, 1), sharex=True)
    upper.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":", label="as it should be")
    for mix_name, marker in ((calibration.HEADLINE, "o"), ("news", "s"), ("trouble (Jigsaw)", "^")):
        rows = calibration.rows_of(measured, mix_name)
        scores = measured.book.values(texts(rows))
        parts = [
            part for part in bins(shares(rows), scores, 10, adaptive=False) if part.count >= FEWEST
        ]
        label = f"{mix_name}, {len(rows)} comments"
        upper.plot([p.score for p in parts], [p.label for p in parts], marker=marker, label=label)
        lower.plot([p.score for p in parts], [p.count for p in parts], marker=marker)
    upper.set(ylabel="share of raters who said toxic", ylim=(0, 1))
    figure.legend(loc="outside lower center", ncols=2, fontsize=9)
    upper.set_title("Toxicity, held-out comments", loc="left")
    lower.set(xlabel="toxicity score", ylabel="comments", yscale="log", xlim=(0, 1))
    return figure


def precision_recall(measured: Measured) -> Figure:
    """Of what lies above a threshold, how much is right, over how much of it is found."""
    across, up = "share of positives found (recall)", "share that is right (precision)"
    with _one("Public evaluation", across, up) as (figure, axes):
        for source, label in _CURVES:
            rows = measured.labelled(source, label)
            gold = marks(rows, label)
            precision, recall, _ = precision_recall_curve(
                gold, measured.book.values(texts(rows), label)
            )
            # The last point stands for no comment at all.
            name = f"{ranking.TITLES[source].split(' (')[0]}, {label}, {gold.mean():.0%} positive"
            axes.plot(recall[:-1], precision[:-1], label=name, linewidth=1.4)
        axes.set(xlim=(0, 1), ylim=(0, 1.02))
        axes.legend(loc="lower left")
    return figure


def bias_by_group(measured: Measured) -> Figure:
    """Subgroup, BPSN and BNSP AUC of each group, the worst on top."""
    groups = bias(measured).groups
    names = sorted(groups, key=lambda name: -min(groups[name].bpsn, groups[name].bnsp))
    figure = Figure(figsize=(6.4, 1.4 + 0.17 * len(names)))
    axes = figure.subplots()
    at = np.arange(len(names))
    worst = [min(groups[n].subgroup, groups[n].bpsn, groups[n].bnsp) for n in names]
    best = [max(groups[n].subgroup, groups[n].bpsn, groups[n].bnsp) for n in names]
    axes.hlines(at, worst, best, color="#bbbbbb", linewidth=1)
    for kind, label, marker in (
        ("subgroup", "within the group", "o"),
        ("bpsn", "harmless mentions below others' attacks (BPSN)", "<"),
        ("bnsp", "attacks above others' harmless (BNSP)", ">"),
    ):
        values = [getattr(groups[name], kind) for name in names]
        axes.plot(values, at, marker, label=label, markersize=5)
    axes.axvline(0.9, color=GREY, linewidth=1, linestyle=":")
    axes.set_yticks(at, names, fontsize=8)
    axes.set(xlabel="AUC (dotted: the 0.90 that each must reach)", ylim=(-1, len(names)))
    axes.set_xlim(right=1.0)
    count = len(measured.labelled(SOURCE, "toxicity"))
    axes.set_title(f"Toxicity on {count:,} template sentences, by the group named", loc="left")
    figure.legend(loc="outside lower center", fontsize=8)
    return figure


def threshold_curve(measured: Measured) -> Figure:
    """What lies above each toxicity threshold on a usual day."""
    usual = mix(measured.held_out, MIXES[USUAL])
    scores = measured.book.values(texts(usual.rows))
    toxic, weight = usual.toxic, usual.weights
    steps = np.linspace(0, 0.99, 100)
    above = [scores >= step for step in steps]
    share = np.array([weight[part].sum() for part in above])
    right = np.array([weight[part & toxic].sum() for part in above])
    share_toxic = f"{usual.toxic_share:.1%} toxic"
    title = f"{USUAL.capitalize()}: {len(usual.rows)} held-out comments, {share_toxic}"
    with _one(title, "toxicity threshold", "share") as (figure, axes):
        axes.plot(steps, share, label="of all comments, above it")
        axes.plot(steps, right / weight[toxic].sum(), label="of the toxic, above it")
        some = share > 0
        axes.plot(steps[some], (right[some] / share[some]), label="of those above it, toxic")
        let = (weight[toxic].sum() - right) / np.maximum(1 - share, 1e-9)
        axes.plot(steps[1:], let[1:], label="of those below it, toxic")
        axes.set(xlim=(0, 1), ylim=(0, 1.02))
        figure.legend(loc="outside lower center", ncols=2, fontsize=9)
    return figure


PICTURES: dict[str, Callable[[Measured], Figure]] = {
    "reliability": reliability,
    "precision-recall": precision_recall,
    "bias": bias_by_group,
    "thresholds": threshold_curve,
}


@contextmanager
def _one(title: str, across: str, up: str) -> Iterator[tuple[Figure, Axes]]:
    figure = Figure(figsize=(6, 4.4))
    axes = figure.subplots()
    yield figure, axes
    axes.set(xlabel=across, ylabel=up)
    axes.set_title(title, loc="left")
