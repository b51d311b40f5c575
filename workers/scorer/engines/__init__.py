"""What runs a toxicity model: texts in, a score per attribute and the marked words out.

Two engines: ``onnx`` (ONNX Runtime, the default) and ``detoxify`` (the reference, on torch). For
one model both give the same scores, to a tolerance that the tests state.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from workers.scorer.engines.manifest import EngineError, Manifest
from workers.scorer.engines.reading import Reading

__all__ = ["ENGINES", "Engine", "EngineError", "Reading", "load_engine"]

ENGINES = ("onnx", "detoxify")


class Engine(Protocol):
    """A loaded model. Both methods block and may be called from several threads at once."""

    @property
    def name(self) -> str:
        """The model's name, as ``compact``."""

    @property
    def version(self) -> str:
        """The model's version."""

    @property
    def attributes(self) -> tuple[str, ...]:
        """What the model scores, in Detoxify's names."""

    @property
    def languages(self) -> frozenset[str]:
        """ISO 639-1 codes of the languages it was trained on."""

    @property
    def max_tokens(self) -> int:
        """Tokens it reads of a text, the two that frame it included; the rest is cut off."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens per text after the cut. Cheap: for batching."""

    def score(self, texts: Sequence[str]) -> list[Reading]:
        """What the model finds in each of ``texts``, in their order.

        Raises EngineError where the model's answer cannot be used.
        """


def load_engine(engine: str, model: str, threads: int = 0) -> Engine:
    """``engine`` ("onnx" or "detoxify") with ``model``; ``threads`` 0 lets the engine choose.

    Raises EngineError if there is no such engine or model, if the model's files are not what its
    manifest says, or if a library is missing; the message says what to do.
    """
    if engine not in ENGINES:
        raise EngineError(f"There is no engine {engine!r}; say {' or '.join(ENGINES)}.")
    manifest = Manifest.of(model)
    if engine == "onnx":
        from workers.scorer.engines.onnx import OnnxEngine

        return OnnxEngine(manifest, threads)
    from workers.scorer.engines.detoxify import DetoxifyEngine

    return DetoxifyEngine(manifest, threads)
