"""Comments such as a harbour town's newspaper gets, written for the tests and the pictures.

In a text, [[...]] marks the words that the model is said to have found toxic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from moderato.domain.comment import Article, ArticleMode, Author, State
from moderato.domain.decision import Decision
from moderato.domain.scores import Scores
from moderato.store.comments import NewComment
from moderato.store.work import Finished
from tests.life import Life

SITES = {"harbour-times": "Harbour Times", "north-coast": "North Coast Daily"}

FERRY = Article(
    "ferry",
    "https://harbour-times.example/news/ferry-timetable",
    "Council cuts the evening ferry from March",
)
BUDGET = Article(
    "budget",
    "https://harbour-times.example/politics/budget",
    "School budget passes after a nine-hour sitting",
    ArticleMode.PREMOD,
)
FOOTBALL = Article(
    "final", "https://north-coast.example/sport/final", "United throw away a two-goal lead"
)

_MARKED = re.compile(r"\[\[(.+?)\]\]")
_ATTRIBUTES = ("toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack")


@dataclass(frozen=True)
class Sample:
    """``scores`` are in the order of Detoxify's attributes; None: no model has seen it."""

    author: str
    text: str
    scores: tuple[float, ...] | None
    rule: str = ""
    reason: str = ""
    evidence: dict[str, str] = field(default_factory=dict)
    article: Article = FERRY
    site: str = "harbour-times"
    state: State = State.FLAGGED
    replies: bool = False

    @property
    def plain(self) -> str:
        return _MARKED.sub(r"\1", self.text)

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        removed = 0
        spans = []
        for match in _MARKED.finditer(self.text):
            begin = match.start() - removed
            spans.append((begin, begin + len(match[1])))
            removed += 4
        return tuple(spans)


def _toxic(value: float) -> dict[str, str]:
    return {"toxicity": f"{value:.2f}"}


def _done(author: str, text: str, state: State = State.APPROVED, **more: Any) -> Sample:
    return Sample(author, text, (0.02,) * 6, state=state, **more)


#: Decided already, for the records of their authors; later samples answer the last of them.
BEFORE = (
    _done("Maren Holt", "Good reporting. Who sat on the committee?", article=BUDGET),
    _done("Rolf B.", "The 21:40 is always full on Fridays."),
    _done("Rolf B.", "Who counted, and on which day?"),
    _done("Rolf B.", "Idiots, every one of you.", State.REJECTED),
    _done("Jonas Pell", "I take the 21:40 twice a week. What now?"),
    _done("Jonas Pell", "The survey was held in August, when nobody is here."),
    _done(
        "Edda Lindqvist",
        "I have worked on that ferry for eleven years. On a winter evening there are four "
        "passengers on board, and two of them are crew going home. I would rather see the money "
        "go into a morning boat that is not full.",
    ),
)

SAMPLES = (
    Sample(
        "Rolf B.",
        "Eleven years and still no clue. You are [[a complete idiot]] if you believe four "
        "passengers is normal, and the council are [[a pack of liars]]. Ride the 21:40 on a "
        "Friday and count again. Until then spare us your [[stupid]] stories.",
        (0.94, 0.11, 0.41, 0.02, 0.91, 0.03),
        "insult",
        "The model is fairly sure that it insults somebody.",
        {"toxicity": "0.94", "insult": "0.91"},
        replies=True,
    ),
    Sample(
        "nightowl_77",
        "Somebody should [[push the whole council off the pier]] and see whether they can swim. "
        "[[Clowns.]]",
        (0.87, 0.09, 0.12, 0.58, 0.49, 0.02),
        "threat",
        "It may threaten somebody.",
        {"threat": "0.58"},
    ),
    Sample(
        "Petra Vos",
        "Typical. The north end pays and the south end gets the boats. You lot are "
        "[[too thick]] to read a timetable anyway.",
        (0.81, 0.02, 0.10, 0.01, 0.72, 0.08),
        "toxic",
        "The model is fairly sure that it is toxic.",
        _toxic(0.81),
    ),
    Sample(
        "HarbourCarsDirect",
        "No ferry no problem!! Rent from us, first day free: https://cars.example/ferry-deal",
        (0.04, 0.0, 0.01, 0.0, 0.01, 0.0),
        "links",
        "It has a link, and its author has no comment approved yet.",
        {"links": "1", "approved": "0"},
    ),
    Sample(
        "Maren Holt",
        "Nine hours, and the only person who had read the annex was the caretaker. Bloody "
        "embarrassing for everyone who voted yes.",
        (0.62, 0.02, 0.31, 0.0, 0.33, 0.01),
        "premoderated-article",
        "This article's comments are all read before they appear.",
        {"mode": "premod"},
        article=BUDGET,
    ),
    Sample(
        "Tuomas",
        "Iltavuoro loppuu klo 22, millä minä sitten pääsen kotiin?",
        (0.22, 0.01, 0.03, 0.01, 0.05, 0.02),
        "unknown-language",
        "The model does not know this language, so its scores say little.",
        {"language": "fi"},
    ),
    Sample(
        "Gwen A.",
        "First time I write here. My mother is at the hospital across the water and the evening "
        "visit ends at nine. Nobody asked people like us.",
        (0.02, 0.0, 0.01, 0.0, 0.01, 0.0),
        "first-comment",
        "It is this author's first comment.",
        {"received": "1"},
    ),
    Sample(
        "TerraceTom",
        "Two goals up and they defend like [[drunk pigeons]]. Sack the lot, starting with that "
        "[[useless fraud]] on the touchline.",
        (0.78, 0.03, 0.14, 0.01, 0.69, 0.01),
        "toxic",
        "The model is fairly sure that it is toxic.",
        _toxic(0.78),
        article=FOOTBALL,
        site="north-coast",
    ),
    Sample(
        "Ingrid S.",
        "The keeper is nineteen. Perhaps be angry at the people who are paid to plan.",
        (0.08, 0.0, 0.01, 0.0, 0.04, 0.0),
        "first-comment",
        "It is this author's first comment.",
        {"received": "1"},
        article=FOOTBALL,
        site="north-coast",
    ),
    Sample(
        "Jonas Pell", "Is there a petition already? I would sign it.", None, state=State.PENDING
    ),
    Sample("Bea", "Please print the new timetable!", None, state=State.PENDING),
)


async def play(life: Life, samples: tuple[Sample, ...], parent: str | None = None) -> list[str]:
    """Takes ``samples`` in, scores them and decides; returns their ids."""
    ids = []
    for number, sample in enumerate(samples):
        comment = NewComment(
            site=sample.site,
            article=sample.article,
            author=Author(sample.author.lower().replace(" ", "-"), sample.author),
            text=sample.plain,
            parent=parent if sample.replies else None,
        )
        ids.append(await life.accept(comment))
        await life.store.articles.set_mode(sample.site, sample.article.id, sample.article.mode)
        if sample.state is State.PENDING:
            continue
        priority = 0.95 - 0.05 * number
        await finish(life, sample, priority)
    return ids


async def finish(life: Life, sample: Sample, priority: float) -> None:
    """Decides on the one comment that waits for the scorer, as ``sample`` says."""
    (job,) = await life.jobs()
    assert sample.scores is not None
    scores = Scores(
        values=dict(zip(_ATTRIBUTES, sample.scores, strict=True)),
        model="compact",
        model_version="1",
        language="fi" if sample.rule == "unknown-language" else "en",
        language_known=sample.rule != "unknown-language",
        spans=sample.spans,
    )
    decision = Decision(
        state=sample.state,
        rule=sample.rule,
        reason=sample.reason,
        evidence=sample.evidence,
        priority=priority,
        policy_version="default-1",
    )
    finished = Finished(job, decision, scores, "default")
    assert await life.store.work.finish(life.scorer, [finished]) == ["done"]
