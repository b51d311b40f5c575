"""What intake counts; names end as Prometheus asks."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter(
    "moderato_intake_requests_total", "Requests answered.", ["route", "method", "status"]
)
SECONDS = Histogram(
    "moderato_intake_request_seconds",
    "Seconds from a request's headers to the end of its answer; live streams left out.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
ACCEPTED = Counter("moderato_intake_accepted_total", "New comments stored.")
REPLAYED = Counter("moderato_intake_replayed_total", "Comments sent again that were stored before.")
REFUSED = Counter(
    "moderato_intake_refused_total", "Requests refused, by kind of problem.", ["kind"]
)
STREAMS = Gauge("moderato_intake_streams", "Live streams open now.")
MEMORY_SHARE = Gauge("moderato_redis_memory_share", "Share of Redis's maxmemory in use.")
