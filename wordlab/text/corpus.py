"""Corpus: a text as token ids, line by line, with its vocabulary and the tokenizer that made it."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from wordlab import artifact
from wordlab.errors import ConfigError
from wordlab.io.atomic import writing
from wordlab.pickling import load_again
from wordlab.progress import OnProgress
from wordlab.representation import facts_html
from wordlab.text import storage
from wordlab.text.building import build_corpus
from wordlab.text.choices import DEFAULT_MIN_COUNT, SubsampleForm
from wordlab.text.counting import Counter, Limits, words_to_keep
from wordlab.text.engines import DEFAULT_ENGINE, make_engine
from wordlab.text.phrases.config import PhraseConfig
from wordlab.text.phrases.counting import Work
from wordlab.text.phrases.passes import run_passes
from wordlab.text.phrases.text import Text
from wordlab.text.phrases.value import Phrases
from wordlab.text.recounting import recount
from wordlab.text.sentences import check_language
from wordlab.text.stop_words import find_stop_words
from wordlab.text.subsampling import keep_probabilities
from wordlab.text.thinning import thin
from wordlab.text.tokenizers import Tokenizer
from wordlab.text.tokenizers.own import LISTS, Function, OwnTokenizer, as_tokenizer, checked_tokens
from wordlab.text.tokenizers.splitter import EncodedBlock, encode_tokens
from wordlab.text.vocabulary import Vocabulary


class Corpus:
    """Token ids and line offsets, memory-mapped when loaded, with a Vocabulary and a Tokenizer.

    `token_ids` is int32 (num_tokens,), `line_offsets` int64 (num_lines + 1,): line i holds the ids
    from ``line_offsets[i]`` to ``line_offsets[i + 1]``. Words outside the vocabulary are left out, and so
    are lines without any word of it. `details` says where the text came from and what was
    dropped; `notes`, which only `build` makes, are sentences about what it left out or found odd. Treat it
    as immutable; the arrays are read-only. ValueError for arrays that do not fit together.

    >>> corpus = Corpus.from_lines(["The cat sat.", "", "The mat!"])
    >>> corpus.num_tokens, corpus.num_lines, corpus.vocabulary.words
    (5, 2, ('the', 'cat', 'sat', 'mat'))
    >>> corpus.line(1)
    ['the', 'mat']
    """

    def __init__(
        self,
        token_ids: np.ndarray,
        line_offsets: np.ndarray,
        vocabulary: Vocabulary,
        tokenizer: Tokenizer,
        *,
        details: Mapping[str, Any] = MappingProxyType({}),
        directory: Path | None = None,
        digest: str | None = None,
    ) -> None:
        if directory is None:  # `load` has checked what comes from a directory
            _check_arrays(token_ids, line_offsets, len(vocabulary))
        self.token_ids = _read_only(token_ids, np.int32)
        self.line_offsets = _read_only(line_offsets, np.int64)
        self.vocabulary = vocabulary
        self.tokenizer = tokenizer
        self.details: dict[str, Any] = dict(details)
        self.directory = directory
        self.digest = digest
        self.notes: tuple[str, ...] = ()

    @property
    def num_tokens(self) -> int:
        """Number of tokens."""
        return len(self.token_ids)

    @property
    def num_lines(self) -> int:
        """Number of lines, none of them empty."""
        return len(self.line_offsets) - 1

    @property
    def num_line_ends(self) -> int:
        """How often a line ends in the text that the vocabulary counts, of which this may be a sample."""
        return self.num_lines * self.vocabulary.num_tokens // max(1, self.num_tokens)

    @property
    def num_tokens_read(self) -> int | None:
        """What fastText would count in that text: also words outside the vocabulary, and the ends of lines.

        None for a corpus that does not record how many words were left out.
        """
        num_dropped = self.details.get("num_dropped_tokens")
        return None if num_dropped is None else self.vocabulary.num_tokens + num_dropped + self.num_line_ends

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        """What is mapped, if the corpus was loaded."""
        return self.token_ids, self.line_offsets

    def __copy__(self) -> Corpus:
        return self  # immutable

    def __deepcopy__(self, memo: object) -> Corpus:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """The place of a corpus on disk, which may be larger than memory; the arrays of one in memory."""
        if self.directory is not None and self.digest is not None:
            return load_again, (Corpus, str(self.directory.absolute()), self.digest)
        again = partial(Corpus, details=self.details)
        return again, (self.token_ids, self.line_offsets, self.vocabulary, self.tokenizer)

    def __repr__(self) -> str:
        sizes = f"{self.num_tokens:,} tokens, {self.num_lines:,} lines, {len(self.vocabulary):,} words"
        return f"Corpus({sizes}, tokenizer={self.tokenizer.name})"

    def _repr_html_(self) -> str:
        facts = {
            "tokens": self.num_tokens,
            "lines": self.num_lines,
            "words": len(self.vocabulary),
            "left out": self.details.get("num_dropped_tokens"),
            "most frequent": self.vocabulary.first(10),
            "tokenizer": self.tokenizer.name,
            "directory": self.directory,
        }
        return facts_html("Corpus", facts)

    def line(self, i: int) -> list[str]:
        """The words of line `i`; IndexError if there is no such line."""
        if not 0 <= i < self.num_lines:
            raise IndexError(f"expected a line from 0 to {self.num_lines - 1}, found {i}")
        words = self.vocabulary.words
        ids = self.token_ids[self.line_offsets[i] : self.line_offsets[i + 1]]
        return [words[id] for id in ids.tolist()]

    def release_pages(self) -> None:
        """Give back the memory of tokens and lines read from disk; they are read again when needed.

        For a pass over a large corpus: pages of a mapped file count as memory in use.
        """
        storage.release_pages(self.token_ids)
        storage.release_pages(self.line_offsets)

    def keep_probabilities(self, threshold: float, *, form: SubsampleForm = "word2vec") -> np.ndarray:
        """The probability with which a token of each word is kept, float64 (num_words,).

        See `subsampling.keep_probabilities`, which also says what is raised.
        """
        return keep_probabilities(
            self.vocabulary.counts, threshold, form=form, num_tokens_read=self.num_tokens_read
        )

    def lines(self) -> Iterator[list[str]]:
        """The words of every line, one line after the other."""
        return (self.line(i) for i in range(self.num_lines))

    @classmethod
    def from_lines(
        cls,
        lines: Iterable[str] | Iterable[Sequence[str]],
        *,
        tokenizer: Tokenizer | Function | None = None,
        min_count: int = 1,
        max_vocab: int | None = None,
        vocabulary: Iterable[str] | None = None,
        stop_words: str | os.PathLike[str] | Iterable[str] | None = None,
        sentences: str | None = None,
    ) -> Corpus:
        """A corpus in memory, for texts that fit there; `build`, which says more, is for all others.

        A line break inside an element of `lines` begins a new line. Elements may also be lists of tokens, as
        gensim takes them, which are left as they are; `tokenizer` then says what has cut them, if that is
        known. A `tokenizer` may be a function from a line to its tokens, or a spaCy pipeline. With
        `vocabulary` other words than it holds are dropped. Raises ConfigError for invalid limits, CorpusError
        if no word is left, TypeError for anything else.
        """
        if isinstance(lines, str | bytes):
            raise TypeError("lines: expected an iterable of strings, found a single one; put it in a list")
        limits = Limits(min_count, max_vocab, find_stop_words(stop_words), words_to_keep(vocabulary))
        check_language(sentences)
        counter = Counter(io.BytesIO(), io.BytesIO())
        first, iterator = _peeked(lines)
        if isinstance(first, list | tuple):
            if sentences is not None:
                raise ConfigError("sentences: expected texts with it, found lists of tokens")
            tokenizer = OwnTokenizer(called=LISTS) if tokenizer is None else as_tokenizer(tokenizer)
            encode: Callable[[list[Any]], EncodedBlock] = _encode_lists
        else:
            tokenizer = as_tokenizer(tokenizer)
            encode = partial(_encode_strings, tokenizer, sentences)
        while block := list(islice(iterator, 10_000)):
            counter.add(encode(block))
        kept, new_ids = counter.cut(limits, tokenizer)
        ids, line_ends = zip(*counter.recoded(new_ids), strict=True)
        details = counter.facts(kept, limits)
        details |= {} if sentences is None else {"sentences": sentences}
        offsets = np.concatenate(([0], *line_ends))
        return cls(np.concatenate(ids), offsets, kept, tokenizer, details=details)

    @classmethod
    def build(
        cls,
        inputs: Sequence[str | os.PathLike[str]],
        output: str | os.PathLike[str],
        *,
        tokenizer: Tokenizer | Function | None = None,
        min_count: int | None = None,
        max_vocab: int | None = None,
        vocabulary: Iterable[str] | None = None,
        threads: int | None = None,
        overwrite: bool = False,
        on_progress: OnProgress | None = None,
        stop_words: str | os.PathLike[str] | Iterable[str] | None = None,
        sentences: str | None = None,
        engine: str = DEFAULT_ENGINE,
        **options: Any,
    ) -> Corpus:
        """The corpus of `inputs`, written to directory `output`: texts of any size, on all cores.

        `inputs` are files, directories, patterns or "-" (see `sources.find_sources`). `options` say how
        they are read: `text_column`, `header`, `delimiter`, `input_format`, `encoding`, `encoding_errors`,
        `max_record` and `join_broken_words` (see `reading.ReadingConfig`). With `sentences`, the code of a
        language, each sentence is a line of its own. `notes` of the result are sentences about what was left
        out or looks odd.

        `stop_words`, a language such as "english", a file or the words themselves, are dropped whatever their
        case, then words that occur fewer than `min_count` times, 5 by default, then all but the `max_vocab`
        most frequent ones (ties: the first seen stay), and lines without any word left. With a `vocabulary`,
        which may be any set of words, only its words are kept, by default however rare; they are counted
        anew, and those that do not occur are left out.

        A `tokenizer` may be a function from a line to its tokens, or a spaCy pipeline; it is called in one
        thread, and only its name is recorded: what is made of the corpus later needs it again.

        The `engine` "local" reads and encodes on `threads` cores, "ray" on the `workers` of a cluster whose
        `address` may be given, too (see `cluster.ClusterConfig`). Equal inputs give equal bytes, whatever
        these are.

        Raises ConfigError, SourceError, FormatError, CorpusError (no words, or none frequent
        enough), ResourceError (no such cluster), OutputExistsError or ArtifactError (cannot be written);
        `output` then is as before.
        """
        if min_count is None:
            min_count = DEFAULT_MIN_COUNT if vocabulary is None else 1
        spread: dict[str, Any] = {name: options.pop(name, None) for name in ("address", "workers")}
        notes = build_corpus(
            inputs,
            output,
            tokenizer=as_tokenizer(tokenizer),
            limits=Limits(min_count, max_vocab, find_stop_words(stop_words), words_to_keep(vocabulary)),
            engine=make_engine(engine, {"threads": threads, **spread}),
            overwrite=overwrite,
            on_progress=on_progress,
            sentences=sentences,
            **options,
        )
        corpus = cls.load(output, verify=False)
        corpus.notes = tuple(notes)
        return corpus

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, verify: bool = True) -> Corpus:
        """The corpus saved in directory `path`, memory-mapped.

        Its structure is always checked, the digests only if `verify` is true. Raises ArtifactError.
        """
        saved, token_ids, line_offsets, vocabulary, tokenizer = storage.read_payloads(path, verify=verify)
        return cls(
            token_ids,
            line_offsets,
            vocabulary,
            tokenizer,
            details=saved.details,
            directory=saved.directory,
            digest=saved.digest,
        )

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Save as an artefact in directory `path`; OutputExistsError if it exists already."""
        with artifact.create(
            path, kind=storage.KIND, format_version=storage.FORMAT_VERSION, overwrite=overwrite
        ) as draft:
            chunks = storage.split_chunks(self.token_ids, self.line_offsets)
            sizes = storage.write_payloads(draft, chunks, self.vocabulary)
            storage.describe(draft, self.tokenizer, self.vocabulary, sizes, self.details)

    def subsample(
        self,
        output: str | os.PathLike[str],
        *,
        threshold: float = 1e-4,
        form: SubsampleForm = "word2vec",
        seed: int = 1,
        overwrite: bool = False,
    ) -> Corpus:
        """The subsampled corpus, written to directory `output`; equal seeds give equal bytes.

        Tokens are kept with `subsampling.keep_probabilities`. Words are counted and sorted again; those
        left without a token are not in the new vocabulary, nor are empty lines in the new corpus.
        Raises ConfigError, CorpusError if nothing is left, OutputExistsError or ArtifactError.
        """
        artifact.check_output(output, overwrite=overwrite, inputs=[self.directory])
        with artifact.create(
            output, kind=storage.KIND, format_version=storage.FORMAT_VERSION, overwrite=overwrite
        ) as draft:
            vocabulary, chunks = thin(
                self.token_ids,
                self.line_offsets,
                self.vocabulary,
                keep=self.keep_probabilities(threshold, form=form),
                threshold=threshold,
                seed=seed,
            )
            options = {"threshold": threshold, "form": form, "seed": seed}
            facts = {"subsampling": {**options, "num_tokens_before": self.num_tokens}}
            self._write_changed(draft, vocabulary, chunks, self.tokenizer, facts)
        return type(self).load(output, verify=False)

    def find_phrases(
        self,
        config: PhraseConfig | None = None,
        *,
        threads: int | None = None,
        on_progress: OnProgress | None = None,
    ) -> Phrases:
        """The phrases of this corpus, which stays as it is; several passes need room for scratch files.

        Whatever `threads` is, None for all cores, the phrases are the same. Raises ConfigError, CorpusError
        for more words, or runs of connector words, than can be counted, and ArtifactError for a full disk.
        """
        work, folder = Work.on(threads), tempfile.gettempdir()
        with writing(folder):
            text = Text.of(self.token_ids, self.line_offsets, self.vocabulary)
            found = run_passes(text, config or PhraseConfig(), folder, work, on_progress, join_last=False)
        return found.phrases

    def join_phrases(
        self,
        output: str | os.PathLike[str],
        config: PhraseConfig | None = None,
        *,
        threads: int | None = None,
        overwrite: bool = False,
        on_progress: OnProgress | None = None,
    ) -> Corpus:
        """The corpus with its phrases joined, written to directory `output`.

        Its tokenizer joins them in new texts as well. Words are counted and sorted again, and none is
        dropped; phrases that this corpus has already are kept, and joined further. Without any new phrase,
        which the log says, it equals this one. Raises what `find_phrases` raises, and OutputExistsError.
        """
        work = Work.on(threads)
        artifact.check_output(output, overwrite=overwrite, inputs=[self.directory])
        with artifact.create(
            output, kind=storage.KIND, format_version=storage.FORMAT_VERSION, overwrite=overwrite
        ) as draft:
            text = Text.of(self.token_ids, self.line_offsets, self.vocabulary)
            done = run_passes(text, config or PhraseConfig(), draft.directory, work, on_progress)
            vocabulary, chunks = recount(done.text.chunks, done.text.words)
            phrases = (self.tokenizer.phrases or Phrases()).then(done.phrases)
            facts = {"phrases": [*self.details.get("phrases", []), *done.facts]} if done.facts else {}
            self._write_changed(
                draft, vocabulary, chunks, replace(self.tokenizer, phrases=phrases or None), facts
            )
        return type(self).load(output, verify=False)

    def _write_changed(
        self,
        draft: artifact.Draft,
        vocabulary: Vocabulary,
        chunks: Iterable[storage.Chunk],
        tokenizer: Tokenizer,
        facts: Mapping[str, Any],
    ) -> None:
        """Write a corpus made of this one, `facts` added to its details."""
        sizes = storage.write_payloads(draft, chunks, vocabulary)
        storage.describe(draft, tokenizer, vocabulary, sizes, {**self.details, **facts})
        if self.digest is not None:
            draft.parents["corpus"] = self.digest


def _peeked(lines: Iterable[Any]) -> tuple[Any, Iterator[Any]]:
    """The first of the lines, and an iterator over all of them."""
    iterator = iter(lines)
    first = list(islice(iterator, 1))
    return (first[0] if first else None), chain(first, iterator)


def _encode_strings(tokenizer: Tokenizer, sentences: str | None, lines: list[Any]) -> EncodedBlock:
    for line in lines:
        if not isinstance(line, str):
            raise TypeError(f"lines: expected strings, or lists of strings, found {type(line).__name__}")
    return tokenizer.encode_block("\n".join([*lines, ""]).encode("utf-8"), sentences=sentences)


def _encode_lists(lines: list[Any]) -> EncodedBlock:
    for line in lines:
        if not isinstance(line, list | tuple):
            raise TypeError(f"lines: expected lists of tokens as the first is, found {type(line).__name__}")
    return encode_tokens([checked_tokens(list(line), "lines") for line in lines])


def _check_arrays(token_ids: np.ndarray, line_offsets: np.ndarray, num_words: int) -> None:
    if token_ids.ndim != 1 or line_offsets.ndim != 1:
        raise ValueError("expected token_ids and line_offsets of one dimension")
    if not len(line_offsets) or line_offsets[0] != 0 or line_offsets[-1] != len(token_ids):
        shown = f"{line_offsets[0]} to {line_offsets[-1]}" if len(line_offsets) else "none"
        raise ValueError(f"expected line_offsets from 0 to num_tokens, {len(token_ids)}, found {shown}")
    if np.any(np.diff(line_offsets) < 0):
        raise ValueError("expected line_offsets in ascending order, found one that goes back")
    if len(token_ids) and (token_ids.min() < 0 or token_ids.max() >= num_words):
        found = f"{token_ids.min()} to {token_ids.max()}"
        raise ValueError(f"expected token_ids from 0 to {num_words - 1}, found {found}")


def _read_only(array: np.ndarray, dtype: type[np.generic]) -> np.ndarray:
    view = np.ascontiguousarray(array, dtype=dtype).view()
    view.flags.writeable = False
    return view
