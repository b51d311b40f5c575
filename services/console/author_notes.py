"""Colleagues' notes about an author: written by anybody, deleted by who wrote it or an editor."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, StringConstraints

from moderato.store.author_notes import TooManyNotesError
from moderato.store.users import Role
from services.console.authors import need, record, record_of, who
from services.console.body import read_body
from services.console.context import CONFIG, SESSION, STORE
from services.console.problems import ProblemError

#: The type of the problem that says that no more notes fit.
TOO_MANY: Final = "urn:moderato:problem:too-many-notes"

_Text = StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)


class NoteBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, _Text]


def add_routes(app: web.Application) -> None:
    app.router.add_post("/api/author/notes", add)
    app.router.add_delete("/api/author/notes/{note}", remove)


async def add(request: web.Request) -> web.Response:
    site, author = who(request)
    body = await read_body(request, NoteBody, seconds=request.app[CONFIG].body_timeout)
    await record_of(request, site, author)
    name = request[SESSION].user.name
    try:
        note = await request.app[STORE].author_notes.add(site, author, by=name, text=body.text)
    except TooManyNotesError as error:
        raise ProblemError(409, "Conflict", str(error), type=TOO_MANY) from None
    await record(request, "author.note", site, author, {"note": note.id})
    return web.json_response(asdict(note), status=201)


async def remove(request: web.Request) -> web.Response:
    site, author = who(request)
    notes, note_id = request.app[STORE].author_notes, request.match_info["note"]
    note = await notes.get(site, author, note_id)
    if note is not None and note.by != request[SESSION].user.name:
        need(request, Role.EDITOR, "Deleting a colleague's note")
    if note is None or not await notes.remove(site, author, note_id):
        raise ProblemError(404, "Not Found", "There is no such note any more.")
    await record(request, "author.note-remove", site, author, {"note": note_id})
    return web.Response(status=204)
