"""Classifier: a trained network with the words, classes and settings that belong to it."""

from __future__ import annotations

import dataclasses
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import numpy as np

from wordlab import artifact
from wordlab.checkpoint import check_weights, read_tensors
from wordlab.checks import check_threads
from wordlab.devices import own_torch_state
from wordlab.embeddings import storage as vectors_storage
from wordlab.embeddings.subwords import Subwords
from wordlab.errors import ArtifactError
from wordlab.extras import need
from wordlab.resources import available_cores
from wordlab.sentiment import storage
from wordlab.sentiment.base import Reason, TextModel
from wordlab.sentiment.features.cutting import kept_tokens
from wordlab.sentiment.features.encoding import (
    NUM_SPECIAL,
    Coverage,
    EncodedTexts,
    Encoder,
    sorted_batches,
    tokenise,
)
from wordlab.sentiment.features.tally import Tally
from wordlab.sentiment.models.config import ClassifierConfig
from wordlab.sentiment.models.history import History
from wordlab.sentiment.models.names import model_class
from wordlab.sentiment.models.network import Network, build_network, composed_vectors, meta_network
from wordlab.text.storage import read_tokenizer
from wordlab.text.vocabulary import Vocabulary

with need("torch"):
    import torch
    from safetensors.torch import load, save, save_file
    from torch import Tensor

_BATCH_TOKENS = 8_192  # with padding: what fits a core's cache is fastest
_WEIGHTS, _WORDS = "weights.safetensors", "vocabulary.parquet"

_logger = logging.getLogger(__name__)

ReasonsOf = Callable[[Sequence[str], Tensor, Tensor, int], list[Reason]]
"""`Network.reasons`, or what stands in for it."""


class Classifier(TextModel):
    """A trained network that predicts the class of texts. Treat it as immutable.

    `classes` are the labels in the order of the network's outputs, sorted; `coverage` says how many words
    of the training texts have a vector (None without vectors); `history` how training went.
    """

    dtype: ClassVar = np.float32

    def __init__(
        self,
        config: ClassifierConfig,
        encoder: Encoder,
        classes: Sequence[str],
        network: Network,
        history: History,
        *,
        coverage: Coverage | None = None,
    ) -> None:
        self.config: ClassifierConfig = config
        self.encoder = encoder
        self.tokenizer = encoder.tokenizer
        self.classes = tuple(classes)
        self.network = network
        self.history = history
        self.coverage = coverage

    def __repr__(self) -> str:
        words = len(self.encoder.vocabulary)
        return f"Classifier({self.config.model}, {len(self.classes)} classes, {words:,} words)"

    def __getstate__(self) -> dict[str, Any]:
        """The weights as safetensors: what torch pickles of its modules changes from version to version."""
        return super().__getstate__() | {"network": save(_weights(self.network))}

    def __setstate__(self, state: dict[str, Any]) -> None:
        config, num_ids, num_classes = state["config"], state["encoder"].num_ids, len(state["classes"])
        network = _make_network(config, load(state["network"]), num_ids, num_classes, "a pickled classifier")
        vars(self).update(state, network=network)

    def equals(self, other: Classifier) -> bool:
        """Whether `other` has the same settings, classes, words and weights."""
        ours, theirs = self.network.state_dict(), other.network.state_dict()
        return (
            (self.config, self.classes) == (other.config, other.classes)
            and self.encoder == other.encoder
            and _same(self.encoder.subwords, other.encoder.subwords)
            and ours.keys() == theirs.keys()
            and all(torch.equal(tensor, theirs[name]) for name, tensor in ours.items())
        )

    @property
    def title(self) -> str:
        """The network's name as people write it."""
        return self.network.title

    @property
    def size(self) -> tuple[int, str]:
        """The number of words that have a vector."""
        return len(self.encoder.vocabulary), "words"

    def facts(self) -> dict[str, Any]:
        """Number of words, coverage and history."""
        return {
            "num_words": len(self.encoder.vocabulary),
            "coverage": None if self.coverage is None else self.coverage.facts(),
            "history": self.history.to_dict(),
        }

    def probabilities(
        self, texts: Iterable[str], *, threads: int | None = None, tally: Tally | None = None
    ) -> Iterator[np.ndarray]:
        """The probabilities of `texts` in order, some rows at a time, each block (n, num_classes) float32.

        A few thousand texts are held at a time, sorted by length. The result does not depend on `threads`,
        None for all cores. Raises ConfigError for one that makes no sense.
        """
        check_threads(threads)
        threads = threads or available_cores()
        for block in tokenise(texts, self.tokenizer, threads=threads):
            composed = self.encoder.compose(block.words)
            if tally is not None:
                encoder = self.encoder
                tally.add(block, encoder.vocabulary, encoder.max_tokens, composed, cut=encoder.cut)
            encoded = self.encoder.encode_blocks([block], composed)
            with own_torch_state(1):
                rows = encoded_probabilities(self.network, encoded, threads=threads)
            yield rows

    def reasons(self, text: str, position: int) -> tuple[float, list[Reason]]:
        """The logit of class `position`, and what the network says that parts of `text` add to it."""
        return self.logit_and_reasons(text, position, self.network.reasons)

    def logit_and_reasons(
        self, text: str, position: int, reasons_of: ReasonsOf
    ) -> tuple[float, list[Reason]]:
        """The logit of class `position` for `text`, and what `reasons_of` finds in it."""
        tokens = self.tokenizer(text.replace("\n", " "))
        ends = np.array([len(tokens)])
        places = np.flatnonzero(kept_tokens(ends, self.config.max_tokens, self.config.cut)).tolist()
        (block,) = tokenise([text], self.tokenizer)
        encoded = self.encoder.encode_blocks([block], self.encoder.compose(block.words))
        ids, lengths = torch.from_numpy(encoded.batch(np.array([0]))), torch.from_numpy(encoded.lengths)
        with own_torch_state(1):
            found = self.network.words.look_up(ids, composed_vectors(encoded))
            vectors = found.detach()  # (1, longest, num_features)
            with torch.no_grad():
                logit = float(self.network.classify(vectors, lengths)[0, position])
            reasons = reasons_of([tokens[place] for place in places], vectors, lengths, position)
        return logit, [
            dataclasses.replace(reason, position=places[reason.position]) if reason.words else reason
            for reason in reasons
        ]

    def export(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the network as an ONNX file: see `wordlab.sentiment.onnx.export_onnx`.

        Ids and lengths come from ``self.encoder``; the metadata hold classes, tokenizer, max_tokens, cut and
        words, of which word i has the id i + 2, and the rows of the phrases if there are any. The graph takes
        ids alone, so that other words have the unknown word's vector, even if their n-grams would give them
        one; the log says so.
        """
        from wordlab.sentiment.onnx import export_onnx

        if self.encoder.subwords is not None:
            _logger.warning(
                "%s: ONNX holds no n-grams; words beyond the %s of the classifier are unknown there",
                os.fspath(path), f"{len(self.encoder.vocabulary):,}",
            )  # fmt: skip
        metadata = {
            "classes": list(self.classes),
            "tokenizer": self.tokenizer.to_dict(),
            "max_tokens": self.config.max_tokens,
            "cut": self.config.cut,
            "words": list(self.encoder.vocabulary.words),
        }
        if self.tokenizer.phrases is not None:
            metadata["phrases"] = list(self.tokenizer.phrases.rows())
        export_onnx(self.network, path, metadata=metadata, overwrite=overwrite)

    def write(self, draft: artifact.Draft) -> None:
        """Write weights as safetensors, words as Parquet, n-grams as arrays, the rest as facts."""
        save_file(_weights(self.network), draft.payload(_WEIGHTS))
        self.encoder.vocabulary.write(draft.payload(_WORDS))
        if self.encoder.subwords is not None:
            vectors_storage.write_subwords(draft, self.encoder.subwords)
        draft.libraries += ["safetensors", "torch"]
        coverage = None if self.coverage is None else self.coverage.to_dict()
        draft.details.update(coverage=coverage, history=self.history.to_dict())

    @classmethod
    def read(cls, source: artifact.Artifact) -> Classifier:
        """The classifier that `write` wrote; ArtifactError."""
        details, where = source.details, f"{source.where}: details"
        config = storage.read_config(source, model_class(details["config"]["model"]).config_class)
        tokenizer, classes = read_tokenizer(source), storage.read_classes(source)
        history = History.from_dict(details.get("history"), f"{where}: history")
        coverage = None
        if details.get("coverage") is not None:
            coverage = Coverage.from_dict(details["coverage"], f"{where}: coverage")
        vocabulary = Vocabulary.read(source.payload(_WORDS))
        weights, path = read_tensors(source, _WEIGHTS), source.payload(_WEIGHTS)
        network = _make_network(config, weights, len(vocabulary) + NUM_SPECIAL, len(classes), str(path))
        subwords = vectors_storage.read_subwords(source, len(vocabulary), network.words.dim)
        by_spelling = config.unknown == "subword"
        encoder = Encoder(vocabulary, tokenizer, config.max_tokens, by_spelling, config.cut, subwords)
        return cls(config, encoder, classes, network, history, coverage=coverage)


@torch.inference_mode()
def encoded_probabilities(network: Network, encoded: EncodedTexts, *, threads: int = 1) -> np.ndarray:
    """The probabilities of texts that are encoded already, (num_texts, num_classes) float32.

    Each of the `threads` takes whole batches: sums that torch splits would be rounded as their number is.
    """
    result = np.zeros((len(encoded), network.output.out_features), dtype=np.float32)
    batches = sorted_batches(encoded.lengths, _BATCH_TOKENS)
    logits_of = network.scorer(encoded)

    def fill(rows: np.ndarray) -> None:
        with torch.inference_mode():  # which a new thread does not inherit
            result[rows] = logits_of(rows).softmax(dim=1).numpy()

    if min(threads, len(batches)) <= 1:
        for rows in batches:
            fill(rows)
        return result
    with ThreadPoolExecutor(min(threads, len(batches)), thread_name_prefix="wordlab-predict") as pool:
        for _ in pool.map(fill, batches):  # raises what a thread raised
            pass
    return result


def _same(subwords: Subwords | None, other: Subwords | None) -> bool:
    return subwords is other if subwords is None or other is None else subwords.equals(other)


def _weights(network: Network) -> dict[str, Tensor]:
    return {name: tensor.contiguous() for name, tensor in network.state_dict().items()}


def _make_network(
    config: ClassifierConfig, weights: dict[str, Tensor], num_ids: int, num_classes: int, where: str
) -> Network:
    """The trained network that has these weights; ArtifactError, which begins with `where`."""
    pretrained = "words.static" in weights or config.channels == "tuned"
    matrix = weights.get("words.static", weights.get("words.tuned.weight"))
    if matrix is None or matrix.ndim != 2 or matrix.shape[0] != num_ids or not matrix.shape[1]:
        found = "none" if matrix is None else str(tuple(matrix.shape))
        raise ArtifactError(f"{where}: expected vectors of {num_ids} words, found {found}")
    with own_torch_state(torch.get_num_threads()):  # initial weights are drawn and thrown away
        # first on the meta device, because a config can ask for more memory than there is
        expected = meta_network(config, num_ids, matrix.shape[1], num_classes, pretrained=pretrained)
        check_weights(expected, weights, where)
        network = build_network(config, matrix, num_classes, pretrained=pretrained)
    network.load_state_dict(weights)
    network.requires_grad_(False).eval()
    return network
