"""A classifier's network as an ONNX file, which other runtimes execute.

The graph is built node by node: torch's exporters have no form for packed sequences, ONNX's recurrent
operators do (`sequence_lens`). Each network adds its own nodes.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike

from wordlab.extras import need
from wordlab.io.atomic import check_file, staged_file

with need("onnx"):
    import onnx
    from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from wordlab.sentiment.models.channels import WordChannels
    from wordlab.sentiment.models.classifier import Classifier

_OPSET, _IR_VERSION = 17, 8


def export_onnx(classifier: Classifier, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write the network to `path`: ids (batch, longest) and lengths (batch,) to probabilities.

    Both inputs are int64 and come from ``classifier.encoder``; 0 is padding. `probabilities` is float32
    (batch, num_classes). The metadata hold classes, tokenizer, max_tokens and words as JSON; word i has
    the id i + 2. Raises OutputExistsError, and ArtifactError if the file cannot be written.
    """
    check_file(path, overwrite=overwrite)
    graph = Graph()
    network = classifier.network
    vectors = _look_up(graph, network.words)  # (batch, longest, num_features)
    encoding, output = network.encode_onnx(graph, vectors), network.output
    logits = graph.node("Gemm", [encoding, graph.tensor(output.weight), graph.tensor(output.bias)], transB=1)
    graph.node("Softmax", [logits], output="probabilities", axis=1)
    model = _model(graph, classifier)
    with staged_file(path) as staging:
        onnx.save(model, os.fspath(staging))


class Graph:
    """A graph under construction: nodes and constants, each with its own name."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def tensor(self, value: Any) -> str:
        """The name of a constant with the numbers of `value`, an array or a tensor."""
        array = value.detach().numpy() if hasattr(value, "detach") else np.asarray(value)
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(array, order="C"), name))
        return name

    def cast(self, value: str, dtype: DTypeLike) -> str:
        """The name of `value` as numbers of type `dtype`."""
        return self.node("Cast", [value], to=helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))

    def node(self, operator: str, inputs: list[str], *, output: str | None = None, **attributes: Any) -> str:
        """The name of what `operator` makes of its inputs, each the name of a value."""
        name = output or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name


def _look_up(graph: Graph, words: WordChannels) -> str:
    matrices = [words.static, None if words.tuned is None else words.tuned.weight]
    found = [graph.node("Gather", [graph.tensor(matrix), "ids"]) for matrix in matrices if matrix is not None]
    return found[0] if len(found) == 1 else graph.node("Concat", found, axis=2)


def _model(graph: Graph, classifier: Classifier) -> Any:
    made = helper.make_graph(
        graph.nodes,
        "wordlab",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "longest"]),
            helper.make_tensor_value_info("lengths", TensorProto.INT64, ["batch"]),
        ],
        [
            helper.make_tensor_value_info(
                "probabilities", TensorProto.FLOAT, ["batch", len(classifier.classes)]
            )
        ],
        graph.constants,
    )
    opset = helper.make_opsetid("", _OPSET)
    model = helper.make_model(made, producer_name="wordlab", opset_imports=[opset], ir_version=_IR_VERSION)
    facts = {
        "classes": list(classifier.classes),
        "tokenizer": classifier.encoder.tokenizer.to_dict(),
        "max_tokens": classifier.config.max_tokens,
        "words": list(classifier.encoder.vocabulary.words),
    }
    helper.set_model_props(model, {name: json.dumps(value) for name, value in facts.items()})
    onnx.checker.check_model(model)
    return model
