"""ParagraphModel: a trained classifier on paragraph vectors, which predicts, explains itself and is saved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, ClassVar

import numpy as np
from scipy.special import expit

from wordlab import artifact, schema
from wordlab.checks import check_threads
from wordlab.sentiment import storage
from wordlab.sentiment.base import Reason, TextModel
from wordlab.sentiment.data.inputs import each_text
from wordlab.sentiment.features.encoding import tokenise
from wordlab.sentiment.features.tally import Tally
from wordlab.sentiment.models.paragraphs.config import ParagraphConfig
from wordlab.sentiment.models.paragraphs.grams import GramVocabulary
from wordlab.sentiment.models.paragraphs.scores import Scorer
from wordlab.text.storage import read_tokenizer

_BLOCK = 1_000  # texts of a stream that are predicted together


class ParagraphModel(TextModel):
    """A trained classifier on paragraph vectors and n-grams. Treat it as immutable.

    `scorer` holds the log-odds that n-grams add for each class against the rest; of two classes only the
    second has a row. `losses` are those of the vectors' epochs, `num_unlabelled` the texts without a label
    that they were learnt from as well.
    """

    title: ClassVar = "paragraph vectors"
    config_class: ClassVar = ParagraphConfig
    dtype: ClassVar = np.float64

    def __init__(
        self,
        config: ParagraphConfig,
        vocabulary: GramVocabulary,
        classes: Sequence[str],
        scorer: Scorer,
        *,
        losses: Sequence[float],
        num_unlabelled: int,
    ) -> None:
        self.config: ParagraphConfig = config
        self.vocabulary = vocabulary
        self.tokenizer = vocabulary.tokenizer
        self.classes = tuple(classes)
        self.scorer = scorer
        self.losses = tuple(losses)
        self.num_unlabelled = num_unlabelled

    def __repr__(self) -> str:
        return f"ParagraphModel({len(self.classes)} classes, {len(self.vocabulary):,} runs of words)"

    @property
    def size(self) -> tuple[int, str]:
        """The number of n-grams."""
        return len(self.vocabulary), "runs of words"

    def facts(self) -> dict[str, Any]:
        """Numbers of n-grams and of texts without a label, and the loss of each epoch."""
        return {
            "num_features": len(self.vocabulary),
            "num_unlabelled": self.num_unlabelled,
            "losses": list(self.losses),
            "held_out": None if self.held_out is None else self.held_out.to_dict(),
        }

    def probabilities(
        self, texts: Iterable[str], *, threads: int | None = None, tally: Tally | None = None
    ) -> Iterator[np.ndarray]:
        """The probabilities of `texts` in order, some rows at a time, each block (n, num_classes) float64.

        `threads` is here because networks have it; one thread does the work.
        """
        check_threads(threads)
        stream = each_text(texts)
        while block := list(islice(stream, _BLOCK)):
            if tally is not None:
                tally.add_blocks(tokenise(block, self.tokenizer), self.vocabulary.known_words)
            yield self._chances(self.scorer.log_odds(self.vocabulary.encode(block)))

    def _chances(self, log_odds: np.ndarray) -> np.ndarray:
        """The probabilities of the classes from their log-odds, (n, num_rows)."""
        if len(self.classes) == 2:
            return np.hstack([expit(-log_odds), expit(log_odds)])
        chances = expit(log_odds)
        return np.asarray(chances / np.maximum(chances.sum(axis=1, keepdims=True), np.finfo(float).tiny))

    def reasons(self, text: str, position: int) -> tuple[float, list[Reason]]:
        """The log-odds of class `position` against the rest, and the exact share of each n-gram of `text`.

        With two classes the first has the negated log-odds of the second.
        """
        row, sign = (0, 1 if position else -1) if len(self.classes) == 2 else (position, 1)
        places = list(self.vocabulary.places(self.tokenizer(text)))
        shares = sign * self.scorer.shares(np.array([id for id, _, _ in places], np.int64), row)
        found: dict[int, Reason] = {}
        for (id, words, start), share in zip(places, shares.tolist(), strict=True):
            first = found.get(id, Reason(words, start, 0.0))
            found[id] = Reason(words, first.position, first.weight + share)
        reasons = [reason for reason in found.values() if reason.weight]
        logit = sign * float(self.scorer.biases[row]) + sum(reason.weight for reason in reasons)
        return logit, reasons

    def write(self, draft: artifact.Draft) -> None:
        """Write the n-grams and what each adds to the scores."""
        self.vocabulary.write(draft)
        self.scorer.write(draft)
        draft.details["training"] = {"losses": list(self.losses), "num_unlabelled": self.num_unlabelled}
        draft.libraries.append("scikit-learn")

    @classmethod
    def read(cls, source: artifact.Artifact) -> ParagraphModel:
        """The classifier that `write` wrote; ArtifactError."""
        config = storage.read_config(source, ParagraphConfig)
        classes = storage.read_classes(source)
        vocabulary = GramVocabulary.read(source, read_tokenizer(source))
        num_rows = 1 if len(classes) == 2 else len(classes)
        scorer = Scorer.read(source, num_rows, len(vocabulary))
        training = schema.fields(
            source.details,
            {"training": {"losses": list[float], "num_unlabelled": int}},
            f"{source.where}: details",
        )["training"]
        return cls(config, vocabulary, classes, scorer, **training)
