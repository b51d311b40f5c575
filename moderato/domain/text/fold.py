"""Undoing disguises: the text a reader sees, whatever signs it was typed with."""

from __future__ import annotations

from moderato.domain.text.aligned import Aligned
from moderato.domain.text.clean import cleaned
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
    return folded(text, longest_run=longest_run).text


def folded(text: str, *, longest_run: int = 2) -> Aligned:
    """``fold``, with what each character comes from."""
    found = cleaned(Aligned.of(text))
    for _ in range(_MOST_PASSES):
        opened = outside_links(latinise(found), lambda piece: _open(piece, longest_run))
        if opened.text == found.text:
            break
        found = cleaned(opened)
    return found


def _open(text: Aligned, longest_run: int) -> Aligned:
    return shorten(unleet(close_up(text)), longest_run)
