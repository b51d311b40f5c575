"""From a graph in floating point to one that multiplies in eight bits.

Weights get a scale per column beforehand, activations one per tensor as they come (dynamic
quantisation). Encoders have a few channels that are always far larger than all others ("massive
activations", Sun et al. 2024, arXiv:2402.17762), and a scale that holds them leaves the others a
handful of steps. So those few stay in floating point, multiplied beside the rest (Dettmers et al.
2022, "LLM.int8()", arXiv:2208.07339). What goes into fused attention is left as it is: nothing can
be added between its parts. Decision 151 has what all that brings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

#: So many channels of a matrix's input stay in floating point, where the largest is more than
#: ``_FAR`` times as large as the first that would not.
_ASIDE = 4
_FAR = 2.0

Floats = NDArray[np.float32]


def quantise(graph: Path, out: Path, examples: Iterable[Sequence[int]] = ()) -> None:
    """Write the fused graph of the file ``graph`` with eight-bit weights to the file ``out``.

    ``examples`` are texts as token ids, a few dozen of any kind: they show which channels are
    large. Without any, none stays in floating point. ``graph`` is overwritten on the way.
    """
    model = onnx.load(graph)
    exact = _set_aside(model, _largest(model, graph, [*examples]))
    _pack_tables(model)
    onnx.save(model, graph)
    del model  # as large as the weights; the quantiser reads them again
    quantize_dynamic(
        graph,
        out,
        op_types_to_quantize=["MatMul", "Attention"],
        nodes_to_exclude=exact,
        per_channel=True,
        # 7 of 8 bits: on processors without VNNI, 8 would saturate and give other scores.
        reduce_range=True,
        weight_type=QuantType.QInt8,
        extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )


def _initializers(model: ModelProto) -> dict[str, TensorProto]:
    return {tensor.name: tensor for tensor in model.graph.initializer}


def _by_weights(model: ModelProto) -> dict[str, list[NodeProto]]:
    """The matrix products with each table of weights; ALBERT's layers share theirs."""
    known = _initializers(model)
    found = defaultdict(list)
    for node in model.graph.node:
        if node.op_type == "MatMul" and node.input[1] in known:
            found[node.input[1]].append(node)
    return found


def _largest(
    model: ModelProto, graph: Path, examples: Sequence[Sequence[int]]
) -> dict[str, Floats]:
    """By table of weights, how large each channel of what it is multiplied with gets."""
    products = _by_weights(model)
    if not (examples and products):
        return {}
    watched = sorted({node.input[0] for nodes in products.values() for node in nodes})
    outputs = [helper.make_empty_tensor_value_info(name) for name in watched]
    model.graph.output.extend(outputs)
    onnx.save(model, graph)
    del model.graph.output[-len(outputs) :]
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    most: dict[str, Floats] = {}
    for tokens in examples:
        ids = np.array([tokens], dtype=np.int64)
        values = session.run(watched, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        for name, value in zip(watched, values, strict=True):
            peak = np.abs(value).reshape(-1, value.shape[-1]).max(axis=0)
            most[name] = np.maximum(most.get(name, peak), peak)
    return {
        weights: np.max([most[node.input[0]] for node in nodes], axis=0)
        for weights, nodes in products.items()
    }


def _set_aside(model: ModelProto, largest: dict[str, Floats]) -> list[str]:
    """Split the products that have far larger channels; the names of the exact halves."""
    tables = _initializers(model)
    products = _by_weights(model)
    exact = []
    for name, peaks in largest.items():
        order = np.argsort(-peaks)
        if len(order) <= _ASIDE or peaks[order[0]] <= _FAR * peaks[order[_ASIDE]]:
            continue
        channels = np.sort(order[:_ASIDE])
        weights = numpy_helper.to_array(tables[name]).copy()
        others = np.ones_like(peaks)
        others[channels] = 0
        parts = {"aside": weights[channels], "channels": channels, "others": others}
        weights[channels] = 0  # or their weights would stretch the scale of the others'
        tables[name].CopyFrom(numpy_helper.from_array(weights, name))
        for part, value in parts.items():
            model.graph.initializer.append(numpy_helper.from_array(value, f"{name}.{part}"))
        exact += [_split(model, node, name) for node in products[name]]
    return exact


def _split(model: ModelProto, node: NodeProto, weights: str) -> str:
    """Make of ``node`` the sum of two products; the name of the one in floating point."""
    source, target = node.input[0], node.output[0]
    at = next(i for i, other in enumerate(model.graph.node) if other.output[0] == target)
    own = f"{target}.exact"
    for offset, made in enumerate(
        (
            helper.make_node("Mul", [source, f"{weights}.others"], [f"{target}.others"]),
            helper.make_node(
                "Gather", [source, f"{weights}.channels"], [f"{target}.aside"], axis=-1
            ),
            helper.make_node("MatMul", [f"{target}.aside", f"{weights}.aside"], [own], name=own),
        )
    ):
        model.graph.node.insert(at + offset, made)
    product = model.graph.node[at + 3]
    product.input[0], product.output[0] = f"{target}.others", f"{target}.eight"
    model.graph.node.insert(at + 4, helper.make_node("Add", [product.output[0], own], [target]))
    return own


def _pack_tables(model: ModelProto) -> None:
    """Embeddings in eight bits with a scale per column: few columns are large, and always."""
    tables = _initializers(model)
    for at in reversed(range(len(model.graph.node))):
        node = model.graph.node[at]
        table = tables.get(node.input[0]) if node.op_type == "Gather" else None
        if table is None or table.data_type != TensorProto.FLOAT or len(table.dims) != 2:
            continue
        name, target = node.input[0], node.output[0]
        values = numpy_helper.to_array(table)
        scale = np.maximum(np.abs(values).max(axis=0) / 127, np.finfo(np.float32).tiny)
        # A column at a time: of XLM-RoBERTa's table, a copy takes 768 MB.
        packed = np.empty(values.shape, dtype=np.int8)
        for column in range(values.shape[1]):
            packed[:, column] = np.rint(values[:, column] / scale[column])
        model.graph.initializer.append(numpy_helper.from_array(packed, f"{name}.packed"))
        model.graph.initializer.append(numpy_helper.from_array(scale, f"{name}.scale"))
        model.graph.initializer.remove(table)
        node.input[0], node.output[0] = f"{name}.packed", f"{target}.packed"
        unpack = helper.make_node(
            "DequantizeLinear", [node.output[0], f"{name}.scale"], [target], axis=-1
        )
        model.graph.node.insert(at + 1, unpack)
