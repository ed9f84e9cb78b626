"""`wordlab embeddings postprocess`: change vectors after training, and see what that does to their scores."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from pipelines import console, options
from pipelines.config_options import config_from, config_options
from pipelines.reports import embeddings as reports
from wordlab import artifact
from wordlab.embeddings.postprocessing.config import PostprocessConfig


@click.command("postprocess", cls=options.Command)
@options.artifact_argument("directory", "VECTORS")
@options.output_option("changed vectors")
@click.option(
    "--retrofit", "lexicon", type=options.Read(), metavar="FILE",
    help="Draw words towards related ones: a word and its relations on each line (Faruqui et al. 2015).",
)  # fmt: skip
@config_options(PostprocessConfig, defaults={"dim": "all"})
@options.quiet_option
@options.json_option
def postprocess(
    directory: Path, output: Path, overwrite: bool, lexicon: Path | None, quiet: bool, as_json: bool,
    **fields: Any,
) -> None:  # fmt: skip
    """Change vectors after training: retrofit, centre, remove directions, reduce, scale, in this order.

    The scores of word similarity and analogies are those before and after. Output vectors, which only
    training needs, are left out.

    \b
    Example:
      wordlab embeddings postprocess vectors/ -o better/ --remove-top 1
      wordlab embeddings postprocess vectors/ -o small/ --dim 50 --unit --json
      wordlab embeddings postprocess vectors/ -o drawn/ --retrofit lexicon.txt
    """
    artifact.check_output(output, overwrite=overwrite, inputs=[directory, lexicon])
    config = config_from(PostprocessConfig, fields)
    from wordlab.embeddings.evaluation.before_after import compare_scores
    from wordlab.embeddings.postprocessing.lexicon import read_lexicon
    from wordlab.embeddings.postprocessing.steps import postprocess as change
    from wordlab.embeddings.vectors import WordVectors

    relations = None if lexicon is None else read_lexicon(lexicon)
    before = WordVectors.load(directory)
    done = change(before, config, lexicon=relations)
    with console.progress(quiet=quiet) as on_progress:
        scores = compare_scores(before, done.vectors, on_progress)
    done.vectors.save(
        output, overwrite=overwrite, parents={} if before.digest is None else {"vectors": before.digest}
    )
    facts = {
        "output": str(output),
        "num_words": len(before),
        "dim": done.vectors.dim,
        **done.facts,
        "config": asdict(config),
        "scores": [asdict(score) for score in scores],
    }
    if as_json:
        console.print_json(facts)
        return
    reports.print_postprocessed(facts)
    console.say_next(
        ("wordlab", "embeddings", "compare", console.folder(directory), console.folder(output)), quiet=quiet
    )
