"""The scores of a card: each with its interval and its coverage."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from wordlab.embeddings.evaluation.datasets import DATA_SETS
from wordlab.embeddings.evaluation.kinds import Files
from wordlab.embeddings.evaluation.suite import evaluate
from wordlab.embeddings.evaluation.table_options import TableOptions
from wordlab.embeddings.vectors import WordVectors
from wordlab.progress import OnProgress
from wordlab.text.casing import Language


@dataclass(frozen=True)
class CardScore:
    """A score on a `test`; `value` and `interval` (95%) are None where too few of its items could be used.

    Of the items `num_used` could be asked, `num_through_subwords` of these with words outside the vocabulary.
    """

    test: str
    measure: str
    value: float | None
    interval: tuple[float, float] | None
    num_used: int
    num_lost: int
    num_through_subwords: int
    policy: str
    note: str | None = None
    licence: str | None = None
    """That of the data of the test, where it is known."""

    @property
    def coverage(self) -> float:
        """The share of the items that could be used."""
        return self.num_used / max(1, self.num_used + self.num_lost)

    def to_dict(self) -> dict[str, Any]:
        """The fields and the coverage, ready for JSON."""
        return {**asdict(self), "coverage": self.coverage}


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
            score.test, score.measure, score.value, score.interval, score.num_used, score.num_lost,
            score.num_through_subwords or 0, result.policy, result.note, licences.get(score.test),
        )
        for results in found.results.values()
        for result in results
        for score in result.scores
    )  # fmt: skip
