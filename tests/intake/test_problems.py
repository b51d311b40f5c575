"""What bad input gets: which field, what was wrong, what would be right. Nothing is stored."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.intake.served import Answer, Api, Serve, a_comment

ARTICLE = a_comment()["article"]
JSON = {"Content-Type": "application/json"}


def error(field: str, what: str, fix: str) -> dict[str, str]:
    return {"part": "body", "field": field, "what": what, "fix": fix}


async def send(api: Api, raw: bytes, **headers: str) -> Answer:
    return await api.request("POST", "/v1/comments", data=raw, headers={**JSON, **headers})


async def nothing_was_stored(api: Api) -> bool:
    return (await api.store.work.backlog())["work"] == 0


MISTAKES: list[tuple[object, list[dict[str, str]]]] = [
    (
        {"article": ARTICLE, "author": {"id": "r", "name": "Ada"}},
        [
            error(
                "/text",
                "`text` is missing.",
                "Add it: the comment as the reader wrote it: plain text, never HTML.",
            )
        ],
    ),
    (
        a_comment(body="Hello"),
        [
            error(
                "/body",
                "`body` is not a field here.",
                "Did you mean `text`? The fields here are `article`, `author`, `text`, `parent`, "
                "`language`, `created_at`, `external_id`, `metadata`.",
            )
        ],
    ),
    (
        a_comment(article={**ARTICLE, "titel": "x"}),
        [
            error(
                "/article/titel",
                "`article.titel` is not a field here.",
                "Did you mean `title`? The fields here are `id`, `url`, `title`.",
            )
        ],
    ),
    (
        a_comment(**{"a/b~c": 1}),
        [
            error(
                "/a~1b~0c",
                "`a/b~c` is not a field here.",
                "Remove it. The fields here are `article`, `author`, `text`, `parent`, "
                "`language`, `created_at`, `external_id`, `metadata`.",
            )
        ],
    ),
    (
        a_comment(author="Ada", text=7),
        [
            error(
                "/author",
                "`author` is a string, not an object.",
                "Send an object with the fields `id`, `name`.",
            ),
            error("/text", "`text` is a number, not a string.", "Send a string, in double quotes."),
        ],
    ),
    (
        a_comment(text=" \n\t\u3000"),
        [
            error(
                "/text",
                "`text` has nothing in it but blanks.",
                "Send at least one character that can be seen.",
            )
        ],
    ),
    (
        a_comment(text=""),
        [error("/text", "`text` is empty.", "Send at least one character.")],
    ),
    (
        a_comment(text="x" * 51),
        [
            error(
                "/text",
                "`text` has 51 characters, and at most 50 are allowed.",
                "Shorten it to 50 characters.",
            )
        ],
    ),
    (
        a_comment(text="a\0b"),
        [
            error(
                "/text",
                "`text` holds a NUL character at position 1.",
                "Remove it; every other character may stay.",
            )
        ],
    ),
    (
        a_comment(article={**ARTICLE, "id": "a\nb"}),
        [
            error(
                "/article/id",
                "`article.id` holds the control character U+000A at position 1.",
                "Remove it: only the comment's text may have more than one line.",
            )
        ],
    ),
    (
        a_comment(article={**ARTICLE, "id": ".."}),
        [
            error(
                "/article/id",
                "`article.id` is '..', which clients drop from an address.",
                "Give the article another id.",
            )
        ],
    ),
    (
        a_comment(article={**ARTICLE, "id": "x" * 257}),
        [
            error(
                "/article/id",
                "`article.id` has 257 characters, and at most 256 are allowed.",
                "Shorten it to 256 characters.",
            )
        ],
    ),
    (
        a_comment(article={**ARTICLE, "url": "javascript:alert(1)"}),
        [
            error(
                "/article/url",
                "`article.url` is not the address of a web page.",
                "Send it whole, such as https://news.example/harbour-bridge.",
            )
        ],
    ),
    (
        a_comment(parent="c-1"),
        [
            error(
                "/parent",
                "`parent` is not the id of a comment.",
                "Send the `id` that Moderato gave to the comment: 32 of 0-9 and a-f.",
            )
        ],
    ),
    (
        a_comment(language="English"),
        [
            error(
                "/language",
                "`language` is not a language tag.",
                "Send an ISO 639 code or a BCP 47 tag, such as en, de or pt-BR.",
            )
        ],
    ),
    *(
        (
            a_comment(created_at=given),
            [
                error(
                    "/created_at",
                    "`created_at` is not a time.",
                    "Send date, time and zone as RFC 3339 has them: 2026-05-04T09:30:00Z.",
                )
            ],
        )
        for given in ("yesterday", "2024-05-04", "2024-05-04T09:30:00", "2024-02-30T00:00:00Z")
    ),
    (
        a_comment(created_at="2999-01-01T00:00:00+01:00"),
        [
            error(
                "/created_at",
                "`created_at` is 2998-12-31T23:00:00+00:00, which is in the future.",
                "Send when the comment was written, with its zone; or leave it out.",
            )
        ],
    ),
    (
        a_comment(metadata={"a": 1, "b": {"c": "d"}}),
        [
            error(
                "/metadata/a",
                "`metadata.a` is a number, not a string.",
                "Send a string, in double quotes.",
            ),
            error(
                "/metadata/b",
                "`metadata.b` is an object, not a string.",
                "Send a string, in double quotes.",
            ),
        ],
    ),
    (
        a_comment(metadata=[]),
        [
            error(
                "/metadata",
                "`metadata` is an array, not an object.",
                'Send an object of strings, such as {"section": "local"}.',
            )
        ],
    ),
    (
        a_comment(metadata={str(n): "x" for n in range(21)}),
        [
            error(
                "/metadata",
                "`metadata` has 21 entries, and at most 20 are allowed.",
                "Send no more than 20.",
            )
        ],
    ),
    (
        a_comment(metadata={"k" * 65: "x"}),
        [
            error(
                f"/metadata/{'k' * 65}",
                f"The name `metadata.{'k' * 65}` has 65 characters, and at most 64 are allowed.",
                "Shorten it to 64 characters.",
            )
        ],
    ),
    (
        [a_comment()],
        [
            error(
                "",
                "The body is an array, not an object.",
                "Send an object with the fields `article`, `author`, `text`, `parent`, "
                "`language`, `created_at`, `external_id`, `metadata`.",
            )
        ],
    ),
    (
        None,
        [
            error(
                "",
                "The body is null, not an object.",
                "Send an object with the fields `article`, `author`, `text`, `parent`, "
                "`language`, `created_at`, `external_id`, `metadata`.",
            )
        ],
    ),
]


@pytest.mark.parametrize(("body", "errors"), MISTAKES)
async def test_every_mistake_is_explained(
    start: Serve, body: object, errors: list[dict[str, str]]
) -> None:
    api = await start(max_text_chars=50)
    answer = await send(api, json.dumps(body).encode())
    assert answer.headers["Content-Type"] == "application/problem+json"
    first = f"{errors[0]['what']} {errors[0]['fix']}"
    assert answer.json == {
        "type": "/docs#invalid-request",
        "title": "Some fields are not right",
        "status": 422,
        "detail": first if len(errors) == 1 else f"{first} (and {len(errors) - 1} more)",
        "request_id": answer.headers["X-Request-Id"],
        "errors": errors,
    }
    assert answer.status == 422
    assert await nothing_was_stored(api)


UNREADABLE: list[tuple[bytes, str]] = [
    (b"", "The body is not JSON: Expecting value at line 1, column 1."),
    (b'{"text": "x",}', "Illegal trailing comma before end of object"),
    (b'{"text":\n  oops}', "Expecting value at line 2, column 3."),
    (b'{"text": "\xff"}', "byte 10 is not UTF-8."),
    (b"\xef\xbb\xbf{}", "Unexpected UTF-8 BOM"),
    (b'{"text": NaN}', "NaN is not a JSON number."),
    (b'{"text": -Infinity}', "-Infinity is not a JSON number."),
    (b'{"text": "a", "text": "b"}', "an object has the key 'text' twice."),
    (b'{"text": "a\nb"}', "Invalid control character"),
    (b'{"text": ' + b"9" * 5_000 + b"}", "Exceeds the limit"),
    (b"[" * 20_000, "The body nests deeper than 16 levels"),
    (b"[" * 20 + b"]" * 20, "The body nests deeper than 16 levels"),
    (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "The body nests deeper than 16 levels"),
]


@pytest.mark.parametrize(("raw", "detail"), UNREADABLE)
async def test_what_is_not_json_is_told_apart(api: Api, raw: bytes, detail: str) -> None:
    answer = await send(api, raw)
    assert (answer.status, answer.json["type"]) == (400, "/docs#malformed-request")
    if detail.startswith("Illegal"):  # the words of newer Pythons
        detail = "The body is not JSON"
    assert detail in answer.json["detail"]
    assert await nothing_was_stored(api)


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b'{"text": "\\ud800"}', "/text"),
        (b'{"author": {"name": "x\\udfffy"}}', "/author/name"),
        (b'{"metadata": {"\\ud83d": "x"}}', "/metadata"),
        (b'["\\ud800"]', "/0"),
    ],
)
async def test_half_a_character_is_refused(api: Api, raw: bytes, field: str) -> None:
    answer = await send(api, raw)
    assert answer.status == 422
    (only,) = answer.json["errors"]
    assert only["field"] == field
    assert "half of a surrogate pair" in only["what"]


async def test_whole_characters_of_every_kind_are_kept(api: Api) -> None:
    text = "Grüße 👩‍👩‍👧 \u202e مرحبا \U0010ffff \x0b \u2028 end\r\n"
    posted = await api.post_comment(a_comment(text=text))
    assert (await api.get(posted.headers["Location"])).json["text"] == text


@pytest.mark.parametrize("given", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_only_json_is_taken(api: Api, given: str) -> None:
    answer = await send(api, b"{}", **{"Content-Type": given})
    assert (answer.status, answer.json["type"]) == (415, "/docs#unsupported-media-type")


async def test_only_utf8_is_taken(api: Api) -> None:
    good = json.dumps(a_comment()).encode()
    utf8 = await send(api, good, **{"Content-Type": "application/json; charset=UTF-8"})
    assert utf8.status == 202
    other = await send(api, good, **{"Content-Type": "application/json; charset=utf-16"})
    assert other.status == 415


async def test_a_body_too_large_is_refused(start: Serve) -> None:
    api = await start(max_body_bytes=1_000)
    answer = await send(api, b" " * 1_001)
    assert (answer.status, answer.json["type"]) == (413, "/docs#body-too-large")
    assert "the 1000 bytes that are allowed" in answer.json["detail"]


@pytest.mark.parametrize("headers", [{"Content-Encoding": "gzip"}, {"Content-Encoding": "deflate"}])
async def test_a_body_that_cannot_be_decoded_is_refused(
    api: Api, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    answer = await send(api, b"this is not compressed", **headers)
    assert (answer.status, answer.json["type"]) == (400, "/docs#malformed-request")
    assert answer.headers["Connection"] == "close"
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/v1/comments", "POST"),
        ("PATCH", "/v1/comments/x", "DELETE, GET, HEAD"),
        ("POST", "/v1/articles/x/comments", "GET, HEAD"),
    ],
)
async def test_other_methods_are_refused(api: Api, method: str, path: str, allow: str) -> None:
    answer = await api.request(method, path)
    assert (answer.status, answer.json["type"]) == (405, "/docs#method-not-allowed")
    assert answer.headers["Allow"] == allow


async def test_other_addresses_are_not_found(api: Api) -> None:
    for path in ("/v1", "/v1/comments/", "/v2/comments", "/v1/articles//comments", "/favicon.ico"):
        answer = await api.get(path)
        assert (answer.status, answer.json["type"]) == (404, "/docs#not-found")


async def test_what_breaks_here_stays_here(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise KeyError("secret-of-the-house")

    monkeypatch.setattr(type(api.store.comments), "get", broken)
    answer = await api.get("/v1/comments/" + "0" * 32)
    assert (answer.status, answer.json["type"]) == (500, "/docs#internal-error")
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    assert b"secret" not in answer.raw
    assert b"Traceback" not in answer.raw
