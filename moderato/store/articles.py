"""Articles: which there are, how they take comments, and who said so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from moderato.domain.article import Settings
from moderato.domain.comment import Article, ArticleMode
from moderato.domain.decision import Actor
from moderato.store import records
from moderato.store.part import Part
from moderato.store.views import Cursor
from moderato.store.walking import walk

#: Articles one call of ``page`` looks at, at most; it says where to go on.
SCANNED: Final = 2_000
_CHUNK: Final = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history of an article's settings.

    ``what`` is "mode" or "tighter"; ``mode`` what it became: an ArticleMode, or "tighter" and
    "usual". ``until`` and ``at`` are UTC ms. ``by`` is a person, or the site where ``actor`` is.
    """

    what: str
    mode: str
    until: int | None
    actor: str
    by: str
    reason: str
    at: int
    version: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about an article. ``version`` grows with each change of its settings.

    ``changes`` are the newest change of each kind, by ``what``.
    """

    article: Article
    settings: Settings
    version: int
    changes: Mapping[str, Change]


@dataclass(frozen=True, slots=True)
class Listed:
    """An article in a list; ``newest`` is when its newest comment came in, UTC ms."""

    known: Known
    newest: int


@dataclass(frozen=True, slots=True)
class Page:
    """``next`` is where to read on; None at the end."""

    articles: list[Listed]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class Changed:
    version: int


@dataclass(frozen=True, slots=True)
class Stale:
    """Somebody was quicker: the settings have this version now."""

    version: int


@dataclass(frozen=True, slots=True)
class EditorOnly:
    """Closing, and opening what is closed, is an editor's."""


@dataclass(frozen=True, slots=True)
class OverAlready:
    """The end lies before now, UTC ms."""

    now: int


@dataclass(frozen=True, slots=True)
class Articles(Part):
    async def get(self, site: str, article: str) -> Known | None:
        """None before its first comment and its first setting."""
        (found,) = await self._known(site, [article])
        return found

    async def history(self, site: str, article: str) -> list[Change]:
        """The changes of its settings that are kept, newest first."""
        lines: Any = await self.redis.lrange(self.shard(site).article_history(site, article), 0, -1)
        return [_change(line) for line in reversed(lines)]

    async def set_mode(
        self,
        site: str,
        article: str,
        mode: ArticleMode,
        *,
        until: int | None = None,
        actor: Actor = Actor.SITE,
        by: str = "",
        reason: str = "",
        version: int | None = None,
        editor: bool = True,
    ) -> Changed | Stale | EditorOnly | OverAlready:
        """Opens, pre-moderates or closes an article; known or not yet.

        ``until`` is UTC ms, None for good. ``version`` is what was seen, None for whatever it
        is: the last write wins. ``editor`` may close, and open what is closed.
        """
        answer = await self.scripts.run(
            "set_mode",
            self._keys(site, article),
            [
                site,
                article,
                "" if version is None else version,
                mode.value,
                "" if until is None else until,
                int(editor),
                actor.value,
                by or site,
                reason,
            ],
        )
        return _outcome(answer)

    async def tighten(
        self,
        site: str,
        article: str,
        *,
        tighter: bool,
        until: int | None,
        by: str,
        reason: str = "",
        version: int | None = None,
    ) -> Changed | Stale | EditorOnly | OverAlready:
        """Holds an article tighter, or no longer; ``until`` and ``version`` as in ``set_mode``."""
        answer = await self.scripts.run(
            "tighten",
            self._keys(site, article),
            [
                site,
                article,
                "" if version is None else version,
                int(tighter),
                "" if until is None or not tighter else until,
                Actor.MODERATOR.value,
                by,
                reason,
            ],
        )
        return _outcome(answer)

    async def page(
        self, site: str, *, wanted: str = "", after: Cursor | None = None, limit: int = 50
    ) -> Page:
        """A site's articles, the newest comment first, that have ``wanted`` in title, address or
        id. Looks at SCANNED at most: a page may be short and still have a ``next``.
        """
        order = [self.shard(site).articles(site)]
        found: list[Listed] = []
        for _ in range(SCANNED // _CHUNK):
            places = await walk(self.scripts, order, after=after, limit=_CHUNK, descending=True)
            known = await self._known(site, [place.member for place in places])
            for one, place in zip(known, places, strict=True):
                after = place
                if one is None or not _has(one.article, wanted):
                    continue
                found.append(Listed(one, int(place.score)))
                if len(found) == limit:
                    return Page(found, after)
            if len(places) < _CHUNK:
                return Page(found, None)
        return Page(found, after)

    def _keys(self, site: str, article: str) -> list[str]:
        shard = self.shard(site)
        return [
            shard.article(site, article),
            shard.article_history(site, article),
            shard.feed,
            shard.articles(site),
        ]

    async def _known(self, site: str, articles: list[str]) -> list[Known | None]:
        shard = self.shard(site)
        pipe = self.redis.pipeline(transaction=False)
        for article in articles:
            pipe.hgetall(shard.article(site, article))
        pipe.time()
        *hashes, time = await pipe.execute()
        now = records.milliseconds(time)
        return [
            _known(article, fields, now) if fields else None
            for article, fields in zip(articles, hashes, strict=True)
        ]


def _known(article: str, fields: Mapping[str, str], now: int) -> Known:
    lines = (fields.get(f"{what}_line") for what in ("mode", "tighter"))
    changes = [_change(line) for line in lines if line]
    return Known(
        article=records.article(article, fields, now),
        settings=records.settings(fields),
        version=int(fields.get("settings", 0)),
        changes={change.what: change for change in changes},
    )


def _change(line: str) -> Change:
    raw: dict[str, Any] = json.loads(line)
    return Change(
        what=raw["what"],
        mode=raw["mode"],
        until=int(raw["until"]) if raw["until"] else None,
        actor=raw["actor"],
        by=raw["by"],
        reason=raw["reason"],
        at=int(raw["at"]),
        version=int(raw["version"]),
    )


def _has(article: Article, wanted: str) -> bool:
    wanted = wanted.casefold()
    return any(wanted in text.casefold() for text in (article.title, article.url, article.id))


def _outcome(answer: list[Any]) -> Changed | Stale | EditorOnly | OverAlready:
    match answer[0]:
        case "done" | "same":
            return Changed(int(answer[1]))
        case "conflict":
            return Stale(int(answer[1]))
        case "editor":
            return EditorOnly()
        case "past":
            return OverAlready(int(answer[1]))
        case other:
            raise AssertionError(f"the script answered {other!r}")
