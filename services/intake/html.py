"""A few elements, escaped: enough to write one page."""

from __future__ import annotations

import re
from html import escape


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(tag: str, *content: str, **attributes: str) -> Html:
    """``<tag attributes>content</tag>``; what is not Html yet is escaped.

    ``class_`` stands for class.
    """
    given = "".join(f' {k.rstrip("_")}="{escape(v)}"' for k, v in attributes.items())
    inner = "".join(part if isinstance(part, Html) else escape(part) for part in content)
    return Html(f"<{tag}{given}>{inner}</{tag}>")


def join(*parts: Html) -> Html:
    return Html("".join(parts))


def prose(text: str, tag: str = "p") -> Html:
    """Paragraphs, parted by empty lines, with `code` in backticks."""
    return join(*(element(tag, _with_code(part)) for part in text.split("\n\n")))


def _with_code(text: str) -> Html:
    pieces = re.split(r"`([^`]+)`", text)
    return join(
        *(
            element("code", piece) if index % 2 else Html(escape(piece))
            for index, piece in enumerate(pieces)
        )
    )
