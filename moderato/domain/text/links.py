"""Links and mail addresses in running text, found by linkify-it's rules.

linkify-it also finds links without a scheme ("example.com/page"), for the usual top-level
domains and all countries'; each of its passes walks the text once. What begins with "www." is a
link whatever its top-level domain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from linkify_it import LinkifyIt

from moderato.domain.text.aligned import Aligned
from moderato.domain.text.clean import clean

#: Newer top-level domains that links without a scheme have, and that are no English words which
#: could follow a full stop without a space.
_NEWER = (
    *("app", "bet", "blog", "buzz", "cam", "casino", "click", "club", "dating", "dev", "icu"),
    *("online", "porn", "site", "store", "tech", "top", "vip", "website", "xyz"),
)
_WWW = "www."
_AFTER_WWW = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:[/?#]\S*)?")
#: Every link and address has one of these; most comments have none.
_HINT = re.compile(r"//|@|\S\.\w")


def links(text: str) -> tuple[str, ...]:
    """The host of each link, in order, lower case, repeats included; mail addresses are none.

    Hidden characters are taken out first. Hosts stay in Unicode, without port or user name.
    """
    text = clean(text)
    hosts = (_host(found) for found in _found(text) if _is_link(found))
    return tuple(host for host in hosts if host)


def belongs(host: str, domain: str) -> bool:
    """Whether ``host`` is ``domain`` or below it."""
    return host == domain or host.endswith("." + domain)


def outside_links(text: Aligned, change: Callable[[Aligned], Aligned]) -> Aligned:
    """``text`` with ``change`` applied to all but its links and mail addresses."""
    pieces: list[Aligned] = []
    done = 0
    for found in _found(text.text):
        pieces += (change(text.cut(done, found.index)), text.cut(found.index, found.last_index))
        done = found.last_index
    return Aligned.join([*pieces, change(text.cut(done))])


def _found(text: str) -> Iterator[Any]:
    if _HINT.search(text):
        yield from _linkifier().match(text) or ()


def _is_link(found: Any) -> bool:
    if found.schema:
        return True
    # "It was ok.No it was not": two sentences without a space between them.
    name, _, ending = found.text.rpartition(".")
    return not (ending[:1].isupper() and ending[1:].islower() and not name.isupper())


def _host(found: Any) -> str:
    """The host; "" for a mail address, which has none, and for what is no URL."""
    url = f"//{found.url}" if found.schema == _WWW else found.url
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # an unclosed bracket, as in "http://[::1"
        return ""
    return host.casefold().rstrip(".")


@cache
def _linkifier() -> LinkifyIt:
    linkifier = LinkifyIt().tlds(list(_NEWER), True)
    return linkifier.add(_WWW, {"validate": _AFTER_WWW})
