"""Undoing disguises: the text a reader sees, whatever signs it was typed with."""

from __future__ import annotations

from moderato.domain.text.clean import clean
from moderato.domain.text.leet import unleet
from moderato.domain.text.links import outside_links
from moderato.domain.text.lookalikes import latinise
from moderato.domain.text.spacing import close_up, shorten

#: Undoing one disguise can lay bare another, as leet between letters that were spaced out.
_MOST_PASSES = 6


def fold(text: str, *, longest_run: int = 2) -> str:
    """``text`` with its disguises undone, for a model or a word list to read.

    Invisible characters and zalgo, look-alike letters, spaced-out words, signs for letters and
    drawn-out letters are undone; see the modules of this package for what each leaves alone.
    Case stays. Links and mail addresses keep their signs. Text that hides nothing comes back as
    it was, in NFKC.

    The result is at most six times as long as ``text`` (NFKC's doing; the later steps never
    lengthen), and folding it again changes nothing. Time is linear in the length.

    ``longest_run``: letters that stay of three or more of the same.
    """
    text = clean(text)
    for _ in range(_MOST_PASSES):
        opened = outside_links(latinise(text), lambda piece: _open(piece, longest_run))
        if opened == text:
            break
        text = clean(opened)
    return text


def _open(text: str, longest_run: int) -> str:
    return shorten(unleet(close_up(text)), longest_run)
