"""Loads the Lua scripts and runs them by their SHA, so that two releases can run side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha1
from importlib.resources import files
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

_FOLDER = files("moderato.store") / "scripts"
#: What stands in front of each script, in this order.
_BEFORE = (
    *("prelude", "authors", "columns", "queues", "walks"),
    *("articles", "alikes", "numbers", "decisions", "bulks"),
)
#: Redis before 7.0 does not know the line; there a full memory stops these scripts too.
_ALLOW_OOM = "#!lua flags=allow-oom\n"


class Scripts:
    """The scripts of one Redis, each ``scripts/NAME.lua`` behind those of ``_BEFORE``.

    ``settings`` are constants that all of them know by name.
    """

    def __init__(self, redis: Redis, settings: Mapping[str, int]) -> None:
        self._redis = redis
        self._settings = "".join(f"local {name} = {value}\n" for name, value in settings.items())
        self._sources: dict[str, tuple[str, str]] = {}
        self._knows_flags: bool | None = None

    async def run(
        self,
        name: str,
        keys: Sequence[str],
        args: Sequence[str | int | float],
        redis: Redis | None = None,
    ) -> Any:
        """What the script ``name`` returns. ``redis`` overrides the client it runs on."""
        client = redis or self._redis
        source, sha = await self._source(name)
        try:
            return await client.evalsha(sha, len(keys), *keys, *args)
        except NoScriptError:
            return await client.eval(source, len(keys), *keys, *args)

    async def run_many(
        self, name: str, calls: Sequence[tuple[Sequence[str], Sequence[str | int | float]]]
    ) -> list[Any]:
        """``run`` for each (keys, args), in one round trip and one flush to disk.

        Each call stands for itself: where one fails, its place holds the exception.
        """
        source, sha = await self._source(name)
        await self._redis.script_load(source)
        pipe = self._redis.pipeline(transaction=False)
        for keys, args in calls:
            pipe.evalsha(sha, len(keys), *keys, *args)
        return await pipe.execute(raise_on_error=False)

    async def _source(self, name: str) -> tuple[str, str]:
        if name not in self._sources:
            if self._knows_flags is None:
                server: Any = await self._redis.info("server")
                self._knows_flags = int(str(server["redis_version"]).split(".")[0]) >= 7
            source = (_FOLDER / f"{name}.lua").read_text()
            flagged = source.startswith(_ALLOW_OOM)
            body = source.removeprefix(_ALLOW_OOM)
            before = "\n".join((_FOLDER / f"{part}.lua").read_text() for part in _BEFORE)
            head = _ALLOW_OOM if flagged and self._knows_flags else ""
            whole = f"{head}{self._settings}{before}\n{body}"
            self._sources[name] = whole, sha1(whole.encode(), usedforsecurity=False).hexdigest()
        return self._sources[name]
