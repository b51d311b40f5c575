"""A policy held tighter: approves less, rejects no more, and says so."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderato.domain.comment import State, Tighter
from moderato.domain.policy import Context, bounds, decide, explain, parse, read, tightened
from moderato.domain.scores import Scores
from moderato.policies import load_default
from tests.domain.samples import comment, one_rule, policy, scores

TIGHT = Tighter(until=1_795_676_400_000)


@pytest.mark.parametrize(
    ("then", "written", "becomes"),
    [
        ("flag", ">= 0.5", "at least 0.35"),
        ("flag", "> 0.35", "more than 0.245"),
        ("flag", "between 0.4 and 0.6", "between 0.28 and 0.60"),
        ("flag", "< 0.5", "less than 0.50"),
        ("flag", "= 0.5", "exactly 0.50"),
        ("approve", "< 0.2", "less than 0.14"),
        ("approve", "between 0.1 and 0.2", "between 0.10 and 0.14"),
        ("approve", "between 0.18 and 0.2", "between 0.18 and 0.18"),
        ("approve", ">= 0.5", "at least 0.50"),
        ("reject", ">= 0.9", "at least 0.90"),
    ],
)
def test_bounds_move_so_that_less_is_approved(then: str, written: str, becomes: str) -> None:
    rules = one_rule(f'scores = {{ toxicity = "{written}" }}', then=then)
    (rule,) = tightened(rules).rules
    assert rule.plain == f"toxicity is {becomes}"
    some = one_rule(f'any_score = {{ toxicity = "{written}" }}', then=then)
    assert tightened(some).rules[0].plain == f"toxicity is {becomes}"
    every = one_rule(f'any_score = "{written}"', then=then)
    assert tightened(every).rules[0].plain == f"any score is {becomes}"


def test_what_a_rule_leaves_out_moves_the_other_way() -> None:
    flags = one_rule('not = { scores = { toxicity = "< 0.5" } }')
    assert tightened(flags).rules[0].plain == "not (toxicity is less than 0.35)"
    approves = one_rule('not = { scores = { toxicity = ">= 0.5" } }', then="approve")
    assert tightened(approves).rules[0].plain == "not (toxicity is at least 0.35)"


def test_other_numbers_stay() -> None:
    rules = one_rule('author_approved = "< 3", folded_gain = ">= 0.5", links = "> 2"')
    assert tightened(rules) == rules


def test_the_factor_is_the_policys_own() -> None:
    rules = policy(
        "[tighter]\nfactor = 0.5\n"
        '[[rules]]\nname = "it"\nwhen.scores.toxicity = ">= 0.5"\nthen = "flag"'
    )
    assert tightened(rules).rules[0].plain == "toxicity is at least 0.25"
    assert [bound.at for bound in bounds(tightened(rules))] == [0.25]


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("tighter = 0.5", '3: "tighter" must be a table, not the number 0.5'),
        ("[tighter]\nfactor = 0", '4: "factor" is 0 → use a number above 0, up to 1'),
        ("[tighter]\nfactor = 1.1", '4: "factor" is 1.1 → use a number above 0, up to 1'),
        ("[tighter]\nfactor = true", '4: "factor" must be a number, not true'),
        ("[tighter]\nfaktor = 0.5", '4: unknown key "faktor" → did you mean "factor"?'),
    ],
)
def test_a_factor_that_makes_no_sense_is_explained(written: str, problem: str) -> None:
    reading = read(
        f'name = "a"\notherwise = "flag"\n{written}\n'
        '[[rules]]\nname = "it"\nwhen.links = "> 1"\nthen = "flag"'
    )
    assert reading.policy is None
    assert [str(one)[: len(problem)] for one in reading.problems] == [problem]


def test_the_reason_says_until_when() -> None:
    rules = one_rule('scores = { toxicity = ">= 0.5" }')
    posted, given_scores = comment(tighter=TIGHT), scores(toxicity=0.4)
    decision = decide(rules, posted, given_scores, Context())
    assert (decision.state, decision.rule) == (State.FLAGGED, "it")
    assert decision.reason == (
        "Toxicity 0.40 is at least 0.35. This article is held tighter until 2026-11-26 07:00 UTC."
    )
    assert decision.evidence == {"toxicity": "0.40", "tighter": "until 2026-11-26 07:00 UTC"}
    (trace,) = explain(rules, posted, given_scores, Context())
    assert (trace.decides, trace.findings[0].says) == (True, "toxicity 0.40 is at least 0.35")
    assert decide(rules, comment(), given_scores, Context()).state is State.APPROVED


def test_without_an_end_the_reason_names_none() -> None:
    rules = one_rule("tighter = true")
    decision = decide(rules, comment(), scores(), Context(article_tighter=Tighter()))
    assert decision.reason == "The article is held tighter. This article is held tighter."
    assert decision.evidence == {"tighter": "yes"}


NAMES = st.sampled_from(["toxicity", "insult", "absent"])
SHARE = st.floats(0, 1).map(lambda value: round(value, 3))
COMPARISONS = st.one_of(
    st.builds("{} {:.3f}".format, st.sampled_from([">=", ">", "<", "<=", "="]), SHARE),
    st.tuples(SHARE, SHARE).map(lambda ends: f"between {min(ends):.3f} and {max(ends):.3f}"),
)
CONDITIONS = st.one_of(
    st.builds('scores = {{ {} = "{}" }}'.format, NAMES, COMPARISONS),
    st.builds('any_score = {{ {} = "{}" }}'.format, NAMES, COMPARISONS),
    st.builds('any_score = "{}"'.format, COMPARISONS),
    st.sampled_from(['author_approved = "< 1"', "scored = true"]),
)
WHEN = st.one_of(CONDITIONS, CONDITIONS.map("not = {{ {} }}".format))
RULES = st.lists(st.tuples(WHEN, st.sampled_from(["approve", "flag", "reject"])), max_size=6)


@settings(max_examples=500, deadline=None)
@given(
    rules=RULES,
    otherwise=st.sampled_from(["approve", "flag", "reject"]),
    factor=st.floats(0.01, 1),
    values=st.fixed_dictionaries({"toxicity": SHARE, "insult": SHARE}),
    is_scored=st.booleans(),
    context=st.builds(Context, author_approved=st.sampled_from([None, 0, 9])),
)
def test_what_is_approved_when_tighter_is_approved_anyhow(
    rules: list[tuple[str, str]],
    otherwise: str,
    factor: float,
    values: dict[str, float],
    is_scored: bool,
    context: Context,
) -> None:
    written = "".join(
        f'[[rules]]\nname = "{number}"\nwhen = {{ {when} }}\nthen = "{then}"\n'
        for number, (when, then) in enumerate(rules)
    )
    text = f'name = "x"\notherwise = "{otherwise}"\n[tighter]\nfactor = {factor}\n{written}'
    reading = read(text if rules else f"{text}rules = []")
    if reading.policy is None:  # such as a rule that can never decide
        return
    given_scores = Scores(values, "test", "1") if is_scored else None
    plain = decide(reading.policy, comment(), given_scores, context)
    tight = decide(reading.policy, comment(tighter=Tighter()), given_scores, context)
    if tight.state is State.APPROVED:
        assert plain.state is State.APPROVED
    if plain.state is State.REJECTED:
        assert tight.state in {State.REJECTED, State.FLAGGED}


def test_the_default_policy_rejects_no_more_when_tighter() -> None:
    default = load_default()
    changed = [
        mine.then
        for mine, its in zip(default.rules, tightened(default).rules, strict=True)
        if mine != its
    ]
    assert set(changed) == {"flag"}
    assert len(changed) == 6


def test_a_policy_that_says_nothing_keeps_its_version() -> None:
    text = (
        'name = "x"\notherwise = "flag"\n[[rules]]\nname = "a"\nwhen.links = "> 1"\nthen = "flag"'
    )
    assert parse(text, "x").tighter == 0.7
    assert parse(text, "x").version != parse(f"{text}\n[tighter]\nfactor = 0.7", "x").version
