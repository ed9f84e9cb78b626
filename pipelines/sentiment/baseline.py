"""The part of `wordlab sentiment train` that trains baselines: their options, the work, the report."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import click

from pipelines import console
from pipelines.config_options import config_from, config_options, was_typed
from pipelines.reports import comparison as reports
from pipelines.reports.labelled import data_notes
from wordlab.sentiment.models.baseline_config import BASELINES, COSTS, MIN_COUNTS, WEIGHTINGS, BaselineConfig
from wordlab.sentiment.models.config import MODELS, ClassifierConfig

_SHARED = {field.name for field in dataclasses.fields(ClassifierConfig)}
_OWN = {field.name for field in dataclasses.fields(BaselineConfig)}
_NETWORKS_ONLY = (_SHARED - _OWN) - {"threads"} | {"checkpoint", "resume", "plot", "device"}

baseline_options = config_options(
    BaselineConfig,
    choices={"weighting": WEIGHTINGS},
    defaults={
        "cost": ", ".join(f"{cost:g} for {name}" for name, cost in COSTS.items()),
        "min_count": ", ".join(f"{count} for {name}" for name, count in list(MIN_COUNTS.items())[:2]),
    },
    leave_out=sorted(_SHARED & _OWN),
)
"""The options that baselines have and networks have not."""


def check_options(model: str) -> None:
    """Raise UsageError if an option was given that is for models of the other kind."""
    is_baseline = model in BASELINES
    foreign = _NETWORKS_ONLY if is_baseline else _OWN - _SHARED
    for param in click.get_current_context().command.params:
        if param.name in foreign and was_typed(param.name):
            others = ", ".join(MODELS if is_baseline else BASELINES)
            raise click.UsageError(f"{param.opts[0]}: expected one of the models {others}, found {model}")


def train_and_report(
    data: Path, output: Path, fields: dict[str, Any], columns: dict[str, Any], *, vectors: Path | None,
    tokenizer: Any, overwrite: bool, quiet: bool, as_json: bool,
) -> None:  # fmt: skip
    """Train the baseline that `fields` describe, save it and say what was made."""
    config = config_from(BaselineConfig, fields)
    if config.model == "mean-vectors" and vectors is None:
        raise click.UsageError("--model mean-vectors needs --vectors")
    from wordlab.embeddings.vectors import WordVectors
    from wordlab.sentiment.data.labelled import inspect
    from wordlab.sentiment.data.reading import read_labelled
    from wordlab.sentiment.models.baseline_model import train_baseline
    from wordlab.text.tokenizers import Tokenizer

    loaded = None if vectors is None else WordVectors.load(vectors)
    named = None if tokenizer is None else Tokenizer(tokenizer)
    with console.stopwatch() as taken, console.progress(quiet=quiet) as on_progress:
        texts = read_labelled(data, **columns, on_progress=on_progress)
        notes = data_notes(inspect(texts))
        model = train_baseline(texts.texts, texts.labels, config, vectors=loaded, tokenizer=named)
    parents = {} if loaded is None or loaded.digest is None else {"vectors": loaded.digest}
    model.save(output, overwrite=overwrite, parents=parents)
    for note in notes:
        console.say(f"Note: {note}", quiet=quiet)
    facts = {
        "output": str(output),
        "model": config.model,
        "num_texts": len(texts),
        "classes": list(model.classes),
        "num_features": int(model.estimator.coef_.shape[1]),
        "seconds": taken["seconds"],
        "config": config.to_dict(),
    }
    if as_json:
        console.print_json(facts)
        return
    reports.print_baseline(facts)
    console.say_next(
        ("wordlab", "sentiment", "predict", console.folder(output), texts.texts[0][:40]),
        ("wordlab", "sentiment", "evaluate", console.folder(output), "test.tsv"),
        quiet=quiet,
    )
