"""`wordlab embeddings train`: learn word vectors from a corpus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.config_options import config_from, config_options, spelled_option, was_typed
from pipelines.embeddings.subword_options import refuse_ngram_options, subwords_option
from pipelines.reports import embeddings as reports
from pipelines.reports.estimate import print_estimate
from wordlab import artifact
from wordlab.errors import OutputExistsError
from wordlab.text.choices import SUBSAMPLE_FORMS
from wordlab.training.engines import DEFAULT_ENGINE, ENGINES
from wordlab.training.objectives.subwords.config import SubwordConfig
from wordlab.training.objectives.word2vec.config import (
    LOSSES,
    MODELS,
    Word2VecConfig,
)
from wordlab.training.presets import PRESETS, preset_options

if TYPE_CHECKING:
    from wordlab.embeddings.vectors import WordVectors
    from wordlab.text.corpus import Corpus

_CHECKPOINT_EVERY = 300.0  # seconds, where only --resume is given

_FLAGS = {"cbow_mean": "--cbow-mean/--cbow-sum", "deterministic": "--deterministic/--racing"}


def _rates(config: type[Word2VecConfig]) -> str:
    return ", ".join(f"{rate:g} for {model}" for model, rate in config.learning_rates.items())


_training_options = config_options(
    SubwordConfig,
    choices={"model": MODELS, "loss": LOSSES, "subsample_form": SUBSAMPLE_FORMS},
    flags=_FLAGS,
    defaults={
        "threads": "all cores",
        "buckets": "2,000,000, or 50,000 with --hashes",
        "learning_rate": f"{_rates(Word2VecConfig)}; with --subwords {_rates(SubwordConfig)}",
        "shards": "by the corpus and the model, 1 to 4",
    },
)


def _spelled(values: Mapping[str, Any]) -> str:
    """The options that say `values`, fields of a config or its objective."""
    return " ".join(
        f"--{value}" if name == "objective" else spelled_option(name, value, _FLAGS.get(name))
        for name, value in values.items()
    )


_SPELLED = "; ".join(f"{name} is {_spelled(values)}" for name, values in PRESETS.items())


@click.command("train", cls=options.Command)
@options.artifact_argument("corpus", "CORPUS")
@options.output_option("vectors")
@subwords_option
@click.option(
    "--preset", default=None, metavar="NAME",
    help=f"The settings of another program: {_SPELLED}. Options that are given win over it.",
)  # fmt: skip
@_training_options
@click.option(
    "--from", "start", type=click.Path(path_type=Path), default=None, metavar="VECTORS",
    help="Continue from these vectors: their words stay, new ones join, counts add up. "
    "Options not given are those of their training.",
)  # fmt: skip
@click.option(
    "--engine", type=click.Choice(list(ENGINES)), default=DEFAULT_ENGINE, show_default=True,
    help="The compiled kernels, or readable torch models for a GPU.",
)  # fmt: skip
@click.option(
    "--device", default=None, show_default="cpu", help="Where torch computes: cpu, cuda, cuda:1 ..."
)
@click.option(
    "--checkpoint-every", type=options.Duration(), default=None, metavar="TIME",
    help="Save the state at this interval (30s, 5m, 1h), and on Ctrl-C or SIGTERM, in OUTPUT.checkpoint.",
)  # fmt: skip
@click.option(
    "--resume", is_flag=True,
    help="Resume from OUTPUT.checkpoint, if there is one. Options not given are those it began with.",
)  # fmt: skip
@click.option(
    "--dry-run", is_flag=True,
    help="Report the memory, disk and time that training would take, and train nothing.",
)  # fmt: skip
@options.quiet_option
@options.json_option
def train(
    corpus: Path, output: Path, overwrite: bool, start: Path | None, engine: str, device: str | None,
    checkpoint_every: float | None, resume: bool, dry_run: bool, quiet: bool, as_json: bool,
    **training: Any,
) -> None:  # fmt: skip
    """Learn word vectors from a corpus: skip-gram or CBOW, negative sampling or hierarchical softmax.

    \b
    Example:
      wordlab embeddings train corpus/ -o vectors/
      wordlab embeddings train corpus/ --model cbow --dim 50 --epochs 2 --seed 7 -o vectors/
      wordlab embeddings train corpus/ --loss hierarchical -o vectors/
      wordlab embeddings train corpus/ --subwords --max-ngram 5 -o subword-vectors/
      wordlab embeddings train corpus/ --preset fasttext --model cbow -o as-fasttext/
      wordlab embeddings train corpus/ --from vectors/ --epochs 2 -o more-vectors/
      wordlab embeddings train corpus/ --dim 300 -o vectors/ --dry-run
      wordlab embeddings train corpus/ --checkpoint-every 5m -o vectors/
      wordlab embeddings train corpus/ --resume -o vectors/
      wordlab embeddings train corpus/ --engine torch --epochs 1 -o torch-vectors/
    """
    checkpoint = _checkpoint(output, [corpus, start], resume) if checkpoint_every or resume else None
    may_be_finished = resume and not overwrite and (output / artifact.MANIFEST).is_file()
    if not may_be_finished:
        artifact.check_output(output, overwrite=overwrite, inputs=[corpus, start])
    if start is None and not resume:
        _config(training)  # a wrong option is reported before anything takes time
    from wordlab.embeddings.vectors import WordVectors
    from wordlab.text.corpus import Corpus
    from wordlab.training.estimation import estimate
    from wordlab.training.loop import train as train_vectors

    loaded = Corpus.load(corpus)
    earlier = None if start is None else WordVectors.load(start)
    finished = _finished(output, loaded, earlier, engine, training) if may_be_finished else None
    if finished is not None:
        _report_finished(finished, output, checkpoint, quiet=quiet, as_json=as_json)
        return
    config = _resolve(training, earlier, checkpoint if resume else None)
    computing = {"engine": engine, **({} if device is None else {"device": device})}
    needs = estimate(
        loaded, config, start=earlier, output=output, checkpoints=checkpoint is not None,
        calibration=dry_run, **computing,
    )  # fmt: skip
    needs.check()
    if dry_run:
        _report_needs(needs.to_dict(), training, as_json=as_json)
        return
    with _state_kept(checkpoint), console.stopwatch() as taken, console.progress(quiet=quiet) as on_progress:
        last = console.LastEvent(on_progress)
        vectors = train_vectors(
            loaded, config, start=earlier, checkpoint=checkpoint,
            checkpoint_every=checkpoint_every or _CHECKPOINT_EVERY, resume=resume, on_progress=last,
            **computing,
        )  # fmt: skip
    parents = {"corpus": loaded.digest, "start": None if earlier is None else earlier.digest}
    known = {name: digest for name, digest in parents.items() if digest is not None}
    vectors.save(output, overwrite=overwrite, parents=known)
    if checkpoint is not None:
        artifact.remove(checkpoint)
    facts = _facts(vectors, output, last.rate, taken)
    if as_json:
        console.print_json(facts)
        return
    reports.print_trained(facts)
    console.say_next(
        ("wordlab", "embeddings", "evaluate", console.folder(output)),
        ("wordlab", "embeddings", "nearest", console.folder(output), reports.example_word(vectors)),
        quiet=quiet,
    )


def _checkpoint(output: Path, inputs: Sequence[Path | None], resume: bool) -> Path:
    """The checkpoint's directory beside `output`; OutputExistsError if it exists and is not resumed."""
    named = output if output.name not in ("", "..") else output.resolve()
    checkpoint = named.with_name(f"{named.name}.checkpoint")
    if not resume and checkpoint.exists():
        raise OutputExistsError(f"{checkpoint}: exists from an earlier run; --resume continues it")
    artifact.check_output(checkpoint, overwrite=resume, inputs=inputs, rewritten=True)
    return checkpoint


def _finished(
    output: Path, corpus: Corpus, start: WordVectors | None, engine: str, training: Mapping[str, Any]
) -> WordVectors | None:
    """The vectors at `output` if they are the result of this run; OutputExistsError if they are another's."""
    from wordlab.embeddings.vectors import WordVectors

    vectors = WordVectors.load(output)
    details = vectors.details
    run = (details.get("runs") or [{}])[-1]
    origin = run.get("corpus", {}).get("digest"), run.get("start")
    same = origin == (corpus.digest, None if start is None else start.digest)
    if same and details.get("engine", DEFAULT_ENGINE) == engine:
        stored = details["config"]
        if _config(training, stored).to_dict() == stored:
            return vectors
    artifact.check_output(output)
    return None


def _report_finished(
    vectors: WordVectors, output: Path, checkpoint: Path | None, *, quiet: bool, as_json: bool
) -> None:
    if checkpoint is not None:  # the run was killed between saving the vectors and removing it
        artifact.remove(checkpoint)
    console.say_finished(output, len(vectors.details["losses"]), quiet=quiet)
    facts = _facts(vectors, output, 0.0, {"seconds": 0.0})
    (console.print_json if as_json else reports.print_trained)(facts)


def _report_needs(facts: dict[str, Any], training: Mapping[str, Any], *, as_json: bool) -> None:
    """Print what training would take, and what the preset sets that no option overrides."""
    name = training["preset"]
    values = {
        field: value
        for field, value in ({} if name is None else preset_options(name)).items()
        if not was_typed("subwords" if field == "objective" else field)
    }
    if as_json:
        console.print_json(facts if name is None else {**facts, "preset": {"name": name, "options": values}})
    else:
        print_estimate(facts, name and f"{name}: {_spelled(values)}")


def _facts(vectors: WordVectors, output: Path, rate: float, taken: Mapping[str, float]) -> dict[str, Any]:
    """What the command reports, as plain values."""
    return {
        "output": str(output),
        "num_words": len(vectors),
        "dim": vectors.dim,
        "losses": list(vectors.details["losses"]),
        "words_per_second": rate,
        **taken,
        "config": vectors.details["config"],
    }


def _resolve(
    training: Mapping[str, Any], start: WordVectors | None, checkpoint: Path | None
) -> Word2VecConfig:
    """The config that the options say; what was not typed comes from the run that is continued, if any."""
    if checkpoint is not None and checkpoint.exists():
        from wordlab.training.checkpoints import read_checkpoint_config

        return _config(training, read_checkpoint_config(checkpoint))
    if start is None:
        return _config(training)
    from wordlab.training.objectives import resolved_config

    base = resolved_config(None, start).to_dict()
    if was_typed("model") and not was_typed("learning_rate"):
        del base["learning_rate"]  # the other model's
    return _config(training, base)


def _config(training: Mapping[str, Any], base: Mapping[str, Any] | None = None) -> Word2VecConfig:
    """The config of the options, with or without subwords; `base` is that of an earlier run.

    A preset wins over `base`, and options that were typed over both.
    Wrong usage for an option of subwords without --subwords.
    """
    if training["preset"] is not None:
        base = {**(base or {}), **preset_options(training["preset"])}
    subwords = training["subwords"]
    if base is not None and not was_typed("subwords"):
        subwords = base.get("objective") == SubwordConfig.objective
    if subwords:
        return config_from(SubwordConfig, training, base)
    refuse_ngram_options()
    return config_from(Word2VecConfig, training, base)


@contextmanager
def _state_kept(checkpoint: Path | None) -> Iterator[None]:
    """Say after Ctrl-C or SIGTERM where the state of training is."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        if checkpoint is not None and checkpoint.exists():
            console.say(f"{checkpoint} holds the state; --resume continues from it")
        raise
