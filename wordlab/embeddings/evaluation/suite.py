"""All scores of some vectors at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from wordlab.embeddings.choices import Policy
from wordlab.embeddings.evaluation.datasets import chosen_files
from wordlab.embeddings.evaluation.judging import Judging, Result, TestScore
from wordlab.embeddings.evaluation.kinds import KINDS, Files, Kind, check_kinds, checked_files, measure_name
from wordlab.embeddings.evaluation.table_options import TableOptions
from wordlab.embeddings.vectors import WordVectors
from wordlab.progress import OnProgress
from wordlab.representation import table_html
from wordlab.text.casing import Language

if TYPE_CHECKING:
    from wordlab.embeddings.evaluation.analogy_scores import AnalogyResult
    from wordlab.embeddings.evaluation.categories import CategoryResult
    from wordlab.embeddings.evaluation.outliers import OutlierResult
    from wordlab.embeddings.evaluation.similarity import SimilarityResult


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` found: the results of each kind, one for each set and way of asking."""

    results: Mapping[Kind, Sequence[Result]]

    @property
    def similarities(self) -> tuple[SimilarityResult, ...]:
        """The results on rated pairs."""
        return cast("tuple[SimilarityResult, ...]", tuple(self.results.get("similarity", ())))

    @property
    def analogies(self) -> tuple[AnalogyResult, ...]:
        """The results on analogy questions, one for each set and method."""
        return cast("tuple[AnalogyResult, ...]", tuple(self.results.get("analogy", ())))

    @property
    def categories(self) -> tuple[CategoryResult, ...]:
        """The results on words with their categories."""
        return cast("tuple[CategoryResult, ...]", tuple(self.results.get("categories", ())))

    @property
    def outliers(self) -> tuple[OutlierResult, ...]:
        """The results on groups with outliers."""
        return cast("tuple[OutlierResult, ...]", tuple(self.results.get("outliers", ())))

    @property
    def scores(self) -> tuple[TestScore, ...]:
        """All scores, as rows of one table."""
        return tuple(score for found in self.results.values() for each in found for score in each.scores)

    def _repr_html_(self) -> str:
        header = ("set", "measure", "score", "95% interval", "coverage")
        rows = [
            (each.test, measure_name(each.measure), each.value, each.interval, each.coverage)
            for each in self.scores
        ]
        return table_html("Evaluation", header, rows)

    def to_dict(self) -> dict[str, Any]:
        """The results as nested dicts, ready for JSON: by kind, and all `scores` in one list."""
        by_kind = {
            kind.results: [result.to_dict() for result in self.results.get(name, ())]
            for name, kind in KINDS.items()
        }
        return {**by_kind, "scores": [score.to_dict() for score in self.scores]}


def evaluate(
    vectors: WordVectors,
    *,
    files: Files | None = None,
    leave_out: Collection[Kind] = (),
    policy: Policy = "wordlab",
    restrict_vocab: int | None = None,
    table: TableOptions | None = None,
    language: Language | None = None,
    seed: int = 1,
    on_progress: OnProgress | None = None,
) -> Evaluation:
    """The scores of the vectors on test sets of all kinds: similarity, analogies, categories and outliers.

    `files` are paths by kind, as in ``{"categories": ["ap.csv"]}``. Of a kind without files all sets in
    `datasets.DATA_SETS` are taken, unless it is among those to `leave_out`. `policy` "gensim" gives gensim's
    numbers, "wordlab" takes words as written or else lower-cased by the rules of `language`; `table` says how
    files given here are read; `seed` is that of the bootstrap and of k-means. Raises SourceError and
    FormatError for files.
    """
    files = checked_files(files)
    check_kinds(leave_out)
    results: dict[Kind, tuple[Result, ...]] = {}
    for kind, how in KINDS.items():
        given = files.get(kind, ())
        judging = Judging(
            policy=policy, restrict_vocab=restrict_vocab, language=language, seed=seed,
            table=table if table is not None and given else TableOptions(),
        )  # fmt: skip
        sets = [] if kind in leave_out else chosen_files(kind, given)
        results[kind] = tuple(
            result
            for name, path in sets
            for result in how.judge.results(vectors, path, name, judging, on_progress)
        )
    return Evaluation(results)
