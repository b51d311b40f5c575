"""Which comments to score again, and why the others are left alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from moderato.domain.comment import State
from moderato.domain.scores import ModelInfo
from moderato.store.records import Record
from moderato.store.rescoring import is_open
from moderato.store.store import Store

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked for. ``since`` is UTC ms of receipt; ``limit`` a number of comments."""

    sites: tuple[str, ...]
    states: frozenset[State]
    since: int | None = None
    limit: int | None = None


@dataclass(slots=True)
class Candidates:
    """``decided_by_people`` and ``scored_already`` count what was asked for but is left alone."""

    records: list[Record] = field(default_factory=list)
    decided_by_people: int = 0
    scored_already: int = 0


async def find(store: Store, choice: Choice, model: ModelInfo) -> Candidates:
    """Reads what was asked for; the most urgent of each site first where only flagged were."""
    found = Candidates()
    for site in choice.sites:
        async for page in _pages(store.rescoring.ids(site, choice.states)):
            for record in await store.comments.get_many(site, page):
                if record is None or not _asked(record, choice):
                    continue
                if not is_open(record):
                    found.decided_by_people += 1
                elif _is_by(record, model):
                    found.scored_already += 1
                elif choice.limit is None or len(found.records) < choice.limit:
                    found.records.append(record)
    return found


def _asked(record: Record, choice: Choice) -> bool:
    comment = record.comment
    return comment.state in choice.states and (
        choice.since is None or comment.received_at >= choice.since
    )


def _is_by(record: Record, model: ModelInfo) -> bool:
    scores = record.scores
    return scores is not None and (scores.model, scores.model_version) == (
        model.name,
        model.version,
    )


async def _pages(ids: AsyncIterator[str]) -> AsyncIterator[list[str]]:
    page: list[str] = []
    async for one in ids:
        page.append(one)
        if len(page) == _PAGE:
            yield page
            page = []
    if page:
        yield page
