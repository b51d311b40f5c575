"""Telling that two comments say the same."""

from __future__ import annotations

import unicodedata
from hashlib import blake2b

from moderato.domain.text.fold import fold


def fingerprint(text: str) -> str:
    """24 hex digits, the same for texts that differ only in case, spacing, signs or disguise.

    Letters, digits, marks and symbols such as emoji count; punctuation and spaces do not, unless
    there is nothing else. Change of folding changes fingerprints: compare recent ones only.
    """
    folded = fold(text, longest_run=1).casefold()
    kept = "".join(char for char in folded if unicodedata.category(char)[0] in "LNMS")
    said = kept or "".join(folded.split())
    return blake2b(said.encode("utf-8", "replace"), digest_size=12).hexdigest()
