"""What each n-gram of a text adds to the log-odds of a class.

A text's vector is the weighted mean of the vectors of its n-grams, and its score is linear in it. So the
vector of an n-gram and the weights of the classifier come down to one number, and no vectors are needed to
predict: with m(g) the product of both, r(g) the weight in the mean and c(g) the weight of having g at all,

    score = bias + (sum over all places of r(g) m(g)) / (sum over all places of r(g)) + sum over all g of c(g)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wordlab.artifact import Artifact, Draft
from wordlab.errors import ArtifactError
from wordlab.sentiment.models.paragraphs.grams import TextGrams
from wordlab.sentiment.storage import read_array, write_array


@dataclass(frozen=True, eq=False)
class Scorer:
    """The numbers of the n-grams: rows are classes, each against the rest.

    `weights` float32 (num_grams,) are those in the mean, `in_mean` and `present` float32
    (num_rows, num_grams) what an n-gram adds there and by being in the text; `biases` float64 (num_rows,).
    """

    weights: np.ndarray
    in_mean: np.ndarray
    present: np.ndarray
    biases: np.ndarray

    def log_odds(self, grams: TextGrams) -> np.ndarray:
        """The log-odds of each class against the rest, float64 (num_texts, num_rows)."""
        num_texts, ids = len(grams), grams.ids.astype(np.int64)
        texts = np.repeat(np.arange(num_texts), np.diff(grams.offsets))
        weights = self.weights[ids]
        sums = np.maximum(np.bincount(texts, weights, num_texts), np.finfo(float).tiny)
        of_present, present = np.divmod(np.unique(texts * len(self.weights) + ids), len(self.weights))
        found = np.tile(self.biases, (num_texts, 1))
        for row in range(len(self.biases)):
            found[:, row] += np.bincount(texts, weights * self.in_mean[row, ids], num_texts) / sums
            found[:, row] += np.bincount(of_present, self.present[row, present], num_texts)
        return found

    def shares(self, ids: np.ndarray, row: int) -> np.ndarray:
        """What each of the n-grams `ids` (n,) of a text adds to the log-odds of a row, float64 (n,)."""
        weights = self.weights[ids].astype(np.float64)
        shares = weights * self.in_mean[row, ids] / max(weights.sum(), np.finfo(float).tiny)
        _, firsts = np.unique(ids, return_index=True)
        shares[firsts] += self.present[row, ids[firsts]]
        return np.asarray(shares)

    def write(self, draft: Draft) -> None:
        """Write the numbers."""
        for name in ("weights", "in_mean", "present", "biases"):
            write_array(draft, name, getattr(self, name))

    @classmethod
    def read(cls, source: Artifact, num_rows: int, num_grams: int) -> Scorer:
        """The numbers that `write` wrote; ArtifactError."""
        weights = read_array(source, "weights", (num_grams,))
        if (weights < 0).any():
            raise ArtifactError(f"{source.payload('weights.npy')}: expected weights of 0 or more")
        return cls(
            weights,
            read_array(source, "in_mean", (num_rows, num_grams)),
            read_array(source, "present", (num_rows, num_grams)),
            read_array(source, "biases", (num_rows,)),
        )
