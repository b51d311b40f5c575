"""`moderato rescore`, as a process of its own: what it shows, what it does, what it never does."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest
from redis.asyncio import Redis

from moderato.config import Config
from moderato.domain.author import Standing
from moderato.domain.comment import Author, State
from moderato.domain.decision import Decision
from moderato.domain.scores import ATTRIBUTES, ModelInfo, Scores
from moderato.store.outcomes import Done
from moderato.store.views import View
from moderato.store.work import Finished
from tests.conftest import ConfigFactory
from tests.life import Life, new_comment
from tests.processes import REPOSITORY, environment

KIND = "What a lovely afternoon by the harbour, thank you all."
RUDE = "You are a stupid, worthless idiot."
#: A policy that the bundled model's scores for these two texts cannot leave undecided.
POLICY = """name = "simple"
otherwise = "approve"

[[rules]]
name = "toxic"
when.scores = { toxicity = ">= 0.5" }
then = "reject"
tell_author = "Please say it kindly."

[[rules]]
name = "newcomer"
when.author_approved = "< 1"
when.links = "> 0"
then = "flag"
priority = 0.25
"""


@dataclass
class Desk:
    """A deployment whose comments another model scored."""

    life: Life
    config: Config

    async def decided(
        self,
        text: str,
        state: State,
        site: str = "gazette",
        priority: float = 0.9,
        **about: object,
    ) -> str:
        """A comment that the policy decided on, on the scores of the model before."""
        comment = await self.life.accept(new_comment(text, site=site, **about))
        (job,) = await self.life.jobs()
        scores = Scores(values={"toxicity": 0.45, "old": 0.2}, model="before", model_version="7")
        decision = Decision(state=state, rule="old-rule", reason="Because.", priority=priority)
        finished = Finished(job, decision, scores, "test")
        assert await self.life.store.work.finish(self.life.scorer, [finished]) == ["done"]
        return comment

    async def start(self, *words: str, **env: str) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "moderato.cli", "rescore", *words),
            env=self.environment(env),
            cwd=REPOSITORY,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
        )

    def environment(self, extra: dict[str, str]) -> dict[str, str]:
        env = environment(self.config, **extra)
        if "MODERATO_MODEL" not in extra:
            del env["MODERATO_MODEL"]
        return env

    async def run(self, *words: str, says: str = "", **env: str) -> tuple[int, str]:
        """Its status and all it printed, to somebody who answers ``says``."""
        process = await self.start(*words, **env)
        async with asyncio.timeout(90):
            out, err = await process.communicate(says.encode())
        assert b"Traceback" not in err, err.decode()
        assert process.returncode is not None
        return process.returncode, out.decode() + err.decode()

    async def report(self, *words: str) -> dict[str, Any]:
        process = await self.start("--json", *words)
        async with asyncio.timeout(90):
            out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        found: dict[str, Any] = json.loads(out)
        return found

    async def state(self, comment: str, site: str = "gazette") -> State:
        record = await self.life.store.comments.get(site, comment)
        assert record is not None
        return record.comment.state

    async def versions(self, *comments: str) -> list[int]:
        records = await self.life.store.comments.get_many("gazette", comments)
        return [record.comment.version for record in records if record]


@pytest.fixture
async def desk(redis: Redis, make_config: ConfigFactory) -> AsyncIterator[Desk]:
    config = make_config(threads=1)
    life = Life(redis, config)
    await life.store.prepare()
    for site in ("gazette", "bugle"):
        await life.store.sites.create(site, site)
        await life.store.policies.push(site, POLICY)
    yield Desk(life, config)
    await life.close()


async def test_it_shows_what_would_change_and_changes_nothing(desk: Desk) -> None:
    kind = await desk.decided(KIND, State.FLAGGED)
    rude = await desk.decided(f"\x1b[2J{RUDE}", State.FLAGGED)
    linked = await desk.decided("See http://a.example, friends.", State.FLAGGED)
    status, shown = await desk.run("--site", "gazette")
    assert status == 0, shown
    assert "3 comments, scored by before 7 (3) before, by compact" in shown
    for line in (
        r"flagged +approved +1 +published",
        r"flagged +flagged +1 +stays",
        r"flagged +rejected +1 +leaves the moderators' queue",
        r"toxicity +3 +[23] +[+-]0\.\d\d +0\.\d\d",
        r"threat +0 +0 +- +-",
    ):
        assert_line(line, shown)
    assert f"flagged → approved  gazette {kind}" in shown
    assert f"“[2J{RUDE}”" in shown  # the escape is gone: a comment cannot wipe the terminal
    assert "old-rule → toxic; toxicity 0.45 → " in shown
    assert "Nothing was changed. Do it with --apply." in shown
    assert await desk.versions(kind, rude, linked) == [2, 2, 2]


async def test_it_applies_what_was_confirmed(desk: Desk) -> None:
    kind = await desk.decided(KIND, State.FLAGGED)
    rude = await desk.decided(RUDE, State.FLAGGED)
    linked = await desk.decided("See http://a.example, friends.", State.FLAGGED)
    status, shown = await desk.run("--site", "gazette", "--apply", says="n\n")
    assert status == 0
    assert "Do this with 3 comments? 1 would be published, 0 taken down [y/N]" in shown
    assert await desk.versions(kind, rude, linked) == [2, 2, 2]

    status, shown = await desk.run("--site", "gazette", "--apply", says="y\n")
    assert status == 0, shown
    assert "3 of 3 comments have the scores of compact" in shown
    assert [await desk.state(c) for c in (kind, rude, linked)] == [
        State.APPROVED,
        State.REJECTED,
        State.FLAGGED,
    ]
    record = await desk.life.store.comments.get("gazette", rude)
    assert record is not None
    assert record.scores is not None
    assert record.scores.model == "compact"
    assert tuple(record.scores.values) == ATTRIBUTES
    assert record.last is not None
    assert (record.last.step, record.last.actor, record.last.rule) == ("rescore", "policy", "toxic")
    assert (record.last.model, record.last.message) == ("compact", "Please say it kindly.")
    history = await desk.life.store.comments.history("gazette", rude)
    assert [(event.step, event.model) for event in history] == [
        ("receive", ""),
        ("decide", "before"),
        ("rescore", "compact"),
    ]
    assert "released" in await desk.life.publish_all()


async def test_the_queue_is_put_in_its_new_order(desk: Desk) -> None:
    """The old model's scores had the first at 0.9; the rule gives it 0.25."""
    linked = await desk.decided("See http://a.example, friends.", State.FLAGGED)
    person = await desk.decided("See http://b.example, friends.", State.FLAGGED, priority=0.5)
    taken = await desk.life.store.comments.decide(
        "gazette", person, version=2, approve=True, by="mo"
    )
    undone = await desk.life.store.comments.undo("gazette", person, version=3, by="mo")
    assert (taken, undone) == (Done(State.APPROVED, 3), Done(State.FLAGGED, 4))
    assert [c for _, c in await queue(desk)] == [linked, person]
    await desk.run("--site", "gazette", "--apply", "--yes")
    assert [c for _, c in await queue(desk)] == [person, linked]


async def test_a_second_run_has_nothing_to_do(desk: Desk) -> None:
    await desk.decided(KIND, State.FLAGGED)
    linked = await desk.decided("See http://a.example, friends.", State.FLAGGED)
    first = await desk.report("--site", "gazette", "--apply", "--yes")
    assert first["applied"] == {"done": 2, "changed_meanwhile": 0}
    again = await desk.report("--site", "gazette", "--apply", "--yes")
    assert (again["comments"], again["scored_already"], again["applied"]) == (0, 1, None)
    assert await desk.versions(linked) == [3]
    _, shown = await desk.run("--site", "gazette")
    assert "There is nothing to score again by compact" in shown


async def test_people_are_never_overruled(desk: Desk) -> None:
    """Whoever had the last word, moderator, readers or a second thought: it stands."""
    comments = desk.life.store.comments
    approved, rejected = [await desk.decided(RUDE, State.FLAGGED) for _ in range(2)]
    reported, undone = (
        await desk.decided(KIND, State.APPROVED),
        await desk.decided(KIND, State.FLAGGED),
    )
    erased = await desk.decided(KIND, State.FLAGGED)
    await comments.decide("gazette", approved, version=2, approve=True, by="mo")
    await comments.decide("gazette", rejected, version=2, approve=False, by="mo")
    await comments.decide("gazette", undone, version=2, approve=False, by="mo")
    await comments.undo("gazette", undone, version=3, by="mo")
    for reader in ("r1", "r2", "r3"):
        await comments.report("gazette", reported, by=reader)
    await comments.erase("gazette", erased, by="gazette", reason="Asked for.")
    all_of_them = (approved, rejected, reported, undone, erased)
    before = await desk.versions(*all_of_them)
    states = ("--state", "flagged", "--state", "approved", "--state", "rejected")
    report = await desk.report("--site", "gazette", *states, "--apply", "--yes")
    assert (report["comments"], report["decided_by_people"]) == (0, 4)
    assert await desk.versions(*all_of_them) == before
    assert await desk.state(reported) is State.FLAGGED


async def test_what_stands_decided_changes_only_when_asked_for(desk: Desk) -> None:
    up, down = await desk.decided(RUDE, State.APPROVED), await desk.decided(KIND, State.REJECTED)
    assert (await desk.report("--site", "gazette"))["comments"] == 0
    report = await desk.report("--site", "gazette", "--state", "approved", "--apply", "--yes")
    assert (report["comments"], report["taken_down"], report["published"]) == (1, 1, 0)
    assert await desk.state(up) is State.REJECTED
    assert await desk.state(down) is State.REJECTED
    report = await desk.report("--site", "gazette", "--state", "rejected", "--apply", "--yes")
    # The one rejected just now has this model's scores already.
    assert (report["comments"], report["published"], report["scored_already"]) == (1, 1, 1)
    assert await desk.state(down) is State.APPROVED


async def test_a_comments_own_approval_makes_nobody_a_regular(desk: Desk) -> None:
    """The rule for newcomers asks what was known before this comment was approved."""
    newcomer = Author(id="new", name="New")
    comment = await desk.decided("See http://a.example.", State.APPROVED, author=newcomer)
    await desk.run("--site", "gazette", "--state", "approved", "--apply", "--yes")
    assert await desk.state(comment) is State.FLAGGED


async def test_a_sanction_publishes_nothing_and_takes_nothing_down(desk: Desk) -> None:
    public = await desk.decided(KIND, State.APPROVED)
    waiting = await desk.decided(KIND, State.FLAGGED)
    other = await desk.decided(KIND, State.FLAGGED, author=Author("bob", "Bob"))
    await desk.life.store.authors.set_standing(
        *("gazette", "ann", Standing.PREMODERATED), version=0, by="ben"
    )
    states = ("--state", "approved", "--state", "flagged")
    await desk.run("--site", "gazette", *states, "--apply", "--yes")
    assert await desk.state(public) is State.APPROVED
    assert await desk.state(waiting) is State.FLAGGED
    assert await desk.state(other) is State.APPROVED


async def test_sites_states_and_times_narrow_it(desk: Desk, redis: Redis) -> None:
    await desk.decided(KIND, State.FLAGGED)
    old = await desk.decided(KIND, State.FLAGGED)
    await desk.decided(KIND, State.FLAGGED, "bugle")
    key = desk.life.store.comments.shard("gazette").comment("gazette", old)
    await redis.hset(key, "received_at", "1500000000000")
    assert (await desk.report("--all"))["comments"] == 3
    assert (await desk.report("--site", "gazette"))["comments"] == 2
    assert (await desk.report("--all", "--since", "1d"))["comments"] == 2
    assert (await desk.report("--all", "--since", "2017-01-01"))["comments"] == 3
    assert (await desk.report("--all", "--limit", "1"))["comments"] == 1
    one, other = (
        await desk.report("--all", "--limit", "2", "--apply", "--yes"),
        await desk.report("--all", "--limit", "2", "--apply", "--yes"),
    )
    assert (one["comments"], other["comments"]) == (2, 1)


async def test_what_changes_while_it_asks_is_left_alone(desk: Desk) -> None:
    mine, theirs = [await desk.decided(KIND, State.FLAGGED) for _ in range(2)]
    process = await desk.start("--site", "gazette", "--apply")
    await asked(process)
    await desk.life.store.comments.decide("gazette", theirs, version=2, approve=False, by="mo")
    async with asyncio.timeout(60):
        out, _ = await process.communicate(b"y\n")
    assert "1 of 2 comments have the scores" in out.decode()
    assert "1 were left alone: they changed meanwhile." in out.decode()
    assert await desk.state(mine) is State.APPROVED
    assert await desk.state(theirs) is State.REJECTED
    (*_, last) = await desk.life.store.comments.history("gazette", theirs)
    assert last.by == "mo"


@pytest.mark.parametrize("what", ["policy", "model"])
async def test_what_was_shown_must_still_be_true(desk: Desk, what: str) -> None:
    comment = await desk.decided(KIND, State.FLAGGED)
    process = await desk.start("--site", "gazette", "--apply")
    await asked(process)
    if what == "policy":
        await desk.life.store.policies.push("gazette", POLICY.replace("simple", "other"))
    else:
        await desk.life.store.models.record(ModelInfo("large", "1", ("toxicity",), frozenset()))
    async with asyncio.timeout(60):
        _, err = await process.communicate(b"y\n")
    assert process.returncode == 1
    assert b"nothing was done. Run it again" in err
    assert await desk.versions(comment) == [2]


async def test_ctrl_c_while_scoring_ends_it_cleanly(desk: Desk) -> None:
    comments = [await desk.decided(f"{KIND} " * 90, State.FLAGGED) for _ in range(10)]
    process = await desk.start("--site", "gazette", "--apply")
    assert process.stderr is not None
    await process.stderr.readuntil(b"Scoring")
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(60):
        _, err = await process.communicate()
    assert process.returncode == 128 + signal.SIGINT
    assert err.decode().strip() == "Interrupted. Nothing was changed."
    assert await desk.versions(*comments) == [2] * 10


async def test_ctrl_c_is_a_no(desk: Desk) -> None:
    comment = await desk.decided(KIND, State.FLAGGED)
    process = await desk.start("--site", "gazette", "--apply")
    await asked(process)
    async with asyncio.timeout(60):
        # Once more, as a person would: Python may take the first just before it reads.
        while process.returncode is None:
            process.send_signal(signal.SIGINT)
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 5)
        _, err = await process.communicate()
    assert process.returncode == 1
    assert err.decode().endswith("Aborted!\n")
    assert await desk.versions(comment) == [2]


async def test_the_model_in_use_must_be_here(desk: Desk) -> None:
    await desk.decided(KIND, State.FLAGGED)
    models = desk.life.store.models
    info = ModelInfo("compact", "0.1", ATTRIBUTES, frozenset({"en"}))
    await models.record(info)
    status, shown = await desk.run("--site", "gazette")
    assert status == 1
    assert "The scorers use compact 0.1, and this machine has compact" in shown
    assert "Install the same release." in shown
    await models.record(replace(info, name="nobody"))
    status, shown = await desk.run("--site", "gazette")
    assert status == 1
    assert "There is no model 'nobody'" in shown
    status, shown = await desk.run("--site", "gazette", MODERATO_MODEL="compact")
    assert status == 1
    assert "MODERATO_MODEL says compact, but the scorers use nobody 0.1" in shown


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ([], 2, "Say whose comments: --site SITE, or --all."),
        (["--site", "gazette", "--all"], 2, "Say whose comments"),
        (["--all", "--yes"], 2, "--yes goes with --apply"),
        (["--all", "--json", "--apply"], 2, "--json with --apply needs --yes"),
        (["--site", "gazete"], 1, "There is no site 'gazete'; see `moderato site list`."),
        (["--all", "--since", "lately"], 2, "'lately' is no time: write 2026-05-01"),
        (["--all", "--state", "pending"], 2, "'pending' is not one of"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    desk: Desk, words: list[str], status: int, message: str
) -> None:
    ended, shown = await desk.run(*words)
    assert ended == status
    assert message in shown


async def asked(process: Process) -> None:
    """Waits until it asks whether to go on."""
    assert process.stdout is not None
    async with asyncio.timeout(60):
        await process.stdout.readuntil(b"[y/N]")


async def queue(desk: Desk) -> list[tuple[str, str]]:
    page = await desk.life.store.queues.page(["gazette"], View(), limit=10)
    return [(row.site, row.comment) for row in page.rows]


def assert_line(pattern: str, text: str) -> None:
    assert re.search(pattern, text), f"{pattern!r} is not in\n{text}"
