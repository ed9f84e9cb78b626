"""All scores of some vectors at once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wordlab.embeddings.choices import Policy
from wordlab.embeddings.evaluation.analogy import AnalogyResult, evaluate_analogies
from wordlab.embeddings.evaluation.lookup import packaged_file
from wordlab.embeddings.evaluation.similarity import NAMES, SimilarityResult, evaluate_similarity
from wordlab.embeddings.vectors import WordVectors
from wordlab.progress import OnProgress

GOOGLE_QUESTIONS = "questions-words.txt"


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` found: one result a test set of similarity, one a method of analogy."""

    similarities: tuple[SimilarityResult, ...]
    analogies: tuple[AnalogyResult, ...]

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
    analogy_file: str | os.PathLike[str] | None = None,
    policy: Policy = "wordlab",
    restrict_vocab: int | None = None,
    seed: int = 1,
    on_progress: OnProgress | None = None,
) -> Evaluation:
    """Similarity and analogy scores of the vectors.

    Without `similarity_files` these are WordSim-353 and SimLex-999, without `analogy_file` Google's
    questions, all as packaged with gensim; `similarity` or `analogies` false leaves either out.
    `policy` "gensim" gives gensim's numbers, "wordlab" takes words as written or else lower-cased;
    `seed` is that of the bootstrap.
    """
    rated: tuple[SimilarityResult, ...] = ()
    answered: tuple[AnalogyResult, ...] = ()
    if similarity:
        rated = tuple(
            evaluate_similarity(vectors, file, policy=policy, restrict_vocab=restrict_vocab, seed=seed)
            for file in list(similarity_files) or [packaged_file(name) for name in NAMES]
        )
    if analogies:
        questions = analogy_file or packaged_file(GOOGLE_QUESTIONS)
        answered = evaluate_analogies(
            vectors, questions, policy=policy, restrict_vocab=restrict_vocab, on_progress=on_progress
        )
    return Evaluation(rated, answered)
