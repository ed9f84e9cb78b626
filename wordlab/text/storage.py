"""A corpus on disk: written in chunks, read as memory maps after a check of its structure."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from wordlab import artifact, schema
from wordlab.errors import ArtifactError
from wordlab.io.digests import mismatch
from wordlab.io.growing import GrowingArray
from wordlab.payloads import mapped_array, read_chunks
from wordlab.text.phrases.storage import read_phrases, write_phrases
from wordlab.text.tokenizers import TOKENIZERS, Tokenizer
from wordlab.text.tokenizers.own import NAME as OWN
from wordlab.text.tokenizers.own import OwnTokenizer
from wordlab.text.tokenizers.pieces import Pieces, PieceSplitter
from wordlab.text.vocabulary import Vocabulary

KIND = "corpus"
FORMAT_VERSION = 1
CHUNK = 1 << 20  # tokens or lines handled at a time
_FACTS = {
    "num_raw_tokens": int,
    "num_raw_types": int,
    "num_dropped_tokens": int,
    "num_replaced": int,
    "min_count": int,
    "num_given_words": int,
    "max_vocab": int | None,
    "sources": [{"name": str}],
    "subsampling": {"threshold": float, "form": str, "seed": int, "num_tokens_before": int},
    "stop_words": {"name": str, "sha256": str, "num_words": int, "num_tokens": int},
    "sentences": str,
    "phrases": [{"num_phrases": int, "num_tokens_before": int, "num_words_before": int}],
}
"""What a manifest may say besides what the payloads show; corpora made in memory have less."""
_PIECES = {"name": str, "sha256": str}

Chunk = tuple[np.ndarray, np.ndarray]
"""Some token ids (int32) in order, and the number of tokens from the corpus's beginning to the end of
each line (int64) that ends within them."""


def write_payloads(draft: artifact.Draft, chunks: Iterable[Chunk], vocabulary: Vocabulary) -> tuple[int, int]:
    """Write a corpus that comes in chunks; return its number of tokens and of lines."""
    with (
        GrowingArray(draft.payload("token_ids.npy"), np.dtype("<i4")) as ids,
        GrowingArray(draft.payload("line_offsets.npy"), np.dtype("<i8")) as offsets,
    ):
        offsets.append(np.zeros(1))
        for chunk_ids, line_ends in chunks:
            ids.append(chunk_ids)
            offsets.append(line_ends)
    vocabulary.write(draft.payload("vocabulary.parquet"))
    return ids.length, offsets.length - 1


def compact(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """The chunks without the tokens whose id is -1, and without the lines that this leaves empty."""
    num_read = num_kept = last_end = 0
    for ids, line_ends in chunks:
        kept = ids >= 0
        left, ends = ids, line_ends - num_read
        if not kept.all():
            kept_before = np.zeros(len(ids) + 1, dtype=np.int64)
            np.cumsum(kept, out=kept_before[1:])
            left, ends = ids[kept], kept_before[ends]
        new_ends = num_kept + ends
        previous = np.concatenate(([last_end], new_ends[:-1]))
        num_read += len(ids)
        num_kept += len(left)
        if len(new_ends):
            last_end = int(new_ends[-1])
        yield left, new_ends[new_ends > previous]


def split_chunks(token_ids: np.ndarray, line_offsets: np.ndarray) -> Iterator[Chunk]:
    """A corpus's arrays, in memory or mapped, as chunks."""
    first = 1
    for start in range(0, len(token_ids), CHUNK):
        stop = min(start + CHUNK, len(token_ids))
        last = int(np.searchsorted(line_offsets, stop, side="right"))
        yield np.array(token_ids[start:stop]), np.array(line_offsets[first:last])
        first = last


def read_payloads(path: str | os.PathLike[str], *, verify: bool) -> tuple[
    artifact.Artifact, np.ndarray, np.ndarray, Vocabulary, Tokenizer
]:  # fmt: skip
    """The parts of the corpus saved in `path`, the arrays memory-mapped and read-only.

    Whatever `verify` says, the arrays are checked, so that code which trusts them never reads beyond
    their ends: types, shapes, offsets that ascend from 0 to num_tokens, ids below num_words. Raises
    ArtifactError.
    """
    saved = artifact.load(path, kind=KIND, format_version=FORMAT_VERSION, verify=verify)
    schema.fields(saved.details, _FACTS, f"{saved.where}: details", optional=True)
    vocabulary = Vocabulary.read(saved.payload("vocabulary.parquet"))
    token_ids = mapped_array(saved, "token_ids.npy", dtype="<i4", shape=(None,))
    line_offsets = mapped_array(saved, "line_offsets.npy", dtype="<i8", shape=(None,))
    _check_offsets(saved.payload("line_offsets.npy"), line_offsets, len(token_ids))
    _check_ids(saved.payload("token_ids.npy"), token_ids, len(vocabulary))
    if vocabulary.num_tokens != len(token_ids):
        raise ArtifactError(
            f"{saved.directory}: expected as many tokens as the vocabulary counts, "
            f"{vocabulary.num_tokens}, found {len(token_ids)}"
        )
    return saved, token_ids, line_offsets, vocabulary, read_tokenizer(saved)


def read_tokenizer(source: artifact.Artifact) -> Tokenizer:
    """The tokenizer that an artefact records; ArtifactError if it records none."""
    where = f"{source.where}: details: tokenizer"
    facts = dict(schema.checked(source.details.get("tokenizer"), dict, where))
    settings = facts.pop("phrases", None)
    if facts.get("pieces") is not None:
        facts["pieces"] = read_pieces(source, facts, where)
    tokenizer: Tokenizer
    if facts.get("name") == OWN:
        tokenizer = OwnTokenizer(called=schema.fields(facts, {"called": str}, where)["called"])
    else:
        tokenizer = schema.config_from(facts, Tokenizer, where, required=("name",))
    if settings is None:
        return tokenizer
    return replace(tokenizer, phrases=read_phrases(source, settings, f"{where}: phrases"))


def read_pieces(source: artifact.Artifact, tokenizer: Mapping[str, Any], where: str) -> Pieces:
    """The pieces of the tokenizer with these facts, which stand at `where`; ArtifactError."""
    known = schema.fields(tokenizer, {"name": str, "pieces": _PIECES}, where)
    kind, facts = TOKENIZERS.get(known["name"]), known["pieces"]
    if kind is None or not issubclass(kind, PieceSplitter):
        raise ArtifactError(f"{where}: expected no pieces with the tokenizer {known['name']!r}, found some")
    path = source.payload(kind.file_name)
    with artifact.as_artifact_error():
        found = Pieces(facts["name"], Pieces.read(path).content)
    if found.digest != facts["sha256"]:
        raise ArtifactError(
            f"{path}: {mismatch(facts['sha256'], found.digest)}: another file, or a damaged one"
        )
    return found


def write_tokenizer(draft: artifact.Draft, tokenizer: Tokenizer) -> None:
    """Record `tokenizer` for `read_tokenizer`: a few facts in the manifest, and what it holds as payloads."""
    draft.details["tokenizer"] = tokenizer.to_dict()
    if isinstance(tokenizer.splitter, PieceSplitter):
        draft.payload(tokenizer.splitter.file_name).write_bytes(tokenizer.splitter.pieces.content)
    if tokenizer.phrases is not None:
        write_phrases(draft, tokenizer.phrases)


def release_pages(array: np.ndarray) -> None:
    """Give back the memory of a mapped array's pages; they are read again when looked at.

    Does nothing for an array that is not mapped, or where the system has no such call (Windows).
    """
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        base.madvise(mmap.MADV_DONTNEED)


def _check_offsets(path: Path, line_offsets: np.memmap, num_tokens: int) -> None:
    if len(line_offsets) < 1 or line_offsets[0] != 0 or line_offsets[-1] != num_tokens:
        ends = f"{line_offsets[0]} to {line_offsets[-1]}" if len(line_offsets) else "none"
        raise ArtifactError(f"{path}: expected offsets from 0 to {num_tokens}, found {ends}")
    previous = 0
    for chunk in read_chunks(path, line_offsets):
        if np.any(np.diff(chunk, prepend=previous) < 0):
            raise ArtifactError(f"{path}: expected offsets in ascending order, found one that goes back")
        previous = int(chunk[-1])


def _check_ids(path: Path, token_ids: np.memmap, num_words: int) -> None:
    for chunk in read_chunks(path, token_ids):
        low, high = int(chunk.min()), int(chunk.max())
        if low < 0 or high >= num_words:
            wrong = low if low < 0 else high
            raise ArtifactError(f"{path}: expected ids from 0 to {num_words - 1}, found {wrong}")


def describe(
    draft: artifact.Draft,
    tokenizer: Tokenizer,
    vocabulary: Vocabulary,
    sizes: tuple[int, int],
    details: Mapping[str, Any],
) -> None:
    """Record what a corpus's manifest says about it; `sizes` are its numbers of tokens and of lines."""
    draft.details.update(details)
    write_tokenizer(draft, tokenizer)
    num_tokens, num_lines = sizes
    draft.details.update(num_tokens=num_tokens, num_lines=num_lines, num_words=len(vocabulary))
