"""This machine: libraries, the model's files, and room for the data."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from moderato.cli._doctor.finding import Finding, broken, look, ok
from moderato.cli.deployment import model_in_use, models_dir
from moderato.config import Config

#: Extra of the package -> what it brings, by engine.
_ENGINES = {
    "onnx": ("scorer", ("numpy", "onnxruntime", "py3langid", "tokenizers")),
    "detoxify": ("scorer,detoxify", ("numpy", "py3langid", "tokenizers", "detoxify", "torch")),
}
#: Free space in bytes that is worth a look, and that will not last.
_LOW, _OUT = 2**30, 100 * 2**20
#: Any model must tell these apart.
_CIVIL, _TOXIC = "Thank you for this article.", "You are a stupid idiot, shut up."
_MODEL_SECONDS = 120.0


async def examine(config: Config, data_dir: Path | None) -> list[Finding]:
    """``data_dir`` is the embedded Redis's folder, None where Redis is elsewhere."""
    findings = [ok(f"Python {sys.version.split()[0]}")]
    if data_dir is not None:
        findings += _folder(data_dir)
    missing = _missing(config.engine)
    if missing is not None:
        return [*findings, missing]
    models = models_dir(config, data_dir)
    return [*findings, await _model(config.engine, model_in_use(config, models), models)]


def _folder(data_dir: Path) -> Iterator[Finding]:
    if not data_dir.is_dir():
        yield look(f"the data folder {data_dir} does not exist yet", "`moderato up` makes it.")
        return
    if not os.access(data_dir, os.W_OK | os.X_OK):
        yield broken(
            f"the data folder {data_dir} cannot be written by this user",
            "Run as the user it belongs to, or `chown` it.",
        )
    free = shutil.disk_usage(data_dir).free
    said = f"{free / 2**30:.1f} GiB free for {data_dir}"
    fix = "Make room: Redis refuses every write once its disk is full."
    if free < _OUT:
        yield broken(said, fix)
    elif free < _LOW:
        yield look(said, fix)
    else:
        yield ok(said)


def _missing(engine: str) -> Finding | None:
    """The libraries of the engine, where any is missing."""
    if engine not in _ENGINES:
        return broken(f"MODERATO_ENGINE={engine!r} does not exist", f"Say {' or '.join(_ENGINES)}.")
    extra, modules = _ENGINES[engine]
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if not missing:
        return None
    return look(
        f"no scorer can run here: {', '.join(missing)} not installed",
        f"Where one should: `pip install 'moderato[{extra}]'`.",
    )


async def _model(engine: str, model: str, models: Path) -> Finding:
    """Has the model score two texts, in a process of its own as a scorer would."""
    name = f"model {model} on {engine}"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "workers.scorer.score_cli"),
        *("--engine", engine, "--model", model, "--models-dir", str(models)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    texts = "".join(json.dumps({"text": text}) + "\n" for text in (_CIVIL, _TOXIC))
    try:
        async with asyncio.timeout(_MODEL_SECONDS):
            answer, complaint = await process.communicate(texts.encode())
    except TimeoutError:
        process.kill()
        await process.wait()
        return broken(
            f"{name} gave no score within {_MODEL_SECONDS:g} s", "Is the machine overloaded?"
        )
    if process.returncode:
        last = complaint.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        return broken(
            f"{name} does not work: {last[-1]}",
            "`moderato models list` shows which are installed; `moderato models use compact` "
            "goes back to the bundled one.",
        )
    scores = [json.loads(line) for line in answer.splitlines()]
    civil, toxic = (one["scores"]["toxicity"] for one in scores)
    if toxic <= civil:
        return broken(
            f"{name} finds thanks ({civil:.2f}) as toxic as an insult ({toxic:.2f})",
            "Its files are damaged or not a toxicity model's: reinstall it.",
        )
    return ok(f"{name}, version {scores[0]['version']}, tells an insult from thanks")
