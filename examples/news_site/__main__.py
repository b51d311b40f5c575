"""``python -m examples.news_site``: settings, and off it goes."""

from __future__ import annotations

import argparse
import logging
import os
import sys

from aiohttp import web

from .server import make_app
from .settings import Settings


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m examples.news_site",
        description="The Ellery Courier: an example of a news site that works with Moderato.",
        epilog="From the environment: MODERATO_URL (where its API is), MODERATO_API_KEY and "
        "MODERATO_WEBHOOK_SECRET, as `moderato site add` prints them. README.md says more.",
    )
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8090")))
    parser.add_argument("--public-url", help="where readers find it (http://HOST:PORT)")
    given = parser.parse_args()
    for name in ("MODERATO_API_KEY", "MODERATO_WEBHOOK_SECRET"):
        if not os.environ.get(name):
            sys.exit(f"{name} is not set: `moderato site add` prints it when it makes the site.")
    settings = Settings(
        moderato_url=os.environ.get("MODERATO_URL", "http://127.0.0.1:8080"),
        api_key=os.environ["MODERATO_API_KEY"],
        webhook_secret=os.environ["MODERATO_WEBHOOK_SECRET"],
        public_url=(given.public_url or f"http://{given.host}:{given.port}").rstrip("/"),
    )
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    print(f"The Ellery Courier is at {settings.public_url}", flush=True)
    web.run_app(make_app(settings), host=given.host, port=given.port, print=None, access_log=None)


if __name__ == "__main__":
    main()
