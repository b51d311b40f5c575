"""Which language: other languages are told, short English is not taken for one."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.scorer.language import WORDS, detect, words_of

ENGLISH = frozenset({"en"})


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Das ist doch alles Unsinn, was du hier schreibst."),
        ("fr", "C'est n'importe quoi, relisez l'article avant de commenter."),
        ("es", "No estoy de acuerdo con lo que dice el autor de este artículo."),
        ("pt", "Não concordo com nada do que foi dito aqui, isso é um absurdo."),
        ("it", "Non sono d'accordo con quello che ha scritto l'autore."),
        ("nl", "Ik ben het helemaal niet eens met wat hier geschreven staat."),
        ("pl", "Nie zgadzam się z tym, co napisał autor tego artykułu."),
        ("tr", "Bu yazıda söylenenlerin hiçbirine katılmıyorum."),  # noqa: RUF001
        ("sv", "Jag håller inte alls med om det som står i artikeln."),
        ("fi", "En ole ollenkaan samaa mieltä kirjoittajan kanssa."),
        ("cs", "S tím, co napsal autor článku, vůbec nesouhlasím."),
        ("vi", "Tôi không đồng ý với những gì tác giả viết."),
        ("ru", "Я совершенно не согласен с тем, что пишет автор этой статьи."),  # noqa: RUF001
        ("uk", "Я зовсім не згоден із тим, що пише автор цієї статті."),
        ("el", "Δεν συμφωνώ καθόλου με τον συγγραφέα."),
        ("he", "אני לא מסכים עם הכותב"),
        ("ar", "أنا لا أتفق مع ما كتبه الكاتب في هذا المقال"),
        ("hi", "मैं लेखक की बात से सहमत नहीं हूँ"),
        ("ko", "기자 양반 정신 차리세요"),
        ("ja", "この記事はまったくひどいと思います"),
        ("zh", "我完全不同意作者的观点"),
        ("th", "ฉันไม่เห็นด้วยกับผู้เขียน"),
    ],
)
def test_other_languages_are_told_and_not_known(code: str, text: str) -> None:
    language = detect(text)

    assert language.code == code
    assert not language.known_to(ENGLISH)
    assert language.known_to(frozenset({code}))


@pytest.mark.parametrize(
    "text",
    [
        "lol ok",
        "Thanks!",
        "Trump 2020",
        "First!",
        "No.",
        "covfefe",
        "Make America Great Again",
        "Sadly true",
        "THERE IT GOES AGAIN, SHAME ON YOU ALL",
        "w o m e n a r e t r a s h",
        "I agree with every word of this article.",
        "YOU ARE ALL WRONG ABOUT THIS",
        "𝐲𝐨𝐮 𝐚𝐫𝐞 𝐚𝐧 𝐢𝐝𝐢𝐨𝐭",  # noqa: RUF001
        "He called it Schadenfreude, and he was right about that.",
        "The article means Владимир Маяковский, the poet, who died in 1930 or so I was "
        "taught at school; the other one with that name was his uncle, I think.",
        "👍👍👍",
        "12345",
        "...",
        "",
        " \n\t ",
        "@bob https://example.de/das-ist-ein-langer-satz",
    ],
)
def test_english_and_what_shows_no_language_is_known(text: str) -> None:
    assert detect(text).known_to(ENGLISH)


SHORT = tomllib.loads((Path(__file__).parent / "languages.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", SHORT["comments"]["en"])
def test_short_english_is_known(text: str) -> None:
    assert detect(text).known_to(ENGLISH)


def test_short_comments_in_other_languages_are_rarely_let_through() -> None:
    others = [text for code, texts in SHORT["comments"].items() if code != "en" for text in texts]
    through = [text for text in others if detect(text).known_to(ENGLISH)]
    assert len(through) <= 0.05 * len(others), through


@pytest.mark.parametrize(
    "text",
    [
        "Ta gueule",
        "Pauvre type",
        "N'importe quoi",
        "Je suis d'accord",
        "I agree with every word of this article.",
    ],
)
def test_a_model_of_more_languages_knows_more(text: str) -> None:
    assert detect(text).known_to(frozenset({"en", "fr", "es", "it", "pt", "tr", "ru"}))


def test_what_is_no_language_in_particular_is_not_named() -> None:
    language = detect("Chup kar kutte")

    assert language.code is None
    assert not language.known_to(ENGLISH)


def test_the_words_are_sorted_and_each_is_one_that_detect_can_meet() -> None:
    words = WORDS.read_text(encoding="utf-8").splitlines()

    assert words == sorted(set(words))
    assert all(words_of(word) == [word] for word in words)


def test_a_script_without_a_known_language_is_not_known() -> None:
    language = detect("ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ")

    assert language.code is None
    assert language.script == "CHEROKEE"
    assert not language.known_to(ENGLISH)


@given(st.text(st.characters()))
def test_any_text_has_an_answer(text: str) -> None:
    language = detect(text)

    assert 0 <= language.confidence <= 1
    assert language.code is None or len(language.code) == 2
