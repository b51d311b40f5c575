"""What every handler works with."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from aiohttp import web

from moderato.config import Config
from moderato.store.feed import Feed
from moderato.store.store import Store
from services.intake.auth import Keys
from services.intake.guard import Guard


@dataclass(frozen=True, slots=True)
class Intake:
    """Made once by ``make_app``. ``stopping`` is set when the server starts to shut down."""

    config: Config
    store: Store
    feed: Feed
    guard: Guard
    keys: Keys
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    #: One mark for each live stream that is open.
    streams: set[object] = field(default_factory=set)


INTAKE = web.AppKey("INTAKE", Intake)
#: The site whose API key the request carries.
SITE = web.RequestKey("SITE", str)
#: Names the request in the logs and in the answer's X-Request-Id.
REQUEST_ID = web.RequestKey("REQUEST_ID", str)
