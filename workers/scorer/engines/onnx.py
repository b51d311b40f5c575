"""The default engine: ONNX Runtime on the CPU, without torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from moderato.domain.text import Span
from workers.scorer.engines.manifest import EngineError, Manifest
from workers.scorer.engines.prepare import prepare, prepared
from workers.scorer.engines.reading import Reading, is_marked, read_spans


class OnnxEngine:
    """Scores with ``model.onnx`` and ``tokenizer.json`` of a model's folder.

    A batch is padded to its longest text, so callers do well to send texts of like length.
    """

    def __init__(self, manifest: Manifest, threads: int = 0) -> None:
        self.name = manifest.name
        self.version = manifest.version
        self.attributes = manifest.attributes
        self.languages = manifest.languages
        self.max_tokens = manifest.max_tokens
        self._span_threshold = manifest.span_threshold
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
        self._outputs = ["logits"] if self._span_threshold is None else ["logits", "span_logits"]
        missing = {*self._outputs} - {output.name for output in self._session.get_outputs()}
        if missing:
            raise EngineError(
                f"The graph of {self.name!r} has no output {missing.pop()}, which its model.json "
                "promises."
            )

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(ids) for ids in self._encode(texts)]

    def score(self, texts: Sequence[str]) -> list[Reading]:
        if not texts:
            return []
        rows = self._encode(texts)
        ids = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
        mask = np.zeros_like(ids)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
            mask[i, : len(row)] = 1
        found: list[NDArray[np.float32]]
        found = self._session.run(self._outputs, {"input_ids": ids, "attention_mask": mask})
        if not all(np.isfinite(output).all() for output in found):
            raise EngineError(f"Model {self.name!r} gave a score that is no number.")
        logits, *span_logits = found
        scores = 1 / (1 + np.exp(-logits.astype(np.float64)))
        spans = self._spans(texts, span_logits[0]) if span_logits else [()] * len(texts)
        return [
            Reading(dict(zip(self.attributes, row.tolist(), strict=True)), marked)
            for row, marked in zip(scores, spans, strict=True)
        ]

    def _spans(
        self, texts: Sequence[str], logits: NDArray[np.float32]
    ) -> Iterator[tuple[Span, ...]]:
        assert self._span_threshold is not None
        for text, row in zip(texts, logits, strict=True):
            marked = is_marked(row, self._span_threshold)
            if not marked.any():  # as most texts: spare them the offsets
                yield ()
                continue
            aligned = prepared(text)
            offsets = self._tokenizer.encode(aligned.text).offsets
            yield read_spans(aligned, offsets, marked[: len(offsets)])

    def _encode(self, texts: Sequence[str]) -> list[list[int]]:
        encodings = self._tokenizer.encode_batch_fast([prepare(text) for text in texts])
        return [encoding.ids for encoding in encodings]
