"""Where webhooks may go."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderato.config import ConfigError
from workers.publisher.addresses import networks, refusal

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "172.15.255.255",
    "172.32.0.0",
    "192.169.0.1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:80b::200e",
    "::ffff:8.8.8.8",
    "2002:808:808::1",  # 6to4 of 8.8.8.8
    "64:ff9b::808:808",  # NAT64 of 8.8.8.8
]
REFUSED = [
    ("0.0.0.0", "this-host"),
    ("10.1.2.3", "private"),
    ("100.100.100.200", "carrier NAT"),
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback"),
    ("168.63.129.16", "metadata"),
    ("169.254.169.254", "metadata"),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("192.0.0.192", "reserved"),
    ("192.168.178.1", "private"),
    ("198.18.0.1", "benchmarking"),
    ("203.0.113.7", "documentation"),
    ("224.0.0.1", "multicast"),
    ("255.255.255.255", "reserved"),
    ("::", "this-host"),
    ("::1", "loopback"),
    ("fe80::1", "link-local"),
    ("fe80::1%eth0", "link-local"),
    ("fd00:ec2::254", "private"),
    ("ff02::1", "multicast"),
    ("2001:db8::1", "documentation"),
    ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "tunnel"),  # Teredo
    ("4000::1", "reserved"),
    ("::ffff:127.0.0.1", "loopback"),
    ("::ffff:a9fe:a9fe", "metadata"),
    ("::7f00:1", "loopback"),  # IPv4-compatible
    ("2002:7f00:1::1", "loopback"),  # 6to4
    ("64:ff9b::a9fe:a9fe", "metadata"),  # NAT64
    ("64:ff9b:1::a9fe:a9fe", "reserved"),  # a network's own NAT64
    ("localhost", "not an IP address"),
    ("2130706433", "not an IP address"),
    ("0177.0.0.1", "not an IP address"),
    ("", "not an IP address"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_reached(address: str) -> None:
    assert refusal(address, ()) is None


@pytest.mark.parametrize(("address", "why"), REFUSED)
def test_every_other_address_is_refused_with_the_reason(address: str, why: str) -> None:
    assert why in (refusal(address, ()) or "allowed")


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1", "2002:7f00:1::"])
def test_the_operator_can_allow_a_network(address: str) -> None:
    allowed = networks(" 127.0.0.0/8 , fd00::/8,")
    assert refusal(address, allowed) is None
    assert refusal("fd12::1", allowed) is None
    assert refusal("10.0.0.1", allowed) is not None


def test_a_setting_that_is_no_network_is_explained() -> None:
    with pytest.raises(ConfigError, match=r"MODERATO_WEBHOOK_ALLOW.*such as 127\.0\.0\.0/8"):
        networks("127.0.0.1/8")


@given(st.ip_addresses(v=4))
def test_ipv4_agrees_with_the_standard_library(address: IPv4Address) -> None:
    """What we let through, Python calls global and not multicast."""
    if refusal(str(address), ()) is None:
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=6))
def test_ipv6_agrees_with_the_standard_library(address: IPv6Address) -> None:
    if refusal(str(address), ()) is None and address.sixtofour is None:
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:{}", "64:ff9b::{}", "::{}"]))
def test_ipv6_is_no_way_around(address: IPv4Address, form: str) -> None:
    """An IPv6 form of an IPv4 address is refused exactly where that one is."""
    if int(address) > 1:  # "::" and "::1" are addresses in their own right
        wrapped = refusal(form.format(address), ())
        assert (wrapped is None) == (refusal(str(address), ()) is None)
