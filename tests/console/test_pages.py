"""The pages are plain files without a build step, so their heads are copies: they must agree."""

from __future__ import annotations

import re

import pytest

from services.console import pages

SHARED = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Moderato</title>
    <link rel="icon" href="/static/icon.svg" type="image/svg+xml">
    <script src="/static/theme.js"></script>
    <link rel="stylesheet" href="/static/tokens.css">
    <link rel="stylesheet" href="/static/base.css">
"""


@pytest.mark.parametrize("name", pages.FILES)
def test_every_head_begins_alike_and_ends_with_the_pages_own_script(name: str) -> None:
    text = (pages.STATIC / name).read_text()
    assert text.startswith(SHARED)
    rest = text.removeprefix(SHARED).partition("  </head>\n")[0].splitlines()
    *styles, script = rest
    for line in styles:
        assert re.fullmatch(r' {4}<link rel="stylesheet" href="/static/[a-z-]+\.css">', line), line
    own = {"index.html": "desk"}.get(name, name.removesuffix(".html"))
    assert script == f'    <script type="module" src="/static/{own}.js"></script>'
    for file in re.findall(r'"/static/([^"]+)"', text):
        assert (pages.STATIC / file).is_file(), file
