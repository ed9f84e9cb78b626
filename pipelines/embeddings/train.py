"""`wordlab embeddings train`: learn word vectors from a corpus."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from pipelines import console, options
from pipelines.config_options import config_from, config_options, was_typed
from pipelines.reports import embeddings as reports
from pipelines.reports.estimate import print_estimate
from wordlab import artifact
from wordlab.errors import OutputExistsError
from wordlab.training.objectives.word2vec.config import (
    LEARNING_RATES,
    LOSSES,
    MODELS,
    SUBSAMPLE_FORMS,
    Word2VecConfig,
)

ENGINES = ("compiled", "torch")
_CHECKPOINT_EVERY = 300.0  # seconds, where only --resume is given

_training_options = config_options(
    Word2VecConfig,
    choices={"model": MODELS, "loss": LOSSES, "subsample_form": SUBSAMPLE_FORMS},
    flags={"cbow_mean": "--cbow-mean/--cbow-sum", "deterministic": "--deterministic/--racing"},
    defaults={
        "threads": "all cores",
        "learning_rate": ", ".join(f"{rate:g} for {model}" for model, rate in LEARNING_RATES.items()),
    },
)


@click.command("train", cls=options.Command)
@options.artifact_argument("corpus", "CORPUS")
@options.output_option("vectors")
@_training_options
@click.option(
    "--from", "start", type=click.Path(path_type=Path), default=None, metavar="VECTORS",
    help="Go on from these vectors: their words stay, new ones are added, counts are added up. "
    "Options not given are those of their training.",
)  # fmt: skip
@click.option(
    "--engine", type=click.Choice(ENGINES), default="compiled", show_default=True,
    help="The compiled kernels, or readable torch models for a GPU.",
)  # fmt: skip
@click.option(
    "--device", default="cpu", show_default=True, help="Where torch computes: cpu, cuda, cuda:1 ..."
)
@click.option(
    "--checkpoint-every", type=options.Duration(), default=None, metavar="TIME",
    help="Save the state so often (30s, 5m, 1h), and on Ctrl-C, in OUTPUT.checkpoint beside the output.",
)  # fmt: skip
@click.option(
    "--resume", is_flag=True,
    help="Go on from OUTPUT.checkpoint, if there is one. Options not given are those it began with.",
)  # fmt: skip
@click.option(
    "--dry-run", is_flag=True,
    help="Say what memory, disk and time the training would take, and train nothing.",
)  # fmt: skip
@options.quiet_option
@options.json_option
def train(
    corpus: Path, output: Path, overwrite: bool, start: Path | None, engine: str, device: str,
    checkpoint_every: float | None, resume: bool, dry_run: bool, quiet: bool, as_json: bool,
    **training: Any,
) -> None:  # fmt: skip
    """Learn word vectors from a corpus: skip-gram or CBOW, negative sampling or hierarchical softmax.

    \b
    Example:
      wordlab embeddings train corpus/ -o vectors/
      wordlab embeddings train corpus/ --model cbow --dim 50 --epochs 2 --seed 7 -o vectors/
      wordlab embeddings train corpus/ --loss hierarchical -o vectors/
      wordlab embeddings train corpus/ --from vectors/ --epochs 2 -o more-vectors/
      wordlab embeddings train corpus/ --dim 300 -o vectors/ --dry-run
      wordlab embeddings train corpus/ --checkpoint-every 5m -o vectors/
      wordlab embeddings train corpus/ --resume -o vectors/
      wordlab embeddings train corpus/ --engine torch --epochs 1 -o torch-vectors/
    """
    if engine == "torch" and start is not None:
        raise click.UsageError("--from goes with --engine compiled only")
    checkpoint = None
    if checkpoint_every is not None or resume:
        checkpoint = output.with_name(f"{output.name}.checkpoint")
    for option, given in (("--dry-run", dry_run), ("--checkpoint-every and --resume", checkpoint)):
        if engine == "torch" and given:
            raise click.UsageError(f"{option} goes with --engine compiled only")
    if engine == "compiled" and device != "cpu":
        raise click.UsageError(f"--device {device} goes with --engine torch only")
    artifact.check_output(output, overwrite=overwrite)
    if checkpoint is not None and not resume and checkpoint.exists():
        raise OutputExistsError(f"{checkpoint}: is there from an earlier run; --resume goes on from it")
    config = config_from(Word2VecConfig, training) if start is None else None
    from wordlab.embeddings.vectors import WordVectors
    from wordlab.text.corpus import Corpus
    from wordlab.training.history import resolved_config
    from wordlab.training.loop import train as train_vectors

    loaded = Corpus.load(corpus)
    parents = {"corpus": loaded.digest}
    earlier = None
    if start is not None:
        earlier = WordVectors.load(start)
        parents["start"] = earlier.digest
        base = resolved_config(None, earlier).to_dict()
        if was_typed("model") and not was_typed("learning_rate"):
            del base["learning_rate"]  # that of the other model
        config = config_from(Word2VecConfig, training, base)
    if resume and checkpoint is not None and checkpoint.exists():
        from wordlab.training.checkpoints import begun_with

        config = config_from(Word2VecConfig, training, begun_with(checkpoint))
    if engine == "compiled":
        from wordlab.training.estimation import estimate

        needs = estimate(
            loaded, config, start=earlier, output=output, checkpoints=checkpoint is not None,
            calibration=dry_run,
        )  # fmt: skip
        needs.check()
        if dry_run:
            (console.print_json if as_json else print_estimate)(needs.to_dict())
            return
    with _state_kept(checkpoint), console.stopwatch() as taken, console.progress(quiet=quiet) as on_progress:
        last = console.LastEvent(on_progress)
        if engine == "torch":
            from wordlab.training.engines.torch import train_torch

            vectors = train_torch(loaded, config, device=device, on_progress=last)
        else:
            vectors = train_vectors(
                loaded, config, start=earlier, checkpoint=checkpoint,
                checkpoint_every=checkpoint_every or _CHECKPOINT_EVERY, resume=resume, on_progress=last,
            )  # fmt: skip
    known = {name: digest for name, digest in parents.items() if digest is not None}
    vectors.save(output, overwrite=overwrite, parents=known)
    if checkpoint is not None:
        shutil.rmtree(checkpoint, ignore_errors=True)
    facts = {
        "output": str(output),
        "num_words": len(vectors),
        "dim": vectors.dim,
        "losses": list(vectors.details["losses"]),
        "words_per_second": last.rate,
        **taken,
        "config": vectors.details["config"],
    }
    if as_json:
        console.print_json(facts)
        return
    reports.print_trained(facts)
    console.say_next(
        ("wordlab", "embeddings", "evaluate", console.folder(output)),
        ("wordlab", "embeddings", "nearest", console.folder(output), reports.example_word(vectors)),
        quiet=quiet,
    )


@contextmanager
def _state_kept(checkpoint: Path | None) -> Iterator[None]:
    """Say after Ctrl-C where the state of training is."""
    try:
        yield
    except KeyboardInterrupt:
        if checkpoint is not None and checkpoint.exists():
            console.say(f"{checkpoint} has the state; --resume goes on from it")
        raise
