"""What the model in use and the policies in force would make of comments decided before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from moderato.domain.author import SANCTIONS, Standing
from moderato.domain.comment import State
from moderato.domain.policy import Context, Policy, PolicyError, decide
from moderato.domain.scores import ModelInfo, Scores
from moderato.policies import load_default
from moderato.store.records import AuthorRecord, Record
from moderato.store.rescoring import Rescored
from moderato.store.store import Store

Tick = Callable[[int], None]

#: Comments changed in one round trip: what a Ctrl-C waits for.
_AT_ONCE = 100


class PlanError(Exception):
    """It cannot be done as it was shown; the message says why and what to do."""


@dataclass(slots=True)
class Plan:
    """What would be done, comment by comment; ``failed`` are those the model failed on."""

    model: ModelInfo
    #: site -> the policy that decides, and its version in the store: None is the default.
    policies: dict[str, tuple[Policy, str | None]]
    rescored: list[Rescored] = field(default_factory=list)
    failed: list[tuple[Record, str]] = field(default_factory=list)


@dataclass(slots=True)
class Outcome:
    """How far it came: ``changed_meanwhile`` were left as somebody else had just made them."""

    done: int = 0
    changed_meanwhile: int = 0

    def count(self, answers: Sequence[str]) -> None:
        self.done += answers.count("done")
        self.changed_meanwhile += len(answers) - answers.count("done")


async def policies_of(store: Store, sites: Sequence[str]) -> dict[str, tuple[Policy, str | None]]:
    """The policy in force for each site. Raises PlanError where one cannot be read."""
    found: dict[str, tuple[Policy, str | None]] = {}
    for site in sites:
        version = await store.policies.current_version(site)
        try:
            policy = await store.policies.get(site, version) if version else None
        except PolicyError as error:
            raise PlanError(
                f"The policy of {site} cannot be read: {error}. Push one that can: "
                f"`moderato policy push FILE --site {site}`."
            ) from None
        found[site] = policy or load_default(), version
    return found


def judge(plan: Plan, record: Record, scores: Scores, author: AuthorRecord) -> Rescored:
    """The policy's decision on the comment as if it came in now."""
    comment = record.comment
    policy, _ = plan.policies[comment.site]
    # A sanction keeps comments from being published; it takes none down that already is.
    public = comment.state is State.APPROVED
    standing = Standing.NONE if public and author.standing in SANCTIONS else author.standing
    # The author's record counts this very comment, which had no decision when it came in.
    context = Context(
        author_approved=author.approved - (comment.state is State.APPROVED),
        author_rejected=author.rejected - (comment.state is State.REJECTED),
        author_standing=standing,
        article_mode=comment.article.mode,
        repeats=comment.repeats,
    )
    decision = decide(policy, comment, scores, context)
    return Rescored(record, decision, scores, policy.name, author.rulings)


async def apply(store: Store, plan: Plan, outcome: Outcome, tick: Tick) -> None:
    """Does what the plan says, and counts in ``outcome``.

    Each comment is changed whole or not at all, so it may be cancelled at any time and run again.
    Raises PlanError, before it changes anything, where what was shown would not be true any more.
    """
    await _must_still_be_true(store, plan)
    rest = iter(plan.rescored)
    while batch := list(islice(rest, _AT_ONCE)):
        doing = asyncio.ensure_future(store.rescoring.apply(batch))
        try:
            await asyncio.shield(doing)
        finally:
            # Cancelled, too: what Redis was told it does, so it must be counted.
            outcome.count(await doing)
        tick(len(batch))


async def _must_still_be_true(store: Store, plan: Plan) -> None:
    for site, (_, version) in plan.policies.items():
        if await store.policies.current_version(site) != version:
            raise PlanError(
                f"The policy of {site} was changed meanwhile: nothing was done. Run it again to "
                "see what the new one would do."
            )
    in_use = await store.models.in_use()
    if in_use is not None and (in_use.name, in_use.version) != (
        plan.model.name,
        plan.model.version,
    ):
        raise PlanError(
            f"The scorers use {in_use} now, and this was scored by {plan.model}: nothing was "
            "done. Run it again."
        )
