"""The settings at the beginning of fastText's `.bin` and `.ftz`; see Args::save in fastText's source.

Since May 2017 a magic number and a version stand before them. Files of before have neither.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from wordlab.embeddings.choices import MAX_NGRAM
from wordlab.embeddings.formats.exact import ExactReader
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError

_MAGIC = struct.pack("<i", 793712314)
_VERSION = struct.Struct("<i")
_SETTINGS = struct.Struct("<12id")
SIZES = struct.Struct("<3iq")
"""Those of the dictionary, which follow: entries, words, labels and tokens."""
_VERSIONS = (11, 12)
_UNVERSIONED = 0
_MODELS = {1: "cbow", 2: "skipgram", 3: "supervised"}
_LOSSES = {"hierarchical": 1, "negative": 2}
_NUM_OLD_LOSSES = 3


@dataclass(frozen=True)
class Settings:
    """What the settings say about the vectors."""

    version: int
    """0 for files that have none"""

    dim: int
    model: str
    num_buckets: int
    min_n: int
    max_n: int
    epochs: int
    min_count: int
    ngrams: int
    """the longest run of words, in a classifier"""

    loss: int
    """1 for a tree, 2 for negative sampling, 3 for softmax, 4 for one against the rest"""

    @property
    def has_flags(self) -> bool:
        """Whether the file says what is pruned and quantised, as those with a version do."""
        return self.version != _UNVERSIONED


def has_signature(head: bytes) -> bool:
    """Whether a file with this head is fastText's: by its magic number, or by settings without one.

    Those of 2016 are known by a dozen numbers that fit: a loss, a model, sizes that add up.
    """
    if head.startswith(_MAGIC):
        return True
    if len(head) < _SETTINGS.size + SIZES.size or not _are_plausible(_SETTINGS.unpack_from(head)):
        return False
    size, num_words, num_labels, num_tokens = SIZES.unpack_from(head, _SETTINGS.size)
    return bool(num_words > 0 <= num_labels and size == num_words + num_labels and num_tokens >= 0)


def read_settings(reader: ExactReader) -> Settings:
    """The settings that come next; FormatError if they are none, or impossible."""
    name, what = reader.name, "header"
    head = reader.take(len(_MAGIC), what)
    reader.give_back(bytes(head))
    version = _UNVERSIONED
    if head == _MAGIC:
        data = reader.take(len(_MAGIC) + _VERSION.size + _SETTINGS.size, what)
        (version,) = _VERSION.unpack_from(data, len(_MAGIC))
        if version not in _VERSIONS:
            raise FormatError(
                f"{name}: header: expected version 11 or 12 of fastText's format, found {version}"
            )
        values = _SETTINGS.unpack_from(data, len(_MAGIC) + _VERSION.size)
    else:
        values = _SETTINGS.unpack(reader.take(_SETTINGS.size, what))
        if not _are_plausible(values):
            raise FormatError(
                f"{name}: header: expected fastText's magic number or the settings of its files of 2016, "
                "found neither"
            )
    return _checked(version, values, name)


def _are_plausible(values: tuple[Any, ...]) -> bool:
    """Whether these are settings that fastText of 2016 wrote."""
    dim, *counts = values[:6]
    loss, model, *sizes = values[6:12]
    return bool(
        dim >= 1
        and min(*counts, *sizes) >= 0
        and 1 <= loss <= _NUM_OLD_LOSSES
        and model in _MODELS
        and 0 <= values[12] < float("inf")
    )


def _checked(version: int, values: tuple[Any, ...], name: str) -> Settings:
    dim, model, num_buckets, min_n, max_n = values[0], *values[7:11]
    if dim < 1 or model not in _MODELS or num_buckets < 0:
        raise FormatError(
            f"{name}: header: expected dimensions, a model and buckets, found {dim}, {model}, {num_buckets}"
        )
    if version < max(_VERSIONS) and _MODELS[model] == "supervised":
        max_n = 0  # such models had no n-grams, whatever the header says
    if max_n > 0 and not (0 <= min_n <= max_n <= MAX_NGRAM and num_buckets > 0):
        raise FormatError(
            f"{name}: header: expected n-grams of 0 <= min <= max <= {MAX_NGRAM} characters and buckets, "
            f"found {min_n} to {max_n} and {num_buckets}"
        )
    _, _, epochs, min_count, _, ngrams, loss = values[:7]
    return Settings(
        version, dim, _MODELS[model], num_buckets, min_n, max(0, max_n), epochs, min_count, ngrams, loss
    )


def pack_settings(vectors: WordVectors) -> bytes:
    """The beginning of a file: the config of training, or where there was none fastText's defaults."""
    config: Any = vectors.details.get("config") or {}
    model = {name: number for number, name in _MODELS.items()}[_model_name(vectors)]
    loss = _LOSSES.get(config.get("loss"), _LOSSES["negative"])
    window, epochs, negative = (
        config.get(name, default) for name, default in (("window", 5), ("epochs", 5), ("negative", 5))
    )
    subwords = vectors.subwords
    lengths = (0, 0, 0) if subwords is None else (subwords.num_buckets, subwords.min_n, subwords.max_n)
    subsample = config.get("subsample", 1e-4)
    # minCount is 1, as the words are all; wordNgrams 1
    return _packed(vectors.dim, window, epochs, 1, negative, 1, loss, model, *lengths, subsample)


def pack_supervised(
    *, dim: int, epochs: int, min_count: int, ngrams: int, loss: int, num_buckets: int, min_n: int, max_n: int
) -> bytes:
    """The beginning of the file of a classifier; what it does not use is as in fastText's defaults."""
    model = {name: number for number, name in _MODELS.items()}["supervised"]
    return _packed(dim, 5, epochs, min_count, 5, ngrams, loss, model, num_buckets, min_n, max_n, 1e-4)


def _packed(*values: Any) -> bytes:
    """The settings in their order, but for lrUpdateRate before the last, which is 100."""
    return _MAGIC + _VERSION.pack(max(_VERSIONS)) + _SETTINGS.pack(*values[:-1], 100, values[-1])


def _model_name(vectors: WordVectors) -> str:
    config: Any = vectors.details.get("config")
    facts: Any = vectors.details.get("fasttext")
    for known in (config, facts):
        if isinstance(known, dict) and known.get("model") in ("cbow", "skipgram"):
            return str(known["model"])
    return "skipgram"
