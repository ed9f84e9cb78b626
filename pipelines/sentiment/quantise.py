"""`wordlab sentiment quantise`: a linear classifier in a few megabytes, and what that costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.config_options import config_from, config_options
from pipelines.reports.labelled import reading_notes
from pipelines.sentiment.data import data_fields, data_options, label_separator_option
from wordlab import artifact
from wordlab.io.places import size_at
from wordlab.sentiment.models.linear.quantising_config import QuantisingConfig

if TYPE_CHECKING:
    from wordlab.sentiment.data.labelled import LabelledTexts, MultiLabelTexts


@click.command("quantise", cls=options.Command)
@options.artifact_argument("model", "MODEL")
@options.output_option("smaller classifier")
@config_options(QuantisingConfig)
@click.option(
    "--test", type=options.Read(), default=None, metavar="FILE",
    help="Labelled texts to judge both classifiers on.",
)  # fmt: skip
@data_options
@label_separator_option
@options.threads_option
@options.quiet_option
@options.json_option
def quantise(
    model: Path, output: Path, overwrite: bool, test: Path | None, label_separator: str | None,
    threads: int | None, quiet: bool, as_json: bool, **fields: Any,
) -> None:  # fmt: skip
    """Store a linear classifier in fewer bytes, by product quantisation, and measure what is lost.

    The result is used like any other classifier; `sentiment export` writes it as fastText's .ftz.

    \b
    Example:
      wordlab sentiment quantise linear/ -o small/
      wordlab sentiment quantise linear/ -o tiny/ --cutoff 50 --qnorm --test test.tsv
    """
    config = config_from(QuantisingConfig, fields)
    artifact.check_output(output, overwrite=overwrite, inputs=[model, test])
    from wordlab.errors import ConfigError
    from wordlab.sentiment.base import load_classifier
    from wordlab.sentiment.judging.smaller import measure_loss
    from wordlab.sentiment.models.linear.model import LinearModel
    from wordlab.sentiment.models.linear.quantising import quantise as quantise_model

    classifier = load_classifier(model)
    if not isinstance(classifier, LinearModel):
        name = classifier.config.to_dict()["model"]
        raise ConfigError(f"model: expected a linear classifier, found the model {name!r}")
    with console.stopwatch() as taken, console.progress(quiet=quiet) as on_progress:
        found = quantise_model(classifier, config, threads=threads, on_progress=on_progress)
        loss = None
        if test is not None:
            texts = _read(test, data_fields(fields), label_separator, several=classifier.several)
            loss = measure_loss(classifier, found, texts, threads=threads)
            console.say_notes(reading_notes(texts), quiet=quiet)
    parents = {} if classifier.digest is None else {"classifier": classifier.digest}
    found.save(output, overwrite=overwrite, parents=parents)
    facts = {
        "output": str(output),
        "bytes": {"before": size_at(model), "after": size_at(output)},
        "vectors": {"before": classifier.size[0], "after": found.size[0]},
        "loss": None if loss is None else loss.to_dict(),
        **taken,
    }
    if as_json:
        console.print_json(facts)
        return
    _print(facts, classifier.size[1])
    console.say_next(("wordlab", "sentiment", "export", console.folder(output), "model.ftz"), quiet=quiet)


def _read(
    path: Path, columns: dict[str, Any], separator: str | None, *, several: bool
) -> LabelledTexts | MultiLabelTexts:
    from wordlab.sentiment.data.reading import read_labelled, read_multi_label

    if several:
        return read_multi_label(path, label_separator=separator, **columns)
    if separator is not None:
        raise click.UsageError(
            "--label-separator: expected a classifier whose texts have several labels, found another"
        )
    return read_labelled(path, **columns)


def _print(facts: dict[str, Any], noun: str) -> None:
    size, vectors, loss = facts["bytes"], facts["vectors"], facts["loss"]
    console.print_facts(
        {
            "classifier": console.folder(Path(facts["output"])),
            "size": f"{console.magnitude(size['after'])}B, before {console.magnitude(size['before'])}B",
            "vectors": f"{vectors['after']:,} of {vectors['before']:,} {noun}",
            loss["measure"] if loss else "": loss
            and f"{console.share(loss['after'])}, before {console.share(loss['before'])}; "
            f"{console.share(loss['equal'])} of {loss['num_texts']:,} texts have the same label",
            "time": console.duration(facts["seconds"]),
        }
    )
