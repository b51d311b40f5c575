"""What the console counts, for /metrics."""

from __future__ import annotations

from prometheus_client import Counter

LOGINS = Counter(
    "moderato_console_logins_total",
    "Attempts to log in, by outcome: in, wrong, limited.",
    ["outcome"],
)
DECISIONS = Counter(
    "moderato_console_decisions_total",
    "What moderators asked for (approve, reject, undo), by what came of it.",
    ["action", "outcome"],
)
