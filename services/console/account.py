"""A person's own account: password, second factor, and where they are logged in."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import segno
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from moderato.store.audit import Detail
from moderato.store.users import Role, User, UserError
from services.console.auth import CODE_WRONG, check_code, check_password, unfit_password
from services.console.body import read_body
from services.console.context import CONFIG, SESSION, STORE
from services.console.cookies import begin_session, give, take
from services.console.problems import ProblemError

_PASSWORD = Field(min_length=1, max_length=1_000)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewPassword(_Body):
    """``password`` is the one so far."""

    password: str = _PASSWORD
    new: str = _PASSWORD


class Proof(_Body):
    """The password once more, lest a desk left alone is enough."""

    password: str = _PASSWORD


class FullProof(Proof):
    """``code`` of the app, or a recovery code."""

    code: str = Field("", max_length=64)


class Code(_Body):
    code: str = Field(min_length=1, max_length=64)


def add_routes(app: web.Application) -> None:
    app.router.add_get("/api/account", account)
    app.router.add_post("/api/account/password", change_password)
    app.router.add_post("/api/account/sessions/end", end_all)
    app.router.add_post("/api/account/sessions/{id}/end", end_one)
    app.router.add_post("/api/account/second-factor/begin", begin)
    app.router.add_post("/api/account/second-factor/confirm", confirm)
    app.router.add_post("/api/account/second-factor/off", off)
    app.router.add_post("/api/account/recovery-codes", recovery_codes)


async def account(request: web.Request) -> web.Response:
    """What the account's page shows: the second factor, and every session that is good."""
    store, session = request.app[STORE], request[SESSION]
    user = session.user
    return web.json_response(
        {
            "name": user.name,
            "role": user.role.value,
            "created_at": user.created_at,
            "second_factor": user.second_factor,
            "second_factor_needed": _is_required(request, user),
            "recovery_left": await store.users.recovery_left(user.name),
            "sessions": [
                asdict(one) | {"here": one.id == session.id}
                for one in await store.sessions.of(user.name)
            ],
        }
    )


async def change_password(request: web.Request) -> web.Response:
    """A new password; every session ends, and this browser gets a new one."""
    body = await read_body(request, NewPassword, seconds=request.app[CONFIG].body_timeout)
    user = await _prove(request, body.password)
    try:
        await request.app[STORE].users.set_password(user.name, body.new)
    except UserError as error:
        raise unfit_password(error, "#/new") from None
    await _record(request, "account.password")
    return await _renewed(request, {})


async def end_all(request: web.Request) -> web.Response:
    """Signs out everywhere, here as well."""
    await request.app[STORE].sessions.end_all(request[SESSION].user.name)
    await _record(request, "account.sign-out-everywhere")
    response = web.Response(status=204)
    take(request, response)
    return response


async def end_one(request: web.Request) -> web.Response:
    """Signs one session out, by the id that the account's page shows."""
    session = request.match_info["id"]
    if not await request.app[STORE].sessions.end_one(request[SESSION].user.name, session):
        raise ProblemError(404, "Not Found", "That session has ended already.")
    await _record(request, "account.sign-out")
    return web.Response(status=204)


async def begin(request: web.Request) -> web.Response:
    """A secret for the authenticator app, in force once ``confirm`` was right.

    ``qr`` is its QR code: ``size`` modules wide, the dark ones as an SVG ``path``.
    """
    body = await read_body(request, Proof, seconds=request.app[CONFIG].body_timeout)
    user = await _prove(request, body.password)
    if user.second_factor:
        raise ProblemError(409, "Conflict", "There is a second factor: turn it off first.")
    setup = await request.app[STORE].users.begin_second_factor(user.name)
    return web.json_response({"secret": setup.secret, "uri": setup.uri, "qr": _qr(setup.uri)})


async def confirm(request: web.Request) -> web.Response:
    """Turns the second factor on; the recovery codes, readable this once.

    Every session ends, and this browser gets a new one.
    """
    body = await read_body(request, Code, seconds=request.app[CONFIG].body_timeout)
    users, name = request.app[STORE].users, request[SESSION].user.name
    if request[SESSION].user.second_factor:
        raise ProblemError(409, "Conflict", "There is a second factor: turn it off first.")
    codes = await users.confirm_second_factor(name, body.code)
    if codes is None:
        raise ProblemError(
            422,
            "Unprocessable Content",
            "That is not the code the app shows now, or the setup is too long ago: begin anew.",
            type=CODE_WRONG,
        )
    await _record(request, "account.second-factor-on")
    return await _renewed(request, {"recovery_codes": codes})


async def off(request: web.Request) -> web.Response:
    """Turns the second factor off, unless the role needs one."""
    body = await read_body(request, FullProof, seconds=request.app[CONFIG].body_timeout)
    user = await _prove(request, body.password, body.code)
    if _is_required(request, user):
        raise ProblemError(409, "Conflict", "Your role needs a second factor.")
    await request.app[STORE].users.drop_second_factor(user.name)
    await _record(request, "account.second-factor-off")
    return await _renewed(request, {})


async def recovery_codes(request: web.Request) -> web.Response:
    """Recovery codes in place of those before, readable this once."""
    body = await read_body(request, FullProof, seconds=request.app[CONFIG].body_timeout)
    user = await _prove(request, body.password, body.code)
    if not user.second_factor:
        raise ProblemError(409, "Conflict", "There is no second factor: set it up first.")
    codes = await request.app[STORE].users.new_recovery_codes(user.name)
    await _record(request, "account.recovery-codes")
    return web.json_response({"recovery_codes": codes})


async def _prove(request: web.Request, password: str, code: str | None = None) -> User:
    """Who asks, once they have proved it anew; with ``code``, by the second factor as well.

    What is wrong is a 422: a 401 would say that the session has ended.
    """
    name = request[SESSION].user.name
    try:
        user = await check_password(request, name, password)
        if code is not None and user.second_factor:
            await check_code(request, user, code)
    except ProblemError as error:
        raise error.with_status(422, "Unprocessable Content") from None
    await request.app[STORE].sessions.forgive(name, request.remote or "")
    return user


async def _renewed(request: web.Request, body: dict[str, Any]) -> web.Response:
    """The answer, with a new session in place of all that ended."""
    user = await request.app[STORE].users.get(request[SESSION].user.name)
    if user is None:  # removed this very moment
        raise ProblemError(401, "Unauthorized", "The account was removed.")
    session, token = await begin_session(request, user)
    response = web.json_response(body | {"csrf": session.csrf})
    give(request, response, token)
    return response


async def _record(request: web.Request, action: str, **details: Detail) -> None:
    name = request[SESSION].user.name
    await request.app[STORE].audit.record(by=name, action=action, subject=name, details=details)


def _is_required(request: web.Request, user: User) -> bool:
    least = request.app[CONFIG].require_second_factor
    return bool(least) and user.role.covers(Role(least))


def _qr(text: str) -> dict[str, Any]:
    rows = segno.make(text, error="m").matrix
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module
    )
    return {"size": len(rows), "path": path}
