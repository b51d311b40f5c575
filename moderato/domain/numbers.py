"""What is counted about a site's comments, and how: every figure of the page Numbers.

Each count belongs to one site and one UTC day. `count` says what a comment's history adds to
which day; numbers.lua adds the same, step by step, while the history grows, and a property-based
test holds the two together. What was undone never happened, but for the undo itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from moderato.domain.comment import State
from moderato.domain.decision import Actor, Event
from moderato.domain.durations import bucket
from moderato.domain.lifecycle import Step

#: Milliseconds of a day.
DAY: Final = 86_400_000

#: Days since 1970, and the name of a count.
Count = tuple[int, str]

_FINAL: Final = frozenset({State.APPROVED, State.REJECTED})
#: Steps that decide where a comment belongs; the others only move it or ask again.
_DECIDING: Final = frozenset({Step.DECIDE, Step.RESCORE, Step.APPROVE, Step.REJECT})


def count(history: Sequence[Event]) -> Counter[Count]:
    """What one comment's whole history adds to which day."""
    counts: Counter[Count] = Counter()
    lived: list[Event] = []
    for event in history:
        if event.step == Step.UNDO:
            lived.pop()
            counts[_day(event), f"by:{event.by}:undo"] += 1
        else:
            lived.append(event)
    for index, event in enumerate(lived):
        counts.update(_of(event, lived[:index]))
    return counts


def _of(event: Event, before: Sequence[Event]) -> Iterator[Count]:
    """What one step adds, after the steps ``before`` it.

    arrived                      a comment was received
    decide:RULE:STATE            the policy decided, by that rule
    rescore:RULE:STATE           the policy decided again, on new scores
    report:RULE:flagged          readers sent a published comment back to a person
    erased                       its author or the law had it erased
    by:PERSON:STEP               a moderator approved, rejected, proposed, escalated, ...
    verdict:RULE:STATE           a person decided on what that rule had flagged
    overturned:RULE:STATE        a person reversed what the policy had approved or rejected; on the
                                 day of the policy's decision, so that it is a share of them
    reversed:PERSON              the same, where another person had decided
    took:policy:B, took:people:B from receipt to the first decision that approved or rejected it,
                                 in the bucket B, by who made it
    """
    day = _day(event)
    if event.step == "receive":
        yield day, "arrived"
        return
    if event.step == Step.ERASE:
        yield day, "erased"
        return
    by_person = event.actor == Actor.MODERATOR
    if by_person:
        yield day, f"by:{event.by}:{event.step}"
    else:
        yield day, f"{event.step}:{event.rule}:{event.state}"
    first = not any(earlier.state in _FINAL for earlier in before)
    if first and event.step in _DECIDING and event.state in _FINAL:
        took = bucket(event.at - before[0].at)
        yield day, f"took:{'people' if by_person else 'policy'}:{took}"
    if event.step in {Step.APPROVE, Step.REJECT}:
        yield from _verdict(event, before)


def _verdict(event: Event, before: Sequence[Event]) -> Iterator[Count]:
    """What a person's decision says about those before it."""
    if event.before is State.FLAGGED:
        yield _day(event), f"verdict:{before[-1].rule}:{event.state}"
    stood = next((earlier for earlier in reversed(before) if earlier.step in _DECIDING), None)
    if stood is None or stood.state not in _FINAL or stood.state is event.state:
        return
    if stood.actor == Actor.POLICY:
        yield _day(stood), f"overturned:{stood.rule}:{stood.state}"
    elif stood.by != event.by:
        yield _day(stood), f"reversed:{stood.by}"


def _day(event: Event) -> int:
    return event.at // DAY
