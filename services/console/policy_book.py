"""Policies by site and version, parsed once."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

import structlog

from moderato.domain.policy import Policy, PolicyError
from moderato.policies import load_default
from moderato.store.store import Store

log = structlog.get_logger(__name__)

#: Parsed policies that are kept; a version never changes.
_KEPT: Final = 64


@dataclass(slots=True)
class PolicyBook:
    """Every policy that decided about something, parsed once."""

    store: Store
    _kept: OrderedDict[tuple[str, str], Policy] = field(default_factory=OrderedDict)

    async def in_force(self, site: str) -> Policy:
        """The site's policy, or the default where it has none or one that no longer parses."""
        version = await self.store.policies.current_version(site)
        return (await self.get(site, version) if version else None) or load_default()

    async def get(self, site: str, version: str) -> Policy | None:
        """A version of a site's policy, None where it is not kept or no longer parses."""
        if version == load_default().version:
            return load_default()
        if policy := self._kept.get((site, version)):
            self._kept.move_to_end((site, version))
            return policy
        try:
            policy = await self.store.policies.get(site, version)
        except PolicyError as error:
            log.warning("policy_unreadable", site=site, version=version, error=str(error))
            return None
        if policy:
            self._kept[site, version] = policy
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return policy
