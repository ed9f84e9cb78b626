"""`wordlab embeddings train`: learn word vectors from a corpus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.cluster_options import cluster_options, pop_cluster
from pipelines.config_options import was_typed
from pipelines.cooccurrences import KIND as COUNTS
from pipelines.embeddings.training_options import chosen_config, spelled, training_options
from pipelines.reports import embeddings as reports
from pipelines.reports.estimate import print_estimate
from wordlab import artifact
from wordlab.errors import ArtifactError, ConfigError, OutputExistsError
from wordlab.training.engines import DEFAULT_ENGINE, ENGINES, RECORDED_AS
from wordlab.training.presets import preset_options

if TYPE_CHECKING:
    from wordlab.embeddings.vectors import WordVectors
    from wordlab.text.corpus import Corpus
    from wordlab.training.cooccurrences import Cooccurrences

_CHECKPOINT_EVERY = 300.0  # seconds, where only --resume is given


@click.command("train", cls=options.Command)
@options.artifact_argument("corpus", "CORPUS|COUNTS")
@options.output_option("vectors")
@training_options
@click.option(
    "--from", "start", type=options.Read(), default=None, metavar="VECTORS",
    help="Continue from these vectors: their words stay, new ones join, counts add up. "
    "Options not given are those of their training.",
)  # fmt: skip
@click.option(
    "--compass", type=options.Read(), default=None, metavar="VECTORS",
    help="Train a part of the text of these vectors towards their outputs, which are kept: parts trained so "
    "can be compared as they are. Options not given are those of their training.",
)  # fmt: skip
@click.option(
    "--engine", type=click.Choice(list(ENGINES)), default=DEFAULT_ENGINE, show_default=True,
    help="The compiled kernels, the same on a Ray cluster, or readable torch models for a GPU.",
)  # fmt: skip
@cluster_options
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
@click.option(
    "--plot", type=options.Written(), default=None, metavar="FILE",
    help="Draw the mean loss of each epoch (PNG, SVG or PDF by the name's end).",
)  # fmt: skip
@options.quiet_option
@options.json_option
def train(
    corpus: Path, output: Path, overwrite: bool, start: Path | None, compass: Path | None,
    device: str | None, checkpoint_every: float | None, resume: bool, dry_run: bool, plot: Path | None,
    quiet: bool, as_json: bool, **training: Any,
) -> None:  # fmt: skip
    """Learn word vectors from a corpus: skip-gram or CBOW, negative sampling or hierarchical softmax.

    Or GloVe: it counts which words stand near each other, or takes COUNTS of `corpus cooccurrences`.

    \b
    Example:
      wordlab embeddings train corpus/ -o vectors/
      wordlab embeddings train corpus/ --model cbow --dim 50 --epochs 2 --seed 7 -o vectors/
      wordlab embeddings train corpus/ --loss hierarchical -o vectors/
      wordlab embeddings train corpus/ --subwords --max-ngram 5 -o subword-vectors/
      wordlab embeddings train corpus/ --preset fasttext --model cbow -o as-fasttext/
      wordlab embeddings train corpus/ --model glove --x-max 10 --plot loss.png -o glove-vectors/
      wordlab embeddings train counts/ --model glove --dim 50 --tolerance 0.01 -o glove-vectors/
      wordlab embeddings train corpus/ --from vectors/ --epochs 2 -o more-vectors/
      wordlab embeddings train corpus/ --compass vectors/ -o part-of-the-text/
      wordlab embeddings train corpus/ --dim 300 -o vectors/ --dry-run
      wordlab embeddings train corpus/ --checkpoint-every 5m -o vectors/
      wordlab embeddings train corpus/ --resume -o vectors/
      wordlab embeddings train corpus/ --engine torch --epochs 1 -o torch-vectors/
      wordlab embeddings train corpus/ --engine ray --workers 4 --shards 8 -o vectors/ --dry-run
    """
    from pipelines.plots.files import check_picture

    if compass is not None:
        if start is not None:
            raise ConfigError("compass: expected it without --from, found both")
        start = compass
    training["compass"] = compass is not None
    cluster = pop_cluster(training, training["engine"])
    check_picture(plot, overwrite=overwrite, inputs=[corpus, start])
    checkpoint = _checkpoint(output, [corpus, start], resume) if checkpoint_every or resume else None
    may_be_finished = resume and not overwrite and (output / artifact.MANIFEST).is_file()
    if not may_be_finished:
        artifact.check_output(output, overwrite=overwrite, inputs=[corpus, start])
    if start is None and not resume:
        chosen_config(training)  # a wrong option is reported before anything takes time
    from wordlab.embeddings.vectors import WordVectors
    from wordlab.training.estimation import estimate
    from wordlab.training.loop import train as train_vectors

    loaded = _load(corpus)
    earlier = None if start is None else WordVectors.load(start)
    if compass is not None and earlier is not None:
        _say_what_lacks(loaded, earlier, quiet=quiet)
    finished = _finished(output, loaded, earlier, training) if may_be_finished else None
    if finished is not None:
        _report_finished(finished, output, checkpoint, quiet=quiet, as_json=as_json)
        return
    config = _resolve(training, loaded, earlier, checkpoint if resume else None)
    computing = {"engine": training["engine"], **cluster, **({} if device is None else {"device": device})}
    needs = estimate(
        loaded, config, start=earlier, output=output, checkpoints=checkpoint is not None,
        calibration=dry_run, **computing,
    )  # fmt: skip
    needs.check()
    if dry_run:
        _report_needs(needs.to_dict(), training, as_json=as_json)
        return
    if training["engine"] == DEFAULT_ENGINE and not resume:
        _say_what_idles(loaded, config, earlier, quiet=quiet)
    with _state_kept(checkpoint), console.stopwatch() as taken, console.progress(quiet=quiet) as on_progress:
        last = console.LastEvent(on_progress)
        vectors = train_vectors(
            loaded, config, start=earlier, checkpoint=checkpoint,
            checkpoint_every=checkpoint_every or _CHECKPOINT_EVERY, resume=resume, scratch=_scratch(output),
            on_progress=last, **computing,
        )  # fmt: skip
    vectors.save(output, overwrite=overwrite, parents=_parents(loaded, earlier))
    if plot is not None:
        _draw(vectors, plot, overwrite=overwrite)
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


def _load(source: Path) -> Corpus | Cooccurrences:
    """The corpus or the counts in a directory, by what it says that it is."""
    if artifact.kind_of(source) == COUNTS:
        from wordlab.training.cooccurrences import Cooccurrences

        return Cooccurrences.load(source)
    from wordlab.text.corpus import Corpus

    return Corpus.load(source)


def _say_what_lacks(source: Corpus | Cooccurrences, compass: WordVectors, *, quiet: bool) -> None:
    """How many words of the corpus the compass does not know, if there are any."""
    words = source.vocabulary.words
    lacking = sum(word not in compass for word in words)
    if lacking:
        console.say(
            f"{lacking:,} of {len(words):,} words not in the compass; their contexts place them", quiet=quiet
        )


def _say_what_idles(
    source: Corpus | Cooccurrences, config: Any, start: WordVectors | None, *, quiet: bool
) -> None:
    """That more shards would keep more threads busy, where the shards are several, but too few for all.

    Not with subwords, which all threads compose, and which more shards would spoil.
    """
    from wordlab.training.objectives import checked
    from wordlab.training.objectives.word2vec.config import MAX_SHARDS, Word2VecConfig

    if config.objective != Word2VecConfig.objective:
        return
    shards = checked(source, config, start)[1].num_shards
    most = min(config.threads, MAX_SHARDS)
    if 1 < shards < most:
        console.say(
            f"{shards} of {config.threads} threads train, one for each shard; "
            f"--shards {most} is faster, with another result",
            quiet=quiet,
        )


def _parents(source: Corpus | Cooccurrences, start: WordVectors | None) -> dict[str, str]:
    """The digests of what vectors are made of, as far as there are any."""
    counted = getattr(source, "corpus", None)  # facts that counts record
    found = {
        "corpus": source.digest if counted is None else counted["digest"],
        "cooccurrences": None if counted is None else source.digest,
        "start": None if start is None else start.digest,
    }
    return {name: digest for name, digest in found.items() if digest is not None}


def _scratch(output: Path) -> Path:
    """Where temporary files go: beside the output, as there is room for what is large."""
    return next(parent for parent in output.absolute().parents if parent.is_dir())


def _draw(vectors: WordVectors, plot: Path, *, overwrite: bool) -> None:
    from pipelines.plots.curves import draw_curves
    from pipelines.plots.files import save_figure

    panels = {"mean loss of a pair": {"training": list(vectors.details["losses"])}}
    save_figure(draw_curves(panels, console.size({"num_words": len(vectors), "dim": vectors.dim})), plot,
                overwrite=overwrite)  # fmt: skip


def _checkpoint(output: Path, inputs: Sequence[Path | None], resume: bool) -> Path:
    """The checkpoint's directory beside `output`; OutputExistsError if it exists and is not resumed."""
    named = output if output.name not in ("", "..") else output.resolve()
    checkpoint = named.with_name(f"{named.name}.checkpoint")
    if not resume and checkpoint.exists():
        raise OutputExistsError(f"{checkpoint}: exists from an earlier run; --resume continues it")
    artifact.check_output(checkpoint, overwrite=resume, inputs=inputs, rewritten=True)
    return checkpoint


def _finished(
    output: Path, source: Corpus | Cooccurrences, start: WordVectors | None, training: Mapping[str, Any]
) -> WordVectors | None:
    """The vectors at `output` if they are the result of this run; OutputExistsError if they are another's."""
    from wordlab.embeddings.vectors import WordVectors

    vectors = WordVectors.load(output)
    details = vectors.details
    run = (details.get("runs") or [{}])[-1]
    origin = run.get("corpus", {}).get("digest"), run.get("start")
    parents = _parents(source, start)
    same = origin == (parents.get("corpus"), parents.get("start"))
    if same and details.get("engine", DEFAULT_ENGINE) == RECORDED_AS.get(
        training["engine"], training["engine"]
    ):
        stored = details["config"]
        if chosen_config(training, stored, counts=_counting(source)).to_dict() == stored:
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
        print_estimate(facts, name and f"{name}: {spelled(values)}")


def _facts(vectors: WordVectors, output: Path, rate: float, taken: Mapping[str, float]) -> dict[str, Any]:
    """What the command reports, as plain values."""
    from wordlab.training.objectives import objective_class

    unit = objective_class(vectors.details["config"].get("objective", "word2vec")).unit
    return {
        "output": str(output),
        "num_words": len(vectors),
        "dim": vectors.dim,
        "losses": list(vectors.details["losses"]),
        f"{unit}_per_second": rate,
        **taken,
        "config": vectors.details["config"],
    }


def _counting(source: Corpus | Cooccurrences) -> dict[str, Any]:
    """How counts were made; nothing for a corpus."""
    found = getattr(source, "config", None)
    return {} if found is None else found.to_dict()


def _resolve(
    training: Mapping[str, Any],
    source: Corpus | Cooccurrences,
    start: WordVectors | None,
    checkpoint: Path | None,
) -> Any:
    """The config that the options say; what was not typed comes from the run that is continued, if any."""
    counts = _counting(source)
    if checkpoint is not None and checkpoint.exists():
        from wordlab.training.checkpoints import read_checkpoint_config

        return chosen_config(training, read_checkpoint_config(checkpoint), counts=counts)
    if start is None:
        return chosen_config(training, counts=counts)
    from wordlab.training.objectives import resolved_config

    base = resolved_config(None, start).to_dict()
    base["compass"] = training["compass"]  # not what an earlier run was
    if training["compass"]:
        base.pop("shards", None)  # which suit the whole text
    if was_typed("model") and not was_typed("learning_rate"):
        del base["learning_rate"]  # the other model's
    return chosen_config(training, base, counts=counts)


@contextmanager
def _state_kept(checkpoint: Path | None) -> Iterator[None]:
    """Say after Ctrl-C, SIGTERM or a full disk where the state of training is."""
    try:
        yield
    except (ArtifactError, KeyboardInterrupt, SystemExit):
        if checkpoint is not None and checkpoint.exists():
            console.say(f"{checkpoint} holds the state{console.hint('; --resume continues from it')}")
        raise
