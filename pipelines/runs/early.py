"""What a step's command refuses, found before any step runs: types, choices, and what its config allows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from pipelines import options
from pipelines.runs.keys import Key
from wordlab.errors import FormatError, WordlabError


def _of_vectors(params: Mapping[str, Any]) -> None:
    from pipelines.embeddings.training_options import chosen_config

    if params["start"] is None and params["compass"] is None:  # else the vectors have a say in it
        chosen_config({**params, "compass": False})


def _of_classifier(params: Mapping[str, Any]) -> None:
    from pipelines.sentiment.model_options import AUTO, check_options, model_config

    check_options(params["model"])
    if params["model"] != AUTO:
        is_file = not isinstance(params.get("validation"), float)
        model_config({**params, "validation": None} if is_file else params)


def _of_tokenizer(params: Mapping[str, Any]) -> None:
    from pipelines.tokenizer_options import pop_tokenizer

    pop_tokenizer(dict(params))


def _of_page(params: Mapping[str, Any]) -> None:
    if params["file"] is None:
        raise click.UsageError("--export: expected a file; without it a server runs until interrupted")


CHECKS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    "corpus build": _of_tokenizer,
    "embeddings train": _of_vectors,
    "embeddings explore": _of_page,
    "sentiment train": _of_classifier,
}
"""What is checked of the parameters of a command, in its context; each raises ConfigError or UsageError."""
_PICTURES = ("plot", "reliability")


def check_words(
    command: click.Command, name: str, words: Sequence[str], keys: Mapping[str, Key], where: str
) -> None:
    """Raise FormatError, with the key that is at fault, for words that the command would refuse."""
    try:
        context = command.make_context(name.split()[-1], list(words), help_option_names=[])
        with context:
            _check_pictures(context.params)
            if name in CHECKS:
                CHECKS[name](context.params)
    except click.MissingParameter as error:
        needed = _key_of(error.param, keys)
        raise FormatError(f"{where}: expected {needed!r}, which {name!r} needs, found none") from error
    except click.BadParameter as error:
        message = " ".join(error.message.split()).rstrip(".")
        raise FormatError(f"{where}.{_key_of(error.param, keys)}: {message}") from error
    except (click.UsageError, WordlabError) as error:
        told = error.format_message() if isinstance(error, click.UsageError) else str(error)
        message = options.spell_options(told.rstrip("."), [key.param for key in keys.values()])
        found = re.match(r"--([a-z-]+): (.*)", message, re.DOTALL)
        raise FormatError(f"{where}.{found[1]}: {found[2]}" if found else f"{where}: {message}") from error


def _key_of(param: click.Parameter | None, keys: Mapping[str, Key]) -> str:
    return next(
        (name for name, key in keys.items() if param is not None and key.param.name == param.name), ""
    )


def _check_pictures(params: Mapping[str, Any]) -> None:
    from pipelines.plots.files import check_suffix

    for name in _PICTURES:
        if params.get(name) is not None:
            check_suffix(params[name])
