"""What is learnt: each objective brings its config, rows, step and loss.

A new objective is a module or package here, with a child of `base.Objective`, and a line in OBJECTIVES.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Literal

from wordlab import schema
from wordlab.errors import ConfigError

if TYPE_CHECKING:
    from wordlab.embeddings import WordVectors
    from wordlab.text import Corpus
    from wordlab.training.cooccurrences import Cooccurrences
    from wordlab.training.objectives.base import Objective

OBJECTIVES = {
    "word2vec": "wordlab.training.objectives.word2vec.objective:Word2Vec",
    "subwords": "wordlab.training.objectives.subwords.objective:SubwordWord2Vec",
    "glove": "wordlab.training.objectives.glove.objective:Glove",
}
"""Where the class of each objective is, by the name that its config carries."""

_DEFAULT = "word2vec"  # also of vectors that record none


def objective_class(name: str) -> type[Objective]:
    """The class of the objective called `name`."""
    found: type[Objective] = resolve_name(OBJECTIVES[name])
    return found


def checked(
    corpus: Corpus | Cooccurrences, config: Any, start: WordVectors | None
) -> tuple[type[Objective], Any]:
    """The class of the config's objective, and the config with what it leaves to the corpus.

    Raises CorpusError or ConfigError if training with these is impossible.
    """
    kind = objective_class(config.objective)
    if not isinstance(corpus, kind.sources):
        found = config.to_dict().get("model", config.objective)
        raise ConfigError(f"model: expected glove for co-occurrence counts, found {found}")
    kind.check(corpus, config, start)
    return kind, kind.settled(corpus, config)


def resolved_config(config: Any | None, start: WordVectors | None) -> Any:
    """`config`, or if it is None that of the latest run of `start`, or the defaults."""
    if config is not None:
        return config
    recorded = {} if start is None else {**recorded_config(start), "dim": start.dim}
    return config_of(recorded, "the vectors: config")


def config_of(recorded: Mapping[str, Any], where: str) -> Any:
    """The config that a manifest recorded; ArtifactError, which begins with `where`, if it is none.

    Fields that the objective does not know are ignored: other programs and later versions have more.
    """
    name = schema.checked(recorded.get("objective", _DEFAULT), Literal[*OBJECTIVES], f"{where}: objective")
    kind = objective_class(name).config_class
    known = {field.name for field in dataclasses.fields(kind)}
    return schema.config_from({n: value for n, value in recorded.items() if n in known}, kind, where)


def recorded_config(start: WordVectors) -> dict[str, Any]:
    """The config of the latest run of `start` as plain values, empty if there was none."""
    config = start.details.get("config")
    return dict(config) if isinstance(config, Mapping) else {}
