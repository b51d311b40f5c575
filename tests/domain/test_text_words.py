"""Word lists and fingerprints."""

# ruff: noqa: RUF001 -- letters that look alike are what is tested
from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderato.domain.text import WordList, aligned_forms, fingerprint, forms, plain

WORDS = WordList(
    (
        "moron",
        "idiot*",
        "ass",
        "drop  dead",
        "STRASSE",
        "傻逼",
        "хуй",
        "c.r.a.p",
        "café",
        "shut up!*",
    )
)

FOUND = {
    "as listed": ("what a moron", ("moron",)),
    "in capitals": ("MORON", ("moron",)),
    "beside signs": ("(moron), “idiot”!", ("moron", "idiot*")),
    "only whole words": ("morons in the classroom", ()),
    "an ending": ("idiots, idiotic", ("idiot*",)),
    "no beginning": ("superidiot", ()),
    "spaces are one": ("drop\n  dead", ("drop  dead",)),
    "sharp s": ("Straße", ("STRASSE",)),
    "without spaces": ("你是傻逼吗", ("傻逼",)),
    "Cyrillic": ("иди на хуй!", ("хуй",)),
    "signs in an entry": ("c.r.a.p", ("c.r.a.p",)),
    "composed or not": ("cafe\u0301", ("café",)),
    "a sign at the end": ("Shut up!! now", ("shut up!*",)),
    "disguised": ("m0r0n, i d i o t, mоrоn, ｍｏｒｏｎ", ("moron", "idiot*")),
    "drawn out": ("mooooron asssss", ("moron", "ass")),
    "nothing": ("", ()),
}


@pytest.mark.parametrize(("text", "entries"), FOUND.values(), ids=FOUND)
def test_words_are_found(text: str, entries: tuple[str, ...]) -> None:
    assert WORDS.find(text) == entries


@pytest.mark.parametrize("entry", ["", " ", "*", "a*b", "**", "*a", "\u200b"])
def test_an_entry_without_a_word_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match=r"word|end only"):
        WordList((entry,))


def test_an_empty_list_finds_nothing() -> None:
    assert WordList(()).find("anything") == ()


def test_thousands_of_entries_and_a_long_text() -> None:
    words = WordList(tuple(f"{'a' * n}b*" for n in range(1, 2_000)))
    assert words.find("a" * 10_000) == ()


@settings(max_examples=300, deadline=None)
@given(
    before=st.sampled_from(["", " ", "so, ", "(", "–"]),
    entry=st.text(alphabet="abcdé ", min_size=1, max_size=8).filter(str.strip),
    after=st.sampled_from(["", ".", " and", ")", "\n"]),
)
def test_every_entry_is_found_where_it_stands_alone(before: str, entry: str, after: str) -> None:
    assert WordList((entry,)).find(f"{before}{entry}{after}") == (entry,)


SAME = [
    ("Buy now!", "buy now"),
    ("Buy now", "B U Y   n0w".replace("0", "o")),
    ("So good", "soooo good"),
    ("buy now", "buу n\u200bow"),
    ("buy, now…", "BUY\nNOW"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_said_otherwise_has_one_fingerprint(one: str, other: str) -> None:
    assert fingerprint(plain(one)) == fingerprint(plain(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("buy now", "buy new"), ("!!!", "???"), ("👍", "👎"), ("", "a"), ("5", "6"), ("да", "нет")],
)
def test_what_differs_has_another_fingerprint(one: str, other: str) -> None:
    assert fingerprint(plain(one)) != fingerprint(plain(other))


@given(st.text(max_size=40))
def test_a_fingerprint_is_24_hex_digits(text: str) -> None:
    value = fingerprint(plain(text))
    assert len(value) == 24
    assert int(value, 16) >= 0


@given(st.text(max_size=60) | st.text("aAsSß \n\u00a00.i1ı\u0301", max_size=40))
def test_the_readings_that_know_where_they_come_from_are_the_same(text: str) -> None:
    aligned = aligned_forms(text)
    assert tuple(dict.fromkeys(reading.text for reading in aligned)) == forms(text)
    for reading in aligned:
        assert list(reading.begins) == sorted(reading.begins)
        assert all(
            0 <= b <= e <= len(text) for b, e in zip(reading.begins, reading.ends, strict=True)
        )


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("What a fool.", ["fool"]),
        ("f0ol and F O O L", ["f0ol", "F O O L"]),
        ("Foolish, but no tomfool", ["Fool"]),
        ("nothing", []),
    ],
)
def test_where_a_listed_word_stands(text: str, marked: list[str]) -> None:
    spans = WordList(("fool*",)).spans_in(aligned_forms(text))
    assert [text[begin:end] for begin, end in sorted(set(spans))] == marked
