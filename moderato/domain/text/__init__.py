"""Reading a comment the way a person does: disguises undone, links and listed words found.

Pure: text in, text out. Every function here takes time linear in the length of the text.
"""

from moderato.domain.text.clean import clean
from moderato.domain.text.fingerprint import fingerprint
from moderato.domain.text.fold import fold
from moderato.domain.text.links import links
from moderato.domain.text.words import WordList, forms

__all__ = ["WordList", "clean", "fingerprint", "fold", "forms", "links"]
