"""What people ruled about an author: how long it holds, and what it does to a decision."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderato.domain.author import (
    ENDS,
    MAY_END,
    SANCTIONS,
    Ruling,
    Standing,
    standing_of,
)
from moderato.domain.comment import ArticleMode, State
from moderato.domain.policy import Context, Policy, decide, explain
from moderato.policies import load_default
from tests.domain.samples import comment, policy, scores

NOW = st.integers(0, 2**53)
STANDINGS = st.sampled_from(Standing)

#: A site's own policy, which says nothing of authors.
CUSTOM = policy(
    """
[[rules]]
name = "toxic"
when.scores = { toxicity = ">= 0.9" }
then = "reject"
tell_author = "Too toxic."
[[rules]]
name = "maybe"
when.scores = { toxicity = ">= 0.5" }
then = "flag"
[[rules]]
name = "everything"
when.always = true
then = "approve"
"""
)
POLICIES = {"default": load_default(), "custom": CUSTOM}

# How a policy's outcome fares per standing: approved, flagged, rejected.
_AS_IT_IS = (State.APPROVED, State.FLAGGED, State.REJECTED)
OUTCOMES = {
    Standing.NONE: _AS_IT_IS,
    Standing.TRUSTED: _AS_IT_IS,
    Standing.PREMODERATED: (State.FLAGGED, State.FLAGGED, State.REJECTED),
    Standing.SUSPENDED: (State.FLAGGED, State.FLAGGED, State.REJECTED),
    Standing.BANNED: (State.REJECTED, State.REJECTED, State.REJECTED),
}
#: Scores that both policies approve, flag and reject.
SCORED = (
    scores(),
    scores(toxicity=0.6, insult=0.5),
    scores(toxicity=0.99, insult=0.95, severe_toxicity=0.9),
)
STRICTNESS = {State.APPROVED: 0, State.FLAGGED: 1, State.REJECTED: 2}


def ruling(standing: Standing, until: int | None = None) -> Ruling:
    return Ruling(standing, 1, "ben", 0, until)


@given(standing=STANDINGS, until=st.none() | NOW, now=NOW)
def test_a_ruling_holds_until_it_ends_and_only_now_decides(
    standing: Standing, until: int | None, now: int
) -> None:
    holds = until is None or now < until
    assert ruling(standing, until).standing_at(now) is (standing if holds else Standing.NONE)


@given(standing=STANDINGS, until=NOW, now=NOW, later=NOW)
def test_what_has_ended_never_comes_back(
    standing: Standing, until: int, now: int, later: int
) -> None:
    one = ruling(standing, until)
    if one.standing_at(now) is Standing.NONE:
        assert one.standing_at(now + later) is Standing.NONE


@given(now=NOW)
def test_an_author_nobody_ruled_about_has_no_standing(now: int) -> None:
    assert standing_of(None, now) is Standing.NONE
    assert standing_of(ruling(Standing.BANNED), now) is Standing.BANNED


def test_a_suspension_ends_and_a_ban_does_not() -> None:
    assert Standing.SUSPENDED in ENDS <= MAY_END
    assert Standing.BANNED not in MAY_END


@pytest.mark.parametrize("standing", Standing)
@pytest.mark.parametrize("name", POLICIES)
def test_every_policy_respects_every_standing(name: str, standing: Standing) -> None:
    rules: Policy = POLICIES[name]
    context = Context(20, 0, standing)
    decisions = [decide(rules, comment(), each, context) for each in SCORED]
    assert tuple(decision.state for decision in decisions) == OUTCOMES[standing]
    assert all(decision.reason.endswith(".") for decision in decisions)
    # What cannot be scored is no way around a sanction, and neither is an open door.
    unscored = decide(rules, comment(), None, context)
    assert STRICTNESS[unscored.state] >= STRICTNESS[OUTCOMES[standing][0]]


@pytest.mark.parametrize("standing", SANCTIONS)
def test_the_decision_names_the_sanction_only_where_it_made_the_difference(
    standing: Standing,
) -> None:
    sanction, context = SANCTIONS[standing], Context(author_standing=standing)
    civil = decide(CUSTOM, comment(), scores(), context)
    assert (civil.rule, civil.reason) == (sanction.rule, sanction.reason)
    assert civil.policy_version == CUSTOM.version
    assert not any(trace.decides for trace in explain(CUSTOM, comment(), scores(), context))
    toxic = decide(CUSTOM, comment(), scores(toxicity=0.95), context)
    assert (toxic.rule, toxic.message) == ("toxic", "Too toxic.")
    assert decide(CUSTOM, comment(), scores(), Context()).rule == "everything"


@given(
    standing=STANDINGS,
    toxicity=st.floats(0, 1),
    mode=st.sampled_from(ArticleMode),
    name=st.sampled_from(sorted(POLICIES)),
    approved=st.none() | st.integers(0, 5),
)
def test_a_sanction_never_makes_a_decision_milder(
    standing: Standing, toxicity: float, mode: ArticleMode, name: str, approved: int | None
) -> None:
    posted, scored = comment(mode=mode), scores(toxicity=toxicity)
    plain, ruled = (
        decide(POLICIES[name], posted, scored, Context(approved, 0, each))
        for each in (Standing.NONE, standing)
    )
    if standing in SANCTIONS:
        assert STRICTNESS[ruled.state] >= STRICTNESS[plain.state]
        assert ruled.state is not State.APPROVED
    assert ruled.priority == plain.priority or standing is Standing.TRUSTED
