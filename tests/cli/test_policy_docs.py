"""docs/policy.md: what it shows is what happens."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from moderato.cli import group
from moderato.domain.comment import ArticleMode
from moderato.domain.policy import Outcome, Policy, read
from moderato.domain.policy.conditions import FLAGS
from moderato.domain.policy.quantities import QUANTITIES
from moderato.domain.text import fold
from tests.processes import REPOSITORY

PAGE = Path(REPOSITORY, "docs", "policy.md").read_text(encoding="utf-8")
HEAD = 'name = "fragment"\notherwise = "approve"\n'


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def policy(block: str) -> Policy:
    """An example, with a head where it is only a part of a policy."""
    reading = read(block if block.startswith("name") else HEAD + block)
    assert reading.problems == ()
    assert reading.policy is not None
    return reading.policy


@pytest.mark.parametrize("block", blocks("toml"))
def test_each_example_is_a_policy_without_problems(block: str) -> None:
    assert policy(block).rules


@pytest.mark.parametrize("block", blocks("console"))
def test_each_command_prints_what_the_page_shows(
    block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for example in blocks("toml"):
        if example.startswith("name"):
            (tmp_path / f"{policy(example).name}.toml").write_text(example, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    command, _, shown = block.partition("\n")
    program, *words = shlex.split(command.removeprefix("$ "))
    assert program == "moderato"
    result = CliRunner().invoke(group, words)
    assert result.exit_code == 0, result.output
    assert result.output == shown


@pytest.mark.parametrize(
    "example", re.findall(r"^\| `(\w+ = .*?)`(?: or `|.*\|$)", PAGE, re.MULTILINE)
)
def test_each_condition_in_the_table_can_be_used(example: str) -> None:
    words = '[words]\nrude = ["twit"]\n'
    reading = read(f'{HEAD}{words}[[rules]]\nname = "x"\nwhen = {{ {example} }}\nthen = "flag"')
    assert not [problem for problem in reading.problems if not problem.is_warning]


def test_the_table_has_every_condition() -> None:
    documented = set(re.findall(r"^\| `(\w+) = ", PAGE, re.MULTILINE))
    others = {"scores", "any_score", "words", "links_outside", "article", "language"}
    assert documented == {*QUANTITIES, *FLAGS, *others, "not", "always"}


def test_outcomes_and_modes_are_all_named() -> None:
    assert all(f'`"{outcome}"`' in PAGE for outcome in Outcome)
    assert all(f"`{mode}`" in PAGE for mode in ArticleMode)


def test_the_disguises_are_read_as_the_table_says() -> None:
    table = PAGE.partition("| disguise |")[2].partition("\n\n")[0]
    rows = [row.strip("| ").split(" | ") for row in table.splitlines()[2:]]
    assert len(rows) == 7
    for _, written, meant in rows:
        words = re.sub(r" with .*", "", written).replace("`", "").split(", ")
        expected = meant.split(", ")
        if len(expected) == 1:
            expected *= len(words)
        assert [fold(word).lower() for word in words] == expected
