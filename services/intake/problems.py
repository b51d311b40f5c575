"""Everything that can go wrong, as RFC 9457 problem documents."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

CONTENT_TYPE = "application/problem+json"


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
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    TOO_SLOW,
    EXTERNAL_ID_TAKEN,
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


class FieldError(BaseModel):
    """One thing that is wrong with a request."""

    model_config = ConfigDict(extra="forbid")

    part: str = Field(
        description="Where in the request it is.",
        json_schema_extra={"enum": ["body", "query", "path", "header"]},
    )
    field: str = Field(
        description="In a body a JSON pointer (RFC 6901), else the parameter's name.",
        examples=["/article/url"],
    )
    what: str = Field(description="What is wrong.", examples=["`/article/url` is missing."])
    fix: str = Field(
        description="What would be right.",
        examples=["Add `url`: the address of the article's page."],
    )


class ProblemDocument(BaseModel):
    """What went wrong, for people and for programs (RFC 9457)."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(
        description="Which kind of problem; it leads to an explanation.",
        json_schema_extra={"enum": [kind.type for kind in KINDS]},
    )
    title: str = Field(description="The kind in words; always the same for one `type`.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened this time, and what to do.")
    request_id: str = Field(description="Names this request in the operator's log.")
    errors: list[FieldError] | None = Field(None, description="Every field that is not right.")
    comment: str | None = Field(None, description="The comment that is in the way.")


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """Raised by whatever cannot go on; the outermost middleware answers with it."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        retry_after: int | None = None,
        comment: str | None = None,
        hang_up: bool = False,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)
        self.comment = comment
        #: What the client still sends cannot be read, so no further request can be.
        self.hang_up = hang_up
        if hang_up:
            self.headers["Connection"] = "close"

    def response(self, request_id: str) -> web.Response:
        document = ProblemDocument(
            type=self.kind.type,
            title=self.kind.title,
            status=self.kind.status,
            detail=self.detail,
            request_id=request_id,
            errors=list(self.errors) or None,
            comment=self.comment,
        )
        return web.Response(
            # ASCII, because what is wrong may be a character that UTF-8 cannot carry.
            body=json.dumps(document.model_dump(exclude_none=True)).encode(),
            status=self.kind.status,
            content_type=CONTENT_TYPE,
            headers={"Cache-Control": "no-store", **self.headers},
        )


def invalid(*errors: FieldError) -> Problem:
    """The problem of a request with these errors in it."""
    first = errors[0]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return Problem(INVALID, f"{first.what} {first.fix}{more}", errors=errors)
