"""A classifier's network as an ONNX file, which other runtimes execute.

The graph is put together node by node: torch's exporters have no form for packed sequences, ONNX's
recurrent operators do (`sequence_lens`).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from wordlab.errors import ArtifactError, MissingExtraError, OutputExistsError
from wordlab.sentiment.models.birnn import BiRNN
from wordlab.sentiment.models.channels import WordChannels
from wordlab.sentiment.models.classifier import Classifier
from wordlab.sentiment.models.textcnn import TextCNN

try:
    import onnx
    from onnx import TensorProto, helper, numpy_helper
except ImportError as error:
    raise MissingExtraError("onnx is not installed; pip install 'wordlab[onnx]' brings it") from error

_OPSET, _IR_VERSION = 17, 8
# Where ONNX's gates stand among torch's: i o f c of i f g o; z r h of r z n.
_GATES = {"LSTM": (0, 3, 1, 2), "GRU": (1, 0, 2)}


def export_onnx(classifier: Classifier, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write the network to `path`: ids (batch, longest) and lengths (batch,) to probabilities.

    Both inputs are int64 and come from ``classifier.encoder``; 0 is padding. `probabilities` is float32
    (batch, num_classes). The metadata hold classes, tokenizer, max_tokens and words as JSON; word i has
    the id i + 2. Raises OutputExistsError, and ArtifactError if the file cannot be written.
    """
    target = Path(path)
    if target.exists() and not overwrite:
        raise OutputExistsError(f"{target}: exists already; choose another name or use --overwrite")
    graph = _Graph()
    vectors = _words(graph, classifier.network.words)  # (batch, longest, num_features)
    if isinstance(classifier.network, TextCNN):
        encoding = _textcnn(graph, classifier.network, vectors)
    else:
        encoding = _birnn(graph, classifier.network, vectors)
    output = classifier.network.output
    logits = graph.node("Gemm", [encoding, graph.tensor(output.weight), graph.tensor(output.bias)], transB=1)
    graph.node("Softmax", [logits], output="probabilities", axis=1)
    model = _model(graph, classifier)
    try:
        onnx.save(model, os.fspath(target))
    except OSError as error:
        raise ArtifactError(f"{target}: cannot be written: {error.strerror or error}") from error


class _Graph:
    """Nodes and constants, each with a name of its own."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def tensor(self, value: Any) -> str:
        array = value.detach().numpy() if hasattr(value, "detach") else np.asarray(value)
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(array, order="C"), name))
        return name

    def node(self, operator: str, inputs: list[str], *, output: str | None = None, **attributes: Any) -> str:
        name = output or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name


def _words(graph: _Graph, words: WordChannels) -> str:
    matrices = [words.static, None if words.tuned is None else words.tuned.weight]
    found = [graph.node("Gather", [graph.tensor(matrix), "ids"]) for matrix in matrices if matrix is not None]
    return found[0] if len(found) == 1 else graph.node("Concat", found, axis=2)


def _textcnn(graph: _Graph, network: TextCNN, vectors: str) -> str:
    widest = max(convolution.kernel_size[0] for convolution in network.convolutions)
    features = graph.node("Transpose", [vectors], perm=[0, 2, 1])  # (batch, features, longest)
    room = graph.tensor(np.array([0, 0, 0, 0, 0, widest - 1], dtype=np.int64))
    features = graph.node("Pad", [features, room])
    one, zero = graph.tensor(np.int64(1)), graph.tensor(np.int64(0))
    maxima = []
    for convolution in network.convolutions:
        weights = [graph.tensor(convolution.weight), graph.tensor(convolution.bias)]
        activations = graph.node("Conv", [features, *weights])  # (batch, channels, positions)
        fewer = graph.tensor(np.int64(convolution.kernel_size[0] - 1))
        num_windows = graph.node("Max", [graph.node("Sub", ["lengths", fewer]), one])  # (batch,)
        axes = graph.tensor(np.array([1, 2], dtype=np.int64))
        num_windows = graph.node("Unsqueeze", [num_windows, axes])  # (batch, 1, 1)
        shape = graph.node("Shape", [activations])
        size = graph.node("Gather", [shape, graph.tensor(np.int64(2))])
        positions = graph.node("Range", [zero, size, one])
        beyond = graph.node("GreaterOrEqual", [positions, num_windows])  # (batch, 1, positions)
        masked = graph.node("Where", [beyond, graph.tensor(np.float32(-np.inf)), activations])
        maxima.append(graph.node("ReduceMax", [masked], axes=[2], keepdims=0))  # (batch, channels)
    return graph.node("Relu", [graph.node("Concat", maxima, axis=1)])


def _birnn(graph: _Graph, network: BiRNN, vectors: str) -> str:
    lengths = graph.node("Max", ["lengths", graph.tensor(np.int64(1))])  # (batch,)
    narrow = graph.node("Cast", [lengths], to=TensorProto.INT32)
    operator, hidden = network.encoder.mode, network.encoder.hidden_size
    states = graph.node("Transpose", [vectors], perm=[1, 0, 2])  # (longest, batch, features)
    for layer in range(network.encoder.num_layers):
        weights = [graph.tensor(array) for array in _layer_weights(network, layer)]
        extra: dict[str, Any] = {"linear_before_reset": 1} if operator == "GRU" else {}
        states = graph.node(
            operator, [states, *weights, narrow], direction="bidirectional", hidden_size=hidden, **extra
        )  # (longest, 2, batch, hidden)
        states = graph.node("Transpose", [states], perm=[0, 2, 1, 3])
        shape = graph.tensor(np.array([0, 0, 2 * hidden], dtype=np.int64))
        states = graph.node("Reshape", [states, shape])  # (longest, batch, 2 * hidden)
    states = graph.node("Transpose", [states], perm=[1, 0, 2])
    first = graph.node("Gather", [states, graph.tensor(np.int64(0))], axis=1)  # (batch, 2 * hidden)
    last = graph.node("Sub", [lengths, graph.tensor(np.int64(1))])
    last = graph.node("Unsqueeze", [last, graph.tensor(np.array([1], dtype=np.int64))])
    return graph.node("Concat", [first, graph.node("GatherND", [states, last], batch_dims=1)], axis=1)


def _layer_weights(network: BiRNN, layer: int) -> list[np.ndarray]:
    """W (2, gates * hidden, inputs), R (2, gates * hidden, hidden) and B (2, 2 * gates * hidden)."""
    gates = _GATES[network.encoder.mode]

    def found(name: str, direction: str) -> np.ndarray:
        weight = getattr(network.encoder, f"{name}_l{layer}{direction}").detach().numpy()
        parts = np.split(weight, len(gates))
        return np.concatenate([parts[gate] for gate in gates])

    both = ("", "_reverse")
    inputs, recurrent = (np.stack([found(name, d) for d in both]) for name in ("weight_ih", "weight_hh"))
    biases = np.stack([np.concatenate([found("bias_ih", d), found("bias_hh", d)]) for d in both])
    return [inputs, recurrent, biases]


def _model(graph: _Graph, classifier: Classifier) -> Any:
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
