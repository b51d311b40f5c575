"""What keeps hostile comments and hostile pages out: headers, and the check of the origin."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from services.console.problems import Handler, ProblemError

#: Methods that change nothing.
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

# Comments are hostile text: no inline script or style, no HTML made of strings.
_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Goes on every response, errors and streams too."""
    response.headers.update(_HEADERS)
    # Pages are checked for a newer release each time; what people wrote is never kept.
    caching = "no-store" if request.path.startswith("/api/") else "no-cache"
    response.headers.setdefault("Cache-Control", caching)


@web.middleware
async def same_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuses changes asked for by another site's page; browsers name it in Origin.

    The host alone is compared: behind a proxy that ends TLS the schemes differ. The proxy must
    pass the Host header on.
    """
    origin = request.headers.get("Origin")
    if (
        request.method not in SAFE
        and origin is not None
        and urlsplit(origin).netloc != request.host
    ):
        raise ProblemError(
            403,
            "Forbidden",
            f"The request came from {origin}, not from the console's own page. "
            "Behind a proxy, have it pass the Host header on.",
        )
    return await handler(request)
