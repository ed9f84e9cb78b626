"""word2vec binary: a header "V D" in text, then V records of a word, a space and D float32.

Numbers are little-endian. word2vec.c ends each record with a line feed and gensim does not; both
are read, and written is what gensim writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

import numpy as np
import pyarrow as pa

from wordlab.embeddings.formats.build import build_vectors, check_words
from wordlab.embeddings.formats.files import Source
from wordlab.embeddings.formats.rows import Block
from wordlab.embeddings.formats.word2vec_text import read_header
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError

_CHUNK = 1 << 24
_LONGEST_WORD = 1 << 20  # bytes; a longer one means that this is not the format


def read_word2vec_binary(source: Source) -> WordVectors:
    """The vectors of a word2vec binary file; FormatError names the file and the record, from 1."""
    num_words, dim = read_header(source)
    return build_vectors(_read_records(source, num_words, dim), source, format="word2vec-binary")


def write_word2vec_binary(vectors: WordVectors, stream: IO[bytes]) -> None:
    """Write the vectors as word2vec binary; FormatError for a word with a space or a line end."""
    check_words(vectors.vocabulary.words, "\n ", "word2vec-binary")
    stream.write(b"%d %d\n" % (len(vectors), vectors.dim))
    step = max(1, (1 << 20) // vectors.dim)
    for start in range(0, len(vectors), step):
        matrix = vectors.matrix[start : start + step].astype("<f4", copy=False)
        words = vectors.vocabulary.words[start : start + step]
        records = (b"%b %b" % (word.encode(), row.tobytes()) for word, row in zip(words, matrix, strict=True))
        stream.write(b"".join(records))


def _read_records(source: Source, num_words: int, dim: int) -> Iterator[Block]:
    num_done = 0
    buffer = b""
    while num_done < num_words:
        data = source.read(max(_CHUNK, len(buffer)))  # grows for a record longer than a chunk
        buffer += data
        words, vectors, end = _split(buffer, num_words - num_done, dim)
        if words:
            yield _block(words, vectors, dim, source.name, num_done + 1)
        num_done += len(words)
        buffer = buffer[end:]
        if not data and num_done < num_words:
            _fail_cut(buffer, num_done, num_words, dim, source.name)
        if b" " not in buffer and len(buffer) > _LONGEST_WORD:
            raise FormatError(
                f"{source.name}: record {num_done + 1}: expected a space after the word, found none"
            )
    if (buffer + source.read(_CHUNK)).strip(b"\n"):
        raise FormatError(f"{source.name}: expected {num_words} records as the header says, found more")


def _split(buffer: bytes, limit: int, dim: int) -> tuple[list[bytes], list[bytes], int]:
    """The words and vectors of up to `limit` whole records, and where they end."""
    words: list[bytes] = []
    vectors: list[bytes] = []
    start, size = 0, 4 * dim
    while len(words) < limit:
        space = buffer.find(b" ", start)
        end = space + 1 + size
        if space < 0 or end > len(buffer):
            break
        # line feeds before a word are those that word2vec.c puts after a vector
        words.append(buffer[start:space].lstrip(b"\n"))
        vectors.append(buffer[space + 1 : end])
        start = end
    return words, vectors, start


def _block(words: list[bytes], vectors: list[bytes], dim: int, name: str, first: int) -> Block:
    matrix = np.frombuffer(b"".join(vectors), "<f4").astype(np.float32).reshape(-1, dim)
    finite = np.isfinite(matrix).all(axis=1)
    if not finite.all():
        record = first + int(np.argmin(finite))
        raise FormatError(f"{name}: record {record}: expected finite numbers, found NaN or infinity")
    decoded = []
    for offset, word in enumerate(words):
        try:
            decoded.append(word.decode("utf-8"))
        except UnicodeDecodeError as error:
            shown = word[:40].decode("utf-8", errors="backslashreplace")
            raise FormatError(
                f"{name}: record {first + offset}: expected a word in UTF-8, found {shown!r} ({error.reason})"
            ) from None
    return pa.array(decoded, pa.string()), matrix


def _fail_cut(buffer: bytes, num_done: int, num_words: int, dim: int, name: str) -> None:
    if not buffer.strip(b"\n"):
        raise FormatError(f"{name}: expected {num_words} records as the header says, found {num_done}")
    word, space, values = buffer.partition(b" ")
    wanted = f"{4 * dim} bytes of numbers" if space else "a space after the word"
    found = f"{len(values)} before the end" if space else f"the end after {len(word)} bytes"
    raise FormatError(f"{name}: record {num_done + 1} of {num_words}: expected {wanted}, found {found}")
