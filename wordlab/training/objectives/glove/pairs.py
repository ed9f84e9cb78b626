"""The pairs that GloVe trains on: counted if need be, dealt to blocks, in memory or in temporary files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from wordlab import artifact
from wordlab.errors import CorpusError
from wordlab.io.atomic import writing
from wordlab.io.scratch import scratch_array, scratch_file
from wordlab.io.urls import PathName
from wordlab.progress import OnProgress, Reporter
from wordlab.teams import start_threads
from wordlab.text import Corpus, Tokenizer, Vocabulary
from wordlab.text.storage import release_pages
from wordlab.training.cooccurrences import Cooccurrences
from wordlab.training.cooccurrences.parts import parts_of
from wordlab.training.cooccurrences.sizes import check_disk
from wordlab.training.cooccurrences.storage import KIND
from wordlab.training.cooccurrences.temporary import counted
from wordlab.training.objectives.glove import kernel
from wordlab.training.objectives.glove.config import GloveConfig
from wordlab.training.objectives.glove.memory import Needs, needed, num_groups

_PAIRS_AT_ONCE = 1 << 24  # of the table, between two looks at Ctrl-C


@dataclass(frozen=True)
class Arranged:
    """The pairs of a corpus, block by block, and what vectors and their history need of the corpus."""

    pairs: kernel.Pairs
    num_groups: int
    vocabulary: Vocabulary
    tokenizer: Tokenizer
    corpus: dict[str, Any]
    """As `Cooccurrences.corpus`."""

    @property
    def num_pairs(self) -> int:
        """How many there are."""
        return len(self.pairs.logs)

    def release_pages(self) -> None:
        """Give back the memory of pairs that are read from a file."""
        for part in self.pairs[1:]:
            release_pages(part)


@contextmanager
def arranged(
    source: Corpus | Cooccurrences,
    config: GloveConfig,
    *,
    scratch: PathName | None = None,
    state: PathName | None = None,
    on_progress: OnProgress | None = None,
) -> Iterator[Arranged]:
    """The pairs of a corpus, which are counted first, or of a table.

    What is too large for ``config.memory`` lies in files without a name in the directory `scratch`, but the
    counts of a corpus in the directory `state`, if one is named: counting goes on from what is there.
    """
    needs = needed(source, config)
    directory = scratch or tempfile.gettempdir()
    if needs.scratch:
        check_disk(directory, needs.scratch, needs.num_pairs)
    with ExitStack() as files:
        with _table(source, config, needs, directory, state, on_progress) as table:
            if not table.num_pairs:
                raise CorpusError("expected pairs of words that stand together, found none")
            pairs = _empty_pairs(table, needs, directory, files)
            _arrange(table, pairs, config.threads, on_progress)
        groups = num_groups(len(table.vocabulary))
        yield Arranged(pairs, groups, table.vocabulary, table.tokenizer, table.corpus)


def _table(
    source: Corpus | Cooccurrences,
    config: GloveConfig,
    needs: Needs,
    scratch: PathName,
    state: PathName | None,
    on_progress: OnProgress | None,
) -> AbstractContextManager[Cooccurrences]:
    if isinstance(source, Cooccurrences):
        return nullcontext(source)
    if needs.scratch and state is not None and artifact.kind_of(state) in (None, KIND):
        return nullcontext(
            Cooccurrences.count(
                source, state, config.counting,
                memory=config.memory, threads=config.threads, resume=True, run=config.to_dict(),
                on_progress=on_progress,
            )
        )  # fmt: skip
    return counted(
        source, config.counting,
        memory=config.memory, threads=config.threads, in_memory=not needs.scratch, scratch=scratch,
        on_progress=on_progress,
    )  # fmt: skip


def _empty_pairs(table: Cooccurrences, needs: Needs, scratch: PathName, files: ExitStack) -> kernel.Pairs:
    kinds = ("uint16", "uint16", "float32")
    starts = np.zeros(num_groups(len(table.vocabulary)) ** 2 + 1, np.int64)
    if not needs.scratch:
        return kernel.Pairs(starts, *(np.empty(table.num_pairs, kind) for kind in kinds))
    with writing(scratch):
        opened = [files.enter_context(scratch_file(scratch)) for _ in kinds]
        arrays = [
            scratch_array(file, kind, table.num_pairs) for file, kind in zip(opened, kinds, strict=True)
        ]
    return kernel.Pairs(starts, *arrays)


class _Part(NamedTuple):
    """Some rows of a table."""

    rows: np.ndarray
    """int64 (2,): the first, and the one after the last."""
    context_ids: np.ndarray
    values: np.ndarray
    first_pair: int
    """The number of the pair that these begin with."""


def _parts(table: Cooccurrences) -> Iterator[_Part]:
    for rows in parts_of(table.row_offsets, _PAIRS_AT_ONCE):
        ends = np.array([rows.start, rows.stop])
        first, stop = table.row_offsets[ends].tolist()
        yield _Part(ends, table.context_ids[first:stop], table.values[first:stop], first)
        table.release_pages()


def _arrange(table: Cooccurrences, pairs: kernel.Pairs, threads: int, on_progress: OnProgress | None) -> None:
    """Deal the pairs of `table` to their blocks; within a block they keep the order of the table."""
    groups, offsets = num_groups(len(table.vocabulary)), table.row_offsets
    counts, places = np.zeros((2, groups**2), np.int64)
    reporter = Reporter(on_progress, "arrange pairs", "pairs", 2 * table.num_pairs)
    done = 0

    def count(part: _Part, group: int) -> None:
        kernel.count_blocks(offsets, part.rows, part.context_ids, part.first_pair, group, groups, counts)

    def place(part: _Part, group: int) -> None:
        kernel.place_pairs(
            offsets, part.rows, part.context_ids, part.values, part.first_pair, group, groups, places, pairs
        )

    with ThreadPoolExecutor(threads, thread_name_prefix="arranging") as pool:
        start_threads(pool, threads)
        for work in (count, place):
            for part in _parts(table):
                for _ in pool.map(partial(work, part), range(groups)):  # no group shares a block with another
                    pass
                done += len(part.values)
                reporter.update(done)
            if work is count:
                np.cumsum(counts, out=pairs.starts[1:])
                places[:] = pairs.starts[:-1]
    reporter.report(done)
