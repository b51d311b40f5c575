"""One model, ready in a process of its own: ``python -m benchmarks.contender KIND FOLDER THREADS``.

Processes, so that neither library's threads get in the other's way. Reads lines of JSON, each a
list of texts; scores them as its KIND does and prints the seconds that took, and those of
processor time.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from moderato.config import Config
from moderato.process import describe_exit

_ROOT = Path(__file__).resolve().parent.parent
#: A request may be long.
_LINE_LIMIT = 2**26

Score = Callable[[Sequence[str]], None]


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds that passed, and seconds of processor time, all threads together."""

    seconds: float
    processor: float


@dataclass(frozen=True, slots=True)
class Contender:
    process: asyncio.subprocess.Process

    async def score(self, texts: Sequence[str]) -> Took:
        """What it took; RuntimeError where it ended instead."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(list(texts)).encode() + b"\n")
        await self.process.stdin.drain()
        answer = await self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"A contender ended: {describe_exit(await self.process.wait())}.")
        seconds, processor = map(float, answer.split())
        return Took(seconds, processor)


@asynccontextmanager
async def contender(kind: str, folder: Path, threads: int = 0) -> AsyncIterator[Contender]:
    """``folder`` is a model's; ready once entered. ``threads`` 0: as many as its library likes."""
    env = {**os.environ, "HF_HUB_OFFLINE": "1", "TQDM_DISABLE": "1"}
    if threads:
        env["OMP_NUM_THREADS"] = str(threads)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "benchmarks.contender", kind, str(folder), str(threads)),
        cwd=_ROOT,
        env=env,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LINE_LIMIT,
    )
    ready = Contender(process)
    try:
        await ready.score(["Good morning."])
        yield ready
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def moderato(folder: Path, threads: int) -> Score:
    """As the scorer does it: its window of comments, its batches, the folded text as well."""
    from workers.scorer.batches import next_batch
    from workers.scorer.engines.manifest import Manifest
    from workers.scorer.engines.onnx import OnnxEngine
    from workers.scorer.scoring import score_texts

    config = Config()
    engine = OnnxEngine(Manifest.of(folder.name, folder.parent), threads)

    def score(texts: Sequence[str]) -> None:
        waiting = list(texts)
        window: list[tuple[str, int]] = []
        while waiting or window:
            more = waiting[: config.prefetch - len(window)]
            del waiting[: len(more)]
            window += zip(more, engine.count_tokens(more), strict=True)
            picked = next_batch([tokens for _, tokens in window], config.batch_tokens)
            score_texts(engine, [window[i][0] for i in picked])
            for i in sorted(picked, reverse=True):
                del window[i]

    return score


def moderato_lists(folder: Path, threads: int, batch: int) -> Score:
    """Lists in the order they come, as Detoxify gets them; otherwise as the scorer does it."""
    from workers.scorer.engines.manifest import Manifest
    from workers.scorer.engines.onnx import OnnxEngine
    from workers.scorer.scoring import score_texts

    engine = OnnxEngine(Manifest.of(folder.name, folder.parent), threads)

    def score(texts: Sequence[str]) -> None:
        for start in range(0, len(texts), batch):
            score_texts(engine, texts[start : start + batch])

    return score


def detoxify(folder: Path, batch: int) -> Score:
    """As Detoxify's README shows it: ``Detoxify(...).predict(text)``, or a list of texts."""
    # The checkpoint names its configuration by a folder, relative to where one is.
    os.chdir(folder.parent)
    from detoxify import Detoxify

    model = Detoxify(
        checkpoint=str(folder / f"{folder.name}.ckpt"), huggingface_config_path=str(folder)
    )

    def score(texts: Sequence[str]) -> None:
        if batch == 1:
            for text in texts:
                model.predict(text)
        else:
            for start in range(0, len(texts), batch):
                model.predict(list(texts[start : start + batch]))

    return score


#: Detoxify takes its threads from the environment.
KINDS: dict[str, Callable[[Path, int], Score]] = {
    "moderato": moderato,
    "moderato-1": lambda folder, threads: moderato_lists(folder, threads, 1),
    "moderato-32": lambda folder, threads: moderato_lists(folder, threads, 32),
    "detoxify": lambda folder, _: detoxify(folder, 1),
    "detoxify-32": lambda folder, _: detoxify(folder, 32),
}


if __name__ == "__main__":
    run = KINDS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
    for line in sys.stdin:
        asked = json.loads(line)
        began, used = time.perf_counter(), time.process_time()
        run(asked)
        print(time.perf_counter() - began, time.process_time() - used, flush=True)
