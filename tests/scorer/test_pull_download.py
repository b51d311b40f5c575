"""Files come whole and right, or not at all, whatever the way there does."""

from __future__ import annotations

import asyncio
import hashlib
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scorer.disk import small_disk
from tests.scorer.mirror import Mirror, mirror
from workers.scorer.pull import download as module
from workers.scorer.pull.catalogue import Remote
from workers.scorer.pull.download import download
from workers.scorer.pull.errors import PullError

BODY = random.Random(3).randbytes(3_000_000)
HASH = hashlib.sha256(BODY).hexdigest()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSES", (0.0, 0.0, 0.0))


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Mirror]:
    """A server that holds ``model.ckpt``."""
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "model.ckpt").write_bytes(BODY)
    with mirror(tmp_path / "far") as served:
        yield served


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return tmp_path / "near" / "model.ckpt"


def remote(far: Mirror, sha256: str = HASH) -> Remote:
    return Remote("model.ckpt", f"{far.url}/model.ckpt", sha256)


def fetch(wanted: Remote, path: Path) -> list[tuple[int, int | None]]:
    """What progress was told."""
    seen: list[tuple[int, int | None]] = []
    found: list[str] = []

    async def run() -> None:
        async with aiohttp.ClientSession(timeout=module.TIMEOUT) as http:
            found.append(await download(http, wanted, path, lambda *told: seen.append(told)))

    asyncio.run(run())
    assert found == [hashlib.sha256(path.read_bytes()).hexdigest()]
    return seen


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_file_comes_whole_and_tells_how_far_it_is(far: Mirror, here: Path) -> None:
    seen = fetch(remote(far), here)

    assert here.read_bytes() == BODY
    assert left_in(here.parent) == {"model.ckpt"}
    assert seen[0] == (0, len(BODY))
    assert seen[-1] == (len(BODY), len(BODY))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_a_right_file_is_not_fetched_again_and_a_wrong_one_is(far: Mirror, here: Path) -> None:
    fetch(remote(far), here)
    fetch(remote(far), here)
    assert len(far.asked) == 1

    here.write_bytes(BODY[:-1])
    fetch(remote(far), here)
    assert here.read_bytes() == BODY


def test_a_broken_connection_is_gone_on_with(far: Mirror, here: Path) -> None:
    far.cuts = [1_000_000, 500_000]

    fetch(remote(far), here)

    assert here.read_bytes() == BODY
    assert far.sent == len(BODY), "nothing was sent twice"
    assert [asked[1][:6] for asked in far.asked] == ["", "bytes=", "bytes="]
    assert far.asked[1][2].startswith('"'), "it must be a part of the same file"


def test_a_later_call_goes_on_where_an_earlier_one_ended(far: Mirror, here: Path) -> None:
    far.cuts = [1_000_000, 0, 0, 0]
    with pytest.raises(PullError, match=r"The 1 MB that came are kept; run the same command"):
        fetch(remote(far), here)
    assert not here.exists()
    before = len(far.asked)

    fetch(remote(far), here)

    assert here.read_bytes() == BODY
    assert far.asked[before][1] == "bytes=1000000-"
    assert far.sent == len(BODY)


@given(st.lists(st.integers(0, 400_000), max_size=6), st.booleans(), st.booleans())
@settings(max_examples=12, deadline=None)
def test_it_is_whole_wherever_the_connection_breaks(
    cuts: list[int], ranges: bool, lengths: bool
) -> None:
    body = BODY[:300_000]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_PAUSES", (0.0,) * 8)
        (Path(folder) / "model.ckpt").write_bytes(body)
        with mirror(Path(folder)) as far:
            far.cuts, far.ranges, far.lengths = cuts, ranges, lengths
            path = Path(folder) / "near" / "model.ckpt"
            fetch(remote(far, hashlib.sha256(body).hexdigest()), path)
            assert path.read_bytes() == body
            assert left_in(path.parent) == {"model.ckpt"}


def test_a_server_that_cannot_send_parts_sends_the_whole(far: Mirror, here: Path) -> None:
    far.ranges = False
    far.cuts = [1_000_000]

    fetch(remote(far), here)

    assert here.read_bytes() == BODY
    assert far.sent == len(BODY) + 1_000_000


def test_a_file_that_changed_meanwhile_is_fetched_from_the_beginning(
    far: Mirror, here: Path
) -> None:
    far.cuts = [1_000_000, 0, 0, 0]
    with pytest.raises(PullError):
        fetch(remote(far), here)
    new = BODY[::-1]
    (far.folder / "model.ckpt").write_bytes(new)

    fetch(remote(far, hashlib.sha256(new).hexdigest()), here)

    assert here.read_bytes() == new


@pytest.mark.parametrize("size", [1_000, len(BODY), len(BODY) + 5])
def test_what_lay_there_of_another_file_does_no_harm(far: Mirror, here: Path, size: int) -> None:
    here.parent.mkdir()
    here.with_name("model.ckpt.part").write_bytes(b"x" * size)

    fetch(remote(far), here)

    assert here.read_bytes() == BODY
    assert left_in(here.parent) == {"model.ckpt"}


def test_a_wrong_file_is_removed_and_both_hashes_are_named(far: Mirror, here: Path) -> None:
    with pytest.raises(PullError, match=rf"is {HASH}, and the right one is {'0' * 64}"):
        fetch(remote(far, "0" * 64), here)

    assert left_in(here.parent) == set()


def test_the_beginning_of_a_hash_is_held_as_well(far: Mirror, here: Path) -> None:
    fetch(remote(far, HASH[:8]), here)
    here.unlink()

    with pytest.raises(PullError, match=r"the right one begins with 01234567"):
        fetch(remote(far, "01234567"), here)


def test_a_file_that_is_not_there_is_named(far: Mirror, here: Path) -> None:
    far.status = 404
    with pytest.raises(PullError, match=r"/model\.ckpt does not exist \(HTTP 404\)"):
        fetch(remote(far), here)
    assert len(far.asked) == 1


def test_a_server_in_trouble_is_asked_again_and_then_given_up(far: Mirror, here: Path) -> None:
    far.status = 503
    with pytest.raises(PullError, match="cannot be had: HTTP 503"):
        fetch(remote(far), here)
    assert len(far.asked) == 4


def test_nobody_there_is_said(here: Path) -> None:
    wanted = Remote("model.ckpt", "http://127.0.0.1:1/model.ckpt", HASH)
    with pytest.raises(PullError, match=r"127\.0\.0\.1:1/model\.ckpt cannot be had.*HTTPS_PROXY"):
        fetch(wanted, here)


def test_a_file_too_large_for_the_disk_is_not_begun(far: Mirror, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1_000_000) as disk:
        with pytest.raises(PullError, match="too full: 3 MB are still to come, and 1 MB are free"):
            fetch(remote(far), disk / "model.ckpt")
        assert left_in(disk) == set()


def test_a_disk_that_fills_up_is_said_and_the_rest_comes_later(far: Mirror, tmp_path: Path) -> None:
    far.lengths = False
    with small_disk(tmp_path / "disk", 4_000_000) as disk:
        filler = disk / "filler"
        filler.write_bytes(b"x" * 3_000_000)
        path = disk / "model.ckpt"
        with pytest.raises(PullError, match=r"is full\. Make room, or choose another folder"):
            fetch(remote(far), path)
        assert not path.exists()

        filler.unlink()
        fetch(remote(far), path)
        assert path.read_bytes() == BODY


def test_a_folder_that_cannot_be_is_named(far: Mirror, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PullError, match=r"file.* cannot be used"):
        fetch(remote(far), tmp_path / "file" / "model.ckpt")


def test_a_weak_tag_is_not_gone_on_with(here: Path) -> None:
    """It does not promise the same bytes (RFC 9110); without one the hash has the last word."""
    here.parent.mkdir()
    module._keep_tag(here, '"strong"')
    assert module._tag(here).read_text() == '"strong"'

    module._keep_tag(here, 'W/"weak"')
    assert not module._tag(here).exists()
