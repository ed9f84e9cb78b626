"""All scores of some vectors at once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wordlab.embeddings.choices import Policy
from wordlab.embeddings.evaluation.analogy import AnalogyResult, evaluate_analogies
from wordlab.embeddings.evaluation.datasets import chosen_files
from wordlab.embeddings.evaluation.similarity import SimilarityResult, evaluate_similarity
from wordlab.embeddings.evaluation.table_options import TableOptions
from wordlab.embeddings.vectors import WordVectors
from wordlab.progress import OnProgress
from wordlab.representation import table_html
from wordlab.text.casing import Language


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` found: a result for each similarity set, and for each analogy set and method."""

    similarities: tuple[SimilarityResult, ...]
    analogies: tuple[AnalogyResult, ...]

    def _repr_html_(self) -> str:
        rows: list[tuple[object, ...]] = []
        rows += [(each.name, "Spearman", each.spearman, each.coverage) for each in self.similarities]
        for each in self.analogies:
            rows.append((each.name, each.method, each.total.accuracy, each.total.coverage))
        return table_html("Evaluation", ("set", "measure", "score", "coverage"), rows)

    def to_dict(self) -> dict[str, Any]:
        """The results as nested dicts, ready for JSON."""
        return {
            "similarities": [result.to_dict() for result in self.similarities],
            "analogies": [result.to_dict() for result in self.analogies],
        }


def evaluate(
    vectors: WordVectors,
    *,
    similarity: bool = True,
    similarity_files: Sequence[str | os.PathLike[str]] = (),
    analogies: bool = True,
    analogy_files: Sequence[str | os.PathLike[str]] = (),
    policy: Policy = "wordlab",
    restrict_vocab: int | None = None,
    table: TableOptions | None = None,
    language: Language | None = None,
    seed: int = 1,
    on_progress: OnProgress | None = None,
) -> Evaluation:
    """Similarity and analogy scores of the vectors.

    Without `similarity_files` or `analogy_files` they are those of all sets in `datasets.DATA_SETS`;
    `similarity` or `analogies` false leaves either kind out. `policy` "gensim" gives gensim's numbers,
    "wordlab" takes words as written or else lower-cased by the rules of `language`; `table` says how files
    given here are read; `seed` is that of the bootstrap.
    """
    rated: tuple[SimilarityResult, ...] = ()
    answered: tuple[AnalogyResult, ...] = ()
    if similarity:
        rated = tuple(
            evaluate_similarity(
                vectors,
                path,
                name=name,
                policy=policy,
                restrict_vocab=restrict_vocab,
                table=table if similarity_files else None,
                language=language,
                seed=seed,
            )
            for name, path in chosen_files("similarity", similarity_files)
        )
    if analogies:
        answered = tuple(
            result
            for name, path in chosen_files("analogy", analogy_files)
            for result in evaluate_analogies(
                vectors,
                path,
                name=name,
                policy=policy,
                restrict_vocab=restrict_vocab,
                encoding=table.encoding if table and analogy_files else "utf-8",
                language=language,
                on_progress=on_progress,
            )
        )
    return Evaluation(rated, answered)
