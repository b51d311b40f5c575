"""Texts as any tokenizer can take them and any model can read them.

Training cleans with the same function, so that a model meets what it learnt.
"""

from __future__ import annotations

import re
import unicodedata

from moderato.domain.text.aligned import Aligned

#: Characters of a text that are looked at; above any comment that intake lets in by default.
MAX_CHARS = 20_000

_SURROGATE = re.compile("[\ud800-\udfff]")

# WordPiece gives up on words of more than 100 characters and makes one unknown token of them,
# which would hide whatever a writer glues together.
_LONG_WORD = re.compile(r"\S{90}(?=\S)")

# A writer's "[SEP]" must not become the token that ends a text.
_OWN_TOKEN = re.compile(r"\[(?=(?:PAD|UNK|CLS|SEP|MASK)\])")

# Pictures are unknown to it as well, and hide the word they touch: the same one again counts
# once, and each becomes its Unicode name.
_PICTURE = re.compile(
    r"([\u2600-\u27bf\u2b00-\u2bff\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff])"
    r"[\u200d\ufe0f]*(?:\1[\u200d\ufe0f]*)*"
)
_SKINS = dict(zip("🏻🏼🏽🏾🏿", ("light", "light", "medium", "dark", "dark"), strict=True))
_FLAG_LETTER = "regional indicator symbol letter "


# The marks of Wikipedia's talk pages (headings, indents, bold, links, signatures) stood in harmless
# training comments far more often than in toxic ones: with them anybody could talk a score down.
_WIKI = re.compile(r"={2,}|'{2,}|~{3,}|\[\[|\]\]|\{\{|\}\}|^[ \t]*[:*#]+", re.MULTILINE)


def _describe(match: re.Match[str]) -> str:
    picture = match[1]
    if picture in _SKINS:
        return f" {_SKINS[picture]} skin "
    name = unicodedata.name(picture, "symbol").lower()
    if name.startswith(_FLAG_LETTER):
        return name.removeprefix(_FLAG_LETTER)
    return f" {name} "


def _broken(match: re.Match[str]) -> list[str]:
    return [*match[0][:-1], f"{match[0][-1]} "]


def prepare(text: str) -> str:
    """``text`` cut, without lone surrogates, with pictures named and overlong words broken.

    Also, the names of the tokenizer's own tokens become plain words, and wiki markup spaces.
    """
    return prepared(text).text


def prepared(text: str) -> Aligned:
    """``prepare``, with what each character comes from."""
    return (
        Aligned.of(text[:MAX_CHARS])
        .sub(_SURROGATE, lambda _: "?")
        .sub(_OWN_TOKEN, lambda _: "[ ")
        .sub(_WIKI, lambda _: " ")
        .sub(_PICTURE, _describe)
        .sub(_LONG_WORD, _broken)
    )
