"""Why a baseline says what it says: its score is a sum, so every word or n-gram has its exact share."""

from __future__ import annotations

import numpy as np

from wordlab.errors import ConfigError
from wordlab.sentiment.models.baseline_model import BaselineModel
from wordlab.sentiment.models.baselines import NBSVM, MeanVectorsClassifier, TfidfClassifier
from wordlab.sentiment.results import Explanation, Reason


def explain_baseline(model: BaselineModel, text: str, *, label: str | None = None) -> Explanation:
    """The n-grams (of mean vectors the words) of `text`, with what each adds to the score of `label`.

    `label` defaults to the class predicted; ConfigError if it is none of the classes. Of two classes the
    first has the negated score of the second.
    """
    estimator = model.estimator
    label = label or model.predict([text])[0]
    if label not in model.classes:
        raise ConfigError(f"label: expected one of {', '.join(model.classes)}, found {label!r}")
    place = model.classes.index(label)
    row, sign = (0, 1 if place else -1) if len(model.classes) == 2 else (place, 1)
    coef, bias = sign * estimator.coef_[row].astype(np.float64), sign * float(estimator.intercept_[row])
    tokens = model.tokenizer(text)
    if isinstance(estimator, MeanVectorsClassifier):
        reasons = _words(estimator, tokens, coef)
    elif isinstance(estimator, NBSVM | TfidfClassifier):
        reasons = _ngrams(estimator, text, tokens, coef)
    reasons.sort(key=lambda reason: (-abs(reason.weight), reason.position))
    return Explanation(label, bias + sum(reason.weight for reason in reasons), bias, tuple(reasons))


def _ngrams(
    estimator: NBSVM | TfidfClassifier, text: str, tokens: list[str], coef: np.ndarray
) -> list[Reason]:
    """Each n-gram of the text that the estimator knows, where it occurs first."""
    features = estimator.features([text]).tocsr()
    parts = features.data * coef[features.indices]
    shares = dict(zip(features.indices.tolist(), parts.tolist(), strict=True))
    places = estimator.counter_.vocabulary_
    reasons = []
    for size in range(1, estimator.ngrams + 1):
        for start in range(len(tokens) - size + 1):
            words = tuple(tokens[start : start + size])
            share = shares.pop(places.get(" ".join(words), -1), 0.0)
            if share:
                reasons.append(Reason(words, start, share))
    return reasons


def _words(estimator: MeanVectorsClassifier, tokens: list[str], coef: np.ndarray) -> list[Reason]:
    """Each word of the text that has a vector, every time it occurs."""
    transformer, vectors = estimator.transformer_, estimator.vectors
    if transformer.component_ is not None:  # what all texts have in common is taken out of them
        coef = coef - transformer.component_ * float(transformer.component_ @ coef)
    ids = [(place, vectors.vocabulary.get(token)) for place, token in enumerate(tokens)]
    known = [(place, id) for place, id in ids if id is not None]
    weights = transformer.weights_ / max(1, len(known))
    return [
        Reason((tokens[place],), place, float(weights[id] * (vectors.matrix[id] @ coef)))
        for place, id in known
    ]
