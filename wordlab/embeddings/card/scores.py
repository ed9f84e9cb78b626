"""The scores of a card: each with its interval and its coverage."""

from __future__ import annotations

from dataclasses import dataclass

from wordlab.embeddings.evaluation.datasets import DATA_SETS
from wordlab.embeddings.evaluation.judging import TestScore
from wordlab.embeddings.evaluation.kinds import Files
from wordlab.embeddings.evaluation.suite import evaluate
from wordlab.embeddings.evaluation.table_options import TableOptions
from wordlab.embeddings.vectors import WordVectors
from wordlab.progress import OnProgress
from wordlab.text.casing import Language


@dataclass(frozen=True, kw_only=True)
class CardScore(TestScore):
    """A score with the `policy` by which words were looked up, and what readers must know, if anything."""

    policy: str
    note: str | None = None
    licence: str | None = None
    """That of the data of the test, where it is known."""


def card_scores(
    vectors: WordVectors,
    *,
    files: Files | None = None,
    table: TableOptions | None = None,
    language: Language | None = None,
    seed: int = 1,
    on_progress: OnProgress | None = None,
) -> tuple[CardScore, ...]:
    """The scores on the files of each kind, or on all packaged sets of a kind if there are none of it.

    Words are looked up as `evaluate` does by default. SourceError and FormatError for files.
    """
    licences = {data.name: data.licence for data in DATA_SETS}
    found = evaluate(vectors, files=files, table=table, language=language, seed=seed, on_progress=on_progress)
    return tuple(
        CardScore(
            **{**vars(score), "num_through_subwords": score.num_through_subwords or 0},
            policy=result.policy,
            note=result.note,
            licence=licences.get(score.test),
        )
        for results in found.results.values()
        for result in results
        for score in result.scores
    )
