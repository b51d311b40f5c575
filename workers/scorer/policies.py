"""The policy in force per site, read again at most every few seconds."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import structlog

from moderato.domain.policy import Policy, PolicyError
from moderato.policies import load_default
from moderato.store.policies import Policies

log = structlog.get_logger(__name__)

#: Seconds until a pushed policy is in force everywhere, at the latest.
FRESH_FOR = 2.0


@dataclass(slots=True)
class PolicyCache:
    policies: Policies
    _default: Policy = field(default_factory=load_default)
    _known: dict[str, tuple[float, Policy]] = field(default_factory=dict)

    async def of(self, site: str) -> Policy:
        """The site's policy, or the default where it has none or one that no longer parses."""
        now = time.monotonic()
        known = self._known.get(site)
        if known and now - known[0] < FRESH_FOR:
            return known[1]
        policy = await self._read(site, known[1] if known else None)
        self._known[site] = now, policy
        return policy

    async def _read(self, site: str, known: Policy | None) -> Policy:
        version = await self.policies.current_version(site)
        if version is None:
            return self._default
        if known and known.version == version:
            return known
        try:
            return await self.policies.get(site, version) or self._default
        except PolicyError as error:
            # Written by a newer release, say. The default is stricter than guessing.
            log.error(  # noqa: TRY400 - a wrong policy, not a fault of the code: no trace
                "policy_unreadable", site=site, version=version, error=str(error)
            )
            return self._default
