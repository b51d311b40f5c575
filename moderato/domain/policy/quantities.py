"""The numbers a policy may compare, apart from scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from moderato.domain.policy.facts import Facts


@dataclass(frozen=True, slots=True)
class Quantity:
    """``label`` names it in plain words; ``value`` finds it, None where it is not known.

    A share lies in [0, 1]; everything else is a count.
    """

    label: str
    value: Callable[[Facts], float | None]
    is_share: bool = False


QUANTITIES: Final = {
    "links": Quantity("the number of links", lambda facts: len(facts.links)),
    "author_approved": Quantity(
        "the number of the author's approved comments",
        lambda facts: facts.context.author_approved,
    ),
    "author_rejected": Quantity(
        "the number of the author's rejected comments",
        lambda facts: facts.context.author_rejected,
    ),
    "author_rejected_share": Quantity(
        "the share of the author's comments that were rejected",
        lambda facts: facts.author_rejected_share,
        is_share=True,
    ),
    "repeats": Quantity(
        "the number of times this author posted this text", lambda facts: facts.repeats
    ),
    "folded_gain": Quantity(
        "the toxicity that disguise hid", lambda facts: facts.folded_gain, is_share=True
    ),
    "length": Quantity("the length in characters", lambda facts: len(facts.comment.text)),
}
