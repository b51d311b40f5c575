"""The sentences about nationalities: enough of them, and none with a slip of grammar."""

from __future__ import annotations

import re

from training.evaluation.nationalities import read

SENTENCES = read()
TEXTS = [sentence.text for sentence in SENTENCES]


def test_there_are_enough_and_each_once() -> None:
    assert len({sentence.template for sentence in SENTENCES}) >= 40
    assert len({sentence.nationality for sentence in SENTENCES}) >= 60
    assert len(set(TEXTS)) == len(TEXTS)


def test_nothing_is_left_to_fill_in_and_articles_fit() -> None:
    assert not [text for text in TEXTS if re.search(r"[{}]", text)]
    assert not [text for text in TEXTS if re.search(r"\bthe the\b", text, re.IGNORECASE)]
    assert not [text for text in TEXTS if re.search(r"\b[Aa] [AEIO]|\b[Aa]n [^AEIO]", text)]
    assert all(text[0].isupper() or text[0].isdigit() for text in TEXTS)


def test_a_plural_keeps_its_article_only_where_it_stands_alone() -> None:
    assert "What do the Dutch make of the new trade agreement?" in TEXTS
    assert "The report counts 214 Dutch among the dead." in TEXTS
    assert "An Iranian man was arrested on Tuesday and released without charge." in TEXTS
    assert "A Ukrainian man was arrested on Tuesday and released without charge." in TEXTS
