"""The reference engine: the ``detoxify`` package on torch."""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from moderato.domain.text import Aligned, Span
from workers.scorer.engines.manifest import EngineError, Manifest
from workers.scorer.engines.prepare import prepare, prepared
from workers.scorer.engines.reading import Reading, is_marked, read_spans

try:
    import torch
    from detoxify import Detoxify
except ImportError as error:
    raise EngineError(
        f"The detoxify engine needs packages that are not installed ({error.name}): "
        "pip install 'moderato[detoxify]'"
    ) from error


class DetoxifyEngine:
    """Scores with ``NAME.ckpt`` of a model's folder, loaded by ``Detoxify`` itself."""

    def __init__(self, manifest: Manifest, threads: int = 0) -> None:
        self.name = manifest.name
        self.version = manifest.version
        self.attributes = manifest.attributes
        self.languages = manifest.languages
        self.max_tokens = manifest.max_tokens
        self._span_threshold = manifest.span_threshold
        if threads:
            torch.set_num_threads(threads)
        for file in ("config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt"):
            manifest.read(file)
        checkpoint, span_head = _checkpoint(manifest)
        self._detoxify = Detoxify(
            checkpoint=checkpoint, huggingface_config_path=str(manifest.folder)
        )
        self._span_head = span_head
        found = tuple(self._detoxify.class_names)
        if found != self.attributes:
            raise EngineError(
                f"The checkpoint of {self.name!r} scores {found}, its model.json says "
                f"{self.attributes}."
            )
        # Hugging Face's tokenizers change their own settings on each call.
        self._lock = threading.Lock()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        with self._lock:
            encoded = self._detoxify.tokenizer([prepare(text) for text in texts], truncation=True)
        return [len(ids) for ids in encoded["input_ids"]]

    def score(self, texts: Sequence[str]) -> list[Reading]:
        if not texts:
            return []
        aligned = [prepared(text) for text in texts]
        with self._lock, _last_hidden_state(self._detoxify.model) as hidden:
            found = self._detoxify.predict([text.text for text in aligned])
            spans = self._spans(aligned, hidden[0]) if self._span_head else [()] * len(texts)
        # Detoxify squeezes: one text gives a number instead of a list of one.
        columns = [v if isinstance(v, list) else [v] for v in found.values()]
        if not all(math.isfinite(value) for column in columns for value in column):
            raise EngineError(f"Model {self.name!r} gave a score that is no number.")
        rows = zip(*columns, strict=True)
        return [
            Reading(dict(zip(found, row, strict=True)), marked)
            for row, marked in zip(rows, spans, strict=True)
        ]

    def _spans(self, texts: Sequence[Aligned], hidden: torch.Tensor) -> list[tuple[Span, ...]]:
        assert self._span_head is not None
        assert self._span_threshold is not None
        logits = torch.nn.functional.linear(hidden, *self._span_head)[..., 0]
        if not torch.isfinite(logits).all():
            raise EngineError(f"Model {self.name!r} gave a score that is no number.")
        marked = is_marked(logits.numpy(), self._span_threshold)
        # The same call as predict's, so that the tokens are the same.
        encoded = self._detoxify.tokenizer(
            [text.text for text in texts],
            truncation=True,
            padding=True,
            return_offsets_mapping=True,
        )
        offsets = encoded["offset_mapping"]
        return [read_spans(*each) for each in zip(texts, offsets, marked, strict=True)]


@contextmanager
def _last_hidden_state(model: Any) -> Iterator[list[torch.Tensor]]:
    """What the encoder of ``model`` gives while the block runs: a tensor per call of it."""
    seen: list[torch.Tensor] = []

    def keep(_module: torch.nn.Module, _inputs: object, output: Any) -> None:
        seen.append(output[0])

    handle = model.base_model.register_forward_hook(keep)
    try:
        yield seen
    finally:
        handle.remove()


def _checkpoint(manifest: Manifest) -> tuple[io.BytesIO, tuple[torch.Tensor, torch.Tensor] | None]:
    """The checkpoint as Detoxify can load it from anywhere, and the head that marks spans.

    Detoxify unpickles whatever it is given and takes ``model_type`` for a model hub's name or a
    folder. So the file is read here, as weights only, told its folder, and handed on in memory.
    """
    content = manifest.read(f"{manifest.name}.ckpt")
    loaded = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    head = loaded.pop("span_head", None)
    if manifest.span_threshold is not None and head is None:
        raise EngineError(
            f"The checkpoint of {manifest.name!r} has no span_head, which its model.json promises."
        )
    loaded["config"]["arch"]["args"]["model_type"] = str(manifest.folder)
    buffer = io.BytesIO()
    torch.save(loaded, buffer)
    buffer.seek(0)
    if manifest.span_threshold is None:
        return buffer, None
    return buffer, (head["weight"].float(), head["bias"].float())
