"""model2vec: a directory of config.json, model.safetensors, modules.json and tokenizer.json.

The tensor `embeddings` has a row for each token of the tokenizer, whole words as well as pieces of words (in
WordPiece those that begin with ``##``). Newer models let tokens share rows, by `mapping`, and weigh them, by
`weights`; see StaticModel in model2vec's source. What we write are whole words.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from wordlab.embeddings.formats.files import open_source
from wordlab.embeddings.formats.format import DirectoryForm, Format
from wordlab.embeddings.formats.reading import ReadOptions
from wordlab.embeddings.formats.safetensors_file import load_tensors, write_tensors
from wordlab.embeddings.formats.static_files import (
    CONFIG,
    MODULES,
    STATIC_EMBEDDING,
    TENSORS,
    TOKENIZER,
    read_static,
    write_config,
    write_json,
    write_tokenizer,
)
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError
from wordlab.progress import OnProgress
from wordlab.visible import clipped, listed

_TABLE = "embeddings"
_MOST_TENSORS = 3  # with mapping and weights
# Texts of any length, whose vectors keep their length, as means of words have it.
_SETTINGS = {"model_type": "model2vec", "architectures": ["StaticModel"], "normalize": False,
             "max_length": None, "embedding_dtype": "float32"}  # fmt: skip


def read_model2vec(
    directory: Path, options: ReadOptions, on_progress: OnProgress | None = None
) -> WordVectors:
    """The vectors of a model's tokens, in the order of its tokenizer; FormatError."""
    path = directory / TENSORS
    with open_source(path, on_progress=on_progress) as source:
        tensors = load_tensors(path)
        if _TABLE not in tensors:
            names = listed([repr(clipped(name)) for name in sorted(tensors)], 4) or "nothing"
            hint = "; is it a network, which has no vectors of words?" if len(tensors) > _MOST_TENSORS else ""
            raise FormatError(f"{path}: expected {_TABLE!r}, as model2vec calls them, found {names}{hint}")
        return read_static(directory, tensors, _TABLE, source, options, format="model2vec")


def write_model2vec(vectors: WordVectors, directory: Path) -> None:
    """Write what ``StaticModel.from_pretrained`` loads, which then averages the known words of a text.

    FormatError for a tokenizer that cannot be written down; MissingExtraError without tokenizers.
    """
    num_ids = write_tokenizer(vectors, directory / TOKENIZER, marked=False)
    table = np.zeros((num_ids, vectors.dim), np.float32)
    table[: len(vectors)] = vectors.matrix
    with (directory / TENSORS).open("wb") as file:
        write_tensors({_TABLE: table}, file, format="pt")
    write_config(vectors, directory / CONFIG, _SETTINGS)
    write_json([{"idx": 0, "name": "0", "path": ".", "type": STATIC_EMBEDDING}], directory / MODULES)


def _is_model2vec(directory: Path) -> bool:
    return (directory / TENSORS).is_file() and (directory / TOKENIZER).is_file()


FORMAT = Format(
    directory=DirectoryForm(
        is_one=_is_model2vec,
        read=read_model2vec,
        needed=(TENSORS, TOKENIZER),
        write=write_model2vec,
        written=(CONFIG, TENSORS, MODULES, TOKENIZER),
        has_tokenizer=True,
    )
)
