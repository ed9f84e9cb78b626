"""How the words of a data set are found among the vectors: the two policies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wordlab.embeddings.choices import POLICIES, Policy
from wordlab.embeddings.vectors import WordVectors

GENSIM_RESTRICT_VOCAB = 300_000  # the default of gensim's evaluate_word_pairs and evaluate_word_analogies


class Lookup:
    """Finds ids under a policy, among the first `num_candidates` words of the vocabulary.

    "wordlab" takes a word as written, or else lower-cased. "gensim" upper-cases the data set and the
    vocabulary; of words that become equal the first (most frequent) stands for all, as with
    `case_insensitive=True` in gensim.
    """

    def __init__(self, vectors: WordVectors, policy: Policy, restrict_vocab: int | None) -> None:
        if policy not in POLICIES:
            raise ValueError(f"expected a policy out of {', '.join(POLICIES)}, found {policy!r}")
        if restrict_vocab is None:
            restrict_vocab = GENSIM_RESTRICT_VOCAB if policy == "gensim" else len(vectors)
        if restrict_vocab < 1:
            raise ValueError(f"expected restrict_vocab of 1 or more, found {restrict_vocab}")
        self.policy = policy
        self.num_candidates = min(restrict_vocab, len(vectors))
        self._vocabulary = vectors.vocabulary
        self._variants: dict[str, list[int]] = {}
        if policy == "gensim":
            for id, word in enumerate(vectors.vocabulary.words[: self.num_candidates]):
                self._variants.setdefault(word.upper(), []).append(id)

    def describe(self) -> str:
        """The policy in words, for readers of the numbers."""
        return f"{self.policy}: {POLICIES[self.policy]}; among the first {self.num_candidates:,} words"

    def id(self, word: str) -> int | None:
        """The id of a word of the data set, or None if it is lost."""
        if self.policy == "gensim":
            variants = self._variants.get(word.upper())
            return variants[0] if variants else None
        for form in (word, word.lower()):
            id = self._vocabulary.get(form)
            if id is not None and id < self.num_candidates:
                return id
        return None

    def same(self, id: int) -> Sequence[int]:
        """All ids that count as the word `id`, itself first."""
        if self.policy == "gensim":
            return self._variants[self._vocabulary.words[id].upper()]
        return (id,)

    def ids(self, rows: Sequence[Sequence[str]]) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
        """The ids (n, words a row) of rows without lost words, which rows these are, and all lost words."""
        found = {word: self.id(word) for row in rows for word in row}
        used = np.array([all(found[word] is not None for word in row) for row in rows], dtype=bool)
        ids = [[found[word] for word in row] for row, is_used in zip(rows, used, strict=True) if is_used]
        lost = tuple(word for word, id in found.items() if id is None)
        return np.array(ids, dtype=np.int64), used, lost
