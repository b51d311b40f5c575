"""What the handlers find on the application and the request."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from moderato.config import Config
from moderato.store.feed import Feed
from moderato.store.sessions import Session
from moderato.store.store import Store
from services.console.bulk_runner import BulkRunner
from services.console.policy_book import PolicyBook

CONFIG: Final = web.AppKey("config", Config)
STORE: Final = web.AppKey("store", Store)
FEED: Final = web.AppKey("feed", Feed)
BULKS: Final = web.AppKey("bulks", BulkRunner)
POLICIES: Final = web.AppKey("policies", PolicyBook)
#: Who asks; every handler under /api but the login has it.
SESSION: Final = web.RequestKey("session", Session)
