"""What the site must know."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

#: Longest comment and longest name, characters.
MAX_TEXT, MAX_NAME = 2_000, 40


@dataclass(frozen=True)
class Settings:
    moderato_url: str
    api_key: str
    webhook_secret: str
    #: Where readers find this site.
    public_url: str


SETTINGS = web.AppKey("SETTINGS", Settings)
