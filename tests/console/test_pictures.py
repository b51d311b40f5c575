"""The documentation's pictures: each is there, each is shown, and they stay small."""

from __future__ import annotations

import re

from tests.console import pictures
from tests.processes import REPOSITORY


def test_every_picture_is_there_and_shown() -> None:
    there = {path.name for path in pictures.FOLDER.iterdir() if path.suffix != ".md"}
    shown = set(re.findall(r'src="([^"]+)"', (pictures.FOLDER / "README.md").read_text()))
    wanted = pictures.shots(pictures.VIEWS)
    assert there == shown
    assert shown >= {name for shot in wanted for name in shot.files.values()}
    for page in (REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")):
        for name in re.findall(r"\(\S*screenshots/([^)]+\.\w+)\)", page.read_text()):
            assert (pictures.FOLDER / name).is_file(), (page, name)


def test_the_pictures_stay_small() -> None:
    assert sum(path.stat().st_size for path in pictures.FOLDER.iterdir()) < 6_000_000
