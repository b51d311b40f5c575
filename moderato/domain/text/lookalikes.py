"""Letters that only look Latin, made Latin: "fuсk" with a Cyrillic "с" becomes "fuck".

Real Russian or Greek is left alone. A letter changes only inside a word that mixes it with
Latin letters, or in a word made of look-alikes alone in an otherwise Latin text.

The pairs are Unicode's (UTS #39, confusables.txt, by way of the confusable_homoglyphs package)
for single letters, with what NFKC does anyway and letters of living Latin alphabets left out.
"""

# ruff: noqa: RUF001, RUF002, RUF003 -- letters that look alike are this file's subject

from __future__ import annotations

import re
from collections import Counter

from moderato.domain.text.aligned import Aligned
from moderato.domain.text.script import is_latin, script


def _pairs(latin: str, others: str) -> dict[str, str]:
    return dict(zip(others.replace(" ", ""), latin.replace(" ", ""), strict=True))


#: Cannot be told from a Latin letter by eye.
LOOKALIKES = {
    # Cyrillic
    **_pairs("a c d e h i j l o p q s v w x y y", "а с ԁ е һ і ј ӏ о р ԛ ѕ ѵ ԝ х у ү"),
    **_pairs("A B C E G H I I J K M O P Q", "А В С Е Ԍ Н І Ӏ Ј К М О Р Ԛ"),
    **_pairs("S T V W X Y Y", "Ѕ Т Ѵ Ԝ Х У Ү"),
    # Greek
    **_pairs("a i j o o p u v y", "α ι ϳ ο σ ρ υ ν γ"),
    **_pairs("A B E F H I J K M N O P T X Y Z", "Α Β Ε Ϝ Η Ι Ϳ Κ Μ Ν Ο Ρ Τ Χ Υ Ζ"),
    # Armenian
    **_pairs("f g h n n o q q u w O S U", "ք ց հ ո ռ օ գ զ ս ա Օ Տ Ս"),
    # Cherokee
    **_pairs("b c d h i i r s v w z", "Ꮟ ꮯ Ꮷ Ꮒ ꭵ Ꭵ ꮁ ꮪ ꮩ ꮃ ꮓ"),
    **_pairs("A B C D E G G H J K L M", "Ꭺ Ᏼ Ꮯ Ꭰ Ꭼ Ꮐ Ᏻ Ꮋ Ꭻ Ꮶ Ꮮ Ꮇ"),
    **_pairs("P R R S S T V W W Y Y Z", "Ꮲ Ꭱ Ꮢ Ꮥ Ꮪ Ꭲ Ꮩ Ꮃ Ꮤ Ꭹ Ꮍ Ꮓ"),
    # Coptic
    **_pairs("c o p r C H I K M N O P T X Y", "ⲥ ⲟ ⲣ ⲅ Ⲥ Ⲏ Ⲓ Ⲕ Ⲙ Ⲛ Ⲟ Ⲣ Ⲧ Ⲭ Ⲩ"),
    # Lisu
    **_pairs("d l A B C D E F G H J K L M", "ꓒ ꓲ ꓮ ꓐ ꓚ ꓓ ꓰ ꓝ ꓖ ꓧ ꓙ ꓗ ꓡ ꓟ"),
    **_pairs("N O P R S T U V W X Y Z", "ꓠ ꓳ ꓑ ꓣ ꓢ ꓔ ꓴ ꓦ ꓪ ꓫ ꓬ ꓜ"),
    # Canadian syllabics, with what "fancy text" generators add
    **_pairs("A A B C D D E F G H J K L M N", "ᗅ ᗩ ᗷ ᑕ ᗞ ᗪ ᕮ ᖴ ᘜ ᕼ ᒍ ᐸ ᒪ ᗰ ᑎ"),
    **_pairs("P Q R S U V W X Y Z b b d x", "ᑭ ᑫ ᖇ ᔕ ᑌ ᐯ ᗯ ᕁ ᖻ ᘔ ᑲ ᖯ ᑯ ᕽ"),
}

#: Near enough inside a word that is Latin otherwise, as "fuк" and "shιτ".
_NEAR = {
    **_pairs("b e h k m n r r t u w N R W", "в э н к м п г я т и ш И Я Ш"),
    **_pairs("b e k n t w x", "β ε κ η τ ω χ"),
}
_IN_MIXED = {**LOOKALIKES, **_NEAR}

#: Latin, but of no living alphabet: small capitals, phonetic letters. Always changed.
_FANCY_LATIN = _pairs(
    "a a b c d e f g g h i j k l m n o p q r s t u v w y z",
    "ɑ ᴀ ʙ ᴄ ᴅ ᴇ ꜰ ɡ ɢ ʜ ɪ ᴊ ᴋ ʟ ᴍ ɴ ᴏ ᴘ ꞯ ʀ ꜱ ᴛ ᴜ ᴠ ᴡ ʏ ᴢ",
)
_FANCY_LETTER = re.compile(f"[{''.join(_FANCY_LATIN)}]")

#: White letters on black discs (U+1F150) and squares (U+1F170).
_BADGE = "[\U0001f150-\U0001f169\U0001f170-\U0001f189]"
_BADGE_SIGN = re.compile(_BADGE)
_BADGED = re.compile(rf"(?:[^\W_]|{_BADGE}\ufe0f?)+")
#: Regional indicators come in pairs, which are flags; one alone is a letter.
_INDICATOR = "[\U0001f1e6-\U0001f1ff]"
_LONE_INDICATOR = re.compile(f"(?<!{_INDICATOR}){_INDICATOR}(?!{_INDICATOR})")

_WORD = re.compile(r"[^\W_]+")


def latinise(text: Aligned) -> Aligned:
    """``text`` with look-alikes of Latin letters replaced, case kept; same length or shorter."""
    if text.text.isascii():
        return text
    text = text.sub(_FANCY_LETTER, lambda m: _FANCY_LATIN[m[0]])
    if _BADGE_SIGN.search(text.text):
        text = text.sub(_BADGED, _badges)
    text = text.sub(_LONE_INDICATOR, lambda m: chr(ord(m[0]) - 0x1F1E6 + ord("A")))
    text = text.sub(_WORD, lambda m: _mixed(m[0]))
    genuine = _genuine_scripts(text.text)
    if genuine is None:
        return text
    return text.sub(_WORD, lambda m: _disguised(m[0], genuine))


def _badges(match: re.Match[str]) -> str:
    """Badges as letters; one or two by themselves are emoji, such as the blood types 🅰 and 🅱."""
    run = match[0].replace("\ufe0f", "")
    if len(run) < 3 and not any(char.isalnum() for char in run):
        return match[0]
    return _BADGE_SIGN.sub(lambda m: chr((ord(m[0]) - 0x1F150) % 32 + ord("A")), run)


def _mixed(word: str) -> str:
    """A word with Latin and other letters in it, as Latin as it can be made."""
    if word.isascii():
        return word
    others = [char for char in word if char.isalpha() and not is_latin(char)]
    latin = sum(char.isalpha() for char in word) - len(others)
    if not others or not latin:
        return word
    if latin > len(others) or all(char in _IN_MIXED for char in others):
        return "".join(_IN_MIXED.get(char, char) for char in word)
    return word


def _genuine_scripts(text: str) -> frozenset[str] | None:
    """Scripts this text really writes in; None where it is not mostly Latin.

    A script is really written when the text has a letter of it that looks like no Latin one.
    """
    counts = Counter(text)
    latin = sum(n for char, n in counts.items() if char.isalpha() and is_latin(char))
    others = {char: n for char, n in counts.items() if char.isalpha() and not is_latin(char)}
    if latin <= sum(others.values()):
        return None
    return frozenset(script(char) for char in others if char not in LOOKALIKES)


def _disguised(word: str, genuine: frozenset[str]) -> str:
    """A word of look-alikes alone, made Latin, unless its script is one of ``genuine``."""
    if word.isascii():
        return word
    if len(word) == 1 and script(word) != "CYRILLIC":  # mathematics, as α
        return word
    if all(
        not char.isalpha() or (char in LOOKALIKES and script(char) not in genuine) for char in word
    ):
        return "".join(LOOKALIKES.get(char, char) for char in word)
    return word
