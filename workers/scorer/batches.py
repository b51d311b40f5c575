"""Which comments to score together. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def next_batch(lengths: Sequence[int], budget: int) -> list[int]:
    """Positions of the comments to score next, shortest first.

    ``lengths`` are tokens per comment, oldest comment first. A batch is padded to its longest
    comment, so its cost is longest x count: that stays within ``budget`` tokens unless one
    comment alone exceeds it. The oldest is always in it, so none waits for ever; its company
    are those nearest to it in length, so little padding is computed.
    """
    if not lengths:
        return []
    oldest = lengths[0]
    others = sorted(range(1, len(lengths)), key=lambda i: abs(lengths[i] - oldest))
    batch, longest = [0], oldest
    for i in others:
        padded = max(longest, lengths[i])
        if padded * (len(batch) + 1) > budget:
            break
        batch.append(i)
        longest = padded
    return sorted(batch, key=lambda i: lengths[i])
