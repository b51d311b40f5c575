"""Each condition: when it holds, when it does not, and when that cannot be told."""

from __future__ import annotations

import pytest

from moderato.domain.author import Standing
from moderato.domain.comment import ArticleMode, Comment, State
from moderato.domain.policy import Context, decide, explain
from moderato.domain.scores import Scores
from tests.domain.samples import comment, one_rule, scores

CLOSED, PREMOD = ArticleMode.CLOSED, ArticleMode.PREMOD
NOBODY = Context()
TRUSTED = Context(author_standing=Standing.TRUSTED)
READ_FIRST = Context(author_standing=Standing.PREMODERATED)
SCORED = scores(toxicity=0.9, insult=0.5)

#: What is asked, the comment, its scores, the context, and the answer.
CASES: list[tuple[str, Comment, Scores | None, Context, bool | None]] = [
    ('scores = { toxicity = ">= 0.9" }', comment(), SCORED, NOBODY, True),
    ('scores = { toxicity = "> 0.9" }', comment(), SCORED, NOBODY, False),
    ('scores = { toxicity = "<= 0.9" }', comment(), SCORED, NOBODY, True),
    ('scores = { toxicity = "< 0.9" }', comment(), SCORED, NOBODY, False),
    ('scores = { toxicity = "= 0.9" }', comment(), SCORED, NOBODY, True),
    ('scores = { insult = "between 0.5 and 0.6" }', comment(), SCORED, NOBODY, True),
    ('scores = { insult = "between 0.51 and 0.6" }', comment(), SCORED, NOBODY, False),
    ('scores = { toxicity = ">= 0.9", insult = ">= 0.5" }', comment(), SCORED, NOBODY, True),
    ('scores = { toxicity = ">= 0.9", insult = ">= 0.6" }', comment(), SCORED, NOBODY, False),
    ('scores = { toxicity = ">= 0.0" }', comment(), None, NOBODY, None),
    # Nor does what the model in use does not score, though another model may.
    ('scores = { sexual_explicit = ">= 0.0" }', comment(), SCORED, NOBODY, None),
    ('not = { scores = { sexual_explicit = ">= 0.0" } }', comment(), SCORED, NOBODY, None),
    ('any_score = { sexual_explicit = ">= 0.0" }', comment(), SCORED, NOBODY, None),
    ('any_score = { toxicity = ">= 0.95", insult = ">= 0.5" }', comment(), SCORED, NOBODY, True),
    ('any_score = { toxicity = ">= 0.95", insult = ">= 0.6" }', comment(), SCORED, NOBODY, False),
    ('any_score = ">= 0.9"', comment(), SCORED, NOBODY, True),
    ('any_score = ">= 0.95"', comment(), SCORED, NOBODY, False),
    ('any_score = ">= 0.0"', comment(), None, NOBODY, None),
    ('words = "rude"', comment("You twit!"), SCORED, NOBODY, True),
    ('words = "rude"', comment("You tw1t!"), None, NOBODY, True),
    ('words = "rude"', comment("twitter"), SCORED, NOBODY, False),
    ('words = ["rude", "spam"]', comment("cheap pills"), SCORED, NOBODY, True),
    ('links = "> 1"', comment("a.com b.com"), SCORED, NOBODY, True),
    ('links = "> 1"', comment("a.com"), SCORED, NOBODY, False),
    ('links_outside = ["a.com"]', comment("www.a.com and a.com/x"), SCORED, NOBODY, False),
    ('links_outside = ["a.com"]', comment("a.com b.com"), SCORED, NOBODY, True),
    ('links_outside = "a.com"', comment("no link"), SCORED, NOBODY, False),
    ('author_approved = "< 1"', comment(), SCORED, Context(author_approved=0), True),
    ('author_approved = "< 1"', comment(), SCORED, Context(author_approved=1), False),
    ('author_approved = "< 1"', comment(), SCORED, NOBODY, None),
    ('author_rejected = ">= 2"', comment(), SCORED, Context(author_rejected=2), True),
    ('author_rejected_share = ">= 0.5"', comment(), SCORED, Context(2, 2), True),
    ('author_rejected_share = ">= 0.5"', comment(), SCORED, Context(3, 2), False),
    ('author_rejected_share = ">= 0.0"', comment(), SCORED, Context(0, 0), None),
    ("author_trusted = true", comment(), SCORED, TRUSTED, True),
    (
        "author_trusted = true",
        comment(),
        SCORED,
        READ_FIRST,
        False,
    ),
    (
        "author_trusted = false",
        comment(),
        SCORED,
        READ_FIRST,
        True,
    ),
    ("author_trusted = false", comment(), SCORED, NOBODY, True),
    ('article = "closed"', comment(mode=CLOSED), SCORED, NOBODY, True),
    ('article = "closed"', comment(), SCORED, NOBODY, False),
    ('article = "closed"', comment(), SCORED, Context(article_mode=CLOSED), True),
    ('article = ["closed", "premod"]', comment(mode=PREMOD), SCORED, NOBODY, True),
    ('repeats = ">= 3"', comment(repeats=3), SCORED, NOBODY, True),
    ('repeats = ">= 3"', comment(repeats=2), SCORED, NOBODY, False),
    ('repeats = ">= 3"', comment(repeats=2), SCORED, Context(repeats=3), True),
    ("language_known = false", comment(), scores(language_known=False), NOBODY, True),
    ("language_known = false", comment(), SCORED, NOBODY, False),
    ("language_known = false", comment(), None, NOBODY, None),
    ('language = ["de", "fr"]', comment(), scores(language="fr"), NOBODY, True),
    ('language = ["de", "fr"]', comment(), SCORED, NOBODY, False),
    ('language = "de"', comment(language="de"), None, NOBODY, True),
    ('language = "de"', comment(), scores(language=None), NOBODY, None),
    ('folded_gain = ">= 0.3"', comment(), scores(folded_gain=0.3), NOBODY, True),
    ('folded_gain = ">= 0.3"', comment(), SCORED, NOBODY, False),
    ('folded_gain = ">= 0.3"', comment(), None, NOBODY, None),
    ('length = "> 5"', comment("123456"), SCORED, NOBODY, True),
    ('length = "> 5"', comment("12345"), SCORED, NOBODY, False),
    ("scored = false", comment(), None, NOBODY, True),
    ("scored = false", comment(), SCORED, NOBODY, False),
    ("scored = false", comment(), Scores({}, "test", "1"), NOBODY, True),
    ("scored = false", comment(), scores(toxicity=float("nan")), NOBODY, False),
    ('scores = { toxicity = ">= 0.0" }', comment(), scores(toxicity=float("nan")), NOBODY, None),
    ("always = true", comment(), None, NOBODY, True),
    ('not = { links = ">= 1" }', comment("no link"), SCORED, NOBODY, True),
    ('not = { links = ">= 1" }', comment("a.com"), SCORED, NOBODY, False),
    ('not = { author_approved = ">= 1" }', comment(), SCORED, NOBODY, None),
    ('not = { author_approved = ">= 1", links = ">= 1" }', comment(), SCORED, NOBODY, True),
    ('not = { author_approved = ">= 1", links = "< 1" }', comment(), SCORED, NOBODY, None),
    ("not = { not = { scored = true } }", comment(), SCORED, NOBODY, True),
    ('links = "< 1", scores = { insult = ">= 0.5" }', comment(), SCORED, NOBODY, True),
    ('links = ">= 1", scores = { insult = ">= 0.5" }', comment(), SCORED, NOBODY, False),
    ('links = ">= 1", author_approved = ">= 1"', comment(), SCORED, NOBODY, False),
    ('links = "< 1", author_approved = ">= 1"', comment(), SCORED, NOBODY, None),
]
WORDS = '[words]\nrude = ["twit"]\nspam = ["cheap pills"]\n'


@pytest.mark.parametrize(("when", "posted", "given", "context", "answer"), CASES)
def test_conditions(
    when: str, posted: Comment, given: Scores | None, context: Context, answer: bool | None
) -> None:
    policy = one_rule(when, then="reject", words=WORDS)
    (trace,) = explain(policy, posted, given, context)
    assert trace.matched is answer
    assert trace.decides is (answer is True)
    decided = decide(policy, posted, given, context)
    assert (decided.state is State.REJECTED) is (answer is True)
    assert all(finding.says for finding in trace.findings)


@pytest.mark.parametrize(
    ("when", "plain"),
    [
        ('scores = { severe_toxicity = ">= 0.7" }', "severe toxicity is at least 0.70"),
        (
            'scores = { toxicity = "> 0.7", threat = "< 0.1" }',
            "toxicity is more than 0.70, and threat is less than 0.10",
        ),
        (
            'any_score = { toxicity = "> 0.7", threat = "between 0.1 and 0.2" }',
            "toxicity is more than 0.70 or threat is between 0.10 and 0.20",
        ),
        ('any_score = ">= 0.9"', "any score is at least 0.90"),
        ('words = ["rude", "spam"]', "the text has a word of rude or spam"),
        ('links = "= 2"', "the number of links is exactly 2"),
        (
            'links_outside = ["a.com", "b.com"]',
            "the text links to a site other than a.com or b.com",
        ),
        ("author_trusted = false", "the author is not trusted"),
        ("language_known = true", "the model knows the language"),
        ('article = ["closed", "premod"]', "the article is closed or premod"),
        (
            'not = { scored = true, links = "<= 2" }',
            "not (a model scored the comment and the number of links is at most 2)",
        ),
        ("always = true", "always"),
    ],
)
def test_conditions_in_plain_words(when: str, plain: str) -> None:
    assert one_rule(when, words=WORDS).rules[0].plain == plain
