"""Training a classifier on paragraph vectors, from labelled and unlabelled texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np
from scipy.sparse import csr_matrix

from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError
from wordlab.progress import OnProgress, Reporter
from wordlab.sentiment.data.inputs import check_labelled, choose_tokenizer, each_text
from wordlab.sentiment.data.labelled import class_shares
from wordlab.sentiment.features.encoding import tokenise
from wordlab.sentiment.features.seen import SeenTexts
from wordlab.sentiment.features.tally import Tally
from wordlab.sentiment.judging.validating import Judging, check_judging, judged_by
from wordlab.sentiment.models.paragraphs.config import ParagraphConfig
from wordlab.sentiment.models.paragraphs.fitting import Side, fit_side
from wordlab.sentiment.models.paragraphs.grams import TextGrams, find_grams
from wordlab.sentiment.models.paragraphs.inference import means
from wordlab.sentiment.models.paragraphs.model import ParagraphModel
from wordlab.sentiment.models.paragraphs.scores import Scorer
from wordlab.sentiment.models.paragraphs.training import learn
from wordlab.sentiment.models.settings import check_config
from wordlab.text.tokenizers import Tokenizer


def train_paragraphs(
    texts: Sequence[str],
    labels: Sequence[str],
    config: ParagraphConfig | None = None,
    *,
    vectors: WordVectors | None = None,
    tokenizer: Tokenizer | None = None,
    unlabelled: Iterable[str] = (),
    validation: Judging = 0.0,
    on_progress: OnProgress | None = None,
) -> ParagraphModel:
    """A classifier that has learnt `labels` from `texts`, and vectors of n-grams from `unlabelled` as well.

    `unlabelled` may be a stream: its texts are not held. `tokenizer` defaults to the one that `vectors`
    record, else "word"; they are used for nothing else. Equal texts, configs and seeds give equal bytes with
    any number of threads. `validation`, texts and labels or a share to hold out of a first training, gives
    the model a figure of its quality; the model itself learns from all `texts`. With a share `unlabelled` is
    read twice, and must be a list.

    Raises CorpusError for texts without words, ConfigError, ResourceError where there is too little memory,
    and TrainingError where training leads to no finite numbers.
    """
    config = config or ParagraphConfig()
    check_config(config, ParagraphConfig, "paragraph-vectors")
    found, targets = check_labelled(texts, labels)
    check_judging(validation, targets.tolist())
    if validation and not isinstance(validation, tuple) and not isinstance(unlabelled, Sequence):
        raise ConfigError("validation: expected a file beside unlabelled texts, found a share")
    tokenizer = choose_tokenizer(tokenizer, vectors)
    tokenizer.check_installed()
    source = _Counted(unlabelled)
    reporter = Reporter(on_progress, "count runs of words", "texts")
    vocabulary, grams, counts = find_grams(
        _reported(chain(found, source), reporter), tokenizer, ngrams=config.ngrams, min_count=config.min_count
    )
    present = _presence(grams, len(found), len(vocabulary))
    classes = np.unique(targets)
    sides = [targets == label for label in (classes[1:] if len(classes) == 2 else classes)]
    weights = ratio_weights(present, sides, config.ratio_power)
    learnt = learn(grams, counts, weights, config, threads=config.num_threads, on_progress=on_progress)
    of_labelled = TextGrams(grams.ids[: grams.offsets[len(found)]], grams.offsets[: len(found) + 1])
    vectors_of_texts = means(of_labelled, learnt.grams, weights, threads=config.num_threads)
    fitted = _fit_sides(sides, vectors_of_texts, present, config, on_progress)
    names, scorer = [str(label) for label in classes.tolist()], _scorer(fitted, learnt.grams, weights)
    model = ParagraphModel(
        config, vocabulary, names, scorer, losses=learnt.losses, num_unlabelled=source.number
    )
    model.seen, model.tally = SeenTexts.of(found), Tally()
    model.class_shares = class_shares([str(label) for label in targets], names)
    model.tally.add_blocks(tokenise(found, tokenizer), vocabulary.known_words)
    model.held_out = judged_by(
        validation, model, found, targets, seed=config.seed,
        train=lambda kept, of_kept: train_paragraphs(
            kept, of_kept, config, vectors=vectors, tokenizer=tokenizer, unlabelled=unlabelled,
            on_progress=on_progress,
        ),
    )  # fmt: skip
    return model


def _fit_sides(
    sides: Sequence[np.ndarray],
    vectors: np.ndarray,
    present: csr_matrix,
    config: ParagraphConfig,
    on_progress: OnProgress | None,
) -> list[Side]:
    """A linear classifier for each of `sides`, bool (num_texts,), against the rest."""
    reporter = Reporter(on_progress, "train classifier", "classes", len(sides))
    fitted: list[Side] = []
    for is_side in sides:
        reporter.update(len(fitted))
        fitted.append(fit_side(vectors, present, is_side, config))
    reporter.report(len(sides))
    return fitted


def ratio_weights(present: csr_matrix, sides: Sequence[np.ndarray], power: float) -> np.ndarray:
    """How much each n-gram counts, float32 (num_grams,), 1 or more: what it says of the classes.

    max(q, 1 / q) ** power with q = (p + 1) / (n + 1), where p and n are the numbers of texts with the n-gram
    that are of a class, and that are not (Li et al. 2016, with the power 1/2); of several classes the
    largest. `present` is sparse (num_texts, num_grams), `sides` are bool (num_texts,). N-grams of
    unlabelled texts only count 1.
    """
    largest = np.ones(present.shape[1])
    for is_side in sides:
        p = 1 + np.asarray(present[is_side].sum(axis=0), dtype=np.float64).ravel()
        n = 1 + np.asarray(present[~is_side].sum(axis=0), dtype=np.float64).ravel()
        largest = np.maximum(largest, np.maximum(p / n, n / p))
    return np.asarray(largest**power, dtype=np.float32)


def _presence(grams: TextGrams, num_texts: int, num_grams: int) -> csr_matrix:
    """1 for each n-gram in each of the first `num_texts` texts, sparse float32 (num_texts, num_grams)."""
    stop = grams.offsets[num_texts]
    ids = grams.ids[:stop].astype(np.int32)
    ones = np.ones(len(ids), np.float32)
    present = csr_matrix((ones, ids, grams.offsets[: num_texts + 1]), (num_texts, num_grams))
    present.sum_duplicates()
    present.data[:] = 1
    return present


def _scorer(sides: Sequence[Side], grams: np.ndarray, weights: np.ndarray) -> Scorer:
    """What each n-gram adds to the scores of the sides; its vector is needed no more."""
    return Scorer(
        weights=weights,
        in_mean=np.stack([grams @ side.of_vectors.astype(np.float32) for side in sides]),
        present=np.stack([side.of_grams.astype(np.float32) for side in sides]),
        biases=np.array([side.bias for side in sides]),
    )


class _Counted:
    """Texts that are counted as they are read, without blank ones; TypeError for what is no text."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts, self.number = each_text(texts), 0

    def __iter__(self) -> Iterator[str]:
        for text in self._texts:
            if text.strip():
                self.number += 1
                yield text


def _reported(texts: Iterable[str], reporter: Reporter) -> Iterator[str]:
    number = 0
    for number, text in enumerate(texts, 1):
        reporter.update(number)
        yield text
    reporter.report(number)
