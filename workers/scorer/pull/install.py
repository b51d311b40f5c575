"""From files as Detoxify has them to a model folder that the engines run, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from tokenizers import Tokenizer

from workers.scorer.convert import write_onnx
from workers.scorer.engines.manifest import EngineError, Manifest
from workers.scorer.engines.onnx import OnnxEngine
from workers.scorer.engines.prepare import prepare
from workers.scorer.pull.catalogue import Remote, Source
from workers.scorer.pull.check import SAMPLES, compare
from workers.scorer.pull.checkpoint import Checkpoint, build_model, read_checkpoint
from workers.scorer.pull.download import sha256, wrong_hash
from workers.scorer.pull.errors import PullError, disk_error

#: Told what begins now, in a few words.
Say = Callable[[str], None]

PRECISIONS: Final = ("int8", "float32")
#: Tokens that Detoxify's models read of a text.
_MAX_TOKENS: Final = 512
#: How folders begin that are being built or taken away.
_UNFINISHED: Final = ".unfinished-"


@dataclass(frozen=True, slots=True)
class Files:
    """Where the files of one model lie. ``keep``: the checkpoint is somebody's, so copy it."""

    checkpoint: Path
    tokenizer: Path
    config: Path
    keep: bool = True


def install(
    source: Source, files: Files, models: Path, *, precision: str = "int8", say: Say
) -> Manifest:
    """Check, convert and install one model under ``models``; its manifest.

    It is built in a folder beside and moved into place at the end, over an earlier one. Raises
    PullError or EngineError; whatever happens, an interruption too, nothing is half installed.
    """
    try:
        models.mkdir(parents=True, exist_ok=True)
        clear(models)
        folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=models))
        try:
            # A container that runs as another user must be able to read it.
            folder.chmod(0o755)
            _build(source, files, folder, precision, say)
            _move_into_place(folder, models / source.name)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise disk_error(error, models) from error
    return Manifest.of(source.name, models)


def clear(models: Path) -> None:
    """Remove what a process that was killed left unfinished."""
    for left in models.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)


def _build(source: Source, files: Files, folder: Path, precision: str, say: Say) -> None:
    say("Checking")
    hashes = {
        "checkpoint": _checked(source.checkpoint, files.checkpoint),
        "tokenizer": _checked(source.base.tokenizer, files.tokenizer),
        "config": _checked(source.base.config, files.config),
    }
    checkpoint = read_checkpoint(files.checkpoint, source.base)
    model = build_model(checkpoint, source.base, files.config)
    max_tokens = _max_tokens(model.config)
    _write_tokenizer(files.tokenizer, checkpoint, max_tokens, model.config.vocab_size, folder)
    model.config.to_json_file(folder / "config.json")
    say("Converting")
    tokenizer = _tokenizer(folder, max_tokens)
    examples = [tokenizer.encode(prepare(text)).ids for text in SAMPLES]
    _convert(model, folder, len(checkpoint.classes), precision, examples)
    take = shutil.copyfile if files.keep else _link
    take(files.checkpoint, folder / f"{source.name}.ckpt")
    manifest: dict[str, Any] = {
        "name": source.name,
        "version": source.version,
        "attributes": checkpoint.classes,
        "languages": source.languages,
        "max_tokens": max_tokens,
        "licence": source.licence,
        "base": source.base.name,
        "precision": precision,
        "sources": _sources(source, hashes),
        "files": {path.name: sha256(path) for path in sorted(folder.iterdir())},
    }
    _write_json(manifest, folder / "model.json")
    say("Comparing with torch")
    found = compare(OnnxEngine(Manifest.at(folder)), model, tokenizer)
    if not found.good:
        raise PullError(
            f"Converted to {precision}, {source.name} scores otherwise than before: {found}. "
            "It was not installed."
            + (
                " Try again with --precision float32: exact, but four times the size and slower."
                if precision == "int8"
                else ""
            )
        )
    _write_json({**manifest, "agreement": asdict(found)}, folder / "model.json")


def _tokenizer(folder: Path, max_tokens: int) -> Tokenizer:
    """As the engines use it."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(max_tokens)
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    return tokenizer


def _convert(
    model: Any, folder: Path, classes: int, precision: str, examples: list[list[int]]
) -> None:
    try:
        write_onnx(
            model,
            folder / "model.onnx",
            classes=classes,
            quantised=precision == "int8",
            examples=examples,
        )
    except OSError:
        raise
    except Exception as error:
        raise PullError(
            f"The model cannot be converted ({type(error).__name__}: {error}). Nothing was "
            "installed."
        ) from error


def _checked(remote: Remote, path: Path) -> str:
    found = sha256(path)
    if not found.startswith(remote.sha256):
        raise wrong_hash(remote, found, path)
    return found


def _max_tokens(config: Any) -> int:
    """What the model has positions for; RoBERTa's are counted from after its padding token."""
    offset = config.pad_token_id + 1 if "roberta" in config.model_type else 0
    return min(_MAX_TOKENS, int(config.max_position_embeddings) - offset)


def _write_tokenizer(
    path: Path, checkpoint: Checkpoint, max_tokens: int, vocabulary: int, folder: Path
) -> None:
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:
        raise PullError(f"{path} is not a tokenizer: {error}.") from error
    if tokenizer.get_vocab_size() > vocabulary:
        raise PullError(
            f"{path} has {tokenizer.get_vocab_size()} tokens, the model {vocabulary}: it is "
            "another model's."
        )
    shutil.copyfile(path, folder / "tokenizer.json")
    settings = {"tokenizer_class": checkpoint.tokenizer, "model_max_length": max_tokens}
    _write_json(settings, folder / "tokenizer_config.json")


def _sources(source: Source, hashes: dict[str, str]) -> dict[str, dict[str, str]]:
    """Where each file came from, with its whole hash: what a later installation must match."""
    remotes = {
        "checkpoint": source.checkpoint,
        "tokenizer": source.base.tokenizer,
        "config": source.base.config,
    }
    return {what: {"url": remote.url, "sha256": hashes[what]} for what, remote in remotes.items()}


def _write_json(content: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # Not every file system has links; a full disk says so again here.
        shutil.copyfile(source, target)


def _move_into_place(folder: Path, target: Path) -> None:
    """On disk first, then seen: a power cut leaves the old one or the new one."""
    for path in folder.iterdir():
        _sync(path)
    _sync(folder)
    if target.exists():
        old = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=target.parent))
        target.rename(old / target.name)
        folder.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        folder.rename(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def recorded(name: str, models: Path) -> tuple[Manifest, str] | None:
    """The manifest of an installed model and its precision, if every file is as recorded."""
    with suppress(EngineError, OSError, ValueError):
        manifest = Manifest.of(name, models)
        if all(sha256(manifest.folder / file) == pin for file, pin in manifest.files.items()):
            raw = json.loads((manifest.folder / "model.json").read_text(encoding="utf-8"))
            return manifest, str(raw.get("precision", ""))
    return None
