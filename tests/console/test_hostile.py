"""Comments are hostile text: nothing they hold may run, load, or change the page."""

from __future__ import annotations

import pytest
from playwright.async_api import Error, expect

from moderato.domain.comment import Article, Author, State
from moderato.domain.decision import Decision
from moderato.domain.scores import Scores
from moderato.store.comments import NewComment
from moderato.store.work import Finished
from tests.console.browser import Desks, author, settled
from tests.console.conftest import to_harbour
from tests.life import Life

CORPUS = (
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea></template><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<object data='javascript:alert(1)'></object>",
    "<embed src='data:text/html,<script>alert(1)</script>'>",
    "<a href='javascript:alert(1)' autofocus onfocus=alert(1)>x</a>",
    "<form action='javascript:alert(1)'><button>x</button></form>",
    "<details open ontoggle=alert(1)>",
    "<style>*{background:url(//evil.example)}</style>",
    "<link rel=stylesheet href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//evil.example>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "{{constructor.constructor('alert(1)')()}} ${alert(1)} <%= alert(1) %>",
    "javascript:alert(1)//",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#x3c;img src=x onerror=alert(1)&#x3e;",
    "\u202eevil\u202c \u200b\ufeff \u0000 \u2028 \ufffd",
    "Z\u0351\u036b\u0343a\u0334l\u0321g\u033ao\u0353" * 20,
    "__proto__ constructor toString {author} {count}",
    "x" * 3_000,
)


async def test_nothing_in_a_comment_runs_or_loads(desks: Desks) -> None:
    parent = await desks.console.life.accept(_hostile(CORPUS[3]))
    await _finish(desks.console.life, CORPUS[3])
    for text in CORPUS:
        await desks.console.life.accept(_hostile(text, parent))
        await _finish(desks.console.life, text)
    page = await desks.page()
    foreign: list[str] = []
    page.on(
        "request",
        lambda request: (
            foreign.append(request.url) if not request.url.startswith(desks.console.url) else None
        ),
    )
    page = await desks.log_in(page, "ana")
    shown = []
    for _ in range(len(CORPUS) + 1):
        shown.append(await page.locator(".text").text_content())
        # All of it is text: of the page's own elements and no other.
        assert await page.locator("#shown, #context, #items").locator(FOREIGN).count() == 0
        for href in await page.locator("a[href]").evaluate_all("all => all.map(a => a.protocol)"):
            assert href in {"http:", "https:"}
        await page.keyboard.press("j")
    assert set(shown) == set(CORPUS)
    assert await page.title() == f"({len(CORPUS) + 1}) Flagged · Moderato"

    # Every part of the desk: filters, many at once, commands, reasons, notes.
    for key, node in PARTS.items():
        await page.keyboard.press(key)
        await expect(page.locator(node).first).to_be_visible()
        assert await page.locator("dialog, #filters, #chips").locator(FOREIGN_HERE).count() == 0
        await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Only this author").click()
    await page.get_by_role("button", name="Only this article").click()
    await expect(page.locator(".chip-button.on")).to_have_count(2)
    await page.go_back()
    await page.go_back()
    await expect(page.locator(".chip-button.on")).to_have_count(0)
    await settled(page)

    # Its names stand in the messages as well: announced, undone, refused.
    await page.keyboard.press("a")
    await expect(page.locator("#undo")).to_be_visible()
    await page.keyboard.press("u")
    await expect(page.locator("#undo")).to_be_hidden()
    await page.reload()
    await settled(page)
    assert foreign == []
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")


#: A key, and what it opens.
PARTS = {
    "f": "#rules .box",
    "m": "#bulk-first li",
    "Control+k": "#palette-list li",
    "r": "#reject-effects li",
    "e": "#note",
}
#: Elements that the page's own templates never make.
FOREIGN = "script, img, iframe, object, embed, form, style, link, meta, base, math, details"
#: A dialog is a form.
FOREIGN_HERE = FOREIGN.replace("form, ", "")


async def test_hostile_names_of_sites_reasons_and_moderators_stay_text(desks: Desks) -> None:
    life = desks.console.life
    await life.store.sites.create("evil", "<img src=x onerror=alert(1)>")
    comment = await life.flagged(to_harbour(author="<b>Bold</b>"))
    page = await desks.open("ana")
    await expect(author(page)).to_have_text("<b>Bold</b>")
    await life.store.comments.decide(
        "harbour-times",
        comment,
        version=2,
        approve=False,
        by="<img src=x onerror=alert(1)>",
        rule="<svg onload=alert(1)>",
        reason="<img src=x onerror=alert(1)>",
    )
    notice = page.locator(".notice")
    await expect(notice).to_contain_text("Rejected by <img src=x onerror=alert(1)>")
    assert await page.locator("#notices").locator(FOREIGN).count() == 0


async def test_the_tests_would_see_a_violation(desks: Desks) -> None:
    """The control: what the corpus must not do, done on purpose, is noticed."""
    page = await desks.open("ana")
    with pytest.raises(Error, match="TrustedHTML"):
        await page.evaluate("document.body.innerHTML = '<b>x</b>'")
    await page.evaluate(
        """() => {
          const image = new Image();
          image.src = "https://evil.example/x.png";
          document.body.append(image);
        }"""
    )
    async with page.expect_event("dialog"):
        await page.evaluate("() => { setTimeout(() => alert(1)); }")
    assert any("dialog" in trouble for trouble in desks.troubles)
    assert any("img-src" in trouble for trouble in desks.troubles)
    desks.troubles.clear()


def _hostile(text: str, parent: str | None = None) -> NewComment:
    return NewComment(
        site="harbour-times",
        article=Article(id="a1", url="javascript:alert(1)", title=CORPUS[0]),
        author=Author(id=text[:60], name=text[:200]),
        text=text,
        parent=parent,
        metadata={"note": text[:200]},
    )


async def _finish(life: Life, text: str) -> None:
    (job,) = await life.jobs()
    scores = Scores(
        values={"toxicity": 0.9, text[:60]: 0.9},
        model=text[:60],
        model_version=text[:60],
        # Beyond the text, backwards and overlapping: offsets are somebody else's word too.
        spans=((0, 4), (2, 6), (9, 3), (5_000, 9_000)),
    )
    decision = Decision(
        state=State.FLAGGED,
        rule=text[:60],
        reason=text[:400],
        evidence={text[:60]: text[:60]},
        priority=0.5,
        policy_version=text[:60],
    )
    assert await life.store.work.finish(life.scorer, [Finished(job, decision, scores, "x")]) == [
        "done"
    ]
