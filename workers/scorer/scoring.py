"""From texts to scores: as written and with disguises undone, whole however long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from moderato.domain.scores import Scores
from moderato.domain.text import fold
from workers.scorer.engines import Engine
from workers.scorer.engines.prepare import MAX_CHARS
from workers.scorer.language import detect

#: Tokens the model gets at once, padding included. Bounds memory where long comments fall into
#: many windows, and keeps short texts from being padded to a long one's length.
BATCH_TOKENS = 2_048

#: Characters two neighbouring windows share, so that no short phrase is cut in two.
OVERLAP = 40
_SHORTEST = 4 * OVERLAP


@dataclass(frozen=True, slots=True)
class _Window:
    owner: int
    folded: bool
    text: str
    tokens: int


def score_texts(engine: Engine, texts: Sequence[str]) -> list[Scores]:
    """The scores of ``texts``, in their order. Blocks: call it in a thread.

    Per attribute the highest counts: of the text as written and as ``fold`` reads it, and of the
    windows that a text longer than the model reads is cut into. Raises what the engine raises.
    """
    folded = [fold(text) for text in texts]
    windows = list(_windows(engine, texts, folded=False))
    changed = [f if _differs(f, t) else None for f, t in zip(folded, texts, strict=True)]
    windows += _windows(engine, changed, folded=True)
    windows.sort(key=lambda window: window.tokens)
    written: list[dict[str, float]] = [{} for _ in texts]
    undone: list[dict[str, float]] = [{} for _ in texts]
    for batch in _batches(windows):
        for window, found in zip(batch, engine.score([w.text for w in batch]), strict=True):
            best = (undone if window.folded else written)[window.owner]
            for name, value in found.items():
                best[name] = max(best.get(name, 0.0), value)
    return [_scores(engine, *each) for each in zip(folded, written, undone, strict=True)]


def _scores(
    engine: Engine, folded: str, written: dict[str, float], undone: dict[str, float]
) -> Scores:
    language = detect(folded)
    gain = undone.get("toxicity", 0.0) - written.get("toxicity", 0.0)
    return Scores(
        values={name: max(value, undone.get(name, 0.0)) for name, value in written.items()},
        model=engine.name,
        model_version=engine.version,
        folded_gain=max(0.0, gain),
        language=language.code,
        language_known=language.known_to(engine.languages),
    )


def _differs(folded: str, text: str) -> bool:
    """Whether folding changed more than case and spacing, which the model does not see."""
    return folded.casefold().split() != text.casefold().split()


def _windows(engine: Engine, texts: Sequence[str | None], *, folded: bool) -> Iterator[_Window]:
    """Each text, or halves of halves of it until the model can read them whole."""
    waiting = [(owner, text) for owner, text in enumerate(texts) if text is not None]
    while waiting:
        halves: list[tuple[int, str]] = []
        counts = engine.count_tokens([text for _, text in waiting])
        for (owner, text), tokens in zip(waiting, counts, strict=True):
            fits = tokens < engine.max_tokens and len(text) <= MAX_CHARS
            if fits or len(text) <= _SHORTEST:
                yield _Window(owner, folded, text, tokens)
            else:
                halves += [(owner, half) for half in _halves(text)]
        waiting = halves


def _batches(windows: Sequence[_Window]) -> Iterator[list[_Window]]:
    """``windows``, sorted by their tokens, in runs that fit ``BATCH_TOKENS`` when padded."""
    batch: list[_Window] = []
    for window in windows:
        if batch and (len(batch) + 1) * window.tokens > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch


def _halves(text: str) -> tuple[str, str]:
    """Two halves that overlap, cut at spaces where there are any near."""
    middle = len(text) // 2
    end = text.find(" ", middle, middle + OVERLAP)
    begin = text.rfind(" ", middle - OVERLAP, middle)
    return text[: end if end > 0 else middle + OVERLAP // 2], text[max(begin, middle - OVERLAP) :]
