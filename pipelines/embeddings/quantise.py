"""`wordlab embeddings quantise`: vectors in fewer bytes, and what that costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.reports import embeddings as reports
from wordlab import artifact
from wordlab.embeddings.choices import PRECISIONS

if TYPE_CHECKING:
    from wordlab.embeddings.evaluation.suite import Evaluation
    from wordlab.embeddings.vectors import WordVectors


@click.command("quantise", cls=options.Command)
@options.artifact_argument("directory", "VECTORS")
@options.output_option("smaller vectors")
@click.option(
    "--precision", type=click.Choice([name for name in PRECISIONS if name != "float32"]), required=True,
    help="Two bytes a number, or one and a scale for each word.",
)  # fmt: skip
@options.quiet_option
@options.json_option
def quantise(
    directory: Path, output: Path, overwrite: bool, precision: Any, quiet: bool, as_json: bool
) -> None:
    """Store vectors in a half or a quarter of the bytes, and measure what is lost.

    The scores of word similarity and analogies are those of the vectors before and of what was
    written. Output vectors, which only training needs, are left out.

    \b
    Example:
      wordlab embeddings quantise vectors/ -o small/ --precision int8
      wordlab embeddings quantise vectors/ -o half/ --precision float16 --json
    """
    artifact.check_output(output, overwrite=overwrite)
    from wordlab.embeddings.vectors import WordVectors

    before = WordVectors.load(directory)
    parents = {"vectors": before.digest} if before.digest else {}
    before.save(output, overwrite=overwrite, parents=parents, precision=precision)
    after = WordVectors.load(output)
    facts = {
        "output": str(output),
        "num_words": len(after),
        "dim": after.dim,
        "precision": precision,
        "outputs_dropped": before.outputs is not None,
        "largest_change": _largest_change(before, after),
        "bytes": {"before": _size(directory), "after": _size(output)},
        "scores": _scores(_evaluate(before, quiet), _evaluate(after, quiet)),
    }
    if as_json:
        console.print_json(facts)
        return
    reports.print_quantised(facts)
    console.say_next(
        ("wordlab", "embeddings", "nearest", console.folder(output), reports.example_word(after)),
        quiet=quiet,
    )


def _size(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.iterdir())


def _largest_change(before: WordVectors, after: WordVectors) -> float:
    import numpy as np

    step = 1 << 16  # rows at once, so that no third matrix is made
    starts = range(0, len(before), step)
    changes = [np.abs(before.matrix[s : s + step] - after.matrix[s : s + step]).max() for s in starts]
    return float(max(changes))


def _evaluate(vectors: WordVectors, quiet: bool) -> Evaluation:
    from wordlab.embeddings.evaluation.suite import evaluate

    with console.progress(quiet=quiet) as on_progress:
        return evaluate(vectors, on_progress=on_progress)


def _scores(before: Evaluation, after: Evaluation) -> list[dict[str, Any]]:
    """A row a test: its name and measure, and the scores, None where no question could be asked."""
    rows: list[dict[str, Any]] = []
    for old, new in zip(before.similarities, after.similarities, strict=True):
        rows.append({"test": old.name, "measure": "Spearman", "before": old.spearman, "after": new.spearman})
    for was, now in zip(before.analogies, after.analogies, strict=True):
        used = was.total.num_used > 0
        shares = [result.total.accuracy if used else None for result in (was, now)]
        rows.append(
            {"test": "Google analogies", "measure": was.method, "before": shares[0], "after": shares[1]}
        )
    return rows
