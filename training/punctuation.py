"""Stripped texts as somebody would have typed them.

Most of the toxic Wikipedia comments come without punctuation and with contractions resolved, most
of the civil ones as they were typed. A model that sees them so takes a comma for good manners.
"""

from __future__ import annotations

import random
import re

#: A sentence may well begin with these; a comma may stand before those.
_OPENERS = """
    i you he she it we they this these there what why who how when if please stop so but and no yes
    well thanks your my just also let keep
"""
_LINKS = "and but or so because which who while although though not you if as"

_CONTRACTED = (
    (re.compile(r"\bca not\b|\bcan ?not\b|\bcant\b"), "can't"),
    (re.compile(r"\bwo not\b"), "won't"),
    (re.compile(r"\b(do|did|does|is|are|was|were|would|could|should|have|has|had) ?n[o]?t\b"),
     r"\1n't"),
    (re.compile(r"\bi a?m\b"), "I'm"),
    (re.compile(r"\b(you|we|they) ?a?re\b(?<!were)"), r"\1're"),
    (re.compile(r"\b(it|that|he|she|there|what) is\b"), r"\1's"),
    (re.compile(r"\b(i|you|we|they) (ve|ll|d)\b"), r"\1'\2"),
)  # fmt: skip

#: The address of a writer without an account, which lost its dots.
_ADDRESS = re.compile(r"(?<=\D)\d{8,12}$")

_MONTHS = "January February March April May June July August September October November December"


def write_out(text: str, rng: random.Random) -> str:
    """``text``, which has no punctuation, with some; now and then quoted or signed."""
    text = _ADDRESS.sub("", text)
    for pattern, contraction in _CONTRACTED:
        if rng.random() < 0.7:
            text = pattern.sub(contraction, text)
    words = text.split()
    if not words:
        return text
    _quote(words, rng)
    mark = rng.choice((".", ".", ".", "!", "!!", "...", "?"))
    line = " " if rng.random() < 0.7 else rng.choice(("\n", "\n\n"))
    openers, links = _OPENERS.split(), _LINKS.split()
    since = 0
    written = [words[0]]
    for word in words[1:]:
        since += 1
        bare = word.lower().split("'")[0]
        if since >= 4 and rng.random() < (0.35 if bare in openers else 0.01) * (1 + since / 12):
            written[-1] += mark if rng.random() < 0.4 else rng.choice((".", ".", "?", "!"))
            written.append(line if rng.random() < 0.3 else " ")
            since = 0
        elif rng.random() < (0.3 if bare in links else 0.02):
            written[-1] += rng.choice((",", ",", ",", ";", " -", ":"))
            written.append(" ")
        else:
            written.append(" ")
        written.append(word)
    if rng.random() < 0.85:
        written.append(mark)
    return _framed("".join(written), rng)


def _quote(words: list[str], rng: random.Random) -> None:
    """Puts up to four ``words`` between quotation marks or brackets, in place."""
    if len(words) < 5 or rng.random() < 0.7:
        return
    begin = rng.randrange(len(words) - 1)
    end = min(len(words) - 1, begin + rng.randrange(4))
    left, right = rng.choice((('"', '"'), ('"', '"'), ("'", "'"), ("(", ")")))
    words[begin] = left + words[begin]
    words[end] += right


def _framed(text: str, rng: random.Random) -> str:
    """``text`` as the whole of a comment: plain, in quotation marks, or signed."""
    chance = rng.random()
    if chance < 0.1:
        return f'"{text}"'
    if chance < 0.25:
        day = f"{rng.randint(1, 28)} {rng.choice(_MONTHS.split())} {rng.randint(2003, 2017)}"
        signed = rng.choice(("", "— ", "(talk) "))
        return f"{text} {signed}{rng.randrange(24):02}:{rng.randrange(60):02}, {day} (UTC)"
    return text
