"""What goes wrong, as RFC 9457 problem documents."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from services.intake.kinds import INVALID, KINDS, Kind

CONTENT_TYPE = "application/problem+json"


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
    until: str | None = Field(
        None,
        description="When an article that is closed takes comments again, or a suspended author "
        "may comment again, where that is known.",
        json_schema_extra={"format": "date-time"},
    )
    reason: str | None = Field(
        None, description="Why the author may not comment: a code of the moderators' reasons."
    )
    message: str | None = Field(None, description="The same in words, for the author.")


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
        until: str | None = None,
        reason: str | None = None,
        message: str | None = None,
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
        self.until, self.reason, self.message = until, reason, message
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
            until=self.until,
            reason=self.reason,
            message=self.message,
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
