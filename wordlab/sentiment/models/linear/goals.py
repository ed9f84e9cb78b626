"""What the outputs are to be for each text: from labels as callers have them to what the kernel reads."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from wordlab.errors import ConfigError, CorpusError
from wordlab.sentiment.data.inputs import check_known_labels, check_targets
from wordlab.sentiment.models.linear import kernel
from wordlab.sentiment.models.linear.config import LinearConfig
from wordlab.sentiment.models.linear.tree import class_paths
from wordlab.sentiment.models.names import takes_several

KINDS = {"softmax": kernel.SOFTMAX, "ova": kernel.ONE_AGAINST_REST, "hierarchical": kernel.TREE}


class Goals(NamedTuple):
    """The classes of texts: text i has those at ``places[bounds[i]:bounds[i + 1]]`` of `classes`, ascending.

    `classes` are sorted, `places` int32 (num_labels,), `bounds` int64 (num_texts + 1,). `several` says
    whether texts may have any number of labels.
    """

    classes: tuple[str, ...]
    places: np.ndarray
    bounds: np.ndarray
    several: bool

    @property
    def counts(self) -> np.ndarray:
        """The number of texts of each class, int64."""
        return np.bincount(self.places, minlength=len(self.classes))

    def take(self, rows: np.ndarray) -> Goals:
        """Those of some texts, in their order; the classes stay."""
        sizes = np.diff(self.bounds)[rows]
        bounds = np.concatenate([[0], np.cumsum(sizes)])
        within = np.arange(bounds[-1]) - np.repeat(bounds[:-1], sizes)
        return self._replace(places=self.places[np.repeat(self.bounds[rows], sizes) + within], bounds=bounds)

    def like(self, labels: Sequence[object]) -> Goals:
        """The goals of other texts, with these classes; CorpusError for other labels."""
        sets = _label_sets(labels) if self.several else [(str(label),) for label in check_targets(labels)]
        check_known_labels(chain.from_iterable(sets), self.classes)
        return self._of(self.classes, sets, several=self.several)

    @classmethod
    def _of(cls, classes: tuple[str, ...], sets: Sequence[tuple[str, ...]], *, several: bool) -> Goals:
        index = {label: place for place, label in enumerate(classes)}
        bounds = np.cumsum([0, *map(len, sets)])
        ordered = chain.from_iterable(sorted(index[label] for label in found) for found in sets)
        return cls(classes, np.fromiter(ordered, np.int32, bounds[-1]), bounds, several)


def find_goals(num_texts: int, labels: Sequence[object], config: LinearConfig) -> Goals:
    """The classes of texts, one label each or, with one-against-rest, a collection of any number of them.

    Raises ConfigError for collections with another loss, CorpusError for fewer than two classes, and
    ValueError for labels of another number of texts.
    """
    several = any(isinstance(label, list | tuple | set | frozenset) for label in labels)
    sets = _label_sets(labels) if several else [(str(label),) for label in check_targets(labels)]
    if len(sets) != num_texts:
        raise ValueError(f"expected a label for each text, found {num_texts} texts, {len(sets)} labels")
    if several:
        _check_several(config)
    classes = tuple(sorted(set(chain.from_iterable(sets))))
    if len(classes) < 2:
        only = f"only {classes[0]!r}" if classes else "no text" if not sets else "texts without labels"
        raise CorpusError(f"labels: expected texts of at least two classes, found {only}")
    return Goals._of(classes, sets, several=several)


def _label_sets(labels: Sequence[object]) -> list[tuple[str, ...]]:
    """The labels of each text, each once; TypeError for a single string in the place of several."""
    for position, found in enumerate(labels):
        if not isinstance(found, list | tuple | set | frozenset):
            raise TypeError(
                f"expected the labels of each text in a list, found {found!r} alone at position {position}"
            )
        check_targets(list(found))
    return [tuple(dict.fromkeys(map(str, found))) for found in labels]  # type: ignore[call-overload]


def _check_several(config: LinearConfig) -> None:
    """Raise ConfigError unless `config` can learn several labels a text."""
    if not takes_several(config.model, config):
        raise ConfigError(f"loss: expected ova for texts with several labels, found {config.loss!r}")
    if config.class_weights != "none":
        raise ConfigError(
            f"class_weights: expected none for texts with several labels, found {config.class_weights!r}"
        )


def make_targets(config: LinearConfig, counts: np.ndarray, by_count: np.ndarray) -> kernel.Targets:
    """The outputs of each class; `counts` (num_classes,) are its texts, `by_count` the classes by these."""
    weights = np.ones(len(counts), np.float32)
    if config.class_weights == "balanced":
        weights = (counts.sum() / (len(counts) * np.maximum(1, counts))).astype(np.float32)
    points, labels = np.zeros(0, np.int32), np.zeros(0, np.float32)
    offsets = np.zeros(len(counts) + 1, np.int64)
    if config.loss == "hierarchical":
        points, labels, offsets = class_paths(counts, by_count)
    return kernel.Targets(KINDS[config.loss], points, labels, offsets, weights)
