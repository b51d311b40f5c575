"""Telling that two comments say the same."""

from __future__ import annotations

import unicodedata
from hashlib import blake2b

from moderato.domain.text.fold import fold


def plain(text: str) -> str:
    """``text`` as two that say the same have it: without disguise, case or drawn-out letters."""
    return fold(text, longest_run=1).casefold()


def fingerprint(said: str) -> str:
    """24 hex digits, the same for texts that differ only in case, spacing, signs or disguise.

    ``said`` is the text as ``plain`` gives it. Letters, digits, marks and symbols such as emoji
    count; punctuation and spaces do not, unless there is nothing else. Change of folding changes
    fingerprints: compare recent ones only.
    """
    kept = "".join(char for char in said if unicodedata.category(char)[0] in "LNMS")
    told = kept or "".join(said.split())
    return blake2b(told.encode("utf-8", "replace"), digest_size=12).hexdigest()
