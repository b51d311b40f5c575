"""How well toxic spans are marked: character F1 on SemEval-2021 task 5."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from training.evaluation.examples import Post
from training.evaluation.markdown import count, figure, interval, table
from training.evaluation.metrics import Estimate, Numbers, characters, mean_estimate, span_f1

#: Texts in, [begin, end) offsets of each out.
Marker = Callable[[Sequence[str]], Sequence[Sequence[tuple[int, int]]]]


def scores_of(posts: Sequence[Post], marker: Marker) -> Numbers:
    """F1 of each post, as the task defines it; its result is their mean."""
    found = marker([post.text for post in posts])
    return np.array(
        [span_f1(post.toxic, characters(spans)) for post, spans in zip(posts, found, strict=True)]
    )


def whole(posts: Sequence[Post], marker: Marker) -> Estimate:
    return mean_estimate(scores_of(posts, marker))


def spans_table(posts: Sequence[Post], marker: Marker) -> str:
    """The task's figure, and its parts: posts with marked characters and posts without."""
    values = scores_of(posts, marker)
    marked = np.array([bool(post.toxic) for post in posts])
    lines = []
    for name, part in (
        ("all posts", values),
        ("posts with toxic characters", values[marked]),
        ("posts without", values[~marked]),
    ):
        if len(part):
            found = mean_estimate(part)
            lines.append((name, count(found.rows), figure(found.value), interval(found)))
    return table(("posts", "number", "F1", "95 % interval"), lines)
