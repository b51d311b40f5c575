"""Signs put in the place of letters: "sh1t", "@ss", "pu$$y", "f*ck".

Only inside words that clearly are words: "2020", "B2B", "4th", "H1N1", "covid19", "$5m", "@sam"
and whatever looks like code stay as they are. Doubt is settled for leaving a word alone, since
the original text is scored as well.
"""

from __future__ import annotations

import re
from collections import defaultdict

from moderato.domain.text.aligned import Aligned

_SIGNS = dict(zip("013457@$!|€", "oieastasiie", strict=True))
_VOWELS = frozenset("aeiouyAEIOUY")
_WORD = re.compile(r"(?:[^\W_]|[@$!|€*#_])+")
#: At least one sign must stand where a letter would.
_TRIGGER = re.compile(
    r"[a-z](?:[013457]{1,2}|[@€]|\$+)[a-z]"  # between letters
    r"|[b-df-hj-np-tvxz][!|][b-df-hj-np-tvxz]"  # as a vowel; "no!stop" lacks a space
    r"|^\$[a-z]|[a-z]\$\$$",  # "$hit", "ki$$"
    re.IGNORECASE,
)
#: Digits that stand for no letter, and numbers.
_NUMBER = re.compile(r"[26789]|\d{3}")
#: One sign, or the same twice, as in "n00b".
_SIGN = re.compile(r"([^a-zA-Z])\1?")
_ASS = re.compile(r"[@a][s$][s$](?:es|hats?|holes?|wipes?)?", re.IGNORECASE)

#: Words that people mask with stars; a masked word is restored where exactly one of these fits.
_MASKED = (
    "ass asses asshole assholes bastard bastards bitch bitches bitching bullshit cock cocks crap "
    "cunt cunts damn dick dickhead dicks dumbass fag faggot faggots fuck fucked fucker "
    "fuckers fuckin fucking fucks goddamn idiot idiots moron morons motherfucker motherfuckers "
    "motherfucking nigga niggas nigger niggers piss pissed prick pussy rape rapist retard "
    "retarded retards shit shits shitty slut sluts stupid tits twat twats wank wanker wankers "
    "whore whores"
)
_BY_SHAPE: dict[tuple[str, int], list[str]] = defaultdict(list)
for _word in _MASKED.split():
    _BY_SHAPE[_word[0], len(_word)].append(_word)


def unleet(text: Aligned) -> Aligned:
    """``text`` with signs inside words turned into the letters they stand for; same length."""
    return text.sub(_WORD, _plain)


def _plain(match: re.Match[str]) -> str:
    word = match[0]
    if word.isalpha() or word.isdigit():
        return word
    following = match.string[match.end() : match.end() + 1]
    if following and following in "([={":  # a call, an index, an assignment
        return word
    core = word.lstrip("!|*#_").rstrip("!|#_")
    if word[0] == "*":  # "*emphasis*"
        core = core.rstrip("*")
    return word.replace(core, _restored(core), 1) if core else word


def _restored(core: str) -> str:
    if "_" in core or not core.isascii():
        return core
    if "*" in core or "#" in core:
        return _unmasked(core)
    if _ASS.fullmatch(core):
        return _cased("a" + core[1:].replace("$", "s"), core)
    if _is_leet(core):
        return "".join(_letter(core, index) for index in range(len(core)))
    return core


def _is_leet(core: str) -> bool:
    if not (core[0].isalpha() or core[0] == "$") or _NUMBER.search(core):
        return False  # "4th", "5pm", "@sam", "B2B"
    letters = sum(char.isalpha() for char in core)
    if letters <= len(_SIGN.findall(core)):  # "x1y1"
        return False
    if core.isupper() and (letters < 3 or core[0] == "$"):  # "W3C", "$AAPL"
        return False
    if core[0] == "$" and letters < 3:  # "$bn"
        return False
    return _TRIGGER.search(core) is not None


def _letter(core: str, index: int) -> str:
    sign = core[index]
    letter = _SIGNS.get(sign, sign)
    if sign in "1|!" and _VOWELS.issuperset((core[index - 1], core[(index + 1) % len(core)])):
        letter = "l"  # "assho1e"
    return letter.upper() if core.isupper() else letter


def _unmasked(core: str) -> str:
    stars = sum(char in "*#" for char in core)
    if not core[0].isalpha() or (stars == 1 and core[-1] in "*#"):  # a footnote: "word*"
        return core
    fitting = [
        word
        for word in _BY_SHAPE.get((core[0].lower(), len(core)), ())
        if all(mine in ("*", "#", its) for mine, its in zip(core.lower(), word, strict=True))
    ]
    return _cased(fitting[0], core) if len(fitting) == 1 else core


def _cased(word: str, like: str) -> str:
    """``word`` in capitals as ``like`` has them."""
    letters = [char for char in like if char.isalpha()]
    if len(letters) > 1 and all(char.isupper() for char in letters):
        return word.upper()
    return word.capitalize() if like[0].isupper() else word
