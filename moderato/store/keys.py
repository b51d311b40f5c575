"""Every key Moderato uses. ``{sN}`` is the shard's hash tag: one script, one cluster slot."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

PREFIX = "moderato"

# Of the whole deployment, each touched by single-key commands only.
META = f"{PREFIX}:meta"  # hash: shards, numbers-since; desk, shelves: which indexes
SITES = f"{PREFIX}:sites"  # hash: site id -> JSON
API_KEYS = f"{PREFIX}:api-keys"  # hash: SHA-256 of the key -> site id
USERS = f"{PREFIX}:users"  # hash: user name -> JSON
MODEL = f"{PREFIX}:model"  # string: JSON of the model that scorers loaded last
INVITATIONS = f"{PREFIX}:invitations"  # hash: user name -> JSON
AUDIT = f"{PREFIX}:audit"  # stream: who did what
SESSION_EPOCHS = f"{PREFIX}:session-epochs"  # hash: user name -> times logged out everywhere


def endpoints(site: str) -> str:
    """Hash: endpoint id -> JSON."""
    return f"{PREFIX}:endpoints:{site}"


def policies(site: str) -> str:
    """Hash: policy version -> TOML; field ``current`` names the one in force."""
    return f"{PREFIX}:policies:{site}"


def reasons(site: str) -> str:
    """String: JSON of the site's own reasons to reject."""
    return f"{PREFIX}:reasons:{site}"


def session(token_hash: str) -> str:
    """String with a time to live: JSON."""
    return f"{PREFIX}:session:{token_hash}"


def sessions_of(name: str) -> str:
    """Hash with a time to live: SHA-256 of the token -> JSON, to look at."""
    return f"{PREFIX}:sessions:{name}"


def second_factor_setup(name: str) -> str:
    """String with a time to live: the secret that waits to be confirmed."""
    return f"{PREFIX}:second-factor-setup:{name}"


def login_attempts(who: str) -> str:
    """Counter with a time to live."""
    return f"{PREFIX}:login-attempts:{who}"


def shard_of(site: str, shards: int) -> int:
    """The shard a site belongs to; fixed for the life of a deployment."""
    return crc32(site.encode()) % shards


@dataclass(frozen=True, slots=True)
class Shard:
    """The keys of one shard."""

    number: int

    def _key(self, *parts: str) -> str:
        return ":".join((PREFIX, f"{{s{self.number}}}", *parts))

    # -- work and what comes of it ------------------------------------------------------------
    @property
    def work(self) -> str:
        """Stream: comments to score."""
        return self._key("work")

    @property
    def quick(self) -> str:
        """Stream: comments to score for which a request waits."""
        return self._key("quick")

    @property
    def dead(self) -> str:
        """Stream: comments that could not be scored."""
        return self._key("dead")

    @property
    def held(self) -> str:
        """Sorted set: decisions that can still be undone, by the time they are released."""
        return self._key("held")

    @property
    def outbox(self) -> str:
        """Stream: decisions to publish."""
        return self._key("outbox")

    @property
    def feed(self) -> str:
        """Stream, trimmed: a line per change, for whoever watches. Losing one costs nothing."""
        return self._key("feed")

    @property
    def due(self) -> str:
        """Sorted set: webhook deliveries by the time they are due."""
        return self._key("due")

    @property
    def dead_deliveries(self) -> str:
        """Sorted set: deliveries given up, by the time they were."""
        return self._key("dead-deliveries")

    def deliveries(self, site: str) -> str:
        """Sorted set, trimmed: a site's newest deliveries by the time they were made."""
        return self._key("deliveries", site)

    def delivery(self, delivery: str) -> str:
        """Hash."""
        return self._key("delivery", delivery)

    @property
    def none(self) -> str:
        """Never written: stands where a script's key has no meaning, in the same slot."""
        return self._key("none")

    # -- of a site ----------------------------------------------------------------------------
    def idempotency(self, site: str, key: str) -> str:
        """String with a time to live: body hash and comment id."""
        return self._key("idempotency", site, key)

    def external(self, site: str, external_id: str) -> str:
        """String: the same, for the site's own comment id, kept for good."""
        return self._key("external", site, external_id)

    def rate(self, site: str) -> str:
        """Hash: the site's token bucket."""
        return self._key("rate", site)

    def queue(self, site: str, state: str) -> str:
        """Sorted set: a site's queue of that name; which there are, in what order: queues.lua."""
        return self._key("queue", site, state)

    def queue_part(self, site: str, queue: str, *part: str) -> str:
        """An index of a queue, such as "age", "rule" and a rule, or "facts": see queues.lua."""
        return ":".join((self.queue(site, queue), *part))

    def numbers(self, site: str, day: int) -> str:
        """Hash with a time to live: what happened on one UTC day, see numbers.lua."""
        return self._key("numbers", site, str(day))

    def view(self, token: str) -> str:
        """Sorted set with a time to live: what of a queue fits a filter, while it is read."""
        return self._key("view", token)

    @property
    def bulks(self) -> str:
        """Sorted set: bulks under way, "site id" by when they were started."""
        return self._key("bulks")

    def bulk(self, site: str, bulk: str, part: str = "job") -> str:
        """Hash "job"; sorted set "todo": id -> version; lists "kept" and "met". See bulks.lua."""
        return self._key("bulk", site, bulk, part)

    def author(self, site: str, author: str) -> str:
        """Hash: the author's record and the last ruling about them; see authors.lua."""
        return self._key("author", site, author)

    def rulings(self, site: str, author: str) -> str:
        """List of JSON: every ruling about an author, oldest first."""
        return self._key("author-rulings", site, author)

    def author_notes(self, site: str, author: str) -> str:
        """Hash: note id -> JSON, colleagues' notes about an author."""
        return self._key("author-notes", site, author)

    def author_comments(self, site: str, author: str, state: str) -> str:
        """Sorted set: an author's comments in that state by the time of receipt."""
        return self._key("author-comments", state, site, author)

    def repeats(self, site: str, author: str, fingerprint: str) -> str:
        """Counter with a time to live."""
        return self._key("repeats", site, author, fingerprint)

    def alikes(self, site: str) -> str:
        """Where what comments are recognised by stands, a hash per day: alikes.lua."""
        return self._key("bands", site)

    # -- of an article ------------------------------------------------------------------------
    def article(self, site: str, article: str) -> str:
        """Hash: url, title, revision of its thread, how many comments stand in it; its settings:
        mode without an end, passing and passing_until, tighter and tighter_until, and the version
        of all of them.
        """
        return self._key("article", site, article)

    def article_history(self, site: str, article: str) -> str:
        """List of JSON, trimmed: changes of its settings, oldest first."""
        return self._key("article-history", site, article)

    def articles(self, site: str) -> str:
        """Sorted set: a site's articles by the time of their newest comment."""
        return self._key("articles", site)

    def discussion(self, site: str, article: str, state: str) -> str:
        """Sorted set: all its comments in that state, by the time of receipt: see articles.lua."""
        return self._key("discussion", site, article, state)

    def below(self, site: str, article: str, parent: str) -> str:
        """Sorted set: all that reply to ``parent`` ("": to the article), in whatever state."""
        return self._key("below", site, article, parent)

    def thread(self, site: str, article: str) -> str:
        """Sorted set: released comments by the time they were written."""
        return self._key("thread", site, article)

    def replies(self, site: str, article: str, parent: str) -> str:
        """Sorted set: the part of the thread that replies to ``parent`` ("": to the article)."""
        return self._key("replies", site, article, parent)

    def live(self, site: str, article: str) -> str:
        """Stream, trimmed: releases and retractions, for readers' pages."""
        return self._key("live", site, article)

    # -- of a comment -------------------------------------------------------------------------
    def comment(self, site: str, comment: str) -> str:
        """Hash."""
        return self._key("comment", site, comment)

    def history(self, site: str, comment: str) -> str:
        """List of JSON: every step, oldest first."""
        return self._key("history", site, comment)

    def leases(self, site: str, comment: str) -> str:
        """Hash with a time to live: who looks at it -> "since until", ms."""
        return self._key("leases", site, comment)

    def reporters(self, site: str, comment: str) -> str:
        """Set: readers who reported it since a person last looked; with ``:before`` behind it,
        those until then, for an undo, with a time to live: see decisions.lua.
        """
        return self._key("reporters", site, comment)
