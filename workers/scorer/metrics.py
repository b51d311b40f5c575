"""What the scorer counts, for /metrics."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

FINISHED = Counter(
    "moderato_scorer_finished",
    "Comments finished, by outcome of the finishing script and state decided.",
    ["outcome", "state"],
)
DEAD_LETTERS = Counter("moderato_scorer_dead_letters", "Comments that could not be scored.")
BATCH_SECONDS = Histogram("moderato_scorer_batch_seconds", "Seconds the model took for a batch.")
BATCH_SIZE = Histogram(
    "moderato_scorer_batch_comments",
    "Comments in a batch.",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
)
WAIT_SECONDS = Histogram(
    "moderato_scorer_wait_seconds",
    "Seconds from receipt to decision.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600),
)
