"""floret's table, which ``spacy init vectors --mode floret`` reads: a header, and a row for each bucket.

The header is "num_buckets dim min_n max_n num_hashes seed < >", the rows are "bucket x1 ... xD" in ascending
order; see FastText::saveFloretVectors in floret's source. There are no words: a reader has to say which it
wants, and any will do.
"""

from __future__ import annotations

import re
from typing import IO

import numpy as np
import pyarrow as pa

from wordlab.embeddings.formats import rows
from wordlab.embeddings.formats.blocks import BlockReader
from wordlab.embeddings.formats.build import build_vectors
from wordlab.embeddings.formats.files import Source
from wordlab.embeddings.formats.format import FileForm, Format
from wordlab.embeddings.formats.reading import Block, ReadOptions, Skipped, shown
from wordlab.embeddings.formats.separators import Layout
from wordlab.embeddings.ngrams import MURMUR_SEED
from wordlab.embeddings.subwords import Subwords
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError, FormatError

_HEADER = re.compile(
    rb"(\d{1,18}) (\d{1,18}) (\d{1,18}) (\d{1,18}) ([1-4]) (\d{1,18}) ([^\s\d.+-]\S*) ([^\s\d.+-]\S*) ?\r?\n"
)
_LONGEST_HEADER = 256


def read_floret(source: Source, options: ReadOptions) -> WordVectors:
    """The vectors of the words that `options` want, in alphabetical order, and the table as their subwords.

    FormatError if no words are named, and for a bad row also if reading is lenient: others would take its
    place. ConfigError for a prefix.
    """
    if options.prefix:
        raise ConfigError(
            f"prefix: expected none for floret, whose tables have no words, found {options.prefix!r}"
        )
    if options.only is None:
        raise FormatError(
            f"{source.name}: expected a list of words, found a table of floret, which has none but gives any "
            "a vector; --only names a list, a corpus or other vectors"
        )
    subwords = _read_table(source)
    words = sorted(options.only)
    return build_vectors(
        [Block(pa.array(words, pa.string()), subwords.vectors(words), range(1, len(words) + 1))],
        source,
        format="floret",
        options=options,
        skipped=Skipped(options),
        where=source.record,
        subwords=subwords,
    )


def write_floret(vectors: WordVectors, stream: IO[bytes]) -> None:
    """Write the table of the n-grams; FormatError unless they are hashed as in floret. No word is written."""
    subwords = vectors.subwords
    if subwords is None or not subwords.num_hashes:
        found = "words alone" if subwords is None else "fastText's, which --format fasttext writes"
        raise FormatError(f"cannot be written as floret: expected n-grams hashed as in floret, found {found}")
    numbers = (subwords.num_buckets, subwords.dim, subwords.min_n, subwords.max_n, subwords.num_hashes)
    stream.write(b"%d %d %d %d %d %d < >\n" % (*numbers, MURMUR_SEED))
    for buckets, matrix in subwords.blocks():
        rows.write_rows(stream, pa.array(buckets).cast(pa.string()), matrix)


def _read_table(source: Source) -> Subwords:
    num_buckets, dim, min_n, max_n, num_hashes = _read_header(source)
    options = ReadOptions()
    layout = Layout("space", dim, has_names=False)
    reader = BlockReader(source, layout, first_line=2, options=options, skipped=Skipped(options))
    blocks = []
    for block in reader:
        _check_order(block, source)
        blocks.append(block.matrix)
    if reader.num_rows != num_buckets:
        raise FormatError(
            f"{source.name}: expected {num_buckets} rows as line 1 says, found {reader.num_rows}"
        )
    try:
        return Subwords(min_n, max_n, np.concatenate(blocks), num_hashes=num_hashes)
    except ValueError as error:
        raise FormatError(f"{source.name}:1: {error}") from error


def _read_header(source: Source) -> tuple[int, ...]:
    """Take the header: its first five numbers, from that of buckets to that of hashes."""
    line = source.head(_LONGEST_HEADER).partition(b"\n")[0] + b"\n"
    match = _HEADER.fullmatch(line)
    if match is None:
        raise FormatError(
            f'{source.name}:1: expected "buckets dim minn maxn hashes seed < >", found {shown(line[:-1])}'
        )
    *numbers, seed = map(int, match.groups()[:6])
    if seed != MURMUR_SEED or match.groups()[6:] != (b"<", b">"):
        found = shown(b" ".join(match.groups()[5:]))
        raise FormatError(
            f"{source.name}:1: expected the seed and brackets '{MURMUR_SEED} < >', found {found}"
        )
    if 0 in numbers[:2]:
        raise FormatError(
            f"{source.name}:1: expected buckets and dimensions, found {numbers[0]} and {numbers[1]}"
        )
    source.read(len(line))
    return tuple(numbers)


def _check_order(block: Block, source: Source) -> None:
    """Raise FormatError unless each row is that of the bucket that it is read as."""
    numbers = np.asarray(block.numbers)
    expected = pa.array(numbers - 2).cast(pa.string())
    if not block.words.equals(expected):
        words = block.words.to_pylist()
        at = next(i for i, word in enumerate(words) if word != expected[i].as_py())
        raise FormatError(
            f"{source.line(int(numbers[at]))}: expected the row of bucket {expected[at]}, "
            f"found {shown(words[at].encode())}"
        )


def _has_signature(head: bytes) -> bool:
    return _HEADER.match(head) is not None


FORMAT = Format(file=FileForm(read=read_floret, write=write_floret, has_signature=_has_signature))
