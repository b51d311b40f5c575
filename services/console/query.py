"""The parameters of a queue's page and of its facets, as the address has them."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self

from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from moderato.domain.comment import State
from moderato.store.views import INDEXED, SORTS, Cursor, Filter, Queue, Sort, View

#: Parameters that may come more than once.
_LISTS: Final = frozenset({"rule", "language", "score"})


def _cursor(text: str) -> str:
    try:
        Cursor.parse(text)
    except ValueError:
        raise ValueError("This is no cursor; use one that a page gave.") from None
    return text


def range_of(text: str) -> tuple[str, float, float]:
    """ "toxicity:0.5:0.8" as (name, least, most); raises ValueError."""
    parts = text.rsplit(":", 2)
    try:
        name, least, most = parts[0], float(parts[1]), float(parts[2])
    except (IndexError, ValueError):
        raise ValueError("Write a range of scores as NAME:MIN:MAX.") from None
    if not name or not 0 <= least <= most <= 1:
        raise ValueError("MIN and MAX are from 0 to 1, MIN first.")
    return name, least, most


def _range(text: str) -> str:
    range_of(text)
    return text


#: A place that a page gave.
CursorText = Annotated[str, AfterValidator(_cursor)]
_Range = Annotated[str, AfterValidator(_range), Field(max_length=200)]
_Name = Annotated[str, Field(min_length=1, max_length=200)]


class FilterModel(BaseModel):
    """What narrows a queue."""

    model_config = ConfigDict(extra="forbid")

    rule: list[_Name] = Field(default_factory=list, max_length=50)
    language: list[_Name] = Field(default_factory=list, max_length=50)
    score: list[_Range] = Field(default_factory=list, max_length=20)
    article: _Name | None = None
    author: _Name | None = None
    received_from: int | None = Field(None, ge=0, le=10**14)
    received_to: int | None = Field(None, ge=0, le=10**14)

    @model_validator(mode="after")
    def each_score_once(self) -> Self:
        names = [range_of(text)[0] for text in self.score]
        if len(set(names)) < len(names):
            raise ValueError("Give each score one range.")
        return self

    def filter(self) -> Filter:
        return Filter(
            rules=frozenset(self.rule),
            languages=frozenset(self.language),
            scores={name: (least, most) for name, least, most in map(range_of, self.score)},
            article=self.article,
            author=self.author,
            received_from=self.received_from,
            received_to=self.received_to,
        )


class FacetsQuery(FilterModel):
    queue: Literal[Queue.FLAGGED, Queue.ESCALATED] = Queue.FLAGGED
    site: str | None = None

    @model_validator(mode="after")
    def of_one_site(self) -> Self:
        _need_site(self, self.site)
        return self

    def view(self) -> View:
        return View(self.queue, filter=self.filter())


class QueueQuery(FilterModel):
    """``limit`` 0 asks for the counts alone; ``state`` is an older word for ``queue``."""

    queue: Queue = Queue.FLAGGED
    state: Literal[State.FLAGGED, State.PENDING] | None = None
    site: str | None = None
    sort: Sort | None = None
    order: Literal["asc", "desc"] | None = None
    attribute: _Name | None = None
    actor: Literal["people", "policy"] | None = None
    limit: int = Field(50, ge=0, le=100)
    offset: int = Field(0, ge=0, le=10_000)
    after: CursorText | None = None
    before: CursorText | None = None
    around: CursorText | None = None

    @model_validator(mode="after")
    def fits_together(self) -> Self:
        if self.state is State.PENDING:
            self.queue = Queue.WAITING
        places = [self.after, self.before, self.around, self.offset or None]
        if sum(place is not None for place in places) > 1:
            raise ValueError("Give one of after, before, around and offset.")
        if self.queue not in INDEXED and self.filter():
            raise ValueError(f"The queue {self.queue.value} has no filters.")
        sort = self.sort or SORTS[self.queue][0]
        if sort not in SORTS[self.queue]:
            known = ", ".join(SORTS[self.queue])
            raise ValueError(f"The queue {self.queue.value} is sorted by {known}.")
        if (sort is Sort.SCORE) != (self.attribute is not None):
            raise ValueError("sort=score and attribute=NAME go together.")
        if self.actor and self.queue not in {Queue.APPROVED, Queue.REJECTED}:
            raise ValueError("Only approved and rejected know an actor.")
        _need_site(self, self.site)
        return self

    def view(self) -> View:
        sort = self.sort or SORTS[self.queue][0]
        order = self.order or ("asc" if sort is Sort.OLDEST else "desc")
        return View(
            queue=self.queue,
            sort=sort,
            descending=order == "desc",
            attribute=self.attribute or "",
            filter=self.filter(),
            by_policy=self.actor == "policy",
        )

    def cursor(self, name: Literal["after", "before", "around"]) -> Cursor | None:
        text: str | None = getattr(self, name)
        return Cursor.parse(text) if text else None


def raw_query(request: web.Request) -> dict[str, Any]:
    """The parameters as a model takes them; one that may come once and comes twice is a list."""
    raw: dict[str, Any] = {}
    for name in request.query:
        values = request.query.getall(name)
        raw[name] = values if name in _LISTS or len(values) > 1 else values[0]
    return raw


def _need_site(query: FilterModel, site: str | None) -> None:
    if (query.article or query.author) and site is None:
        raise ValueError("article and author are ids of one site: give site, too.")
