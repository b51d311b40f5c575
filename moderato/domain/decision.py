"""What was decided about a comment, by whom or what, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from moderato.domain.comment import State


class Actor(StrEnum):
    """Who may take a step."""

    POLICY = "policy"
    MODERATOR = "moderator"
    SITE = "site"
    READER = "reader"


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome for one comment.

    ``rule`` is the policy rule's name, or the moderator's reason code. ``reason`` is in plain
    words, fit to show. ``evidence`` holds the values that triggered it, such as
    ``{"toxicity": "0.93"}``. ``priority`` orders the flagged queue: higher is sooner, in [0, 1].
    ``message`` is what the comment's author may be told; empty where nothing is to be said.
    """

    state: State
    rule: str
    reason: str
    evidence: Mapping[str, str] = field(default_factory=dict)
    priority: float = 0.0
    policy_version: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the first of two people decided; ``action`` is "approve" or "reject"."""

    by: str
    action: str
    rule: str
    reason: str
    at: int


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a comment's history: what happened, by whom, when and why.

    ``at`` is UTC milliseconds by Redis's clock; ``by`` is the moderator, the policy's name or
    the site; ``version`` is the comment's version after the step. No event holds any of the
    comment's text, so that history may outlive an erasure.
    """

    step: str
    at: int
    actor: str
    by: str
    before: State | None
    state: State
    version: int
    rule: str = ""
    reason: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    priority: float = 0.0
    policy_version: str = ""
    model: str = ""
    model_version: str = ""
    message: str = ""
    #: What a person said when they escalated, held or returned it; never shown to its author.
    note: str = ""
    #: Where it waits after the step, while it is flagged.
    place: str = ""
    #: "approve" or "reject": what the first of two people, or the one who disagreed, decided.
    proposed: str = ""
    #: The bulk it was decided in.
    bulk: str = ""
