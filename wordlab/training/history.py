"""What vectors record of the training behind them: one entry for each run, the latest last."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from typing import Any

from wordlab.embeddings import WordVectors
from wordlab.text import Corpus
from wordlab.text.storage import CHUNK
from wordlab.training.objectives.word2vec.config import Word2VecConfig


@dataclasses.dataclass(frozen=True)
class History:
    """The runs of training behind some vectors, none for fresh or imported ones."""

    runs: tuple[dict[str, Any], ...] = ()

    @classmethod
    def of(cls, start: WordVectors | None) -> History:
        """The history that `start` brings along."""
        return cls(tuple(start.details.get("runs", ())) if start else ())

    @property
    def num_epochs(self) -> int:
        """Epochs of all runs together."""
        return sum(run["config"]["epochs"] for run in self.runs)

    def includes(self, fingerprint: str) -> bool:
        """Whether a run was on the corpus with this fingerprint, so that its words are counted already."""
        return any(run["corpus"]["fingerprint"] == fingerprint for run in self.runs)

    def details(
        self, start: WordVectors | None, config: Word2VecConfig, losses: list[float], corpus: dict[str, Any]
    ) -> dict[str, Any]:
        """The `details` of the result: what `start` brings, the latest run, and the list of all runs."""
        origin = {} if start is None else dict(start.details)
        latest = {"config": config.to_dict(), "losses": losses}
        run = {**latest, "corpus": corpus, "start": None if start is None else start.digest}
        return {**origin, **latest, "runs": [*self.runs, run]}


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


def resolved_config(config: Word2VecConfig | None, start: WordVectors | None) -> Word2VecConfig:
    """`config`, or if it is None that of the latest run of `start`, or the defaults."""
    if config is not None or start is None:
        return config or Word2VecConfig()
    known = {field.name for field in dataclasses.fields(Word2VecConfig)}
    recorded = {name: value for name, value in recorded_config(start).items() if name in known}
    return Word2VecConfig(**{**recorded, "dim": start.dim})


def recorded_config(start: WordVectors) -> Mapping[str, Any]:
    """The config of the latest run of `start` as plain values, empty if there was none."""
    config = start.details.get("config")
    return config if isinstance(config, Mapping) else {}
