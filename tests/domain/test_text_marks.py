"""A moderator sees whole words marked, and those next to each other as one."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderato.domain.text import marked_words


def marks(text: str, *parts: str) -> list[str]:
    """What is marked of ``text`` for marks on the first occurrence of each of ``parts``."""
    spans = [(text.index(part), text.index(part) + len(part)) for part in parts]
    return [text[begin:end] for begin, end in marked_words(text, spans)]


@pytest.mark.parametrize(
    ("text", "parts", "marked"),
    [
        ("you idiot!", ["idi"], ["idiot"]),
        ("you idiot!", ["ot"], ["idiot"]),
        ("you idiot!", ["idi", "ot"], ["idiot"]),
        ("you idiot!", ["idiot!"], ["idiot!"]),
        ("you stupid idiot", ["idiot", "stup"], ["stupid idiot"]),
        ("a half-wit, a fool", ["half", "wit", "fool"], ["half-wit", "fool"]),
        ("a half-wit", ["wit"], ["wit"]),
        ("stupid, idiot", ["stupid", "idiot"], ["stupid", "idiot"]),
        ("stupid\n\n idiot", ["stupid", "idiot"], ["stupid\n\n idiot"]),
        ("go f*ck it", ["ck"], ["f*ck"]),
        ("go f***k it", ["f"], ["f***k"]),
        ("don't", ["don"], ["don't"]),
        ("idiot* you", ["idiot"], ["idiot"]),
        ("you idiot ", [" idiot "], ["idiot"]),
        ("you idiot", [" "], []),
        ("тупой идиот", ["диот"], ["идиот"]),
        ("עֲלֵיכֶם שָׁלוֹם", ["לֵי"], ["עֲלֵיכֶם"]),
        ("你这个白痴吗", ["白痴"], ["白痴"]),
        ("", [], []),
    ],
)
def test_marks(text: str, parts: list[str], marked: list[str]) -> None:
    assert marks(text, *parts) == marked


@settings(max_examples=500)
@given(st.text("ab *-'\n.é白\u0301", max_size=30), st.lists(st.tuples(*[st.integers(0, 30)] * 2)))
def test_marks_are_in_order_and_apart(text: str, pairs: list[tuple[int, int]]) -> None:
    parts = [(min(pair), min(max(pair), len(text))) for pair in pairs]

    spans = marked_words(text, [(begin, end) for begin, end in parts if begin < end])

    assert all(0 <= begin < end <= len(text) for begin, end in spans)
    assert all(one[1] < other[0] for one, other in pairwise(spans))
    marked = {at for begin, end in spans for at in range(begin, end)}
    asked = {at for begin, end in parts for at in range(begin, end)}
    assert {at for at in asked if not text[at].isspace()} <= marked
    assert marked_words(text, spans) == spans


def test_long_texts_are_no_trouble() -> None:
    text = "*" * 100_000
    assert marked_words(text, [(at, at + 1) for at in range(len(text))]) == ((0, len(text)),)
