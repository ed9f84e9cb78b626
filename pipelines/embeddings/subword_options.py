"""--subwords, and the options that mean nothing without it."""

from __future__ import annotations

import dataclasses

import click

from pipelines.config_options import config_options, was_typed
from wordlab.errors import ConfigError
from wordlab.training.objectives.subwords.config import SubwordConfig
from wordlab.training.objectives.word2vec.config import Word2VecConfig

_OF_WORDS = {field.name for field in dataclasses.fields(Word2VecConfig)}
OF_SUBWORDS = [field.name for field in dataclasses.fields(SubwordConfig) if field.name not in _OF_WORDS]
"""The options that only subwords have."""

ngram_options = config_options(
    SubwordConfig, leave_out=sorted(_OF_WORDS | {"hashes"}), defaults={"buckets": "2,000,000"}
)
"""Those that gensim has, too."""

subwords_option = click.option(
    "--subwords/--no-subwords", default=False, show_default=True,
    help="Make words of the vectors of their character n-grams, so that any word has a vector, as fastText "
    "does.",
)  # fmt: skip


def refuse_ngram_options() -> None:
    """Wrong usage if the user typed an option of subwords, for a command that runs without them."""
    for name in OF_SUBWORDS:
        if was_typed(name):
            raise ConfigError(f"{name}: expected --subwords beside it, found plain training")
