"""Build a corpus on disk from texts of any size.

Two passes: the first tokenises, counts and writes provisional ids to unnamed temporary files; then
the vocabulary is cut, and the second pass reads these ids and writes the final ones. Memory holds the
different words and a few blocks of text, however long the text is.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from contextlib import closing
from typing import Any

from wordlab import artifact
from wordlab.checks import check_threads
from wordlab.errors import CorpusError
from wordlab.io.scratch import scratch_file
from wordlab.io.urls import PathName, Url
from wordlab.progress import OnProgress, Reporter
from wordlab.resources import available_cores
from wordlab.text import storage
from wordlab.text.counting import Counter, Limits
from wordlab.text.hints import Hints
from wordlab.text.parallel import encode_blocks
from wordlab.text.reader import BlockReader
from wordlab.text.reading import ReadingConfig
from wordlab.text.sentences import check_language
from wordlab.text.sources import find_sources
from wordlab.text.tokenizers import Tokenizer
from wordlab.text.vocabulary import Vocabulary
from wordlab.visible import listed


def build_corpus(
    inputs: Sequence[str | os.PathLike[str]],
    output: str | os.PathLike[str],
    *,
    tokenizer: Tokenizer,
    limits: Limits,
    threads: int | None,
    overwrite: bool,
    on_progress: OnProgress | None,
    sentences: str | None,
    **reading: Any,
) -> list[str]:
    """Write the corpus of `inputs` to `output`; the options are those of `Corpus.build`.

    Returns notes: a sentence for each thing that was left out or looks odd.
    """
    check_threads(threads)
    check_language(sentences)
    tokenizer.check_installed()
    notes: list[str] = []
    sources = find_sources(inputs, ReadingConfig(**reading).input_format, notes)
    given: list[PathName | Url | None] = [inputs] if isinstance(inputs, str | os.PathLike) else [*inputs]
    given += [source.path for source in sources]
    artifact.check_output(output, overwrite=overwrite, inputs=given)
    cut_after = tokenizer.cut_after if sentences is None else ()
    reader = BlockReader(sources, block_size=tokenizer.splitter.block_size, cut_after=cut_after, **reading)
    reader.check_beginnings()
    reporter = Reporter(on_progress, "build corpus", "bytes", reader.total)
    with artifact.create(
        output, kind=storage.KIND, format_version=storage.FORMAT_VERSION, overwrite=overwrite
    ) as draft:
        with scratch_file(draft.directory) as ids, scratch_file(draft.directory) as line_ends:
            counter, hints = Counter(ids, line_ends), Hints(tokenizer)
            blocks = hints.watch(reader)
            encoding = encode_blocks(blocks, tokenizer, threads or available_cores(), sentences=sentences)
            with closing(encoding) as encoded:
                for block in encoded:
                    counter.add(block)
                    reporter.update(reader.num_read)
            if not counter.num_tokens:
                names = listed([source.name for source in reader.sources], 3)
                raise CorpusError(f"{names}: expected text, found not a single word")
            try:
                vocabulary, new_ids = counter.cut(limits, tokenizer)
            except CorpusError as error:  # words that are whole clauses are all rare
                raise CorpusError("; ".join([str(error), *hints.notes()])) from error
            sizes = storage.write_payloads(draft, counter.recoded(new_ids), vocabulary)
        found = counter.facts(vocabulary, limits)
        facts = {"sources": _sources(reader), **found, "num_replaced": reader.num_replaced}
        facts |= _given_words(limits.allowed, vocabulary, notes)
        if sentences is not None:
            facts["sentences"] = sentences
            draft.libraries.append("sentencex")
        storage.describe(draft, tokenizer, vocabulary, sizes, facts)
    reporter.report(reader.num_read if reader.total is None else reader.total)
    return [*notes, *reader.notes, *hints.notes()]


def _given_words(allowed: Collection[str] | None, vocabulary: Vocabulary, notes: list[str]) -> dict[str, int]:
    """The number of words of a vocabulary that was given, as a fact; those that are missing are noted."""
    if allowed is None:
        return {}
    missing = len(allowed) - len(vocabulary)
    if missing:
        notes.append(f"{missing:,} of {len(allowed):,} words of the vocabulary are not in the corpus")
    return {"num_given_words": len(allowed)}


def _sources(reader: BlockReader) -> list[dict[str, Any]]:
    """What a manifest records about the files that were read."""
    facts = [{"name": each.name, "bytes": each.size, "version": each.version} for each in reader.sources]
    return [{name: fact for name, fact in each.items() if name != "version" or fact} for each in facts]
