"""The default engine: ONNX Runtime on the CPU, without torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from workers.scorer.engines.manifest import EngineError, Manifest
from workers.scorer.engines.prepare import prepare


class OnnxEngine:
    """Scores with ``model.onnx`` and ``tokenizer.json`` of a model's folder.

    A batch is padded to its longest text, so callers do well to send texts of like length.
    """

    def __init__(self, manifest: Manifest, threads: int = 0) -> None:
        self.name = manifest.name
        self.version = manifest.version
        self.attributes = manifest.attributes
        self.languages = manifest.languages
        self.marks_spans = manifest.marks_spans
        self.max_tokens = manifest.max_tokens
        self._tokenizer = Tokenizer.from_buffer(manifest.read("tokenizer.json"))
        self._tokenizer.enable_truncation(self.max_tokens)
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        # Idle threads sleep instead of spinning: the machine also runs Redis and the web.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # Batches differ in shape all the time; a plan per shape would only hold memory.
        options.enable_mem_pattern = False
        self._session = onnxruntime.InferenceSession(
            manifest.read("model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(ids) for ids in self._encode(texts)]

    def score(self, texts: Sequence[str]) -> list[dict[str, float]]:
        if not texts:
            return []
        rows = self._encode(texts)
        ids = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
        mask = np.zeros_like(ids)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
            mask[i, : len(row)] = 1
        logits: NDArray[np.float32]
        (logits,) = self._session.run(["logits"], {"input_ids": ids, "attention_mask": mask})
        if not np.isfinite(logits).all():
            raise EngineError(f"Model {self.name!r} gave a score that is no number.")
        scores = 1 / (1 + np.exp(-logits.astype(np.float64)))
        return [dict(zip(self.attributes, row.tolist(), strict=True)) for row in scores]

    def _encode(self, texts: Sequence[str]) -> list[list[int]]:
        encodings = self._tokenizer.encode_batch_fast([prepare(text) for text in texts])
        return [encoding.ids for encoding in encodings]
