"""From a torch classifier to the ONNX file that the onnx engine runs.

One graph for every architecture: ``input_ids`` and ``attention_mask`` in, ``logits`` out, both
inputs of shape [batch, length]. Attention and layer norms are fused, and ``eight_bits`` makes the
matrices small.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workers.scorer.engines.manifest import EngineError

try:
    import torch
    from onnxruntime.transformers.fusion_options import FusionOptions
    from onnxruntime.transformers.optimizer import optimize_model
    from transformers import PreTrainedModel

    from workers.scorer.eight_bits import quantise
except ImportError as error:
    raise EngineError(
        f"Converting a model needs packages that are not installed ({error.name}): "
        "pip install 'moderato[scorer,detoxify]'"
    ) from error

_OPSET = 17


def write_onnx(
    model: PreTrainedModel,
    out: Path,
    *,
    classes: int | None = None,
    extra: Mapping[str, torch.nn.Module] | None = None,
    quantised: bool = True,
    examples: Iterable[Sequence[int]] = (),
) -> None:
    """Write ``model``, a sequence classifier in floating point, to the file ``out``.

    ``classes`` keeps only the first so many logits. ``extra`` names further outputs: each module
    is given the last hidden state, [batch, length, hidden], and gives [batch, length] or
    [batch, length, n]. ``quantised=False`` leaves the weights in floating point: exact, four
    times the size, slower. ``examples``, texts as token ids, bring eight bits nearer to that: see
    ``eight_bits.quantise``. Work files lie beside ``out``; OSError where that disk is full.
    """
    model.set_attn_implementation("eager")
    extra = dict(extra or {})
    # The whole of it: the exporter gives every part back the mode that the outermost had.
    graph = _Graph(model, classes, extra).train(False)
    with tempfile.TemporaryDirectory(dir=out.parent) as folder, _full_disks_said(out.parent):
        raw, fused = Path(folder) / "raw.onnx", Path(folder) / "fused.onnx"
        _export(graph, [*extra], raw)
        fusions = FusionOptions("bert")
        # Fused, their table would get one scale for all its columns.
        fusions.enable_embed_layer_norm = False
        optimised = optimize_model(
            str(raw),
            "bert",
            num_heads=model.config.num_attention_heads,
            hidden_size=model.config.hidden_size,
            optimization_options=fusions,
        )
        raw.unlink()
        optimised.save_model_to_file(str(fused if quantised else out))
        if quantised:
            del optimised
            quantise(fused, out, examples)


@contextmanager
def _full_disks_said(folder: Path) -> Iterator[None]:
    """OSError for what fails while the disk of ``folder`` is full.

    ONNX Runtime's own words for that differ from place to place, and a file that was cut short
    fails only when it is read.
    """
    try:
        yield
    except Exception as error:
        if shutil.disk_usage(folder).free < 1 << 20:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder)) from error
        raise


class _Graph(torch.nn.Module):
    """Fixes the order of inputs and outputs, whatever the architecture takes and gives."""

    def __init__(
        self, model: PreTrainedModel, classes: int | None, extra: Mapping[str, torch.nn.Module]
    ) -> None:
        super().__init__()
        self.model = model
        self.classes = classes
        self.extra = torch.nn.ModuleList(extra.values())

    def forward(self, tokens: torch.Tensor, mask: torch.Tensor) -> Any:
        found = self.model(
            tokens,
            attention_mask=mask,
            token_type_ids=torch.zeros_like(tokens),
            output_hidden_states=len(self.extra) > 0,
        )
        logits = found.logits[:, : self.classes]
        return (logits, *(module(found.hidden_states[-1]) for module in self.extra))


def _export(graph: _Graph, extra: list[str], out: Path) -> None:
    pad = graph.model.config.pad_token_id or 0
    words = [token for token in range(10) if token != pad]
    example = torch.tensor([words[:6], [*words[:4], pad, pad]])
    mask = (example != pad).long()
    axes = {0: "batch", 1: "length"}
    with warnings.catch_warnings():
        # That this exporter is the older one, and that traced Python ifs are constant: they are.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            graph,
            (example, mask),
            str(out),
            input_names=["input_ids", "attention_mask"],
            output_names=["logits", *extra],
            dynamic_axes={
                "input_ids": axes,
                "attention_mask": axes,
                "logits": {0: "batch"},
                **dict.fromkeys(extra, axes),
            },
            opset_version=_OPSET,
            dynamo=False,
        )
