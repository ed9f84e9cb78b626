"""`wordlab embeddings card`: a model card of a set of vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.card_options import card_options, check_card, pop_card_config, write_card
from pipelines.embeddings.judging_options import judging_options, pop_files, pop_table
from wordlab.embeddings.diagnosis.config import DiagnosisConfig

if TYPE_CHECKING:
    from wordlab.embeddings.card import CardScore


@click.command("card", cls=options.Command)
@options.artifact_argument("directory", "VECTORS")
@card_options
@judging_options
@click.option("--no-scores", is_flag=True, help="Leave out the scores.")
@click.option("--no-speed", is_flag=True, help="Leave out the speed, so that equal vectors give equal bytes.")
@options.seed_option("the bootstrap and of k-means")
@options.quiet_option
@options.json_option
def card(
    directory: Path, output: Path, overwrite: bool, no_scores: bool, no_speed: bool, seed: int, quiet: bool,
    as_json: bool, **fields: Any,
) -> None:  # fmt: skip
    """Write a model card: how vectors were made and from what, scores, diagnosis, limits, how to load them.

    What is not known is said to be unknown. A page holds everything in one file: no script, and nothing
    from elsewhere.

    \b
    Example:
      wordlab embeddings card vectors/ -o card.md --license cc-by-sa-4.0 --text-language en
      wordlab embeddings card vectors/ -o card.html --similarity my-pairs.tsv --no-speed
    """
    files = pop_files(fields)
    inputs = [directory, *(path for paths in files.values() for path in paths)]
    check_card(output, overwrite=overwrite, inputs=inputs)
    if no_scores and any(files.values()):
        raise click.UsageError("--no-scores excludes files of test sets")
    config, table = pop_card_config(fields), pop_table(fields)
    from wordlab import artifact
    from wordlab.embeddings import storage
    from wordlab.embeddings.card import VectorsCard, card_scores, measure_speed, vectors_card
    from wordlab.embeddings.diagnosis import diagnose
    from wordlab.embeddings.vectors import WordVectors

    vectors = WordVectors.load(directory)
    source = artifact.load(directory, kind=storage.KIND, format_version=storage.FORMAT_VERSION, verify=False)
    with console.progress(quiet=quiet) as on_progress:
        scores = () if no_scores else card_scores(
            vectors, files=files, table=table, seed=seed, on_progress=on_progress, **fields
        )  # fmt: skip
        diagnosis = diagnose(vectors, DiagnosisConfig(), on_progress=on_progress)
    speed = None if no_speed else measure_speed(vectors)
    content = VectorsCard(vectors, source, diagnosis, scores, speed)
    write_card(vectors_card(content, config), output, overwrite=overwrite)
    facts = {
        "output": str(output),
        "scores": [score.to_dict() for score in scores],
        "speed": None if speed is None else speed.to_dict(),
        "num_faults": diagnosis.num_of("fault"),
        "num_looks": diagnosis.num_of("look"),
    }
    if as_json:
        console.print_json(facts)
        return
    console.print_facts(
        {
            "card": str(output),
            "scores": _number(scores) if scores else None,
            "diagnosis": f"{console.plural(facts['num_faults'], 'fault')}, {facts['num_looks']} worth a look",
        }
    )


def _number(scores: Sequence[CardScore]) -> str:
    return f"{len(scores)} on {console.plural(len({score.test for score in scores}), 'test')}"
