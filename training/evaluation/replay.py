"""The default policy on scored texts, by the code that decides on real comments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from moderato.domain.comment import Article, ArticleMode, Author, Comment, State
from moderato.domain.decision import Decision
from moderato.domain.policy import Context, Policy, decide
from moderato.domain.scores import Scores
from moderato.policies import load_default

#: An author who is neither new nor has ever been rejected.
REGULAR = Context(author_approved=20, author_rejected=0)


def decisions(
    texts: Sequence[str],
    scores: Iterable[Scores],
    policy: Policy | None = None,
    context: Context = REGULAR,
) -> list[Decision]:
    """What ``policy``, by default the default one, decides on each text under an open article."""
    chosen = policy or load_default()
    return [
        decide(chosen, _comment(text), found, context)
        for text, found in zip(texts, scores, strict=True)
    ]


def _comment(text: str) -> Comment:
    return Comment(
        site="",
        id="",
        article=Article(id="", url="", mode=ArticleMode.OPEN),
        author=Author(id="", name=""),
        text=text,
        state=State.PENDING,
        version=1,
        received_at=0,
        written_at=0,
    )
