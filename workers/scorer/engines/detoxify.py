"""The reference engine: the ``detoxify`` package on torch."""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Sequence

from workers.scorer.engines.manifest import EngineError, Manifest
from workers.scorer.engines.prepare import prepare

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
        self.marks_spans = manifest.marks_spans
        self.max_tokens = manifest.max_tokens
        if threads:
            torch.set_num_threads(threads)
        for file in ("config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt"):
            manifest.read(file)
        self._detoxify = Detoxify(
            checkpoint=_checkpoint(manifest), huggingface_config_path=str(manifest.folder)
        )
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

    def score(self, texts: Sequence[str]) -> list[dict[str, float]]:
        if not texts:
            return []
        with self._lock:
            found = self._detoxify.predict([prepare(text) for text in texts])
        # Detoxify squeezes: one text gives a number instead of a list of one.
        columns = [v if isinstance(v, list) else [v] for v in found.values()]
        if not all(math.isfinite(value) for column in columns for value in column):
            raise EngineError(f"Model {self.name!r} gave a score that is no number.")
        return [dict(zip(found, row, strict=True)) for row in zip(*columns, strict=True)]


def _checkpoint(manifest: Manifest) -> io.BytesIO:
    """The checkpoint as Detoxify can load it from anywhere.

    Detoxify unpickles whatever it is given and takes ``model_type`` for a model hub's name or a
    folder. So the file is read here, as weights only, told its folder, and handed on in memory.
    """
    content = manifest.read(f"{manifest.name}.ckpt")
    loaded = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    loaded["config"]["arch"]["args"]["model_type"] = str(manifest.folder)
    buffer = io.BytesIO()
    torch.save(loaded, buffer)
    buffer.seek(0)
    return buffer
