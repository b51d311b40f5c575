"""Telling that two comments say nearly the same: a copy with a word changed, a wave of spam.

What is compared are the pairs of neighbouring words, with disguises undone: they change little
where little of a text was changed, and texts that say something else share few. A *sketch* keeps
up to 64 of them as hashes, those that are least (bottom-k): of a comment of up to 63 words all
of them, of a longer one a fair sample, the same whichever text it stands in.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from hashlib import blake2b
from typing import Final

#: How alike two texts must be to count as nearly the same: half of their pairs. In six words one
#: may be another.
ALIKE: Final = 0.5
#: Hashes in a sketch, and bytes of each.
_KEPT, _WIDTH = 64, 3
#: Words, and each letter of a script that has no spaces between them.
_WORDS: Final = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]|[^\W_]+"
)
#: Each turns the order of all hashes into another one.
_TURNS: Final = tuple(
    int.from_bytes(blake2b(b"turn %d" % n, digest_size=_WIDTH).digest()) for n in range(8)
)


def sketch(said: str) -> str:
    """What a text is recognised by, up to 256 characters; "" where it has no words.

    ``said`` is the text as ``plain`` gives it: case, spacing, punctuation and disguises change
    nothing. Change of folding changes sketches: compare recent ones only.
    """
    words = _WORDS.findall(said)
    if not words:
        return ""
    pairs = zip(["", *words], [*words, ""], strict=True)
    hashes = {_hash(f"{one} {other}") for one, other in pairs}
    return b64encode(b"".join(sorted(hashes)[:_KEPT])).decode()


def likeness(one: str, other: str) -> float:
    """The share of pairs that two texts have in common, 0 to 1, told from their sketches."""
    mine, theirs = _hashes(one), _hashes(other)
    # Of longer texts only the least hashes are known of both.
    known = set(sorted(mine | theirs)[:_KEPT])
    return len(mine & theirs & known) / len(known) if known else 0.0


def bands(sketch: str) -> list[str]:
    """Eight keys for an index, none for an empty sketch. Two texts share each of them with the
    chance that is their likeness (MinHash): half alike, they share one in 996 of 1000 cases.
    """
    numbers = [int.from_bytes(one) for one in _hashes(sketch)]
    if not numbers:
        return []
    return [f"{n}{min(map(turn.__xor__, numbers)):x}" for n, turn in enumerate(_TURNS)]


def _hash(pair: str) -> bytes:
    return blake2b(pair.encode("utf-8", "replace"), digest_size=_WIDTH).digest()


def _hashes(sketch: str) -> set[bytes]:
    raw = b64decode(sketch)
    return {raw[at : at + _WIDTH] for at in range(0, len(raw), _WIDTH)}
