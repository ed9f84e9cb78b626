"""model2vec: a directory of config.json, model.safetensors and tokenizer.json. Read only.

The tensor `embeddings` has a row for each token of the tokenizer, whole words as well as pieces of words (in
WordPiece those that begin with ``##``). Newer models let tokens share rows, by `mapping`, and weigh them, by
`weights`; see StaticModel in model2vec's source.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from wordlab.embeddings.formats.build import build_vectors
from wordlab.embeddings.formats.columns import column_block, pick_words
from wordlab.embeddings.formats.files import open_source
from wordlab.embeddings.formats.format import DirectoryForm, Format
from wordlab.embeddings.formats.reading import ReadOptions, Skipped
from wordlab.embeddings.formats.safetensors_file import load_tensors
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError
from wordlab.io.json_files import read_json
from wordlab.progress import OnProgress
from wordlab.visible import clipped, listed

TENSORS, TOKENIZER = "model.safetensors", "tokenizer.json"


def read_model2vec(
    directory: Path, options: ReadOptions, on_progress: OnProgress | None = None
) -> WordVectors:
    """The vectors of a model's tokens, in the order of its tokenizer; FormatError."""
    path = directory / TENSORS
    with open_source(path, on_progress=on_progress) as source:
        tensors = load_tensors(path)
        if "embeddings" not in tensors:
            names = listed([repr(clipped(name)) for name in sorted(tensors)], 4) or "nothing"
            raise FormatError(f"{path}: expected 'embeddings', as model2vec calls them, found {names}")
        ids = _token_ids(directory / TOKENIZER)
        matrix = _matrix(tensors, len(ids), ids, str(path))
        skipped = Skipped(options)
        encoded = [token.encode("utf-8", "surrogatepass") for token in ids]
        words, rows = pick_words(encoded, source, options, skipped)
        block = column_block(words, rows, matrix[rows], None, source, skipped)
        return build_vectors(
            [block], source, format="model2vec", options=options, skipped=skipped, where=source.record
        )


def _matrix(tensors: dict[str, np.ndarray], num_tokens: int, ids: dict[str, int], name: str) -> np.ndarray:
    """The vectors of all tokens, float32 (num_tokens, dim)."""
    table = tensors["embeddings"]
    if table.ndim != 2 or 0 in table.shape or table.dtype.kind not in "fi":
        raise FormatError(f"{name}: embeddings: expected rows of numbers, found {table.dtype} {table.shape}")
    of_token = np.fromiter(ids.values(), np.int64, num_tokens)
    rows = of_token
    for part in ("mapping", "weights"):
        values = tensors.get(part)
        if values is not None and (values.ndim != 1 or len(values) <= of_token.max()):
            raise FormatError(f"{name}: {part}: expected one for each token, found shape {values.shape}")
    if "mapping" in tensors:
        rows = tensors["mapping"][of_token].astype(np.int64)
    if rows.min() < 0 or rows.max() >= len(table):
        raise FormatError(f"{name}: embeddings: expected a row for each token, found {len(table)} rows")
    with np.errstate(over="ignore"):  # reported as not finite
        matrix = table[rows].astype(np.float32)
        if "weights" in tensors:
            matrix *= tensors["weights"][of_token].astype(np.float32)[:, None]
    return matrix


def _token_ids(path: Path) -> dict[str, int]:
    """The tokens of a tokenizer with their ids, in the order of the ids."""
    facts: Any = read_json(path)
    model = facts.get("model") if isinstance(facts, dict) else None
    vocabulary = model.get("vocab") if isinstance(model, dict) else None
    if isinstance(vocabulary, list):  # Unigram: pairs of a token and its score
        tokens = [pair[0] if isinstance(pair, list) and pair else None for pair in vocabulary]
        vocabulary = {token: id for id, token in enumerate(tokens) if isinstance(token, str)}
        vocabulary = vocabulary if len(vocabulary) == len(tokens) else None
    if not isinstance(vocabulary, dict) or not vocabulary:
        raise FormatError(f"{path}: expected the vocabulary of a tokenizer, found none")
    for token, id in vocabulary.items():
        if type(id) is not int or not 0 <= id < 1 << 31:
            raise FormatError(f"{path}: expected an id for {clipped(token)!r}, found {clipped(str(id))!r}")
    return dict(sorted(vocabulary.items(), key=lambda item: item[1]))


def _is_model2vec(directory: Path) -> bool:
    return (directory / TENSORS).is_file() and (directory / TOKENIZER).is_file()


FORMAT = Format(
    directory=DirectoryForm(is_one=_is_model2vec, read=read_model2vec, needed=(TENSORS, TOKENIZER))
)
