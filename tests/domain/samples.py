"""Comments, scores and policies for the tests of the domain."""

from __future__ import annotations

from moderato.domain.comment import Article, ArticleMode, Author, Comment, State, Tighter
from moderato.domain.policy import Policy, parse
from moderato.domain.scores import ATTRIBUTES, Scores


def comment(
    text: str = "Hello.",
    *,
    mode: ArticleMode = ArticleMode.OPEN,
    repeats: int = 1,
    language: str | None = None,
    tighter: Tighter | None = None,
) -> Comment:
    return Comment(
        site="daily",
        id="c1",
        article=Article("a1", "https://daily.example/a1", mode=mode, tighter=tighter),
        author=Author("u1", "Ada"),
        text=text,
        state=State.PENDING,
        version=1,
        received_at=0,
        written_at=0,
        repeats=repeats,
        language=language,
    )


def scores(
    *,
    folded_gain: float = 0.0,
    language: str | None = "en",
    language_known: bool = True,
    **values: float,
) -> Scores:
    """All attributes at 0.01 but those given."""
    return Scores(
        values={**dict.fromkeys(ATTRIBUTES, 0.01), **values},
        model="test",
        model_version="1",
        folded_gain=folded_gain,
        language=language,
        language_known=language_known,
    )


def policy(rules: str, *, otherwise: str = "approve") -> Policy:
    return parse(f'name = "test"\notherwise = "{otherwise}"\n{rules}', "test.toml")


def one_rule(when: str, *, then: str = "flag", words: str = "", more: str = "") -> Policy:
    """A policy with one rule, ``when`` as the inside of an inline table."""
    return policy(f'{words}\n[[rules]]\nname = "it"\nwhen = {{ {when} }}\nthen = "{then}"\n{more}')
