"""Which language a comment is in, as far as that can be told from so little text.

By script first, then, for Latin letters, by py3langid's n-grams. A text of mostly common English
words is English. Any other is a model's to read unless its languages are unlikely, all together.
How unlikely depends on how much there is to go by, because most comments on an English site that
look odd (a name, a slogan) are still English.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from py3langid.langid import LanguageIdentifier

from moderato.domain.text.script import script

LATIN = "LATIN"

#: Unicode's name of a script -> languages written in it that py3langid can tell apart.
SCRIPTS: dict[str, tuple[str, ...]] = {
    "ARABIC": ("ar", "fa", "ur", "ps", "ug"),
    "ARMENIAN": ("hy",),
    "BENGALI": ("bn", "as"),
    "CJK": ("zh",),
    "CYRILLIC": ("ru", "uk", "be", "bg", "mk", "sr", "kk", "ky", "mn", "tg", "tt"),
    "DEVANAGARI": ("hi", "mr", "ne"),
    "ETHIOPIC": ("am",),
    "GEORGIAN": ("ka",),
    "GREEK": ("el",),
    "GUJARATI": ("gu",),
    "GURMUKHI": ("pa",),
    "HANGUL": ("ko",),
    "HEBREW": ("he",),
    "HIRAGANA": ("ja",),
    "KANNADA": ("kn",),
    "KATAKANA": ("ja",),
    "KHMER": ("km",),
    "LAO": ("lo",),
    LATIN: (
        *("en", "af", "az", "bs", "ca", "cs", "cy", "da", "de", "eo", "es", "et", "eu", "fi"),
        *("fo", "fr", "ga", "gl", "ha", "hr", "ht", "hu", "id", "is", "it", "jv", "ku", "lt"),
        *("lv", "ms", "mt", "nl", "nn", "no", "pl", "pt", "ro", "sk", "sl", "so", "sq", "sv"),
        *("sw", "tl", "tr", "uz", "vi", "yo", "zu"),
    ),
    "MALAYALAM": ("ml",),
    "MYANMAR": ("my",),
    "SINHALA": ("si",),
    "TAMIL": ("ta",),
    "TELUGU": ("te",),
    "THAI": ("th",),
}

#: From this share, or this number, of letters in another script a text is not in Latin script.
FOREIGN_SHARE = 0.2
FOREIGN_LETTERS = 40

#: Words, and the chance that a model's languages must have, all together, where a text has at
#: least so many. Chosen on training data (English, Portuguese, German): see decision 0095.
LEAST_CHANCE = ((4, 0.05), (1, 0.03))
#: Least chance of the language that is named; below it the text is a mixture, a name, gibberish.
LEAST_CONFIDENCE = 0.2

#: Share of its words that make a text English where they are common ones.
COMMON_SHARE = 0.75

#: English words that the bundled model has read often: see training/words.py.
WORDS = Path(__file__).with_name("english.txt")

_NOT_WORDS = re.compile(r"https?://\S+|www\.\S+|[@#]\w+|\d+")
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Language:
    """``code`` is ISO 639-1, or None where the text does not show it; ``confidence`` in [0, 1].

    ``script`` is Unicode's name of its script, as ``CYRILLIC``; None for a text without letters.
    ``chances`` says how likely each language is, for Latin letters, and ``least`` how likely a
    model's languages must be, all together.
    """

    code: str | None
    confidence: float
    script: str | None
    chances: Mapping[str, float] = field(default_factory=dict)
    least: float = 0.0

    def known_to(self, languages: frozenset[str]) -> bool:
        """Whether a model for ``languages`` may be trusted with the text.

        A text without letters may be, whatever the languages.
        """
        if self.script is None or self.code in languages:
            return True
        if self.script != LATIN:
            return False
        return math.fsum(self.chances.get(code, 0.0) for code in languages) >= self.least


def detect(text: str) -> Language:
    """The language of ``text``: a comment of any length, of any characters."""
    text = _only_words(text)
    words = _LETTERS.findall(text)
    found = _main_script("".join(words))
    if found is None:
        return Language(None, 0.0, None)
    chances = _chances(text, SCRIPTS.get(found, ()))
    if not chances:
        return Language(None, 0.0, found)
    best = max(chances, key=lambda code: chances[code])
    if found != LATIN:
        return Language(best, chances[best], found)
    if sum(word in _common() for word in words) >= COMMON_SHARE * len(words):
        return Language("en", chances["en"], found, chances)
    # Letters that stand alone are a word spaced out, and say nothing about the language.
    evidence = sum(len(word) > 1 for word in words)
    least = next((chance for count, chance in LEAST_CHANCE if evidence >= count), 0.0)
    english = chances["en"]
    named = english >= 0.5 if best == "en" else english < least
    sure = named and chances[best] >= LEAST_CONFIDENCE
    return Language(best if sure else None, chances[best], found, chances, least)


def words_of(text: str) -> list[str]:
    """The words of ``text``, in lower case, as far as they show a language."""
    return _LETTERS.findall(_only_words(text))


def _only_words(text: str) -> str:
    """``text`` cut, in lower case, without what shows no language: links, mentions, tags, digits.

    Lower case, because py3langid takes English in capitals for anything.
    """
    return _NOT_WORDS.sub(" ", unicodedata.normalize("NFKC", text[:5_000])).lower()


@cache
def _common() -> frozenset[str]:
    return frozenset(WORDS.read_text(encoding="utf-8").split())


def _main_script(letters: str) -> str | None:
    counts = Counter(LATIN if c.isascii() else script(c) for c in letters)
    counts.pop("", None)
    if not counts:
        return None
    foreign = [(number, name) for name, number in counts.items() if name != LATIN]
    total = sum(number for number, _ in foreign)
    if total >= FOREIGN_LETTERS or total >= FOREIGN_SHARE * counts.total():
        # Japanese mixes three scripts; kana among them is what tells it from Chinese.
        kana = counts["HIRAGANA"] + counts["KATAKANA"]
        return "HIRAGANA" if kana * 5 >= total else max(foreign)[1]
    return LATIN


def _chances(text: str, languages: tuple[str, ...]) -> dict[str, float]:
    """The chance of each of ``languages``, adding up to 1."""
    if len(languages) == 1:
        return {languages[0]: 1.0}
    ranked = dict(_identifier().rank(text))
    chances = {code: ranked[code] for code in languages}
    total = math.fsum(chances.values())
    return {code: chance / total for code, chance in chances.items()} if total else {}


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file("data/model.npz.xz", norm_probs=True)
