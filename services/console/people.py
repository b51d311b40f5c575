"""An administrator's view of the people: invite, change a role, reset, remove."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from moderato.store.audit import Detail
from moderato.store.invitations import Invitation
from moderato.store.users import LastAdministratorError, Role, User, UserError
from services.console.body import read_body
from services.console.context import CONFIG, SESSION, STORE
from services.console.problems import ProblemError

#: The type of the problem that keeps the last administrator.
LAST: Final = "urn:moderato:problem:last-administrator"
#: Where the link of an invitation leads; the token stands behind it, where no server logs it.
INVITE_PAGE: Final = "/invite#"


class Invite(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=63)
    role: Role = Role.MODERATOR


class NewRole(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: Role


def add_routes(app: web.Application) -> None:
    app.router.add_get("/api/people", people)
    app.router.add_post("/api/people/invite", invite)
    app.router.add_post("/api/people/{name}/withdraw", withdraw)
    app.router.add_post("/api/people/{name}/role", change_role)
    app.router.add_post("/api/people/{name}/reset", reset)
    app.router.add_post("/api/people/{name}/second-factor/reset", reset_second_factor)
    app.router.add_post("/api/people/{name}/remove", remove)


async def people(request: web.Request) -> web.Response:
    """Every account, and every link that was not used yet."""
    store = request.app[STORE]
    return web.json_response(
        {
            "people": [asdict(user) for user in await store.users.all()],
            "invitations": [_invitation(one) for one in await store.invitations.all()],
        }
    )


async def invite(request: web.Request) -> web.Response:
    """A link for a new account, shown this once; a new one voids the one before."""
    body = await read_body(request, Invite, seconds=request.app[CONFIG].body_timeout)
    try:
        token, made = await request.app[STORE].invitations.invite(
            body.name, body.role, by=request[SESSION].user.name
        )
    except UserError as error:
        raise ProblemError(
            422,
            "Unprocessable Content",
            str(error),
            errors=[{"pointer": "#/name", "detail": str(error)}],
        ) from None
    await _record(request, "person.invite", made.name, role=made.role.value)
    return _link(token, made)


async def withdraw(request: web.Request) -> web.Response:
    """Voids a link."""
    name = request.match_info["name"]
    if not await request.app[STORE].invitations.withdraw(name):
        raise ProblemError(404, "Not Found", f"There is no link for {name!r} any more.")
    await _record(request, "person.withdraw", name)
    return web.Response(status=204)


async def change_role(request: web.Request) -> web.Response:
    body = await read_body(request, NewRole, seconds=request.app[CONFIG].body_timeout)
    user = await _user(request)
    try:
        await request.app[STORE].users.change_role(user.name, body.role)
    except LastAdministratorError as error:
        raise ProblemError(409, "Conflict", str(error), type=LAST) from None
    await _record(request, "person.role", user.name, before=user.role.value, role=body.role.value)
    return web.json_response({"name": user.name, "role": body.role.value})


async def reset(request: web.Request) -> web.Response:
    """Voids a password and every session of its owner; the link for a new one, shown this once."""
    user = await _user(request)
    token, made = await request.app[STORE].invitations.reset(
        user.name, by=request[SESSION].user.name
    )
    await _record(request, "person.reset", user.name)
    return _link(token, made)


async def reset_second_factor(request: web.Request) -> web.Response:
    """Takes somebody's second factor away, who lost it; every session of theirs ends."""
    user = await _user(request)
    if not await request.app[STORE].users.drop_second_factor(user.name):
        raise ProblemError(409, "Conflict", f"{user.name!r} has no second factor.")
    await _record(request, "person.second-factor-reset", user.name)
    return web.Response(status=204)


async def remove(request: web.Request) -> web.Response:
    """Deletes an account; what its owner decided stays in the history."""
    user = await _user(request)
    try:
        await request.app[STORE].users.remove(user.name)
    except LastAdministratorError as error:
        raise ProblemError(409, "Conflict", str(error), type=LAST) from None
    await _record(request, "person.remove", user.name, role=user.role.value)
    return web.Response(status=204)


async def _user(request: web.Request) -> User:
    name = request.match_info["name"]
    user = await request.app[STORE].users.get(name)
    if user is None:
        raise ProblemError(404, "Not Found", f"There is no account {name!r}.")
    return user


def _link(token: str, made: Invitation) -> web.Response:
    return web.json_response(_invitation(made) | {"path": f"{INVITE_PAGE}{token}"})


def _invitation(one: Invitation) -> dict[str, Any]:
    return {
        "name": one.name,
        "role": one.role.value,
        "kind": one.kind,
        "by": one.by,
        "expires_at": one.expires_at,
    }


async def _record(request: web.Request, action: str, subject: str, **details: Detail) -> None:
    await request.app[STORE].audit.record(
        by=request[SESSION].user.name, action=action, subject=subject, details=details
    )
