"""Reading a comment the way a person does: disguises undone, links and listed words found.

Pure: text in, text out. Every function here takes time linear in the length of the text.
"""

from moderato.domain.text.aligned import Aligned, Span
from moderato.domain.text.clean import clean
from moderato.domain.text.fingerprint import fingerprint, plain
from moderato.domain.text.fold import fold, folded
from moderato.domain.text.likeness import ALIKE, bands, likeness, sketch
from moderato.domain.text.links import links
from moderato.domain.text.marks import marked_words
from moderato.domain.text.words import WordList, aligned_forms, forms

__all__ = [
    "ALIKE",
    "Aligned",
    "Span",
    "WordList",
    "aligned_forms",
    "bands",
    "clean",
    "fingerprint",
    "fold",
    "folded",
    "forms",
    "likeness",
    "links",
    "marked_words",
    "plain",
    "sketch",
]
