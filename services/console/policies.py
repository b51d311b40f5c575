"""What a site's policy says, as the desk shows it beside a comment; and who hears of a decision."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from aiohttp import web

from moderato.domain.policy import bounds, tightened
from moderato.domain.text import Span, aligned_forms, marked_words
from moderato.policies import load_default
from services.console.context import POLICIES, STORE
from services.console.reasons import must_exist


def add_routes(app: web.Application) -> None:
    app.router.add_get("/api/policies/{site}", show)


async def show(request: web.Request) -> web.Response:
    """The policy in force, or the version asked for if it is kept; and how many webhooks hear.

    With ``tighter=1`` as it decides on an article that is held tighter.
    """
    site, version = request.match_info["site"], request.query.get("version", "")
    await must_exist(request, site)
    book = request.app[POLICIES]
    current = await book.in_force(site)
    policy = (await book.get(site, version) if version else None) or current
    tighter = request.query.get("tighter") == "1"
    if tighter:
        policy = tightened(policy)
    endpoints = await request.app[STORE].sites.endpoints(site)
    return web.json_response(
        {
            "site": site,
            "name": policy.name,
            "version": policy.version,
            "in_force": policy.version == current.version,
            # Whose sentences are known to be English; a site's own may be in any language.
            "default": policy.version == load_default().version,
            "tighter": tighter,
            "rules": {rule.name: {"then": rule.then, "when": rule.plain} for rule in policy.rules},
            "bounds": [asdict(bound) for bound in bounds(policy)],
            "webhooks": sum(not endpoint.disabled for endpoint in endpoints),
        }
    )


async def listed(request: web.Request, item: dict[str, Any]) -> list[Span]:
    """Where a comment has words of its policy's lists, for what no model has marked."""
    if item["scores"] and item["scores"]["spans"]:
        return []
    book, version = request.app[POLICIES], (item["why"] or {}).get("policy_version", "")
    policy = await book.get(item["site"], version) if version else None
    policy = policy or await book.in_force(item["site"])
    readings = aligned_forms(item["text"])
    found = [span for words in policy.words.values() for span in words.spans_in(readings)]
    return list(marked_words(item["text"], found))
