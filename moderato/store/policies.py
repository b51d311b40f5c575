"""The policies of each site, every version of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from moderato.domain.policy import Policy, parse
from moderato.store import keys
from moderato.store.part import Part

_CURRENT = "current"


@dataclass(frozen=True, slots=True)
class Policies(Part):
    async def push(self, site: str, toml: str) -> Policy:
        """Puts a policy in force for a site; raises PolicyError when it is not valid."""
        policy = parse(toml, "policy.toml")
        await self.redis.hset(
            keys.policies(site), mapping={policy.version: toml, _CURRENT: policy.version}
        )
        return policy

    async def current_version(self, site: str) -> str | None:
        """The version in force; None while the site follows the default."""
        version: Any = await self.redis.hget(keys.policies(site), _CURRENT)
        return None if version is None else str(version)

    async def get(self, site: str, version: str) -> Policy | None:
        toml: Any = await self.redis.hget(keys.policies(site), version)
        return parse(toml, f"{site}@{version}") if toml else None
