"""Conditions on everything that is not a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from moderato.domain.policy import show
from moderato.domain.policy.condition import Condition, Finding
from moderato.domain.policy.facts import Facts
from moderato.domain.text.links import belongs

#: Yes-or-no questions: what a yes and a no mean.
FLAGS: Final = {
    "author_trusted": ("the author is trusted", "the author is not trusted"),
    "language_known": ("the model knows the language", "the model does not know the language"),
    "scored": ("a model scored the comment", "no model scored the comment"),
    "tighter": ("the article is held tighter", "the article is not held tighter"),
}


@dataclass(frozen=True, slots=True)
class FlagIs:
    """One of ``FLAGS``."""

    key: str
    expected: bool

    def test(self, facts: Facts) -> Finding:
        value = _flag(self.key, facts)
        if value is None:
            return Finding(None, f"it is not known whether {FLAGS[self.key][0]}")
        says = FLAGS[self.key][0 if value else 1]
        return Finding(value is self.expected, says, {self.key: "yes" if value else "no"})

    @property
    def plain(self) -> str:
        return FLAGS[self.key][0 if self.expected else 1]

    @property
    def provides(self) -> Mapping[str, bool]:
        return {self.key: False}


def _flag(key: str, facts: Facts) -> bool | None:
    if key == "author_trusted":
        return facts.author_trusted
    if key == "tighter":
        return facts.tighter is not None
    return facts.language_known if key == "language_known" else facts.scored


@dataclass(frozen=True, slots=True)
class OneOf:
    """``key`` is "article" (its mode) or "language" (an ISO 639-1 code)."""

    key: str
    values: tuple[str, ...]

    def test(self, facts: Facts) -> Finding:
        value = facts.article.value if self.key == "article" else facts.language
        if value is None:
            return Finding(None, f"the {self.key} is not known")
        return Finding(value in self.values, f"the {self.key} is {value}", {self.key: value})

    @property
    def plain(self) -> str:
        return f"the {self.key} is {show.either(self.values)}"

    @property
    def provides(self) -> Mapping[str, bool]:
        return {self.key: False}


@dataclass(frozen=True, slots=True)
class HasWords:
    """The text has an entry of at least one of these word lists."""

    lists: tuple[str, ...]

    def test(self, facts: Facts) -> Finding:
        found = {name: facts.listed_words(name) for name in self.lists}
        hits = [word.removesuffix("*") for words in found.values() for word in words]
        if not hits:
            return Finding(False, f"the text has no word of {show.either(self.lists)}")
        lists = show.either((name for name, words in found.items() if words), "and")
        says = f"the text has {show.quoted(hits)} of the word list {lists}"
        return Finding(True, says, {"words": ", ".join(hits)})

    @property
    def plain(self) -> str:
        return f"the text has a word of {show.either(self.lists)}"

    @property
    def provides(self) -> Mapping[str, bool]:
        return {"words": False}


@dataclass(frozen=True, slots=True)
class LinksOutside:
    """The text links to a site that is not among these domains or below them."""

    domains: tuple[str, ...]

    def test(self, facts: Facts) -> Finding:
        outside = [
            host
            for host in dict.fromkeys(facts.links)
            if not any(belongs(host, domain) for domain in self.domains)
        ]
        if not outside:
            return Finding(False, "the text links to no other site")
        hosts = ", ".join(outside)
        return Finding(True, f"the text links to {hosts}", {"hosts": hosts})

    @property
    def plain(self) -> str:
        return f"the text links to a site other than {show.either(self.domains)}"

    @property
    def provides(self) -> Mapping[str, bool]:
        return {"hosts": False}


@dataclass(frozen=True, slots=True)
class Not:
    """Not all of these hold."""

    conditions: tuple[Condition, ...]

    def test(self, facts: Facts) -> Finding:
        findings = [condition.test(facts) for condition in self.conditions]
        says = "; ".join(finding.says for finding in findings)
        if any(finding.holds is False for finding in findings):
            return Finding(True, says)
        return Finding(None if any(f.holds is None for f in findings) else False, says)

    @property
    def plain(self) -> str:
        return f"not ({show.either((one.plain for one in self.conditions), 'and')})"

    @property
    def provides(self) -> Mapping[str, bool]:
        return {}


@dataclass(frozen=True, slots=True)
class Always:
    """Every comment."""

    def test(self, facts: Facts) -> Finding:
        return Finding(True, "the rule takes every comment")

    @property
    def plain(self) -> str:
        return "always"

    @property
    def provides(self) -> Mapping[str, bool]:
        return {}
