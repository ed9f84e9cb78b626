"""sentence-transformers: a directory whose modules.json begins with a StaticEmbedding.

That module has its files, model.safetensors and tokenizer.json, in the directory or in a folder of it. The
tensor is `embedding.weight`, or has the names of model2vec; see StaticEmbedding in the library's source.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from wordlab.embeddings.formats.files import open_source
from wordlab.embeddings.formats.format import DirectoryForm, Format
from wordlab.embeddings.formats.reading import ReadOptions
from wordlab.embeddings.formats.safetensors_file import load_tensors, tensor_names, write_tensors
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
from wordlab.errors import FormatError, WordlabError
from wordlab.io.json_files import read_json
from wordlab.progress import OnProgress
from wordlab.visible import clipped, listed

_TABLES = ("embedding.weight", "embeddings")
_SETTINGS = "config_sentence_transformers.json"
_NAME = "sentence-transformers"


def read_sentence_transformers(
    directory: Path, options: ReadOptions, on_progress: OnProgress | None = None
) -> WordVectors:
    """The vectors of the tokens of the first module, in the order of its tokenizer; FormatError."""
    folder = _static_folder(directory)
    path = folder / TENSORS
    with open_source(path, on_progress=on_progress) as source:
        tensors = load_tensors(path)
        table = next((name for name in _TABLES if name in tensors), None)
        if table is None:
            names = listed([repr(clipped(name)) for name in sorted(tensors)], 4) or "nothing"
            raise FormatError(f"{path}: expected {_TABLES[0]!r}, as {_NAME} calls them, found {names}")
        return read_static(folder, tensors, table, source, options, format=_NAME)


def write_sentence_transformers(vectors: WordVectors, directory: Path) -> None:
    """Write what ``SentenceTransformer`` loads, which then averages the known words of a text.

    FormatError for a tokenizer that cannot be written down, and for an empty word; MissingExtraError without
    tokenizers.
    """
    if "" in vectors.vocabulary:
        raise FormatError(f"'' cannot be written as {_NAME}: expected a word")
    write_tokenizer(vectors, directory / TOKENIZER, marked=True)
    with (directory / TENSORS).open("wb") as file:
        write_tensors({_TABLES[0]: vectors.matrix}, file, format="pt")
    write_config(vectors, directory / CONFIG, {})
    write_json([{"idx": 0, "name": "0", "path": "", "type": STATIC_EMBEDDING}], directory / MODULES)
    write_json(
        {"model_type": "SentenceTransformer", "prompts": {}, "default_prompt_name": None,
         "similarity_fn_name": "cosine"},
        directory / _SETTINGS,
    )  # fmt: skip


def _static_folder(directory: Path) -> Path:
    """Where the first module has its files; FormatError if it is no StaticEmbedding."""
    path = directory / MODULES
    modules: Any = read_json(path)
    first = modules[0] if isinstance(modules, list) and modules else None
    facts = first if isinstance(first, dict) else {}
    kind, place = facts.get("type"), facts.get("path")
    if not isinstance(kind, str) or kind.rpartition(".")[2] != "StaticEmbedding":
        found = clipped(str(kind)) if facts else "none"
        raise FormatError(f"{path}: expected StaticEmbedding as the first module, found {found}")
    if not isinstance(place, str) or PurePosixPath(place).is_absolute() or ".." in PurePosixPath(place).parts:
        raise FormatError(f"{path}: expected a folder of the first module, found {clipped(str(place))!r}")
    return directory / place


def _is_one(directory: Path) -> bool:
    """Whether there is such a module, and its table is not called as in model2vec, which has one, too."""
    if not (directory / MODULES).is_file():
        return False
    try:
        folder = _static_folder(directory)
        return folder != directory or _TABLES[0] in tensor_names(folder / TENSORS)
    except WordlabError:
        return False


FORMAT = Format(
    directory=DirectoryForm(
        is_one=_is_one,
        read=read_sentence_transformers,
        needed=(MODULES, TENSORS, TOKENIZER),
        write=write_sentence_transformers,
        written=(CONFIG, _SETTINGS, TENSORS, MODULES, TOKENIZER),
        has_tokenizer=True,
    )
)
