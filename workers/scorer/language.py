"""Which language a comment is in, as far as that can be told from so little text.

By script first, then, for Latin letters, by py3langid's n-grams. English needs no proof: a text
counts as another language only on strong evidence, and stronger the shorter it is, because most
comments on an English site that look odd ("lol ok", a name, a slogan) are still English.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache

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

#: Fewest words that can show a language other than English, and English's highest chance then.
#: Chosen on the training data (English, Portuguese, German).
EVIDENCE = ((6, 0.05), (3, 0.02))
#: Least chance of that other language among all; below it the text is gibberish or a name.
LEAST_CONFIDENCE = 0.2

_NOT_WORDS = re.compile(r"https?://\S+|www\.\S+|[@#]\w+|\d+")
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Language:
    """``code`` is ISO 639-1, or None where the text does not show it; ``confidence`` in [0, 1].

    ``script`` is Unicode's name of its script, as ``CYRILLIC``; None for a text without letters.
    """

    code: str | None
    confidence: float
    script: str | None

    def known_to(self, languages: frozenset[str]) -> bool:
        """Whether a model for ``languages`` may be trusted with the text.

        An undetermined text in Latin letters, or without any, gets the benefit of the doubt.
        """
        if self.code is None:
            return self.script in {None, LATIN}
        return self.code in languages


def detect(text: str) -> Language:
    """The language of ``text``: a comment of any length, of any characters."""
    text = _NOT_WORDS.sub(" ", unicodedata.normalize("NFKC", text[:5_000]))
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
    english = chances["en"]
    if best == "en" and english >= 0.5:
        return Language("en", english, found)
    # Letters that stand alone are a word spaced out, and say nothing about the language.
    evidence = sum(len(word) > 1 for word in words)
    limit = next((chance for least, chance in EVIDENCE if evidence >= least), 0.0)
    if english < limit and chances[best] >= LEAST_CONFIDENCE:
        return Language(best, chances[best], found)
    return Language(None, chances[best], found)


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
