"""From texts to scores: as written and with disguises undone, whole however long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from moderato.domain.scores import Scores
from moderato.domain.text import Aligned, Span, folded, marked_words
from workers.scorer.engines import Engine, Reading
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
    #: Where in the owner's text, as written or folded, it begins.
    begin: int


@dataclass(slots=True)
class _Found:
    """What the windows of one form of a text have shown so far."""

    form: Aligned
    values: dict[str, float] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)

    def add(self, window: _Window, reading: Reading) -> None:
        for name, value in reading.values.items():
            self.values[name] = max(self.values.get(name, 0.0), value)
        for begin, end in reading.spans:
            self.spans.append(self.form.origin((window.begin + begin, window.begin + end)))


def score_texts(engine: Engine, texts: Sequence[str]) -> list[Scores]:
    """The scores of ``texts``, in their order. Blocks: call it in a thread.

    Per attribute the highest counts: of the text as written and as ``fold`` reads it, and of the
    windows that a text longer than the model reads is cut into. A word is marked if it is in any
    of them. Raises what the engine raises.
    """
    written = [_Found(Aligned.of(text)) for text in texts]
    undone = [_Found(folded(text)) for text in texts]
    changed = [f.form.text if _differs(f.form.text, t) else None
               for f, t in zip(undone, texts, strict=True)]  # fmt: skip
    windows = [*_windows(engine, texts, folded=False), *_windows(engine, changed, folded=True)]
    windows.sort(key=lambda window: window.tokens)
    for batch in _batches(windows):
        for window, reading in zip(batch, engine.score([w.text for w in batch]), strict=True):
            (undone if window.folded else written)[window.owner].add(window, reading)
    return [_scores(engine, *each) for each in zip(written, undone, strict=True)]


def _scores(engine: Engine, written: _Found, undone: _Found) -> Scores:
    language = detect(undone.form.text)
    gain = undone.values.get("toxicity", 0.0) - written.values.get("toxicity", 0.0)
    return Scores(
        values={
            name: max(value, undone.values.get(name, 0.0)) for name, value in written.values.items()
        },
        model=engine.name,
        model_version=engine.version,
        folded_gain=max(0.0, gain),
        language=language.code,
        language_known=language.known_to(engine.languages),
        spans=marked_words(written.form.text, [*written.spans, *undone.spans]),
    )


def _differs(folded: str, text: str) -> bool:
    """Whether folding changed more than case and spacing, which the model does not see."""
    return folded.casefold().split() != text.casefold().split()


def _windows(engine: Engine, texts: Sequence[str | None], *, folded: bool) -> Iterator[_Window]:
    """Each text, or halves of halves of it until the model can read them whole."""
    waiting = [(owner, 0, text) for owner, text in enumerate(texts) if text is not None]
    while waiting:
        halves: list[tuple[int, int, str]] = []
        counts = engine.count_tokens([text for _, _, text in waiting])
        for (owner, begin, text), tokens in zip(waiting, counts, strict=True):
            fits = tokens < engine.max_tokens and len(text) <= MAX_CHARS
            if fits or len(text) <= _SHORTEST:
                yield _Window(owner, folded, text, tokens, begin)
            else:
                end, second = _halves(text)
                halves += [(owner, begin, text[:end]), (owner, begin + second, text[second:])]
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


def _halves(text: str) -> tuple[int, int]:
    """Where the first of two halves that overlap ends and the second begins.

    They are cut at spaces where there are any near.
    """
    middle = len(text) // 2
    end = text.find(" ", middle, middle + OVERLAP)
    begin = text.rfind(" ", middle - OVERLAP, middle)
    return end if end > 0 else middle + OVERLAP // 2, max(begin, middle - OVERLAP)
