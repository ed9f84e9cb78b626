"""torchtext's vectors to ours and back: the one file that imports torchtext.

Versions 0.6 and 0.18 have the same classes. Their readers have faults that must not become ours: they
switch off certificate checks for the whole process, key a cache of pickles by base name, and draw bars on
stderr. So `read_with_torchtext` runs them in a process of their own, and `to_torchtext` makes their
objects without their readers.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from wordlab.embeddings.formats.names import DuplicatePolicy
from wordlab.embeddings.formats.reading import ReadOptions
from wordlab.embeddings.pretrained.catalogue import Family
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError, MissingExtraError, SourceError
from wordlab.extras import need
from wordlab.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from torchtext.vocab import Vectors  # type: ignore[import-untyped, unused-ignore]

_CHILD = "wordlab.embeddings.pretrained.torchtext_child"


def from_torchtext(vectors: Vectors, *, duplicates: DuplicatePolicy = "last") -> WordVectors:
    """The words and vectors of a torchtext.vocab.Vectors (GloVe, FastText, CharNGram or another).

    The vectors are equal bit for bit. torchtext keeps the rows of words that occur again and answers with
    the last of them, as "last" does here; a word keeps its first position. Raises ValueError if a word is
    None or a number is not finite, ConfigError for another policy, FormatError for a duplicate if that is
    an "error".
    """
    ReadOptions(duplicates=duplicates)
    words = pa.array(vectors.itos, pa.string())
    # after the last word come rows of zeros, one for each word that was not UTF-8
    matrix = np.asarray(vectors.vectors, dtype=np.float32)[: len(words)]  # (num_rows, D)
    return _without_duplicates(words, matrix, duplicates)


def to_torchtext(vectors: WordVectors) -> Vectors:
    """A torchtext.vocab.Vectors with the same words in the same order and a copy of the matrix.

    It is a CharNGram, which answers for any word, if the vectors were loaded as charngram.100d.
    MissingExtraError if torchtext is not installed or does not load.
    """
    vocab = import_torchtext()
    import torch

    is_char_ngrams = vectors.details.get("pretrained", {}).get("name") == "charngram.100d"
    kind: Any = vocab.CharNGram if is_char_ngrams else vocab.Vectors
    made = kind.__new__(kind)  # __init__ would look for a file, and switch off certificate checks
    made.itos = list(vectors.vocabulary.words)
    made.stoi = {word: id for id, word in enumerate(made.itos)}
    made.vectors = torch.from_numpy(np.array(vectors.matrix))
    made.dim = vectors.dim
    made.unk_init = torch.Tensor.zero_
    return made


def read_with_torchtext(
    path: Path, *, family: Family | None = None, duplicates: DuplicatePolicy = "last"
) -> WordVectors:
    """The vectors of a text file as torchtext's own class reads it, in a process of its own.

    `family` says which class: GloVe, FastText, CharNGram, or Vectors if it is None. It takes several times
    as long as `read_vectors` and is meant for comparisons. Raises SourceError if there is no such file,
    FormatError with torchtext's message if it cannot read it, MissingExtraError.
    """
    ReadOptions(duplicates=duplicates)
    if not path.is_file():
        raise SourceError(f"{path}: expected a file of vectors, found none")
    with tempfile.TemporaryDirectory(prefix="wordlab-") as folder:
        command = [sys.executable, "-m", _CHILD, str(path.absolute()), folder, family or "vectors"]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")  # noqa: S603
        matrix_path, words_path = Path(folder, "matrix.npy"), Path(folder, "words.arrow")
        if done.returncode or not words_path.exists():
            import_torchtext()  # raises if torchtext is what is missing
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise FormatError(f"{path}: expected a file that torchtext reads, found {last}")
        matrix = np.load(matrix_path, allow_pickle=False)
        with pa.ipc.open_file(words_path) as table:
            words = table.read_all().column("word").combine_chunks()
        return _without_duplicates(words, matrix, duplicates)


def import_torchtext() -> ModuleType:
    """The module torchtext.vocab; MissingExtraError if it is not installed or its library does not load."""
    try:
        with need("torchtext", extra="torch"):
            import torchtext  # type: ignore[import-untyped, unused-ignore]

            if hasattr(torchtext, "disable_torchtext_deprecation_warning"):  # 0.18 warns on stderr
                torchtext.disable_torchtext_deprecation_warning()
            import torchtext.vocab
    except OSError as error:  # 0.18 loads a library that fits only one version of torch
        raise MissingExtraError(
            "torchtext does not fit the installed torch; pip install 'wordlab[torch]' brings one that does"
        ) from error
    vocab: ModuleType = torchtext.vocab
    return vocab


def _without_duplicates(
    words: pa.StringArray, matrix: np.ndarray, duplicates: DuplicatePolicy
) -> WordVectors:
    ids = words.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    num_words = len(words.unique())
    num_duplicates = len(words) - num_words
    if num_duplicates:
        if duplicates == "error":
            raise FormatError(f"expected each word once, found {num_duplicates:,} words again")
        first, last = np.empty(num_words, np.int64), np.empty(num_words, np.int64)
        last[ids] = np.arange(len(ids))  # the last assignment to an id wins
        first[ids[::-1]] = np.arange(len(ids))[::-1]
        words, matrix = words.take(pa.array(first)), matrix[first if duplicates == "first" else last]
    details = {"origin": "torchtext", "num_duplicates": num_duplicates, "duplicates": duplicates}
    return WordVectors(Vocabulary(words, np.zeros(num_words, np.int64)), np.array(matrix), details=details)
