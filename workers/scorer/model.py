"""The model in a thread of its own, so that the loop never blocks on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar, TypeVarTuple

import structlog

from moderato.domain.scores import ModelInfo, Scores
from workers.scorer.engines import Engine, describe
from workers.scorer.scoring import score_texts

log = structlog.get_logger(__name__)

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

#: A text that any working model can score: it tells a bad comment from a broken model.
PROBE = "Good morning."


class ModelDownError(Exception):
    """The model itself does not work; no comment is to blame."""


@dataclass(frozen=True, slots=True)
class BadComment:
    """The model works, but not on this comment."""

    error: str


class Model:
    """Loads the engine on first use and again after it broke."""

    def __init__(self, load: Callable[[], Engine]) -> None:
        self._load = load
        self._engine: Engine | None = None
        # One thread: the engine spreads a batch over the cores itself.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model")
        #: The model loaded last, and an event set each time; whoever makes it known clears that.
        self.info: ModelInfo | None = None
        self.loaded = asyncio.Event()
        #: Why the model does not work just now; empty while it does.
        self.trouble = "The model is not loaded yet."

    async def start(self) -> Engine:
        """The engine, loaded; raises ModelDownError."""
        if self._engine is None:
            try:
                self._engine = await self._in_thread(self._warm)
            except Exception as error:
                raise self._down(error) from error
            self.trouble = ""
            self.info = describe(self._engine)
            self.loaded.set()
            log.info("model_loaded", model=self._engine.name, version=self._engine.version)
        return self._engine

    def _warm(self) -> Engine:
        # The first text costs a second; let no reader wait for it.
        engine = self._load()
        score_texts(engine, [PROBE])
        return engine

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens per text, as the engine counts them; 1 each while there is no engine.

        Runs beside the model's thread: counting must not wait behind a batch.
        """
        if self._engine is None:
            return [1] * len(texts)
        return await asyncio.to_thread(self._engine.count_tokens, texts)

    async def score(self, texts: Sequence[str]) -> list[Scores | BadComment]:
        """Scores in the order of ``texts``; a comment the model fails on is isolated.

        Raises ModelDownError when the model fails on a harmless text too.
        """
        engine = await self.start()
        try:
            return list(await self._in_thread(score_texts, engine, texts))
        except Exception as error:
            if len(texts) > 1:
                middle = len(texts) // 2
                return await self.score(texts[:middle]) + await self.score(texts[middle:])
            await self._probe(engine)
            log.warning("comment_breaks_model", error=str(error))
            return [BadComment(f"{type(error).__name__}: {error}")]

    async def _probe(self, engine: Engine) -> None:
        try:
            await self._in_thread(score_texts, engine, [PROBE])
        except Exception as error:
            self._engine = None
            raise self._down(error) from error
        self.trouble = ""

    def _down(self, error: Exception) -> ModelDownError:
        self.trouble = f"{type(error).__name__}: {error}"
        log.error("model_down", error=self.trouble)
        return ModelDownError(self.trouble)

    async def _in_thread(self, call: Callable[[*Ts], T], *args: *Ts) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *args)

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
