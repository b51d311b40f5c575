"""Comments: taking them in, reading them, and the steps that people take."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from moderato.config import Config
from moderato.domain.author import REFUSED
from moderato.domain.comment import Article, Author, Place, State
from moderato.domain.decision import Actor, Decision, Event
from moderato.domain.lifecycle import Step, sources
from moderato.domain.text import bands, fingerprint, plain, sketch
from moderato.store import records
from moderato.store.outcomes import (
    Accepted,
    ArticleClosed,
    BadParent,
    Conflict,
    Done,
    Escalated,
    KeyReused,
    Missing,
    NotDurableError,
    Proposed,
    Refused,
    Released,
    SecondPerson,
)
from moderato.store.part import Part, comment_keys
from moderato.store.records import Record

#: Seconds in which the same text by the same author counts as repeated.
REPEAT_WINDOW = 3_600

#: Where the steps that only move a flagged comment lead.
PLACES = {
    Step.ESCALATE: Place.ESCALATED,
    Step.HOLD: Place.HELD,
    Step.RETURN: Place.FLAGGED,
}


@dataclass(frozen=True, slots=True)
class NewComment:
    """A comment as a site posts it. ``written_at`` is UTC ms, None for now."""

    site: str
    article: Article
    author: Author
    text: str
    parent: str | None = None
    language: str | None = None
    written_at: int | None = None
    external_id: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comments(Part):
    config: Config

    async def accept(
        self,
        new: NewComment,
        *,
        body_hash: str,
        idempotency_key: str | None = None,
        quick: bool = False,
    ) -> Accepted | KeyReused | BadParent | ArticleClosed | Refused:
        """Keeps ``new`` and queues it for scoring, once per key; durable when this returns.

        ``body_hash`` tells a resend from another request (no spaces in it). ``quick`` takes the
        lane for requests that wait. Refused where its author may not post, unless this very
        request was accepted before. Raises NotDurableError, or what Redis raises, when the
        outcome is unknown: the caller resends with the same key.
        """
        shard = self.shard(new.site)
        comment_id = uuid.uuid4().hex
        said = plain(new.text)
        recognised = sketch(said) if self.config.similar_days else ""
        keys = [
            *comment_keys(shard, new.site, comment_id, new.author.id),
            shard.idempotency(new.site, idempotency_key) if idempotency_key else shard.none,
            shard.external(new.site, new.external_id) if new.external_id else shard.none,
            shard.quick if quick else shard.work,
            shard.article(new.site, new.article.id),
            shard.repeats(new.site, new.author.id, fingerprint(said)),
            shard.comment(new.site, new.parent) if new.parent else shard.none,
            shard.none,
            shard.alikes(new.site),
        ]
        fields = {
            "author": new.author.id,
            "author_name": new.author.name,
            "text": new.text,
            "parent": new.parent or "",
            "language": new.language or "",
            "external_id": new.external_id or "",
            "metadata": json.dumps(dict(new.metadata)),
            "likeness": recognised,
        }
        args: list[str | int | float] = [
            body_hash,
            self.config.idempotency_ttl,
            REPEAT_WINDOW,
            self.config.max_depth,
            new.site,
            comment_id,
            new.article.id,
            "" if new.written_at is None else new.written_at,
            new.article.url,
            new.article.title,
            ",".join(sorted(REFUSED)),
            self.config.similar_days,
            " ".join(bands(recognised)),
            *(part for pair in fields.items() for part in pair),
        ]
        answer = await self._durably("accept", keys, args)
        match answer[0]:
            case "accepted":
                return Accepted(answer[1], known=False)
            case "known" | "known-external":
                return Accepted(answer[1], known=True)
            case "conflict":
                return KeyReused("idempotency", answer[1])
            case "conflict-external":
                return KeyReused("external", answer[1])
            case "refused":
                return Refused(records.ruling(answer[1]))
            case "no-parent":
                return BadParent("missing")
            case "other-article" | "too-deep" as why:
                return BadParent(why)
            case "closed":
                return ArticleClosed(int(answer[1]) if answer[1] else None)
            case "unprepared":
                raise UnpreparedError("The work stream is gone; it must be prepared again.")
            case other:
                raise AssertionError(f"accept.lua answered {other!r}")

    async def _durably(
        self, script: str, keys: Sequence[str], args: Sequence[str | int | float]
    ) -> Any:
        """Runs a script; with replicas, waits on the same connection until they have it."""
        if not self.config.replicas:
            return await self.scripts.run(script, keys, args)
        async with self.redis.client() as connection:
            answer = await self.scripts.run(script, keys, args, redis=connection)
            milliseconds = int(self.config.redis_timeout * 500)
            reached = await connection.wait(self.config.replicas, milliseconds)
        if int(reached) < self.config.replicas:
            raise NotDurableError(f"{reached} of {self.config.replicas} replicas answered in time.")
        return answer

    async def get(self, site: str, comment: str) -> Record | None:
        """One comment with its scores and newest decision."""
        found = await self.get_many(site, [comment])
        return found[0]

    async def get_many(self, site: str, comments: Sequence[str]) -> list[Record | None]:
        """Comments of one site, in the order asked for; None where there is none."""
        if not comments:
            return []
        shard = self.shard(site)
        pipe = self.redis.pipeline(transaction=False)
        for comment in comments:
            pipe.hgetall(shard.comment(site, comment))
        hashes: list[dict[str, str]] = await pipe.execute()
        pipe = self.redis.pipeline(transaction=False)
        wanted = list(dict.fromkeys(h["article"] for h in hashes if h))
        for article in wanted:
            pipe.hgetall(shard.article(site, article))
        pipe.time()
        *replies, time = await pipe.execute() if wanted else [(0, 0)]
        articles = dict(zip(wanted, replies, strict=True))
        now = records.milliseconds(time)
        return [records.record(h, articles[h["article"]], now) if h else None for h in hashes]

    async def exists(self, site: str, comment: str) -> bool:
        return bool(await self.redis.exists(self.shard(site).comment(site, comment)))

    async def history(self, site: str, comment: str) -> list[Event]:
        """Every step of a comment's life, oldest first; empty where there is no comment."""
        lines: Any = await self.redis.lrange(self.shard(site).history(site, comment), 0, -1)
        return [records.event(line) for line in lines]

    async def decide(
        self,
        site: str,
        comment: str,
        *,
        version: int,
        approve: bool,
        by: str,
        rule: str = "",
        reason: str = "",
        editor: bool = False,
    ) -> Done | Conflict | Missing | Escalated | Proposed | SecondPerson:
        """A moderator's decision on the ``version`` they saw; held for the undo window.

        ``rule`` is a reason code of the site's list, ``reason`` its words. ``editor`` may decide
        what was escalated.
        """
        step = Step.APPROVE if approve else Step.REJECT
        state = State.APPROVED if approve else State.REJECTED
        # A moderator's words are written for the author: see the console's list of reasons.
        message = "" if approve else reason
        decision = Decision(state=state, rule=rule, reason=reason, message=message)
        keys = await self._keys(site, comment)
        if keys is None:
            return Missing()
        answer = await self._durably(
            "decide",
            [*keys, self.shard(site).reporters(site, comment)],
            [
                version,
                ",".join(sorted(sources(step))),
                state.value,
                records.decision_json(step, Actor.MODERATOR, by, decision, None),
                int(self.config.undo_window * 1000),
                int(editor),
                self.config.second_opinion,
            ],
        )
        match answer[0]:
            case "escalated":
                return Escalated()
            case "proposed" | "disagreed":
                return Proposed(int(answer[1]), answer[0] == "disagreed")
            case "second-person":
                return SecondPerson()
        return _outcome(answer, state)

    async def keep(
        self, site: str, comment: str, *, version: int, by: str
    ) -> Done | Conflict | Missing:
        """A reported comment stays as it is and its reports count anew; can be undone.

        Conflict also where no report waits: somebody looked before.
        """
        keys = await self._keys(site, comment)
        if keys is None:
            return Missing()
        # The script fills in the state, and keeps the rule and the reason that stand.
        decision = Decision(state=State.APPROVED, rule="", reason="")
        answer = await self._durably(
            "keep",
            [*keys, self.shard(site).reporters(site, comment)],
            [
                version,
                ",".join(sorted(sources(Step.KEEP))),
                records.decision_json(Step.KEEP, Actor.MODERATOR, by, decision, None),
                int(self.config.undo_window * 1000),
            ],
        )
        if answer[0] == "done":
            return Done(State(answer[2]), int(answer[1]))
        return _outcome(answer, decision.state)

    async def move(
        self,
        site: str,
        comment: str,
        *,
        version: int,
        step: Step,
        by: str,
        note: str = "",
        editor: bool = False,
    ) -> Done | Conflict | Missing | Escalated:
        """Escalates, holds or returns a flagged comment, which stays flagged.

        ``note`` is for colleagues. What was escalated only an editor, or who did it, may return.
        """
        keys = await self._keys(site, comment)
        if keys is None:
            return Missing()
        # The script keeps the rule and the reason that held it.
        decision = Decision(state=State.FLAGGED, rule="", reason="")
        line = records.decision_json(step, Actor.MODERATOR, by, decision, None, note=note)
        answer = await self._durably("move", keys, [version, PLACES[step].value, line, int(editor)])
        return Escalated() if answer[0] == "escalated" else _outcome(answer, State.FLAGGED)

    async def undo(
        self, site: str, comment: str, *, version: int, by: str
    ) -> Done | Conflict | Released | Missing:
        """Takes back the decision that made ``version``, while it is held."""
        keys = await self._keys(site, comment)
        if keys is None:
            return Missing()
        # The script fills in the state, and the rule and the reason that held it before.
        decision = Decision(state=State.FLAGGED, rule="", reason="")
        line = records.decision_json(Step.UNDO, Actor.MODERATOR, by, decision, None)
        shard = self.shard(site)
        keys = [*keys, shard.reporters(site, comment), shard.work]
        answer = await self._durably("undo", keys, [version, line])
        match answer[0]:
            case "released":
                return Released()
            case "done":
                return Done(State(answer[2]), int(answer[1]))
        return _outcome(answer, State.FLAGGED)

    async def report(self, site: str, comment: str, *, by: str) -> int | Done | Missing:
        """A reader objects. How many do now, or Done when that sent it back to a person."""
        keys = await self._keys(site, comment)
        if keys is None:
            return Missing()
        decision = Decision(
            state=State.FLAGGED,
            rule="reported",
            reason="Readers reported this comment.",
            priority=0.8,
        )
        answer = await self._durably(
            "report",
            [*keys, self.shard(site).reporters(site, comment)],
            [
                by,
                self.config.reports_to_flag,
                ",".join(sorted(sources(Step.REPORT))),
                records.decision_json(Step.REPORT, Actor.READER, "readers", decision, None),
            ],
        )
        match answer[0]:
            case "counted":
                return int(answer[1])
            case "flagged":
                return Done(State.FLAGGED, int(answer[1]))
            case _:
                return Missing()

    async def erase(self, site: str, comment: str, *, by: str, reason: str) -> Done | Missing:
        """Erases the text and the author's name for good; the skeleton stays."""
        keys, shard = await self._keys(site, comment), self.shard(site)
        if keys is None:
            return Missing()
        recognised: Any = await self.redis.hget(shard.comment(site, comment), "likeness")
        decision = Decision(state=State.ERASED, rule="erased", reason=reason)
        answer = await self._durably(
            "erase",
            [*keys, shard.reporters(site, comment), shard.alikes(site)],
            [
                ",".join(sorted(sources(Step.ERASE))),
                records.decision_json(Step.ERASE, Actor.SITE, by, decision, None),
                *bands(recognised or ""),
            ],
        )
        if answer[0] == "missing":
            return Missing()
        return Done(State.ERASED, int(answer[1]))

    async def _keys(self, site: str, comment: str) -> list[str] | None:
        """The comment's KEYS, which need its author; None where there is no comment."""
        shard = self.shard(site)
        author: Any = await self.redis.hget(shard.comment(site, comment), "author")
        return None if author is None else comment_keys(shard, site, comment, author)


class UnpreparedError(Exception):
    """A stream and its consumer group are missing; ``Store.prepare`` makes them."""


def _outcome(answer: Sequence[str], state: State) -> Done | Conflict | Missing:
    match answer[0]:
        case "done":
            return Done(state, int(answer[1]))
        case "conflict":
            return Conflict(State(answer[1]), int(answer[2]))
        case _:
            return Missing()
