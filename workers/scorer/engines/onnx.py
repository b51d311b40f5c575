"""The default engine: ONNX Runtime on the CPU, without torch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

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

    One text at a time goes through the graph: its activations are scaled to eight bits by the
    whole tensor, so beside others, and beside padding, a text would score otherwise than alone.
    ``threads`` of them do so at once, 0 for as many as there are processors: two texts in two
    threads are read sooner than both by two threads (decision 150).
    """

    def __init__(self, manifest: Manifest, threads: int = 0) -> None:
        self.name = manifest.name
        self.version = manifest.version
        self.attributes = manifest.attributes
        self.languages = manifest.languages
        self.marks_spans = manifest.marks_spans
        self.max_tokens = manifest.max_tokens
        self._span_threshold = manifest.span_threshold
        self._tokenizer = Tokenizer.from_buffer(manifest.read("tokenizer.json"))
        self._tokenizer.enable_truncation(self.max_tokens)
        self._tokenizer.no_padding()
        # A writer's "</s>" is text, not the token that ends one.
        self._tokenizer.encode_special_tokens = True
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        # Texts differ in length all the time; a plan per shape would only hold memory.
        options.enable_mem_pattern = False
        self._session = onnxruntime.InferenceSession(
            manifest.read("model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._outputs = ["logits"] if self._span_threshold is None else ["logits", "span_logits"]
        self._pool = ThreadPoolExecutor(threads or _processors(), thread_name_prefix="model")
        missing = {*self._outputs} - {output.name for output in self._session.get_outputs()}
        if missing:
            raise EngineError(
                f"The graph of {self.name!r} has no output {missing.pop()}, which its model.json "
                "promises."
            )

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(ids) for ids in self._encode(texts)]

    def score(self, texts: Sequence[str]) -> list[Reading]:
        return list(self._pool.map(self._read, texts, self._encode(texts)))

    def _read(self, text: str, tokens: list[int]) -> Reading:
        ids = np.array([tokens], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        found: list[NDArray[np.float32]] = self._session.run(self._outputs, inputs)
        if not all(np.isfinite(output).all() for output in found):
            raise EngineError(f"Model {self.name!r} gave a score that is no number.")
        logits, *span_logits = (output[0] for output in found)
        scores = 1 / (1 + np.exp(-logits.astype(np.float64)))
        spans = self._spans(text, span_logits[0]) if span_logits else ()
        return Reading(dict(zip(self.attributes, scores.tolist(), strict=True)), spans)

    def _spans(self, text: str, logits: NDArray[np.float32]) -> tuple[Span, ...]:
        assert self._span_threshold is not None
        marked = is_marked(logits, self._span_threshold)
        if not marked.any():  # as most texts: spare them the offsets
            return ()
        aligned = prepared(text)
        offsets = self._tokenizer.encode(aligned.text).offsets
        return read_spans(aligned, offsets, marked)

    def _encode(self, texts: Sequence[str]) -> list[list[int]]:
        encodings = self._tokenizer.encode_batch_fast([prepare(text) for text in texts])
        return [encoding.ids for encoding in encodings]


def _processors() -> int:
    """How many this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS
    return len(affinity(0)) if affinity else os.cpu_count() or 1
