"""The file `moderato replay` reads: what it takes, what it makes up, and what it refuses."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from moderato.cli._replay.rows import RowError, read
from services.intake.requests import PostedComment


def write(folder: Path, *rows: object) -> str:
    path = folder / "comments.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return str(path)


def test_a_text_alone_becomes_a_request_that_intake_takes(tmp_path: Path) -> None:
    (row,) = read(write(tmp_path, {"text": "Well said."}), "gazette")
    posted = PostedComment.model_validate(dict(row.body), context={"max_text_chars": 100})
    assert posted.text == "Well said."
    assert posted.article.url.startswith("https://gazette.example/")


def test_what_a_row_says_is_kept(tmp_path: Path) -> None:
    said = {
        "text": "Well said.",
        "article": {"id": "a 1", "url": "https://news.example/1", "title": "One"},
        "author": {"id": "r1", "name": "Ada"},
        "language": "en",
        "created_at": "2026-05-04T09:30:00Z",
        "metadata": {"section": "local"},
    }
    (row,) = read(write(tmp_path, {**said, "id": 7, "toxicity": 0.3}), "gazette")
    assert row.body == {**said, "external_id": "7"}
    assert row.id == "7"


def test_ids_alone_are_completed(tmp_path: Path) -> None:
    (row,) = read(write(tmp_path, {"text": "x", "article": "a/1", "author": "ada"}), "gazette")
    assert row.body["article"] == {"id": "a/1", "url": "https://gazette.example/a%2F1"}
    assert row.body["author"] == {"id": "ada", "name": "ada"}


def test_made_up_articles_and_readers_differ(tmp_path: Path) -> None:
    rows = read(write(tmp_path, *({"text": "x"} for _ in range(60))), "gazette")
    assert len({row.body["article"]["id"] for row in rows}) == 25
    assert len({row.body["author"]["id"] for row in rows}) == 60


def test_gzip_is_recognised_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "comments"
    path.write_bytes(gzip.compress(b'\n{"text": "a"}\n\n{"text": "b"}\n'))
    assert [(row.line, row.body["text"]) for row in read(str(path), "s")] == [(2, "a"), (4, "b")]


def test_a_limit_leaves_the_rest_unread(tmp_path: Path) -> None:
    path = tmp_path / "comments.jsonl"
    path.write_text('{"text": "a"}\n{"text": "b"}\nnot JSON\n')
    assert len(read(str(path), "s", 2)) == 2


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{text: x}", "Line 2 is not JSON"),
        ('"text"', 'Line 2 must look like {"text": "..."}'),
        ('{"text": 3}', 'Line 2 must look like {"text": "..."}'),
        ('{"text": "x", "id": "one"}', "Line 2: the id 'one' stands on an earlier line"),
        ('{"text": "x", "parent": "two"}', "Line 2: its parent 'two' is the `id` of no earlier"),
    ],
)
def test_a_line_that_cannot_be_posted_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "comments.jsonl"
    path.write_text(f'{{"text": "a", "id": "one"}}\n{line}\n')
    with pytest.raises(RowError) as error:
        read(str(path), "s")
    assert message in str(error.value)
