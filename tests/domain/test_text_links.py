"""Links in running text."""

# ruff: noqa: RUF001 -- letters that look alike are what is tested
from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderato.domain.text import links
from moderato.domain.text.links import belongs

FOUND = {
    "none": ("No link here. Nor there, e.g. in this one: 3.5 or node.js.", ()),
    "with scheme": ("see https://Example.com/a?b=c.", ("example.com",)),
    "without scheme": (
        "see example.com/page, or www.news.example",
        ("example.com", "www.news.example"),
    ),
    "port and user": ("http://me:secret@shop.example:8080/", ("shop.example",)),
    "each counts": ("a.com a.com b.org", ("a.com", "a.com", "b.org")),
    "mail is none": ("write to bob@example.com or mailto:ann@example.com", ()),
    "hidden": ("exam\u200bple.com and ｅｘａｍｐｌｅ.org", ("example.com", "example.org")),
    "not Latin": ("http://пример.рф/", ("пример.рф",)),
    "newer domains": ("casino-win.xyz or best.casino/x", ("casino-win.xyz", "best.casino")),
    "www is enough": ("www.news.example/a_b?c and www.dots...", ("www.news.example",)),
    "an address": ("http://127.0.0.1:8000/x", ("127.0.0.1",)),
    "a missing space": ("It was ok.No it was not.", ()),
    "in capitals": ("BUY AT SHOP.COM", ("shop.com",)),
    "broken": ("http://[::1 and http://", ()),
}


@pytest.mark.parametrize(("text", "hosts"), FOUND.values(), ids=FOUND)
def test_links(text: str, hosts: tuple[str, ...]) -> None:
    assert links(text) == hosts


@pytest.mark.parametrize(
    ("host", "domain", "expected"),
    [
        ("example.com", "example.com", True),
        ("www.example.com", "example.com", True),
        ("badexample.com", "example.com", False),
        ("example.com.evil.net", "example.com", False),
    ],
)
def test_belonging_to_a_domain(host: str, domain: str, expected: bool) -> None:
    assert belongs(host, domain) is expected


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab.:/@[]%#?1-\u200b ｅ"), max_size=60))
def test_any_text_has_links_or_none(text: str) -> None:
    assert all(host == host.casefold() and " " not in host for host in links(text))
