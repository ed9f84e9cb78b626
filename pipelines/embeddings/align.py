"""`wordlab embeddings align` and `shift`: two sets in one space, and the words that changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.config_options import config_from, config_options
from pipelines.embeddings.judging_options import neighbours_option, num_words_option
from pipelines.reports import aligned as reports
from wordlab import artifact
from wordlab.embeddings.alignment.config import LEFT_OUT_OF_SHIFTS, AlignConfig

if TYPE_CHECKING:
    from wordlab.embeddings.vectors import WordVectors


@click.command("align", cls=options.Command)
@options.artifact_argument("directory", "VECTORS")
@options.artifact_argument("other", "OTHER")
@options.output_option("OTHER, turned")
@click.option(
    "--anchors", type=options.Read(), metavar="FILE", show_default="frequent words of both",
    help="Words that mean the same in both sets, one a line; or pairs of such words, as dictionaries have.",
)  # fmt: skip
@click.option(
    "--test-anchors", type=options.Read(), metavar="FILE", show_default="a share of the anchors",
    help="Other such words or pairs, which judge the alignment and take no part in it.",
)  # fmt: skip
@options.encoding_option
@config_options(AlignConfig)
@options.quiet_option
@options.json_option
def align(
    directory: Path, other: Path, output: Path, overwrite: bool, anchors: Path | None,
    test_anchors: Path | None, encoding: str, quiet: bool, as_json: bool, **fields: Any,
) -> None:  # fmt: skip
    """Turn the vectors of OTHER onto VECTORS, so that words of both can be compared.

    The rotation brings the anchors nearest to their partners (orthogonal Procrustes). Cosines within OTHER
    stay as they are. The report says how many held-out anchors are found by their vectors.

    \b
    Example:
      wordlab embeddings align vectors/ vectors/ -o turned/
    """
    artifact.check_output(output, overwrite=overwrite, inputs=[directory, other, anchors, test_anchors])
    config = config_from(AlignConfig, fields)
    from wordlab.embeddings.alignment.anchors import read_anchors
    from wordlab.embeddings.alignment.procrustes import align as align_vectors

    given = None if anchors is None else read_anchors(anchors, encoding=encoding)
    judging = None if test_anchors is None else read_anchors(test_anchors, encoding=encoding)
    first, second = _load(directory), _load(other)
    with console.progress(quiet=quiet) as on_progress:
        found = align_vectors(
            first, second, config, anchors=given, test_anchors=judging, on_progress=on_progress
        )
    digests = {"vectors": first.digest, "other": second.digest}
    found.vectors.save(
        output, overwrite=overwrite, parents={name: each for name, each in digests.items() if each}
    )
    facts = {"output": str(output), **found.facts()}
    if as_json:
        console.print_json(facts)
        return
    reports.print_alignment(facts)


@click.command("shift", cls=options.Command)
@options.artifact_argument("directory", "VECTORS")
@options.artifact_argument("other", "OTHER")
@click.option(
    "--control", type=options.Read(), metavar="DIR",
    help="Another training of the text of VECTORS, with another seed: what it changes is noise, and sets the "
    "bounds.",
)  # fmt: skip
@neighbours_option
@click.option(
    "--most", type=click.IntRange(min=1), default=30, show_default=True, metavar="N",
    help="How many words to list.",
)  # fmt: skip
@num_words_option("words that both sets have")
@click.option(
    "--left-out",
    type=click.FloatRange(0, 0.9),
    default=LEFT_OUT_OF_SHIFTS,
    show_default=True,
    metavar="SHARE",
    help="Align by the words that stayed nearest in a first alignment, without this share of them.",
)
@options.seed_option("the choice of held-out anchors")
@options.quiet_option
@options.json_option
def shift(
    directory: Path, other: Path, control: Path | None, k: int, most: int, num_words: int, left_out: float,
    seed: int, quiet: bool, as_json: bool,
) -> None:  # fmt: skip
    """List the words that are used otherwise in OTHER than in VECTORS.

    OTHER is aligned first. A word is listed if it changed more than 95% of the words as frequent; with
    --control, than 95% of such words change from one training to another of the same text.

    \b
    Example:
      wordlab embeddings shift vectors/ vectors/
      wordlab embeddings shift vectors/ vectors/ --control vectors/ --most 10 --json
    """
    from wordlab.embeddings.alignment.shifts import shifted_words

    first, second = _load(directory), _load(other)
    third = None if control is None else _load(control)
    with console.progress(quiet=quiet) as on_progress:
        found = shifted_words(
            first, second, AlignConfig(seed=seed, left_out=left_out), control=third, k=k, most=most,
            num_words=num_words, on_progress=on_progress,
        )  # fmt: skip
    if as_json:
        console.print_json(found.to_dict())
        return
    reports.print_shifts(found)


def _load(directory: Path) -> WordVectors:
    from wordlab.embeddings.vectors import WordVectors

    return WordVectors.load(directory)
