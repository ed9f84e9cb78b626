"""What vectors record of the training behind them: one entry for each run, the latest last."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from typing import Any

from wordlab.embeddings import WordVectors
from wordlab.text import Corpus
from wordlab.text.storage import CHUNK

# What vectors record of the engine and objective of their latest run; the next run may have others.
_OF_LATEST_RUN = ("engine", "device", "optimizer", "batch_size", "num_tokens_read")


@dataclasses.dataclass(frozen=True)
class History:
    """The runs of training behind some vectors, if any, and the corpus of the next run."""

    runs: tuple[dict[str, Any], ...]
    corpus: dict[str, Any]

    @classmethod
    def of(cls, start: WordVectors | None, corpus: dict[str, Any]) -> History:
        """The history of `start`; `corpus` holds the facts about the corpus that is trained on next."""
        return cls(tuple(start.details.get("runs", ())) if start else (), corpus)

    @property
    def num_epochs(self) -> int:
        """Epochs of all runs together."""
        return sum(run["config"]["epochs"] for run in self.runs)

    @property
    def counted(self) -> bool:
        """Whether an earlier run was on this very corpus, so that its words are counted already."""
        return any(run["corpus"]["fingerprint"] == self.corpus["fingerprint"] for run in self.runs)

    def origin(self, start: WordVectors | None) -> dict[str, Any]:
        """What the next run begins with, by which a checkpoint recognises it."""
        return {
            "corpus": self.corpus["fingerprint"],
            "start": None if start is None else start.digest,
        }

    def details(
        self,
        start: WordVectors | None,
        config: Mapping[str, Any],
        losses: list[float],
        facts: Mapping[str, Any],
    ) -> dict[str, Any]:
        """The `details` of the result: those of `start`, the latest run and its `facts`, all runs."""
        earlier = {} if start is None else start.details
        kept = {name: value for name, value in earlier.items() if name not in _OF_LATEST_RUN}
        latest = {"config": dict(config), "losses": losses}
        run = {**latest, "corpus": self.corpus, "start": None if start is None else start.digest}
        return {**kept, **latest, "runs": [*self.runs, run], **facts}


def describe_corpus(corpus: Corpus) -> dict[str, Any]:
    """The facts about a corpus that a run records.

    `digest` is that of its artefact, None in memory. `fingerprint` is SHA-256 of the text as ids,
    lines and words: the same whether the corpus is in memory or saved, and wherever it came from.
    """
    content = hashlib.sha256()
    for array in (corpus.token_ids, corpus.line_offsets):
        for first in range(0, len(array), CHUNK):
            content.update(array[first : first + CHUNK])
            corpus.release_pages()
    content.update("\n".join(corpus.vocabulary.words).encode())
    return {
        "digest": corpus.digest,
        "fingerprint": content.hexdigest(),
        "num_tokens": corpus.num_tokens,
        "num_lines": corpus.num_lines,
    }
