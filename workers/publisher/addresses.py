"""Which addresses a webhook may go to: the public internet, and what the operator allows.

A site chooses where its webhooks go. Without this check it could have the publisher post into
the operator's own network, or to the metadata service that hands out a cloud's credentials.
"""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

from moderato.config import ConfigError

Networks = tuple[IPv4Network | IPv6Network, ...]

#: The IANA special-purpose registry, and one public address that only exists inside a cloud.
_SPECIAL_V4: Final = tuple(
    (IPv4Network(network), what)
    for network, what in (
        ("0.0.0.0/8", "a this-host address"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "a shared (carrier NAT) address"),
        ("127.0.0.0/8", "a loopback address"),
        ("168.63.129.16/32", "a cloud's metadata address"),
        ("169.254.0.0/16", "a link-local (cloud metadata) address"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "a reserved address"),
        ("192.0.2.0/24", "a documentation address"),
        ("192.88.99.0/24", "a relay address"),
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "a benchmarking address"),
        ("198.51.100.0/24", "a documentation address"),
        ("203.0.113.0/24", "a documentation address"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
    )
)
_SPECIAL_V6: Final = tuple(
    (IPv6Network(network), what)
    for network, what in (
        ("::/128", "a this-host address"),
        ("::1/128", "a loopback address"),
        ("fc00::/7", "a private address"),
        ("fe80::/10", "a link-local address"),
        ("ff00::/8", "a multicast address"),
        ("2001::/23", "a reserved or tunnel address"),
        ("2001:db8::/32", "a documentation address"),
        ("3fff::/20", "a documentation address"),
    )
)
#: Everything outside it is not assigned to hosts on the public internet.
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
#: IPv6 addresses that lead to the IPv4 address in the 32 bits after the prefix.
_EMBEDDINGS: Final = tuple(
    IPv6Network(network)
    for network in (
        "::ffff:0:0/96",  # IPv4-mapped
        "::/96",  # IPv4-compatible
        "64:ff9b::/96",  # NAT64
        "2002::/16",  # 6to4
    )
)


def networks(text: str) -> Networks:
    """The comma-separated networks of MODERATO_WEBHOOK_ALLOW; ConfigError where one is none."""
    found: list[IPv4Network | IPv6Network] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        try:
            found.append(ip_network(part))
        except ValueError as error:
            raise ConfigError(
                f"MODERATO_WEBHOOK_ALLOW: {error}; say networks, such as 127.0.0.0/8,10.2.0.0/16."
            ) from None
    return tuple(found)


def refusal(address: str, allowed: Networks) -> str | None:
    """Why nothing is sent to this numeric address, or None where it may be."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return f"{address} is not an IP address"
    target = _embedded(parsed)
    if any(target in network for network in allowed):
        return None
    what = _special(target)
    return None if what is None else f"{address} is {what}"


def _embedded(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one leads to, else the address itself."""
    if isinstance(address, IPv4Address) or address in (IPv6Address("::"), IPv6Address("::1")):
        return address
    for network in _EMBEDDINGS:
        if address in network:
            return IPv4Address(int(address) >> (96 - network.prefixlen) & 0xFFFFFFFF)
    return address


def _special(address: IPv4Address | IPv6Address) -> str | None:
    if isinstance(address, IPv4Address):
        return next((what for network, what in _SPECIAL_V4 if address in network), None)
    for network, what in _SPECIAL_V6:
        if address in network:
            return what
    return None if address in _GLOBAL_UNICAST else "a reserved address"
