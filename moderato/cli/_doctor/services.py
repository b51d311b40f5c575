"""The processes: does each answer, and does it say that it is ready?"""

from __future__ import annotations

import asyncio

import aiohttp

from moderato.cli._doctor.finding import Finding, broken, ok
from moderato.cli._programs import shown_host
from moderato.config import Config

_SECONDS = 5.0


async def examine(config: Config) -> list[Finding]:
    host = shown_host(config)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SECONDS)) as http:
        return list(
            await asyncio.gather(
                _service(http, "intake", "services.intake", host, config.intake_port),
                _service(http, "console", "services.console", host, config.console_port),
                _service(http, "scorer", "workers.scorer", host, config.scorer_port),
                _service(http, "publisher", "workers.publisher", host, config.publisher_port),
            )
        )


async def _service(
    http: aiohttp.ClientSession, name: str, module: str, host: str, port: int
) -> Finding:
    where = f"{host}:{port}"
    try:
        async with http.get(f"http://{where}/readyz") as answer:
            if answer.status == 200:
                return ok(f"{name} is ready on {where}")
            if answer.status == 503:
                failing = dict((await answer.json())["failing"])
                trouble = "; ".join(f"{part}: {why}" for part, why in failing.items())
                return broken(
                    f"{name} on {where} is not ready: {trouble}", "Mend that; see its log."
                )
    except TimeoutError:
        return broken(f"{name} on {where} hangs", "Look at its log, then restart it.")
    except (aiohttp.ClientConnectionError, OSError):
        return broken(
            f"{name} does not answer on {where}",
            f"Start it (`moderato up`, or `python -m {module}`), or name its "
            f"MODERATO_{name.upper()}_PORT. Runs elsewhere? `moderato doctor --no-services`.",
        )
    except (aiohttp.ClientError, ValueError, KeyError, TypeError):
        pass
    return broken(
        f"what answers on {where} is not Moderato's {name}",
        f"Set MODERATO_{name.upper()}_PORT to its port, or end the other program.",
    )
