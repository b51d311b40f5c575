"""`moderato policy`: what it prints, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from redis.asyncio import Redis

from moderato.cli._policy.report import readings
from moderato.config import Config
from moderato.domain.policy import parse
from moderato.domain.scores import Scores
from moderato.policies import default_text, load_default
from moderato.store.store import Store
from tests.cli.conftest import Moderato

LINKS = """name = "links"
otherwise = "approve"

[[rules]]
name = "many-links"
when.links = "> 1"
then = "flag"
priority = 0.3

[[rules]]
name = "toxic"
when.scores = { toxicity = ">= 0.9" }
then = "reject"
reason = "{toxicity:%} toxic."
tell_author = "Please say it kindly."
"""


@pytest.fixture
def store(redis: Redis) -> Store:
    return Store(redis, Config())


@pytest.fixture
def links(tmp_path: Path) -> str:
    file = tmp_path / "links.toml"
    file.write_text(LINKS)
    return str(file)


async def test_default_prints_a_policy_that_can_be_checked(
    moderato: Moderato, tmp_path: Path
) -> None:
    printed = await moderato("policy", "default")
    assert printed.output == default_text()
    file = tmp_path / "mine.toml"
    file.write_text(printed.output)
    checked = await moderato("policy", "check", str(file))
    assert checked.exit_code == 0
    assert f"version {load_default().version}" in checked.output


async def test_check_tells_a_good_policy_in_plain_words(moderato: Moderato, links: str) -> None:
    result = await moderato("policy", "check", links)
    assert result.exit_code == 0
    version = parse(LINKS, "links.toml").version
    assert result.output == (
        f"Policy links, version {version}: 2 rules, the first that matches decides\n"
        "  1. many-links flags when the number of links is more than 1\n"
        "  2. toxic rejects when toxicity is at least 0.90\n"
        "     otherwise approves\n"
    )


async def test_check_names_file_line_fault_and_fix(moderato: Moderato, tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(LINKS.replace("links =", "lnks =").replace('"reject"', '"refuse"'))
    result = await moderato("policy", "check", str(file))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == (
        f'{file}:6: unknown condition "lnks" → did you mean "links"?\n'
        f'{file}:13: unknown outcome "refuse" → use one of "approve", "flag", "reject"\n'
        f"{file}: 2 errors.\n"
    )


async def test_a_warning_is_shown_and_does_not_fail(moderato: Moderato, tmp_path: Path) -> None:
    file = tmp_path / "unused.toml"
    file.write_text(f'{LINKS}\n[words]\nrude = ["twit"]\n')
    result = await moderato("policy", "check", str(file))
    assert result.exit_code == 0
    assert f'{file}:18: warning: no rule uses "rude" → ' in result.stderr


@pytest.mark.parametrize(
    ("content", "message"), [(None, "No such file"), (b"\xff", "is not UTF-8 (byte 0)")]
)
async def test_a_file_that_cannot_be_read(
    moderato: Moderato, tmp_path: Path, content: bytes | None, message: str
) -> None:
    file = tmp_path / "it.toml"
    if content is not None:
        file.write_bytes(content)
    result = await moderato("policy", "check", str(file))
    assert result.exit_code == 2
    assert message in result.stderr


async def test_try_shows_the_rule_that_decides_and_how_all_came_out(
    moderato: Moderato, links: str
) -> None:
    result = await moderato("policy", "try", links, "f\u200bu u c k", "--score", "toxicity=0.95")
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "rejected by toxic: 95% toxic.",
        'The author is told: "Please say it kindly."',
        "",
        "Scores (by hand): toxicity 0.95",
        "",
        "✗ many-links  the number of links (0) is not more than 1",
        "✓ toxic       toxicity 0.95 is at least 0.90  ← decides",
    ]


async def test_try_shows_the_text_as_it_was_read(moderato: Moderato, links: str) -> None:
    result = await moderato("policy", "try", links, "f u c k a.com b.com", "--score", "threat=0.5")
    assert result.output.splitlines() == [
        "flagged by many-links: The number of links (2) is more than 1.",
        "Priority in the queue: 0.30",
        "",
        "Read as: fuck a.com b.com",
        "Scores (by hand): threat 0.50",
        "",
        "✓ many-links  the number of links (2) is more than 1  ← decides",
        "? toxic       toxicity was not scored",
    ]


@pytest.mark.parametrize(
    ("options", "first"),
    [
        (("--unscored",), "flagged by unscored:"),
        (("--score", "toxicity=0.1", "--article-mode", "closed"), "rejected by closed-article:"),
        (("--score", "toxicity=0.1", "--repeats", "4"), "flagged by repeated:"),
        (("--score", "toxicity=0.45"), "approved by otherwise:"),
        (
            ("--score", "toxicity=0.45", "--author-approved", "0"),
            "flagged by newcomer-maybe-toxic:",
        ),
        (
            ("--score", "threat=0", "--author-approved", "1", "--author-rejected", "3"),
            "flagged by often-rejected-author:",
        ),
    ],
)
async def test_try_takes_what_is_known_about_author_and_article(
    moderato: Moderato, options: tuple[str, ...], first: str
) -> None:
    result = await moderato("policy", "try", "default", "Hello.", *options)
    assert result.exit_code == 0, result.output
    assert result.output.startswith(first)


async def test_try_asks_the_model_for_scores(moderato: Moderato) -> None:
    result = await moderato("policy", "try", "default", "You are a stupid, worthless idiot.")
    assert result.exit_code == 0, result.output
    assert "flagged by" in result.output or "rejected by" in result.output
    assert "Scores (compact " in result.output
    assert "✓ probably-toxic" in result.output


async def test_try_without_a_model_says_what_to_do(
    moderato: Moderato, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODERATO_MODEL", "nobody")
    result = await moderato("policy", "try", "default", "Hello.")
    assert result.exit_code == 1
    assert "The model could not score the text: There is no model 'nobody'" in result.stderr
    assert "--score toxicity=0.9" in result.stderr


@pytest.mark.parametrize(
    ("score", "message"),
    [
        ("toxcity=0.9", "'toxcity' is no attribute; use one of toxicity, severe_toxicity"),
        ("toxicity", "write toxicity=0.9, a number from 0 to 1"),
        ("toxicity=90", "write toxicity=0.9, a number from 0 to 1"),
        ("toxicity=nan", "write toxicity=0.9, a number from 0 to 1"),
    ],
)
async def test_a_wrong_score_is_refused(moderato: Moderato, score: str, message: str) -> None:
    result = await moderato("policy", "try", "default", "Hello.", "--score", score)
    assert result.exit_code == 2
    assert message in result.stderr


async def test_push_puts_a_policy_in_force(moderato: Moderato, store: Store, links: str) -> None:
    await store.sites.create("gazette", "The Gazette")
    version = parse(LINKS, "links.toml").version
    result = await moderato("policy", "push", links, "--site", "gazette")
    assert result.exit_code == 0, result.output
    assert result.output == (
        f"In force for gazette: links, version {version}.\nBefore: the default.\n"
    )
    assert await store.policies.current_version("gazette") == version
    kept = await store.policies.get("gazette", version)
    assert kept is not None
    assert [rule.name for rule in kept.rules] == ["many-links", "toxic"]

    again = await moderato("policy", "push", links, "--site", "gazette")
    assert "has this policy already" in again.output
    other = await moderato("policy", "push", "default", "--site", "gazette")
    assert f"Before: version {version}." in other.output
    assert await store.policies.get("gazette", version) is not None


async def test_a_bad_policy_is_not_pushed(moderato: Moderato, store: Store, tmp_path: Path) -> None:
    await store.sites.create("gazette", "The Gazette")
    file = tmp_path / "bad.toml"
    file.write_text("name = 3")
    result = await moderato("policy", "push", str(file), "--site", "gazette")
    assert result.exit_code == 1
    assert f'{file}:1: "name" must be a text in quotes' in result.stderr
    assert await store.policies.current_version("gazette") is None


async def test_a_policy_for_no_site_is_not_pushed(moderato: Moderato, links: str) -> None:
    result = await moderato("policy", "push", links, "--site", "gazete")
    assert result.exit_code == 1
    assert "There is no site 'gazete'; see `moderato site list`." in result.stderr


def test_try_names_the_words_the_model_marked() -> None:
    text = "what an i.d.i.o.t you are"
    scores = Scores({"toxicity": 0.9}, "compact", "2", spans=((8, 17), (22, 25)))

    lines = list(readings(text, scores))

    assert lines[-1] == 'Marked: "i.d.i.o.t", "are"'
