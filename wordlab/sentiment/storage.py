"""Classifiers on disk: weights in safetensors, words in Parquet, all else in the manifest."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wordlab import artifact
from wordlab.errors import ArtifactError, ConfigError
from wordlab.sentiment.features.encoding import Coverage, Encoder
from wordlab.sentiment.models.classifier import Classifier
from wordlab.sentiment.models.config import ClassifierConfig
from wordlab.sentiment.training.history import History
from wordlab.text.tokenizers import Tokenizer
from wordlab.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from wordlab.sentiment.models.networks import Network

KIND = "classifier"
FORMAT_VERSION = 1
_WEIGHTS, _WORDS = "weights.safetensors", "vocabulary.parquet"


def write(
    classifier: Classifier,
    path: str | os.PathLike[str],
    *,
    overwrite: bool,
    parents: Mapping[str, str],
    metrics: Mapping[str, float],
) -> None:
    """Write `classifier` as an artefact, with `metrics` and what its training said of itself."""
    from safetensors.torch import save_file

    coverage = classifier.coverage
    with artifact.create(path, kind=KIND, format_version=FORMAT_VERSION, overwrite=overwrite) as draft:
        weights = {name: tensor.contiguous() for name, tensor in classifier.network.state_dict().items()}
        save_file(weights, draft.payload(_WEIGHTS))
        classifier.encoder.vocabulary.write(draft.payload(_WORDS))
        draft.libraries += ["safetensors", "torch"]
        draft.parents.update(parents)
        draft.details.update(
            config=classifier.config.to_dict(),
            classes=list(classifier.classes),
            tokenizer=classifier.encoder.tokenizer.to_dict(),
            coverage=None if coverage is None else vars(coverage),
            history=classifier.history.to_dict(),
            metrics=dict(metrics),
        )


def read(path: str | os.PathLike[str], *, verify: bool) -> Classifier:
    """The classifier that `write` wrote; ArtifactError."""
    source = artifact.load(path, kind=KIND, format_version=FORMAT_VERSION, verify=verify)
    manifest = source.directory / artifact.MANIFEST
    details = source.details
    try:
        config = ClassifierConfig.from_dict(details["config"])
        tokenizer = Tokenizer.from_dict(details["tokenizer"])
        classes = [str(label) for label in details["classes"]]
        history = History.from_dict(details["history"])
        coverage = None if details["coverage"] is None else Coverage(**details["coverage"])
    except (ConfigError, KeyError, TypeError, AttributeError) as error:
        raise ArtifactError(
            f"{manifest}: expected the facts of a classifier, found others ({error})"
        ) from error
    vocabulary = Vocabulary.read(source.payload(_WORDS))
    encoder = Encoder(vocabulary, tokenizer, config.max_tokens, config.unknown == "subword")
    network = _read_network(source, config, encoder.num_ids, len(classes))
    classifier = Classifier(config, encoder, classes, network, history, coverage=coverage)
    classifier.digest = source.digest
    return classifier


def _read_network(
    source: artifact.Artifact, config: ClassifierConfig, num_ids: int, num_classes: int
) -> Network:
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    from wordlab.sentiment.models.networks import build_network, own_torch_state

    path = source.payload(_WEIGHTS)
    try:
        weights: dict[str, Any] = load_file(path)
        pretrained = "words.static" in weights or config.channels == "tuned"
        matrix = weights.get("words.static", weights.get("words.tuned.weight"))
        if matrix is None or matrix.shape[0] != num_ids:
            found = "none" if matrix is None else f"{matrix.shape[0]}"
            raise ArtifactError(f"{path}: expected vectors of {num_ids} words, found {found}")
        with own_torch_state(torch.get_num_threads()):  # initial weights are drawn and thrown away
            network = build_network(config, matrix, num_classes, pretrained=pretrained)
        network.load_state_dict(weights)
    except (SafetensorError, RuntimeError, IndexError) as error:
        reason = str(error).splitlines()[0]
        raise ArtifactError(
            f"{path}: expected the weights of a classifier, found others ({reason})"
        ) from error
    network.requires_grad_(False).eval()
    return network
