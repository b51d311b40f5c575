"""The kinds of problems: what can go wrong, in words that stay the same."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem. ``explanation`` is for the docs page, where ``type`` leads."""

    name: str
    status: int
    title: str
    explanation: str

    @property
    def type(self) -> str:
        return f"/docs#{self.name}"


MALFORMED = Kind(
    "malformed-request",
    400,
    "The request cannot be read",
    "The body is not JSON, or a header does not have the form it must have. "
    "Sending the same again will fail again.",
)
UNAUTHORIZED = Kind(
    "unauthorized",
    401,
    "An API key is needed",
    "Send `Authorization: Bearer mod_...` with your site's key. A rotated key stops working "
    "within seconds.",
)
AUTHOR_SUSPENDED = Kind(
    "author-suspended",
    403,
    "The author may not comment for a time",
    "The moderators suspended this author. `until` says when it ends, `reason` is its code, and "
    "`message` is what you may tell the author. Nothing was stored; sending it again fails again "
    "until then.",
)
AUTHOR_BANNED = Kind(
    "author-banned",
    403,
    "The author may not comment any more",
    "The moderators banned this author. `reason` is its code, and `message` is what you may tell "
    "the author. Nothing was stored; sending it again fails again.",
)
NOT_FOUND = Kind(
    "not-found",
    404,
    "There is no such thing",
    "Nothing stands at this address, or it belongs to another site.",
)
METHOD_NOT_ALLOWED = Kind(
    "method-not-allowed",
    405,
    "This address does not take this method",
    "The `Allow` header lists those it takes.",
)
TOO_SLOW = Kind(
    "body-too-slow",
    408,
    "The body did not arrive in time",
    "The connection is closed and nothing was stored. Send it again.",
)
EXTERNAL_ID_TAKEN = Kind(
    "external-id-taken",
    409,
    "You have used this external_id for another comment",
    "`comment` names the comment that has it. Comments cannot be replaced: erase that one, "
    "and post the new text under an `external_id` of its own.",
)
ARTICLE_CLOSED = Kind(
    "article-closed",
    409,
    "This article takes no comments",
    "Nothing was stored. `until` says when it takes comments again, where that is known. What "
    "was taken in before stays so: sending it again answers as the first time.",
)
TOO_LARGE = Kind(
    "body-too-large",
    413,
    "The body is too large",
    "The message says how much is allowed.",
)
NOT_JSON = Kind(
    "unsupported-media-type",
    415,
    "The body must be JSON",
    "Send `Content-Type: application/json`, in UTF-8.",
)
INVALID = Kind(
    "invalid-request",
    422,
    "Some fields are not right",
    "`errors` lists every one: where it is, what is wrong, and what would be right. "
    "Nothing was stored.",
)
KEY_REUSED = Kind(
    "idempotency-key-reused",
    422,
    "This Idempotency-Key came with another body before",
    "A key stands for one comment; `comment` names it. Use a new key for each new comment, and "
    "the same key only to send the very same comment again.",
)
RATE_LIMITED = Kind(
    "rate-limited",
    429,
    "Too many requests",
    "Wait as many seconds as `Retry-After` says, then send it again. `RateLimit` tells with "
    "every answer how much is left.",
)
INTERNAL = Kind(
    "internal-error",
    500,
    "Something is broken here",
    "This is our fault. The operator finds the cause in the log under `request_id`.",
)
UNAVAILABLE = Kind(
    "unavailable",
    503,
    "The store does not answer",
    "Nothing was stored. Wait as many seconds as `Retry-After` says, then send it again.",
)
OUTCOME_UNKNOWN = Kind(
    "outcome-unknown",
    503,
    "It is not known whether the comment was stored",
    "The store stopped answering while it stored the comment. Send the very same request again "
    "with the same `Idempotency-Key` until you get a 202: it is stored once, however often "
    "you send it.",
)
NEARLY_FULL = Kind(
    "nearly-full",
    503,
    "The store is nearly full",
    "New comments are refused so that those already taken in can be finished. Nothing was "
    "stored. Send it again later.",
)

KINDS = (
    MALFORMED,
    UNAUTHORIZED,
    AUTHOR_SUSPENDED,
    AUTHOR_BANNED,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    TOO_SLOW,
    EXTERNAL_ID_TAKEN,
    ARTICLE_CLOSED,
    TOO_LARGE,
    NOT_JSON,
    INVALID,
    KEY_REUSED,
    RATE_LIMITED,
    INTERNAL,
    UNAVAILABLE,
    OUTCOME_UNKNOWN,
    NEARLY_FULL,
)
