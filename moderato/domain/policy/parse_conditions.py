"""Reading a rule's ``when``."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import Any

from moderato.domain.comment import ArticleMode
from moderato.domain.policy import conditions
from moderato.domain.policy.condition import Condition
from moderato.domain.policy.lines import Path
from moderato.domain.policy.parse_thresholds import ThresholdParser
from moderato.domain.policy.problems import choose_from
from moderato.domain.policy.quantities import QUANTITIES
from moderato.domain.policy.reader import Reader
from moderato.domain.scores import ATTRIBUTES, ModelInfo

_DOMAIN = re.compile(r"(?!-)[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


class ConditionParser:
    """``model`` is the one in use, None where that is not known; ``words`` are the names of the
    policy's word lists.

    ``used_words`` collects the lists that some condition asked for.
    """

    def __init__(self, reader: Reader, model: ModelInfo | None, words: Collection[str]) -> None:
        self._reader = reader
        self._words = frozenset(words)
        self.used_words: set[str] = set()
        thresholds = ThresholdParser(reader, model)
        # Only to recognise a score that stands where a condition should: well-known names do.
        self._attributes = {*ATTRIBUTES, *(model.attributes if model else ())}
        self._parsers: dict[str, Callable[[str, Any, Path], Iterable[Condition]]] = {
            "scores": thresholds.scores,
            "any_score": thresholds.any_score,
            **dict.fromkeys(QUANTITIES, thresholds.number),
            **dict.fromkeys(conditions.FLAGS, self._flag),
            "article": self._article,
            "language": self._language,
            "words": self._word_lists,
            "links_outside": self._links_outside,
            "not": self._not,
            "always": self._always,
        }

    def parse(self, table: Any, path: Path) -> tuple[Condition, ...]:
        """The conditions of one ``when`` or ``not``, less those with problems."""
        if not isinstance(table, dict):
            self._reader.wrong_kind(path, table, dict, f'{path[-1]}.links = "> 2"')
            return ()
        if not table:
            what = f'"{path[-1]}" asks for nothing'
            self._reader.note(path, what, "write always = true in it to take every comment")
        found: list[Condition] = []
        for key, value in table.items():
            if parser := self._parsers.get(key):
                found += parser(key, value, (*path, key))
            else:
                self._unknown(key, (*path, key))
        return tuple(found)

    def _unknown(self, key: str, path: Path) -> None:
        if key in self._attributes:
            fix = f'write scores = {{ {key} = ">= 0.9" }}'
            self._reader.note(path, f'"{key}" is a score, not a condition', fix)
        else:
            self._reader.note(path, f'unknown condition "{key}"', choose_from(key, self._parsers))

    def _flag(self, key: str, value: Any, path: Path) -> Iterable[Condition]:
        if not isinstance(value, bool):
            self._reader.wrong_kind(path, value, bool, f"{key} = true")
            return ()
        return (conditions.FlagIs(key, value),)

    def _article(self, key: str, value: Any, path: Path) -> Iterable[Condition]:
        modes = self._reader.names(value, path, 'article = "premod"')
        for mode in modes:
            if mode not in set(ArticleMode):
                self._reader.note(path, f'unknown mode "{mode}"', choose_from(mode, ArticleMode))
        return (conditions.OneOf(key, modes),)

    def _language(self, key: str, value: Any, path: Path) -> Iterable[Condition]:
        codes = self._reader.names(value, path, 'language = ["en", "de"]')
        for code in codes:
            if not _LANGUAGE.fullmatch(code):
                what = f'"{code}" is no language code'
                self._reader.note(path, what, 'use ISO 639-1 codes in small letters, as "en"')
        return (conditions.OneOf(key, codes),)

    def _word_lists(self, _key: str, value: Any, path: Path) -> Iterable[Condition]:
        lists = self._reader.names(value, path, 'words = "banned"')
        self.used_words.update(lists)
        for name in lists:
            if name not in self._words:
                what = f'there is no word list "{name}"'
                fix = (
                    choose_from(name, self._words)
                    if self._words
                    else f'add it under [words], as {name} = ["..."]'
                )
                self._reader.note(path, what, fix)
        return (conditions.HasWords(lists),)

    def _links_outside(self, _key: str, value: Any, path: Path) -> Iterable[Condition]:
        domains = self._reader.names(value, path, 'links_outside = ["example.com"]')
        for domain in domains:
            if not _DOMAIN.fullmatch(domain):
                what = f'"{domain}" is no domain'
                self._reader.note(path, what, 'write it without scheme or path, as "example.com"')
        return (conditions.LinksOutside(tuple(domain.casefold() for domain in domains)),)

    def _not(self, _key: str, value: Any, path: Path) -> Iterable[Condition]:
        inner = self.parse(value, path)
        return (conditions.Not(inner),) if inner else ()

    def _always(self, key: str, value: Any, path: Path) -> Iterable[Condition]:
        if value is not True:
            self._reader.note(path, f'"{key}" can only be true', "write always = true")
        return (conditions.Always(),)
