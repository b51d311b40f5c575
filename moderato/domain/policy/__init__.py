"""A policy: named rules that decide what happens to a comment.

``parse`` reads one from TOML, ``decide`` applies it, ``explain`` shows how each rule came out.
docs/policy.md describes the format. Pure: nothing here reads a file, a clock or a network.
"""

from moderato.domain.policy.asked import attributes_asked
from moderato.domain.policy.bounds import Bound, bounds
from moderato.domain.policy.decide import RuleTrace, decide, explain
from moderato.domain.policy.facts import Context
from moderato.domain.policy.model import Outcome, Policy, Rule
from moderato.domain.policy.parse import Reading, parse, read
from moderato.domain.policy.problems import PolicyError, Problem
from moderato.domain.policy.tighter import tightened

__all__ = [
    "Bound",
    "Context",
    "Outcome",
    "Policy",
    "PolicyError",
    "Problem",
    "Reading",
    "Rule",
    "RuleTrace",
    "attributes_asked",
    "bounds",
    "decide",
    "explain",
    "parse",
    "read",
    "tightened",
]
