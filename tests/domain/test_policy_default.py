"""The default policy: sensible, and stricter the more toxic a comment is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderato.domain.author import Standing
from moderato.domain.comment import ArticleMode, Comment, State, Tighter
from moderato.domain.policy import Context, decide, read
from moderato.domain.scores import ATTRIBUTES, Scores
from moderato.policies import default_text, load_default
from tests.domain.samples import comment, scores

REGULAR = Context(author_approved=20, author_rejected=1)
NEWCOMER = Context(author_approved=0, author_rejected=0)
TRUSTED_NEWCOMER = Context(0, 0, Standing.TRUSTED)
RUDE = scores(toxicity=0.97, insult=0.9)

DECISIONS: list[tuple[Comment, Scores | None, Context, str, State]] = [
    (comment(), scores(), REGULAR, "otherwise", State.APPROVED),
    (comment(), scores(), NEWCOMER, "otherwise", State.APPROVED),
    (comment("see a.com"), scores(), REGULAR, "otherwise", State.APPROVED),
    (comment(mode=ArticleMode.CLOSED), scores(), REGULAR, "closed-article", State.REJECTED),
    (comment(), scores(severe_toxicity=0.9), REGULAR, "severely-toxic", State.REJECTED),
    (comment(), scores(threat=0.97), REGULAR, "threat", State.FLAGGED),
    (comment(), scores(identity_attack=0.97), REGULAR, "attack-on-a-group", State.FLAGGED),
    (comment(), scores(toxicity=0.99, insult=0.95), REGULAR, "certainly-toxic", State.REJECTED),
    (comment(), scores(toxicity=0.99, insult=0.6), REGULAR, "probably-toxic", State.FLAGGED),
    (comment(), RUDE, REGULAR, "probably-toxic", State.FLAGGED),
    (comment(), scores(toxicity=0.55, obscene=0.3), REGULAR, "probably-toxic", State.FLAGGED),
    (comment(), scores(toxicity=0.85, insult=0.2), REGULAR, "otherwise", State.APPROVED),
    (comment(), scores(toxicity=0.95, insult=0.2), REGULAR, "very-toxic", State.FLAGGED),
    (comment(), None, REGULAR, "unscored", State.FLAGGED),
    (comment(), scores(language_known=False), REGULAR, "unknown-language", State.FLAGGED),
    (comment(mode=ArticleMode.PREMOD), scores(), REGULAR, "premoderated-article", State.FLAGGED),
    (comment(tighter=Tighter()), scores(), NEWCOMER, "newcomer-on-tighter-article", State.FLAGGED),
    (comment(tighter=Tighter()), scores(toxicity=0.65), REGULAR, "very-toxic", State.FLAGGED),
    (comment(tighter=Tighter()), scores(toxicity=0.6), REGULAR, "otherwise", State.APPROVED),
    (comment("go k\u200bys"), scores(), REGULAR, "death-wish", State.FLAGGED),
    (comment("Please  K1LL YOURSELF"), scores(), REGULAR, "death-wish", State.FLAGGED),
    (comment("what a f4ggot"), scores(), REGULAR, "slur", State.FLAGGED),
    (comment("The Pakistani cricketer"), scores(), REGULAR, "otherwise", State.APPROVED),
    (comment(), scores(threat=0.4), REGULAR, "threat", State.FLAGGED),
    (comment(), scores(identity_attack=0.6), REGULAR, "attack-on-a-group", State.FLAGGED),
    (comment(), scores(insult=0.7), REGULAR, "insult", State.FLAGGED),
    (comment(), scores(toxicity=0.45), REGULAR, "otherwise", State.APPROVED),
    (comment(), scores(toxicity=0.45), NEWCOMER, "newcomer-maybe-toxic", State.FLAGGED),
    (comment(), scores(folded_gain=0.4), REGULAR, "disguised", State.FLAGGED),
    (comment(repeats=3), scores(), REGULAR, "repeated", State.FLAGGED),
    (comment("a.com b.com c.com"), scores(), REGULAR, "many-links", State.FLAGGED),
    (comment("see a.com"), scores(), NEWCOMER, "newcomer-with-link", State.FLAGGED),
    (comment(), scores(), Context(3, 4), "often-rejected-author", State.FLAGGED),
    (comment(), scores(), Context(0, 2), "otherwise", State.APPROVED),
    # Trust spares an author what is asked of newcomers; what is toxic stays toxic.
    (comment("see a.com"), scores(), TRUSTED_NEWCOMER, "otherwise", State.APPROVED),
    (comment(), scores(toxicity=0.45), TRUSTED_NEWCOMER, "otherwise", State.APPROVED),
    (comment(), RUDE, TRUSTED_NEWCOMER, "probably-toxic", State.FLAGGED),
    (comment(), scores(severe_toxicity=0.9), TRUSTED_NEWCOMER, "severely-toxic", State.REJECTED),
    (comment(), scores(), Context(3, 4, Standing.TRUSTED), "otherwise", State.APPROVED),
]


def test_it_has_no_problem_not_even_a_warning() -> None:
    assert read(default_text()).problems == ()


@pytest.mark.parametrize(("posted", "given_scores", "context", "rule", "state"), DECISIONS)
def test_what_it_decides(
    posted: Comment, given_scores: Scores | None, context: Context, rule: str, state: State
) -> None:
    decision = decide(load_default(), posted, given_scores, context)
    assert (decision.rule, decision.state) == (rule, state)
    assert "?" not in decision.reason


def test_every_rule_is_tried_above() -> None:
    assert {case[3] for case in DECISIONS} == {
        *(rule.name for rule in load_default().rules),
        "otherwise",
    }


def test_who_is_rejected_is_told_why() -> None:
    rejecting = [rule for rule in load_default().rules if rule.then == "reject"]
    assert rejecting
    assert all(rule.tell_author for rule in rejecting)


SEVERITY = {State.APPROVED: 0, State.FLAGGED: 1, State.REJECTED: 2}
SCORE = st.floats(0, 1)


@settings(max_examples=500, deadline=None)
@given(
    values=st.fixed_dictionaries(dict.fromkeys(ATTRIBUTES, SCORE)),
    attribute=st.sampled_from(ATTRIBUTES),
    higher=SCORE,
    text=st.sampled_from(["Hello.", "see a.com", "a.com b.com c.com", "what a f4ggot", "kys"]),
    mode=st.sampled_from(ArticleMode),
    context=st.sampled_from([REGULAR, NEWCOMER, Context(), Context(3, 4)]),
    gain=SCORE,
    repeats=st.integers(1, 4),
    language_known=st.booleans(),
    tighter=st.sampled_from([None, Tighter()]),
)
def test_a_higher_score_never_makes_the_outcome_milder(
    values: dict[str, float],
    attribute: str,
    higher: float,
    text: str,
    mode: ArticleMode,
    context: Context,
    gain: float,
    repeats: int,
    language_known: bool,
    tighter: Tighter | None,
) -> None:
    posted = comment(text, mode=mode, repeats=repeats, tighter=tighter)
    raised = {**values, attribute: max(higher, values[attribute])}
    before, after = (
        decide(
            load_default(),
            posted,
            Scores(each, "test", "1", gain, "en", language_known),
            context,
        )
        for each in (values, raised)
    )
    assert SEVERITY[after.state] >= SEVERITY[before.state]
    assert after.priority >= before.priority or after.rule != before.rule
