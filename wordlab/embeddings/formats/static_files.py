"""What model2vec and sentence-transformers share: a row for each token of a tokenizer, and that tokenizer.

Both average the rows of a text's tokens. model2vec leaves out a tokenizer's unknown token, but
sentence-transformers averages it in, even if its row is zero: its tokenizer must give nothing for an unknown
word. BPE without merges does so. It takes a word whole or, if that is unknown, character by character, and no
character is known either, as all words begin with a space there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from wordlab.embeddings.formats.build import build_vectors
from wordlab.embeddings.formats.columns import column_block, pick_words
from wordlab.embeddings.formats.files import Source
from wordlab.embeddings.formats.reading import ReadOptions, Skipped
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError, FormatError
from wordlab.extras import need
from wordlab.io.json_files import read_json
from wordlab.text.tokenizers import Tokenizer
from wordlab.text.tokenizers.pipeline import pipeline
from wordlab.visible import clipped

TENSORS, TOKENIZER, CONFIG, MODULES = "model.safetensors", "tokenizer.json", "config.json", "modules.json"
STATIC_EMBEDDING = "sentence_transformers.models.StaticEmbedding"
_MARK = " "  # which no token of a tokenizer of ours can hold
_UNKNOWN = "[UNK]"


def write_tokenizer(vectors: WordVectors, path: Path, *, marked: bool) -> int:
    """Write tokenizer.json, and return how many ids it has: the vocabulary's or, unless `marked`, one more.

    The last one is then that of unknown words. FormatError for a tokenizer that cannot be written down.
    """
    normalizer, cut = pipeline(tokenizer_of(vectors))
    with need("tokenizers", extra="hub"):
        import tokenizers
        from tokenizers.models import BPE, WordLevel
        from tokenizers.pre_tokenizers import Metaspace, Sequence
    words = vectors.vocabulary.words
    if marked:
        ids = {_MARK + word: id for id, word in enumerate(words)}
        model: Any = BPE(ids, [], ignore_merges=True)
        cut = Sequence([cut, Metaspace(_MARK, prepend_scheme="always", split=False)])
    else:
        ids = {word: id for id, word in enumerate(words)}
        unknown = _UNKNOWN
        while unknown in ids:
            unknown = f"[{unknown}]"
        ids[unknown] = len(words)
        model = WordLevel(ids, unk_token=unknown)
    found = tokenizers.Tokenizer(model)
    found.normalizer, found.pre_tokenizer = normalizer, cut
    path.write_text(found.to_str(), encoding="utf-8")
    return len(ids)


def tokenizer_of(vectors: WordVectors) -> Tokenizer:
    """The tokenizer that the vectors record, else ``word``."""
    return vectors.tokenizer or Tokenizer("word")


def write_config(vectors: WordVectors, path: Path, facts: Mapping[str, Any]) -> None:
    """Write `facts`, and for our own reader the tokenizer of the vectors."""
    write_json({**facts, "wordlab": {"tokenizer": tokenizer_of(vectors).to_dict()}}, path)


def write_json(value: object, path: Path) -> None:
    """Write JSON that people can read."""
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_static(
    folder: Path, tensors: Mapping[str, np.ndarray], name: str, source: Source, options: ReadOptions,
    *, format: str,
) -> WordVectors:  # fmt: skip
    """The vectors of the tokens of the tokenizer in `folder`, in its order; FormatError.

    `name` is that of the table in `tensors`, which are those of `source`. They have the tokenizer that
    config.json records, if one of ours wrote it.
    """
    ids = token_ids(folder / TOKENIZER)
    matrix = _matrix(tensors, name, ids, source.name)
    skipped = Skipped(options)
    encoded = [token.encode("utf-8", "surrogatepass") for token in ids]
    words, rows = pick_words(encoded, source, options, skipped)
    block = column_block(words, rows, matrix[rows], None, source, skipped)
    vectors = build_vectors(
        [block], source, format=format, options=options, skipped=skipped, where=source.record
    )
    vectors.tokenizer = _recorded(folder / CONFIG)
    return vectors


def _matrix(tensors: Mapping[str, np.ndarray], name: str, ids: Mapping[str, int], where: str) -> np.ndarray:
    """The vectors of all tokens, float32 (num_tokens, dim)."""
    table = tensors[name]
    if table.ndim != 2 or 0 in table.shape or table.dtype.kind not in "fi":
        raise FormatError(f"{where}: {name}: expected rows of numbers, found {table.dtype} {table.shape}")
    of_token = np.fromiter(ids.values(), np.int64, len(ids))
    rows = of_token
    for part in ("mapping", "weights"):
        values = tensors.get(part)
        if values is not None and (values.ndim != 1 or len(values) <= of_token.max()):
            raise FormatError(f"{where}: {part}: expected one for each token, found shape {values.shape}")
    if "mapping" in tensors:
        rows = tensors["mapping"][of_token].astype(np.int64)
    if rows.min() < 0 or rows.max() >= len(table):
        raise FormatError(f"{where}: {name}: expected a row for each token, found {len(table)} rows")
    with np.errstate(over="ignore"):  # reported as not finite
        matrix = table[rows].astype(np.float32)
        if "weights" in tensors:
            matrix *= tensors["weights"][of_token].astype(np.float32)[:, None]
    return matrix


def token_ids(path: Path) -> dict[str, int]:
    """The tokens of a tokenizer with their ids, in the order of the ids.

    Those that we mark lose the mark. The unknown token of a tokenizer of whole words is none of its words.
    """
    tensors = path.with_name(TENSORS)
    # An honest file has fewer bytes for a token than its row has.
    facts: Any = read_json(path, up_to=tensors.stat().st_size if tensors.is_file() else 0)
    found = facts.get("model") if isinstance(facts, dict) else None
    model = found if isinstance(found, dict) else {}
    vocabulary = model.get("vocab")
    if isinstance(vocabulary, list):  # Unigram: pairs of a token and its score
        tokens = [pair[0] if isinstance(pair, list) and pair else None for pair in vocabulary]
        vocabulary = {token: id for id, token in enumerate(tokens) if isinstance(token, str)}
        vocabulary = vocabulary if len(vocabulary) == len(tokens) else None
    if isinstance(vocabulary, dict) and model.get("type") == "WordLevel":
        vocabulary = {token: id for token, id in vocabulary.items() if token != model.get("unk_token")}
    if not isinstance(vocabulary, dict) or not vocabulary:
        raise FormatError(f"{path}: expected the vocabulary of a tokenizer, found none")
    for token, id in vocabulary.items():
        if type(id) is not int or not 0 <= id < 1 << 31:
            raise FormatError(f"{path}: expected an id for {clipped(token)!r}, found {clipped(str(id))!r}")
    start = len(_MARK) if _is_marked(facts) else 0
    return {token[start:]: id for token, id in sorted(vocabulary.items(), key=lambda item: item[1])}


def _is_marked(facts: Mapping[str, Any]) -> bool:
    """Whether a tokenizer puts our mark before each word."""
    cut = facts.get("pre_tokenizer")
    steps = cut.get("pretokenizers") if isinstance(cut, dict) else None
    last = steps[-1] if isinstance(steps, list) and steps else None
    return isinstance(last, dict) and (last.get("type"), last.get("replacement")) == ("Metaspace", _MARK)


def _recorded(path: Path) -> Tokenizer | None:
    """The tokenizer that a config.json of ours records; None in one of others, and where there is none."""
    facts: Any = read_json(path) if path.is_file() else None
    ours = facts.get("wordlab") if isinstance(facts, dict) else None
    found = ours.get("tokenizer") if isinstance(ours, dict) else None
    if found is None:
        return None
    where = f"{path}: wordlab: tokenizer"
    if not isinstance(found, dict) or "phrases" in found:
        raise FormatError(f"{where}: expected a name and options, found {clipped(str(found))!r}")
    try:
        return Tokenizer.from_dict(found)
    except ConfigError as error:
        raise FormatError(f"{where}: {error}") from error
