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
from wordlab.errors import CorpusError
from wordlab.io.scratch import scratch_file
from wordlab.io.urls import PathName, Url
from wordlab.progress import OnProgress, Reporter
from wordlab.text import storage
from wordlab.text.counting import Counter, Limits
from wordlab.text.encoder import Encoder
from wordlab.text.engines.base import Engine, Work
from wordlab.text.hints import Hints
from wordlab.text.reading import ReadingConfig
from wordlab.text.sentences import check_language
from wordlab.text.sources import Source, find_sources
from wordlab.text.tokenizers import Tokenizer
from wordlab.text.vocabulary import Vocabulary
from wordlab.visible import listed


def build_corpus(
    inputs: Sequence[str | os.PathLike[str]],
    output: str | os.PathLike[str],
    *,
    tokenizer: Tokenizer,
    limits: Limits,
    engine: Engine,
    overwrite: bool,
    on_progress: OnProgress | None,
    sentences: str | None,
    **reading: Any,
) -> list[str]:
    """Write the corpus of `inputs` to `output`; the options are those of `Corpus.build`.

    Returns notes: a sentence for each thing that was left out or looks odd.
    """
    check_language(sentences)
    tokenizer.check_installed()
    notes: list[str] = []
    encoder = Encoder(tokenizer, ReadingConfig(**reading), sentences)
    sources = find_sources(inputs, encoder.reading.input_format, notes)
    engine.check(sources, encoder)
    given: list[PathName | Url | None] = [inputs] if isinstance(inputs, str | os.PathLike) else [*inputs]
    given += [source.path for source in sources]
    artifact.check_output(output, overwrite=overwrite, inputs=given)
    reader = encoder.reader(sources)
    reader.check_beginnings()
    reporter = Reporter(on_progress, "build corpus", "bytes", reader.total)
    with artifact.create(
        output, kind=storage.KIND, format_version=storage.FORMAT_VERSION, overwrite=overwrite
    ) as draft:
        with scratch_file(draft.directory) as ids, scratch_file(draft.directory) as line_ends:
            counter, work = Counter(ids, line_ends), Work(encoder, sources, Hints(tokenizer))
            with closing(engine.encode(work)) as pieces:
                for block, num_read in pieces:
                    counter.add(block)
                    reporter.update(num_read)
            if not counter.num_tokens:
                names = listed([source.name for source in sources], 3)
                raise CorpusError(f"{names}: expected text, found not a single word")
            try:
                vocabulary, new_ids = counter.cut(limits, tokenizer)
            except CorpusError as error:  # words that are whole clauses are all rare
                raise CorpusError("; ".join([str(error), *work.hints.notes()])) from error
            sizes = storage.write_payloads(draft, counter.recoded(new_ids), vocabulary)
        found = counter.facts(vocabulary, limits)
        facts = {"sources": _recorded(sources), **found, "num_replaced": work.findings.num_replaced}
        facts |= _given_words(limits.allowed, vocabulary, notes)
        if sentences is not None:
            facts["sentences"] = sentences
            draft.libraries.append("sentencex")
        storage.describe(draft, tokenizer, vocabulary, sizes, facts)
    reporter.report(num_read if reader.total is None else reader.total)
    return [*notes, *work.findings.notes(encoder.reading.encoding), *work.hints.notes()]


def _given_words(allowed: Collection[str] | None, vocabulary: Vocabulary, notes: list[str]) -> dict[str, int]:
    """The number of words of a vocabulary that was given, as a fact; those that are missing are noted."""
    if allowed is None:
        return {}
    missing = len(allowed) - len(vocabulary)
    if missing:
        notes.append(f"{missing:,} of {len(allowed):,} words of the vocabulary are not in the corpus")
    return {"num_given_words": len(allowed)}


def _recorded(sources: Sequence[Source]) -> list[dict[str, Any]]:
    """What a manifest records about the files that were read."""
    facts = [{"name": each.name, "bytes": each.size, "version": each.version} for each in sources]
    return [{name: fact for name, fact in each.items() if name != "version" or fact} for each in facts]
