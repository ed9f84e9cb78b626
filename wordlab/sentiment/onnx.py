"""A classifier's network as an ONNX file, which other runtimes execute.

The graph is built node by node: torch's exporters have no form for packed sequences, ONNX's recurrent
operators do (`sequence_lens`). Each network adds its own nodes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from wordlab.extras import need
from wordlab.io.atomic import staged_file
from wordlab.io.places import check_file
from wordlab.sentiment.models.channels import WordChannels
from wordlab.sentiment.models.network import Network
from wordlab.sentiment.models.onnx_graph import Graph

with need("onnx"):
    import onnx
    from onnx import TensorProto, helper

_OPSET, _IR_VERSION = 17, 8


def export_onnx(
    network: Network,
    path: str | os.PathLike[str],
    *,
    metadata: Mapping[str, Any],
    overwrite: bool = False,
) -> None:
    """Write the network to `path`: ids (batch, longest) and lengths (batch,) to probabilities.

    Both inputs are int64; 0 is padding. `probabilities` is float32 (batch, num_classes). The values of
    `metadata` are written as JSON. Raises OutputExistsError, and ArtifactError if the file cannot be
    written.
    """
    check_file(path, overwrite=overwrite)
    graph = Graph()
    vectors = _look_up(graph, network.words)  # (batch, longest, num_features)
    encoding, output = network.encode_onnx(graph, vectors), network.output
    logits = graph.node("Gemm", [encoding, graph.tensor(output.weight), graph.tensor(output.bias)], transB=1)
    graph.node("Softmax", [logits], output="probabilities", axis=1)
    model = _model(graph, network.output.out_features, metadata)
    with staged_file(path, overwrite=overwrite) as staging:
        onnx.save(model, os.fspath(staging))


def _look_up(graph: Graph, words: WordChannels) -> str:
    matrices = [words.static, None if words.tuned is None else words.tuned.weight]
    found = [graph.node("Gather", [graph.tensor(matrix), "ids"]) for matrix in matrices if matrix is not None]
    return found[0] if len(found) == 1 else graph.node("Concat", found, axis=2)


def _model(graph: Graph, num_classes: int, metadata: Mapping[str, Any]) -> Any:
    made = helper.make_graph(
        graph.nodes,
        "wordlab",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "longest"]),
            helper.make_tensor_value_info("lengths", TensorProto.INT64, ["batch"]),
        ],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", num_classes])],
        graph.constants,
    )
    opset = helper.make_opsetid("", _OPSET)
    model = helper.make_model(made, producer_name="wordlab", opset_imports=[opset], ir_version=_IR_VERSION)
    helper.set_model_props(model, {name: json.dumps(value) for name, value in metadata.items()})
    onnx.checker.check_model(model)
    return model
