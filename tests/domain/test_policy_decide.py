"""From rules to a decision: order, reasons, evidence, priority."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from moderato.domain.author import SANCTIONS, Standing
from moderato.domain.comment import ArticleMode, State
from moderato.domain.policy import Context, decide, explain
from moderato.domain.policy.decide import UNSCORED_PRIORITY, severity
from moderato.domain.scores import ATTRIBUTES, Scores
from tests.domain.samples import comment, one_rule, policy, scores

THREE = policy(
    """
[[rules]]
name = "certain"
when.scores = { toxicity = ">= 0.9" }
then = "reject"
[[rules]]
name = "maybe"
when.scores = { toxicity = ">= 0.5" }
then = "flag"
[[rules]]
name = "friend"
when.author_trusted = true
then = "approve"
""",
    otherwise="flag",
)


@pytest.mark.parametrize(
    ("toxicity", "trusted", "rule", "state"),
    [
        (0.95, True, "certain", State.REJECTED),
        (0.6, True, "maybe", State.FLAGGED),
        (0.1, True, "friend", State.APPROVED),
        (0.1, False, "otherwise", State.FLAGGED),
    ],
)
def test_the_first_rule_that_matches_decides(
    toxicity: float, trusted: bool, rule: str, state: State
) -> None:
    standing = Standing.TRUSTED if trusted else Standing.NONE
    given_scores, context = scores(toxicity=toxicity), Context(author_standing=standing)
    decision = decide(THREE, comment(), given_scores, context)
    assert (decision.rule, decision.state) == (rule, state)
    assert decision.policy_version == THREE.version
    traces = explain(THREE, comment(), given_scores, context)
    assert [trace.rule.name for trace in traces] == ["certain", "maybe", "friend"]
    assert [t.rule.name for t in traces if t.decides] == ([] if rule == "otherwise" else [rule])


def test_explain_tells_of_later_rules_that_match_too() -> None:
    trusted = Context(author_standing=Standing.TRUSTED)
    traces = explain(THREE, comment(), scores(toxicity=0.95), trusted)
    assert [(t.matched, t.decides) for t in traces] == [(True, True), (True, False), (True, False)]


def test_what_no_model_scored_is_not_approved_by_otherwise() -> None:
    lenient = one_rule('links = "> 9"')
    decision = decide(lenient, comment(), None, Context())
    assert decision.state is State.FLAGGED
    assert decision.rule == "otherwise"
    assert "no model scored this comment, so a person must look" in decision.reason


def test_an_editor_may_say_that_unscored_comments_are_approved() -> None:
    open_door = one_rule("scored = false", then="approve")
    assert decide(open_door, comment(), None, Context()).state is State.APPROVED


def test_a_strict_otherwise_holds_for_unscored_comments_too() -> None:
    strict = policy("", otherwise="reject")
    assert decide(strict, comment(), None, Context()).state is State.REJECTED


def test_otherwise_shows_the_highest_score() -> None:
    decision = decide(policy(""), comment(), scores(insult=0.314), Context())
    assert (decision.state, decision.reason) == (State.APPROVED, "No rule matched.")
    assert decision.evidence == {"insult": "0.31"}


REASONS = [
    (
        'scores = { toxicity = ">= 0.9" }',
        "",
        "Toxicity 0.93 is at least 0.90.",
        {"toxicity": "0.93"},
    ),
    (
        'scores = { toxicity = ">= 0.9" }',
        'reason = "Toxic: {toxicity:%} ({toxicity}), {{really}}."',
        "Toxic: 93% (0.93), {really}.",
        {"toxicity": "0.93"},
    ),
    (
        'any_score = { severe_toxicity = ">= 0.5", insult = ">= 0.9" }',
        'reason = "{score:%} sure of {attribute}."',
        "70% sure of severe toxicity.",
        {"severe_toxicity": "0.70", "attribute": "severe toxicity", "score": "0.70"},
    ),
    (
        'words = "rude"',
        'reason = "It says {words}."',
        "It says twit, git.",
        {"words": "twit, git"},
    ),
    ('words = "rude"', "", 'The text has "twit", "git" of the word list rude.', {}),
    (
        'links_outside = "a.com", links = "> 1"',
        'reason = "{links} links, to {hosts}."',
        "2 links, to b.com.",
        {"links": "2", "hosts": "b.com"},
    ),
    (
        'author_rejected_share = "> 0.5", author_approved = "< 3"',
        'reason = "{author_rejected_share:%} of {author_approved} and more"',
        "67% of 2 and more",
        {"author_rejected_share": "0.67", "author_approved": "2"},
    ),
    (
        'article = "open", not = { links = "> 5" }',
        "",
        "The article is open; the number of links (2) is not more than 5.",
        {"article": "open"},
    ),
    ("scored = true", "", "A model scored the comment.", {"scored": "yes"}),
]


@pytest.mark.parametrize(("when", "reason", "expected", "evidence"), REASONS)
def test_reasons_and_evidence(
    when: str, reason: str, expected: str, evidence: dict[str, str]
) -> None:
    rules = one_rule(when, words='[words]\nrude = ["twit", "git*"]', more=reason)
    posted = comment("You twit, gits! www.a.com b.com")
    found = decide(
        rules, posted, scores(toxicity=0.93, severe_toxicity=0.7, insult=0.6), Context(2, 4)
    )
    assert found.rule == "it"
    assert found.reason == expected
    assert not evidence or found.evidence == evidence


@pytest.mark.parametrize(
    ("value", "compared", "shown"),
    [
        (0.8996, "< 0.9", "0.8996"),
        (0.8999999, "< 0.9", "0.8999999"),
        (0.9004, ">= 0.9", "0.90"),
        (0.9004, "> 0.9", "0.9004"),
        (0.123, "< 0.9", "0.12"),
    ],
)
def test_a_shown_score_never_contradicts_the_rule(value: float, compared: str, shown: str) -> None:
    rules = one_rule(f'scores = {{ toxicity = "{compared}" }}')
    decision = decide(rules, comment(), scores(toxicity=value), Context())
    assert decision.evidence == {"toxicity": shown}


@pytest.mark.parametrize(
    ("value", "percent"),
    [(0.29, "29%"), (0.296, "30%"), (0.996, "99%"), (0.99999, "99%"), (1.0, "100%"), (0.0, "0%")],
)
def test_only_certainty_is_100_percent(value: float, percent: str) -> None:
    rules = one_rule('scores = { toxicity = ">= 0" }', more='reason = "{toxicity:%}"')
    assert decide(rules, comment(), scores(toxicity=value), Context()).reason == percent


def test_the_author_is_told_what_the_rule_says() -> None:
    rules = one_rule(
        'links = "> 1"', then="reject", more='tell_author = "{links} links are too many."'
    )
    decision = decide(rules, comment("a.com b.com"), scores(), Context())
    assert decision.message == "2 links are too many."
    other = decide(rules, comment(), scores(), Context())
    assert other.message == ""


def test_priority_is_the_worst_weighted_score_unless_the_rule_says() -> None:
    assert severity({"toxicity": 0.5, "threat": 0.45}) == pytest.approx(0.45)
    assert severity({"toxicity": 0.9, "threat": 0.45}) == pytest.approx(0.72)
    assert severity({}) == UNSCORED_PRIORITY
    rules = one_rule('links = "< 1"', more="priority = 0.25")
    assert decide(rules, comment(), scores(threat=0.9), Context()).priority == 0.25


ANY_SCORE = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=300, deadline=None)
@given(
    values=st.dictionaries(st.sampled_from([*ATTRIBUTES, "other"]), ANY_SCORE),
    gain=ANY_SCORE,
    language=st.none() | st.text(max_size=3),
    text=st.text(max_size=30),
    context=st.builds(
        Context,
        author_approved=st.none() | st.integers(-1, 5),
        author_rejected=st.none() | st.integers(-1, 5),
        author_standing=st.sampled_from(Standing),
        article_mode=st.none() | st.sampled_from(ArticleMode),
        repeats=st.none() | st.integers(0, 5),
    ),
    is_scored=st.booleans(),
)
@example(
    values={"toxicity": 1.7e308},
    gain=1e300,
    language=None,
    text="hi",
    context=Context(0, 0),
    is_scored=True,
)
def test_deciding_never_fails(
    values: dict[str, float],
    gain: float,
    language: str | None,
    text: str,
    context: Context,
    is_scored: bool,
) -> None:
    rules = policy(
        """
[words]
rude = ["twit*"]
[[rules]]
name = "a"
when = { any_score = ">= 0.9", links = "> 1", words = "rude" }
then = "reject"
[[rules]]
name = "b"
when = { not = { author_rejected_share = "> 0.5", language = "en", folded_gain = "< 0.1" } }
then = "flag"
reason = "b"
[[rules]]
name = "c"
when = { scores = { toxicity = "> 0.1" }, author_approved = ">= 0", length = "> 1" }
then = "flag"
reason = "{toxicity:%} {author_approved}"
"""
    )
    given_scores = Scores(values, "m", "1", gain, language) if is_scored else None
    decision = decide(rules, comment(text), given_scores, context)
    assert 0 <= decision.priority <= 1
    assert decision.reason
    decided = [
        t.rule.name for t in explain(rules, comment(text), given_scores, context) if t.decides
    ]
    by_no_rule = {"otherwise", *(sanction.rule for sanction in SANCTIONS.values())}
    assert decided == ([] if decision.rule in by_no_rule else [decision.rule])
