"""Everything that is unusual about a set of vectors, in one call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from wordlab.embeddings.diagnosis.config import DiagnosisConfig
from wordlab.embeddings.diagnosis.duplicates import Duplicates, find_duplicates
from wordlab.embeddings.diagnosis.findings import Finding, Verdict
from wordlab.embeddings.diagnosis.hubs import Hubs, find_hubs
from wordlab.embeddings.diagnosis.isotropy import Isotropy, find_isotropy
from wordlab.embeddings.diagnosis.norms import Norms, find_norms
from wordlab.embeddings.diagnosis.rows import read_rows
from wordlab.embeddings.diagnosis.vocabulary import find_suspicious
from wordlab.embeddings.diagnosis.words import find_left_overs
from wordlab.embeddings.matrices import check_finite
from wordlab.embeddings.vectors import WordVectors
from wordlab.progress import OnProgress
from wordlab.representation import table_html


@dataclass(frozen=True)
class Diagnosis:
    """What was found: the measures, and a finding for each with a verdict on it.

    `hubs` are those of the most frequent words, of equal vectors the first one only; None for fewer than two
    words, and where all vectors point one way.
    """

    num_words: int
    dim: int
    isotropy: Isotropy
    norms: Norms
    hubs: Hubs | None
    duplicates: Duplicates
    words: tuple[Finding, ...]
    """What was found in the words alone."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, those on numbers first."""
        return tuple(self._findings())

    def _findings(self) -> Iterator[Finding]:
        hubs = () if self.hubs is None else self.hubs.findings()
        measured = (self.isotropy.findings(), self.norms.findings(), hubs, self.duplicates.findings())
        return chain(*measured, self.words)

    def num_of(self, verdict: Verdict) -> int:
        """How many findings have this `verdict`."""
        return Counter(finding.verdict for finding in self.findings)[verdict]

    def _repr_html_(self) -> str:
        rows = [(each.seen, each.number, each.verdict, each.advice) for each in self.findings]
        return table_html("Diagnosis", ("seen", "words", "verdict", "what to do"), rows)

    def to_dict(self) -> dict[str, Any]:
        """Findings and measures, ready for JSON."""
        return {
            "num_words": self.num_words,
            "dim": self.dim,
            "findings": [finding.to_dict() for finding in self.findings],
            "isotropy": self.isotropy.to_dict(),
            "norms": self.norms.to_dict(),
            "hubs": None if self.hubs is None else self.hubs.to_dict(),
            "duplicates": self.duplicates.to_dict(),
        }


def diagnose(
    vectors: WordVectors, config: DiagnosisConfig | None = None, *, on_progress: OnProgress | None = None
) -> Diagnosis:
    """What is unusual about the vectors and their words.

    All words are looked at, hubs excepted, which are looked for among the most frequent ones. Memory beyond
    the vectors is some hundred megabytes at most. FormatError for NaN and infinity, which a matrix that was
    opened unverified may hold.
    """
    config = config or DiagnosisConfig()
    matrix, words = vectors.matrix, vectors.vocabulary.words
    check_finite(matrix, "the matrix", vectors.vocabulary)
    rows = read_rows(matrix)
    isotropy = find_isotropy(matrix, rows)
    duplicates = find_duplicates(words, matrix, rows, config.seed)
    repeated = {id for ids in duplicates.equal for id in ids[1:]}
    frequent = [
        id for id in range(min(config.num_words, len(words))) if rows.norms[id] > 0 and id not in repeated
    ]
    hubs = None
    if len(frequent) > 1 and not isotropy.is_collapsed:
        hubs = find_hubs([words[id] for id in frequent], matrix[frequent], config.k, on_progress)
    return Diagnosis(
        num_words=len(words),
        dim=vectors.dim,
        isotropy=isotropy,
        norms=find_norms(words, rows.norms),
        hubs=hubs,
        duplicates=duplicates,
        words=(*find_left_overs(words), *find_suspicious(words)),
    )
