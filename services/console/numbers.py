"""What happened in a span of days: figures per day, rule and person, and what waits now."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any, Final, Self

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from moderato.domain.durations import percentile
from moderato.domain.lifecycle import Step
from moderato.domain.numbers import DAY
from moderato.domain.tally import Person, Tally, tally
from moderato.store.store import Store
from moderato.store.users import Role
from services.console.body import from_validation
from services.console.context import SESSION, STORE
from services.console.problems import ProblemError
from services.console.roles import may

#: The longest span, days: a year and a day.
LONGEST: Final = 366
_EPOCH: Final = date(1970, 1, 1)
_STEPS: Final = (
    Step.APPROVE,
    Step.REJECT,
    Step.KEEP,
    Step.PROPOSE,
    Step.ESCALATE,
    Step.HOLD,
    Step.RETURN,
    Step.UNDO,
)
_STATES: Final = ("approved", "flagged", "rejected")
_Counts = Mapping[tuple[str, int], Mapping[str, int]]


class NumbersQuery(BaseModel):
    """Days are UTC, as 2026-11-25, both included; by default the last seven, today included."""

    model_config = ConfigDict(extra="forbid")

    site: str | None = Field(None, max_length=63)
    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if (self.first is None) != (self.last is None):
            raise ValueError("Give both from and to, or neither.")
        if self.first is not None and self.last is not None:
            if self.last < self.first:
                raise ValueError("from comes before to.")
            if (self.last - self.first).days >= LONGEST:
                raise ValueError(f"A span has at most {LONGEST} days.")
        return self

    def span(self, today: int) -> tuple[int, int]:
        """The first and the last day, in days since 1970."""
        if self.first is None or self.last is None:
            return today - 6, today
        return (self.first - _EPOCH).days, (self.last - _EPOCH).days


def add_routes(app: web.Application) -> None:
    app.router.add_get("/api/numbers", numbers)
    app.router.add_get("/api/numbers/export", export)


async def numbers(request: web.Request) -> web.Response:
    """The figures of a span, each day's, those of the span before, and what waits now."""
    store = request.app[STORE]
    query, sites = await _asked(request)
    today, since = await store.numbers.today(), await store.numbers.since()
    first, last = query.span(today)
    before = 2 * first - last - 1
    counts = await store.numbers.read(sites, min(before, first), last)
    total = tally(counts[site, day] for site in sites for day in range(first, last + 1))
    known = before >= since
    return web.json_response(
        {
            "from": _iso(first),
            "to": _iso(last),
            "today": _iso(today),
            "since": _iso(since),
            "days": [
                {"day": _iso(day)} | _figures(tally(counts[site, day] for site in sites))
                for day in range(max(first, since), last + 1)
            ],
            "total": _figures(total),
            "before": _figures(
                tally(counts[site, day] for site in sites for day in range(before, first))
            )
            if known
            else None,
            "rules": [{"rule": name} | asdict(rule) for name, rule in sorted(total.rules.items())],
            "people": _people(request, total),
            "everybody": may(request, Role.EDITOR),
            "waiting": await _waiting(store, sites),
        }
    )


async def export(request: web.Request) -> web.Response:
    """The same figures as CSV: a line per site and day."""
    store = request.app[STORE]
    query, sites = await _asked(request)
    today, since = await store.numbers.today(), await store.numbers.since()
    first, last = query.span(today)
    first = max(first, since)
    counts = await store.numbers.read(sites, first, last)
    rows = [
        {"day": _iso(day), "site": site} | _flat(_figures(tally([counts[site, day]])))
        for day in range(first, last + 1)
        for site in sites
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, ["day", "site", *_flat(_figures(Tally()))])
    writer.writeheader()
    writer.writerows(rows)
    name = f"moderato-numbers-{_iso(first)}-{_iso(last)}.csv"
    return web.Response(
        text=text.getvalue(),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _asked(request: web.Request) -> tuple[NumbersQuery, list[str]]:
    try:
        query = NumbersQuery.model_validate(dict(request.query))
    except ValidationError as error:
        raise from_validation(error) from None
    sites = [site.id for site in await request.app[STORE].sites.all()]
    if query.site is None:
        return query, sites
    if query.site not in sites:
        raise ProblemError(404, "Not Found", f"There is no site {query.site!r}.")
    return query, [query.site]


def _figures(counts: Tally) -> dict[str, Any]:
    """What is said of a day and of a span alike."""
    agreed, disagreed = counts.verdicts
    return {
        "arrived": counts.arrived,
        "policy": {state: counts.policy[state] for state in _STATES},
        "rescored": sum(counts.rescored.values()),
        "reported": counts.reported,
        "people": {step.value: counts.steps[step] for step in _STEPS},
        "agreed": agreed,
        "disagreed": disagreed,
        "overturned": {state: counts.overturned[state] for state in ("approved", "rejected")},
        "reversed": counts.reversed,
        "erased": counts.erased,
        "took": {who: _took(counts.took.get(who, {})) for who in ("policy", "people")},
    }


def _took(buckets: Mapping[int, int]) -> dict[str, int | None]:
    return {
        "count": sum(buckets.values()),
        "p50": percentile(buckets, 0.5),
        "p90": percentile(buckets, 0.9),
    }


def _people(request: web.Request, counts: Tally) -> list[dict[str, Any]]:
    """Everybody for an editor; for a moderator their own row, also of a quiet span."""
    found = counts.people
    if not may(request, Role.EDITOR):
        me = request[SESSION].user.name
        found = {me: found.get(me, Person())}
    return [
        {"name": name, "reversed": person.reversed}
        | {step.value: person.steps[step] for step in _STEPS}
        for name, person in sorted(found.items())
    ]


async def _waiting(store: Store, sites: list[str]) -> dict[str, dict[str, Any]]:
    waiting = await store.numbers.waiting(sites)
    return {
        site: {queue.value: asdict(one) for queue, one in queues.items()}
        for site, queues in waiting.items()
    }


def _flat(figures: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested figures as columns: "took": {"policy": {"p50": 1}} is took_policy_p50."""
    flat: dict[str, Any] = {}
    for name, value in figures.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}_")
        else:
            flat[prefix + name] = value
    return flat


def _iso(day: int) -> str:
    return datetime.fromtimestamp(day * DAY / 1000, UTC).date().isoformat()
