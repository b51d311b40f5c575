"""The thread readers see, page by page, and articles that open and close."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderato.domain.comment import State
from tests.intake.served import Api, Serve, a_comment

THREAD = "/v1/articles/bridge/comments"


def ids(thread: Any) -> list[str]:
    return [comment["id"] for comment in thread["comments"]]


async def test_a_thread_begins_empty(api: Api) -> None:
    answer = await api.get("/v1/articles/never-seen/comments")
    assert (answer.status, answer.json) == (
        200,
        {
            "article": {
                "id": "never-seen",
                "url": "",
                "title": "",
                "mode": "open",
                "mode_until": None,
                "comments": 0,
            },
            "comments": [],
            "next_cursor": None,
            "last_event_id": "0-0",
        },
    )


async def test_only_what_is_released_is_shown(api: Api) -> None:
    comment = await api.released(
        created_at="2024-05-04T09:30:00Z", external_id="c-1", language="en", metadata={"a": "b"}
    )
    await api.post_comment(a_comment(text="still pending"))
    await api.post_comment(a_comment(text="rejected"))
    await api.backstage.decide(State.REJECTED)
    await api.backstage.publish()
    thread = (await api.get(THREAD)).json
    assert thread["article"]["comments"] == 1
    (shown,) = thread["comments"]
    assert shown.pop("released_at").endswith("Z")
    assert shown == {
        "id": comment,
        "external_id": "c-1",
        "parent": None,
        "author": {"id": "reader-7", "name": "Ada"},
        "text": "At last! I have missed the walk across.",
        "language": "en",
        "created_at": "2024-05-04T09:30:00.000Z",
        "replies": 0,
        "removed": False,
    }


async def test_replies_are_counted_and_found(api: Api) -> None:
    top = await api.released()
    other = await api.released(text="Another")
    reply = await api.released(text="A reply", parent=top)
    deeper = await api.released(text="A reply to it", parent=reply)

    everything = (await api.get(f"{THREAD}?sort=oldest")).json
    assert ids(everything) == [top, other, reply, deeper]
    assert [comment["replies"] for comment in everything["comments"]] == [1, 0, 1, 0]
    assert ids((await api.get(THREAD)).json) == [deeper, reply, other, top]
    assert ids((await api.get(f"{THREAD}?parent=top&sort=oldest")).json) == [top, other]
    assert ids((await api.get(f"{THREAD}?parent={top}")).json) == [reply]
    assert ids((await api.get(f"{THREAD}?parent={deeper}")).json) == []


async def test_a_retracted_comment_leaves_a_gap(start: Serve) -> None:
    api = await start(reports_to_flag=1)
    comment = await api.released(external_id="c-1")
    reply = await api.released(text="A reply", parent=comment)
    await api.post(f"/v1/comments/{comment}/reports", {"reporter": "a"})
    await api.backstage.publish()
    thread = (await api.get(f"{THREAD}?sort=oldest")).json
    assert ids(thread) == [comment, reply]
    assert thread["article"]["comments"] == 1
    gap = thread["comments"][0]
    assert (gap["removed"], gap["text"], gap["author"], gap["released_at"]) == (
        True,
        None,
        None,
        None,
    )
    assert gap["replies"] == 1


async def test_an_erased_comment_is_gone_at_once(api: Api) -> None:
    comment = await api.released()
    await api.request("DELETE", f"/v1/comments/{comment}")
    # Before the publisher has been there.
    answer = await api.get(THREAD)
    assert (answer.json["comments"][0]["removed"], answer.json["comments"][0]["author"]) == (
        True,
        None,
    )


async def test_a_thread_that_did_not_change_is_not_sent_again(api: Api) -> None:
    await api.released()
    first = await api.get(THREAD)
    assert first.headers["Cache-Control"] == "private, no-cache"
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')

    for known in (tag, f'"other", {tag}', "*", tag.removeprefix("W/")):
        same = await api.get(THREAD, If_None_Match=known)
        assert (same.status, same.raw) == (304, b"")
        assert same.headers["ETag"] == tag
        assert same.headers["Cache-Control"] == "private, no-cache"
    assert (await api.get(THREAD, If_None_Match='"other"')).status == 200
    assert (await api.get(THREAD, If_None_Match="nonsense, really")).status == 200
    # Another page of the same thread is another thing.
    assert (await api.get(f"{THREAD}?limit=1", If_None_Match=tag)).status == 200

    await api.released(text="Something new")
    changed = await api.get(THREAD, If_None_Match=tag)
    assert changed.status == 200
    await api.request("PUT", "/v1/articles/bridge", json={"mode": "closed"})
    assert (await api.get(THREAD, If_None_Match=changed.headers["ETag"])).status == 200


@pytest.mark.parametrize("method", ["HEAD"])
async def test_the_head_of_a_thread_can_be_asked_for(api: Api, method: str) -> None:
    answer = await api.request(method, THREAD)
    assert (answer.status, answer.raw) == (200, b"")
    assert answer.headers["ETag"] == (await api.get(THREAD)).headers["ETag"]


async def pages(api: Api, thread: str, query: str) -> list[str]:
    """The ids of a thread, read page by page to its end."""
    found: list[str] = []
    cursor = ""
    while True:
        answer = await api.get(f"{thread}?{query}{cursor}")
        assert answer.status == 200
        found += ids(answer.json)
        if answer.json["next_cursor"] is None:
            return found
        cursor = f"&cursor={answer.json['next_cursor']}"


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    minutes=st.lists(st.integers(0, 4), max_size=12),
    limit=st.integers(1, 5),
    newest_first=st.booleans(),
    erased=st.sets(st.integers(0, 11), max_size=3),
)
async def test_all_pages_together_are_the_thread(
    api: Api, minutes: list[int], limit: int, newest_first: bool, erased: set[int]
) -> None:
    article = {"id": uuid4().hex, "url": "https://news.example/x"}
    posted: list[tuple[str, str]] = []
    for number, minute in enumerate(minutes):
        written = f"2024-05-04T09:0{minute}:00Z"
        answer = await api.post_comment(
            a_comment(article=article, text=f"Comment {number}", created_at=written)
        )
        posted.append((written, answer.json["id"]))
    await api.backstage.decide()
    await api.backstage.publish()
    for number in erased & set(range(len(posted))):
        await api.request("DELETE", f"/v1/comments/{posted[number][1]}")
    await api.backstage.publish()

    sort = "newest" if newest_first else "oldest"
    found = await pages(api, f"/v1/articles/{article['id']}/comments", f"limit={limit}&sort={sort}")
    expected = [comment for _, comment in sorted(posted, reverse=newest_first)]
    assert found == expected


async def test_a_page_goes_on_where_the_last_ended_while_the_thread_grows(api: Api) -> None:
    early = [await api.released(text=f"Comment {n}") for n in range(3)]
    first = (await api.get(f"{THREAD}?limit=2")).json
    await api.released(text="Posted in between")
    rest = (await api.get(f"{THREAD}?limit=2&cursor={first['next_cursor']}")).json
    assert ids(first) + ids(rest) == list(reversed(early))


QUERIES = [
    ("sort=best", "sort", '`sort` is "best".', "It must be 'newest' or 'oldest'."),
    ("limit=0", "limit", '`limit` is "0".', "It must be at least 1."),
    ("limit=101", "limit", '`limit` is "101".', "It must be at most 100."),
    (
        "limit=many",
        "limit",
        '`limit` is "many", not a whole number.',
        "Send a number, such as 20.",
    ),
    (
        "limit=" + "9" * 5_000,
        "limit",
        "`limit` is far too large.",
        "Send a number, such as 20.",
    ),
    (
        "order=newest",
        "order",
        "`order` is not a field here.",
        "Did you mean `sort`? The fields here are `sort`, `limit`, `parent`, `cursor`.",
    ),
    ("limit=1&limit=2", "limit", "`limit` is given twice.", "Give it once."),
    (
        "cursor=nonsense",
        "cursor",
        '`cursor` is "nonsense", which it cannot be.',
        "The `next_cursor` of the page before, with all else the same.",
    ),
    (
        "cursor=AAAAAAAAAAAAAAAAAAAAAA",
        "cursor",
        "`cursor` does not belong to this thread.",
        "Send the `next_cursor` of the page before as it is, or leave it out to begin again.",
    ),
    (
        "parent=none",
        "parent",
        '`parent` is "none", which it cannot be.',
        "`top`: only comments on the article itself. A comment's `id`: only the replies to it. "
        "Left out: all of them.",
    ),
]


@pytest.mark.parametrize(("query", "field", "what", "fix"), QUERIES)
async def test_a_query_that_makes_no_sense_is_explained(
    api: Api, query: str, field: str, what: str, fix: str
) -> None:
    await api.released()
    answer = await api.get(f"{THREAD}?{query}")
    assert answer.status == 422
    assert answer.json["errors"] == [{"part": "query", "field": field, "what": what, "fix": fix}]


ODD_IDS = [
    "a/b",
    "/leading/and/trailing/",
    "https://news.example/2024/05/bridge?x=1&y=2#top",
    "100%",
    "a%2Fb",
    "a+b c",
    "Brücke-über-die-Spree",
    "橋",
    "👩‍👩‍👧",
    "{sN}:x",
    "{}",
    "a;b=c",
    "a\\b",
    "'\"<script>",
    "...",
    "x" * 256,
    ":::",
]


@pytest.mark.parametrize("article", ODD_IDS)
async def test_an_article_may_have_any_id(api: Api, article: str) -> None:
    posted = await api.post_comment(
        a_comment(article={"id": article, "url": "https://news.example/x"})
    )
    assert posted.status == 202
    await api.backstage.decide()
    await api.backstage.publish()
    thread = await api.get(posted.json["links"]["thread"])
    assert posted.json["links"]["thread"] == f"/v1/articles/{quote(article, safe='')}/comments"
    assert thread.status == 200
    assert thread.json["article"]["id"] == article
    assert ids(thread.json) == [posted.json["id"]]
    changed = await api.request(
        "PUT", f"/v1/articles/{quote(article, safe='')}", json={"mode": "premod"}
    )
    assert (changed.json["id"], changed.json["mode"]) == (article, "premod")


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("a%00b", "holds the control character U+0000 at position 1."),
        ("a%0Ab", "holds the control character U+000A at position 1."),
        ("%C2%85", "holds the control character U+0085 at position 0."),
        ("%2E%2E", "is '..', which clients drop from an address."),
        ("x" * 257, "has 257 characters, and at most 256 are allowed."),
    ],
)
async def test_an_article_cannot_have_an_id_no_comment_could_name(
    api: Api, path: str, what: str
) -> None:
    for method, end in (("GET", ""), ("GET", "/comments"), ("GET", "/events")):
        answer = await api.request(method, f"/v1/articles/{path}{end}")
        assert answer.status == 422
        (only,) = answer.json["errors"]
        assert (only["part"], only["field"]) == ("path", "id")
        assert only["what"] == f"`id` {what}"


async def test_broken_percent_encoding_does_no_harm(api: Api) -> None:
    for path in ("%FF", "%ED%A0%80", "%", "%zz", "%u0041"):
        assert (await api.get(f"/v1/articles/{path}/comments")).status == 200
        assert (await api.get(f"/v1/articles/x/comments?parent={path}")).status == 422


async def test_an_article_can_be_closed_and_opened(api: Api) -> None:
    assert (await api.get("/v1/articles/bridge")).json == {
        "id": "bridge",
        "url": "",
        "title": "",
        "mode": "open",
        "mode_until": None,
        "comments": 0,
    }
    for mode in ("closed", "premod", "open"):
        put = await api.request("PUT", "/v1/articles/bridge", json={"mode": mode})
        assert (put.status, put.json["mode"]) == (200, mode)
    await api.request("PUT", "/v1/articles/bridge", json={"mode": "premod"})
    # A comment neither opens it again nor takes away what is known of it.
    await api.post_comment()
    await api.post_comment(a_comment(article={"id": "bridge", "url": "https://news.example/new"}))
    assert (await api.get("/v1/articles/bridge")).json == {
        "id": "bridge",
        "url": "https://news.example/new",
        "title": "The bridge",
        "mode": "premod",
        "mode_until": None,
        "comments": 0,
    }


async def test_a_closed_article_refuses_new_comments_and_says_until_when(api: Api) -> None:
    before = await api.post_comment(Idempotency_Key="earlier")
    put = await api.request("PUT", "/v1/articles/bridge", json={"mode": "closed"})
    assert (put.json["mode"], put.json["mode_until"]) == ("closed", None)
    refused = await api.post_comment()
    assert (refused.status, refused.json["type"]) == (409, "/docs#article-closed")
    assert refused.json["detail"].startswith("Article 'bridge' takes no comments. ")
    assert "until" not in refused.json
    # What was taken in before is answered as the first time.
    again = await api.post_comment(Idempotency_Key="earlier")
    assert (again.status, again.json["id"]) == (202, before.json["id"])

    until = "2999-05-04T06:00:00.000Z"
    put = await api.request(
        "PUT", "/v1/articles/bridge", json={"mode": "closed", "until": "2999-05-04T08:00:00+02:00"}
    )
    assert (put.json["mode"], put.json["mode_until"]) == ("closed", until)
    refused = await api.post_comment()
    assert refused.json["until"] == until
    assert f"takes no comments until {until}." in refused.json["detail"]
    # Another article is another thing.
    other = a_comment(article={"id": "ferry", "url": "https://news.example/ferry"})
    assert (await api.post_comment(other)).status == 202

    await api.request("PUT", "/v1/articles/bridge", json={"mode": "open"})
    assert (await api.post_comment()).status == 202


async def test_an_end_that_is_over_is_explained(api: Api) -> None:
    put = await api.request(
        "PUT", "/v1/articles/bridge", json={"mode": "closed", "until": "2020-05-04T06:00:00Z"}
    )
    assert put.status == 422
    (only,) = put.json["errors"]
    assert (only["field"], only["what"]) == ("/until", "`until` is over already.")
    assert (await api.get("/v1/articles/bridge")).json["mode"] == "open"
    put = await api.request("PUT", "/v1/articles/bridge", json={"mode": "open", "until": "soon"})
    assert put.json["errors"][0]["what"] == "`until` is not a time."


async def test_an_unknown_mode_is_explained(api: Api) -> None:
    answer = await api.request("PUT", "/v1/articles/bridge", json={"mode": "shut"})
    assert answer.status == 422
    assert answer.json["errors"] == [
        {
            "part": "body",
            "field": "/mode",
            "what": '`mode` is "shut".',
            "fix": "It must be 'open', 'premod' or 'closed'.",
        }
    ]
