"""Where a site's webhooks go, remembered for a moment."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from moderato.store.sites import Endpoint, Sites

#: Seconds after which a change to a site's endpoints is noticed at the latest.
FRESH = 2.0


@dataclass(slots=True)
class Endpoints:
    sites: Sites
    _known: dict[str, tuple[float, list[Endpoint]]] = field(default_factory=dict)

    async def of(self, site: str) -> list[Endpoint]:
        """All endpoints of a site, those that are disabled too."""
        known = self._known.get(site)
        if known is not None and time.monotonic() - known[0] < FRESH:
            return known[1]
        found = await self.sites.endpoints(site)
        self._known[site] = time.monotonic(), found
        return found

    async def enabled(self, site: str) -> list[str]:
        """The ids of those that get webhooks."""
        return [endpoint.id for endpoint in await self.of(site) if not endpoint.disabled]

    async def get(self, site: str, endpoint: str) -> Endpoint | None:
        """The endpoint with this id, None where it was removed.

        That there is none, or that it is disabled, ends a delivery: what was remembered is not
        enough to say so, for it may have been added or enabled since.
        """
        found = _find(await self.of(site), endpoint)
        if found is None or found.disabled:
            self._known.pop(site, None)
            found = _find(await self.of(site), endpoint)
        return found

    async def disable(self, site: str, endpoint: str, why: str) -> None:
        """Turns an endpoint off; somebody has to turn it on again."""
        await self.sites.change_endpoint(site, endpoint, lambda found: replace(found, disabled=why))
        self._known.pop(site, None)


def _find(endpoints: list[Endpoint], endpoint: str) -> Endpoint | None:
    return next((found for found in endpoints if found.id == endpoint), None)
