"""The other end of an invitation: somebody who has no account yet chooses a password."""

from __future__ import annotations

from typing import Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from moderato.store.users import UserError
from services.console.auth import unfit_password
from services.console.body import read_body
from services.console.client import where
from services.console.context import CONFIG, STORE
from services.console.problems import ProblemError

#: The type of the problem that says that a link does not work (any more).
GONE: Final = "urn:moderato:problem:link-gone"


class Look(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: str = Field(min_length=1, max_length=200)


class Accept(Look):
    password: str = Field(min_length=1, max_length=1_000)


def add_routes(app: web.Application) -> None:
    app.router.add_post("/api/invitation/look", look)
    app.router.add_post("/api/invitation/accept", accept)


async def look(request: web.Request) -> web.Response:
    """Whose link it is; it stays good."""
    body = await read_body(request, Look, seconds=request.app[CONFIG].body_timeout)
    found = await request.app[STORE].invitations.find(body.token)
    if found is None:
        raise _gone()
    return web.json_response(
        {"name": found.name, "role": found.role.value, "kind": found.kind, "by": found.by}
    )


async def accept(request: web.Request) -> web.Response:
    """Sets the password and uses the link up. Logging in comes after, as always."""
    body = await read_body(request, Accept, seconds=request.app[CONFIG].body_timeout)
    store = request.app[STORE]
    try:
        found = await store.invitations.accept(body.token, body.password)
    except UserError as error:
        raise unfit_password(error, "#/password") from None
    if found is None:
        raise _gone()
    action = "person.join" if found.kind == "invite" else "person.new-password"
    await store.audit.record(
        by=found.name, action=action, subject=found.name, details=where(request)
    )
    return web.json_response({"name": found.name})


def _gone() -> ProblemError:
    return ProblemError(
        410,
        "Gone",
        "This link was used, withdrawn or is too old. Ask an administrator for a new one.",
        type=GONE,
    )
