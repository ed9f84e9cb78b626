"""Word similarity: how well cosines order pairs of words as people do."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from wordlab.embeddings.choices import Policy
from wordlab.embeddings.evaluation.bootstrap import Correlation
from wordlab.embeddings.evaluation.datasets import files_in, set_name
from wordlab.embeddings.evaluation.judging import Judge, Judging, NamedSample, Sampled, TestScore
from wordlab.embeddings.evaluation.known_words import known_words
from wordlab.embeddings.evaluation.rated_pairs import read_rated_pairs
from wordlab.embeddings.evaluation.table_options import TableOptions
from wordlab.embeddings.vectors import WordVectors
from wordlab.progress import OnProgress
from wordlab.text.casing import Language


@dataclass(frozen=True)
class SimilarityResult:
    """Correlation of cosines with human scores over the pairs of one data set.

    `interval` is the 95% percentile bootstrap interval of `spearman`. The three are None where
    fewer than three pairs could be used, or their scores or cosines are all equal. `lost_words` have no
    vector; each of the `num_lost` pairs has at least one of them.
    """

    name: str
    spearman: float | None
    pearson: float | None
    interval: tuple[float, float] | None
    num_pairs: int
    num_lost: int
    lost_words: tuple[str, ...]
    policy: str
    columns: str = ""
    """From which columns of the file the words and the scores were taken."""

    note: str | None = None
    """Why few pairs could be used, or how words had to be spelt; None if there is nothing to say."""

    num_through_subwords: int | None = None
    """How many of the pairs hold a word outside the vocabulary whose vector is made of its n-grams; None
    where such words do not count."""

    @property
    def coverage(self) -> float:
        """The share of the pairs that could be used."""
        return self.num_pairs / max(1, self.num_pairs + self.num_lost)

    @property
    def read_as(self) -> str:
        """`columns`, as all kinds of results call what was guessed about a file."""
        return self.columns

    @property
    def scores(self) -> tuple[TestScore, ...]:
        """Spearman's correlation as a row of the table of all tests."""
        counts = (self.num_pairs, self.num_lost, self.num_through_subwords)
        return (TestScore(self.name, "spearman", self.spearman, self.interval, *counts),)

    def to_dict(self) -> dict[str, Any]:
        """All fields and the coverage, ready for JSON."""
        return {**asdict(self), "coverage": self.coverage}


def evaluate_similarity(
    vectors: WordVectors,
    path: str | os.PathLike[str],
    *,
    name: str | None = None,
    policy: Policy = "wordlab",
    restrict_vocab: int | None = None,
    table: TableOptions | None = None,
    language: Language | None = None,
    num_resamples: int = 1000,
    seed: int = 1,
) -> SimilarityResult:
    """Spearman's and Pearson's correlation of cosines with the scores in a file of rated pairs.

    Only the first `restrict_vocab` words are looked up (None: all, or 300,000 under gensim's
    policy). Under gensim's policy the numbers are those of ``KeyedVectors.evaluate_word_pairs``.
    `language` is the one whose lower case is meant, as in `Lookup`; where next to no words are found,
    other spellings are tried, and the result's `note` says so. Raises SourceError and FormatError (file
    and line) for a file that is not a list of rated pairs, ConfigError for a wrong option.
    """
    judging = Judging(
        policy=policy, restrict_vocab=restrict_vocab, table=table or TableOptions(), language=language,
        num_resamples=num_resamples, seed=seed,
    )  # fmt: skip
    return _result(vectors, Path(path), name or set_name(path), judging)


class RatedPairs(NamedTuple):
    """The pairs of a file that could be used: people's scores and cosines, float64 (num_pairs,).

    `facts` are the other fields of a SimilarityResult.
    """

    human: np.ndarray
    cosines: np.ndarray
    facts: dict[str, Any]


def rate_pairs(vectors: WordVectors, path: str | os.PathLike[str], judging: Judging) -> RatedPairs:
    """The cosine of each pair of a file beside its score."""
    pairs, columns = read_rated_pairs(path, options=judging.table, skip_invalid=judging.policy == "gensim")
    known = known_words(vectors, [pair[:2] for pair in pairs], "pairs", judging)
    rows, through = known.rows, known.through
    used = [pair for pair in pairs if pair[0] in rows and pair[1] in rows]
    score = _gensim_cosines if judging.policy == "gensim" else _cosines
    facts = {
        "num_lost": len(pairs) - len(used),
        "lost_words": known.lost,
        "policy": known.lookup.describe(),
        "columns": columns,
        "note": known.note,
        "num_through_subwords": None
        if through is None
        else sum(one in through or other in through for one, other, _ in used),
    }
    cosines = score([(rows[one], rows[other]) for one, other, _ in used])
    return RatedPairs(np.array([score for *_, score in used]), cosines, facts)


def _result(vectors: WordVectors, path: Path, name: str, judging: Judging) -> SimilarityResult:
    from scipy.stats import pearsonr

    rated = rate_pairs(vectors, path, judging)
    sample = Correlation(rated.human, rated.cosines)
    spearman = sample.value
    return SimilarityResult(
        name, spearman, None if spearman is None else float(pearsonr(*sample)[0]),
        judging.interval(sample), len(rated.human), **rated.facts,
    )  # fmt: skip


def _results(
    vectors: WordVectors, path: Path, name: str, judging: Judging, on_progress: OnProgress | None
) -> list[SimilarityResult]:
    return [_result(vectors, path, name, judging)]


def _sampled(
    vectors: WordVectors, path: Path, name: str, judging: Judging, on_progress: OnProgress | None
) -> Sampled:
    rated = rate_pairs(vectors, path, judging)
    sample = NamedSample(name, "spearman", Correlation(rated.human, rated.cosines))
    return Sampled([sample], rated.facts["note"])


JUDGE = Judge(results=_results, sampled=_sampled, sets_in=files_in)
"""How `KINDS` scores sets of this kind; each file of a directory is a set."""


def _cosines(pairs: Sequence[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    from wordlab.embeddings.queries import cosines

    if not pairs:
        return np.empty(0)
    return cosines(np.array([one for one, _ in pairs]), np.array([other for _, other in pairs]))


def _gensim_cosines(pairs: Sequence[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """The cosines in gensim's own arithmetic: ranks, and so Spearman, can depend on a float32's last bit."""
    from scipy.linalg.blas import dnrm2, dscal

    def unit(vector: np.ndarray) -> np.ndarray:
        norm = dnrm2(vector)
        return vector if norm == 0 else np.asarray(dscal(1.0 / norm, vector)).astype(np.float32)

    return np.array([np.dot(unit(one), unit(other)) for one, other in pairs], dtype=np.float32)
