"""`wordlab embeddings crosscheck`: the same training by gensim, compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines import console, options

if TYPE_CHECKING:
    from wordlab.word2vec.crosscheck.exact import ExactResult

MODES = ("exact",)


@click.command("crosscheck", cls=options.Command)
@options.artifact_argument("corpus", "CORPUS")
@click.option(
    "--mode", type=click.Choice(MODES), default="exact", show_default=True,
    help="Compare every number after training with gensim's own draws.",
)  # fmt: skip
@click.option("--dim", type=int, default=50, show_default=True, metavar="N", help="Numbers in a word vector.")
@click.option("--epochs", type=int, default=2, show_default=True, metavar="N", help="Passes over the corpus.")
@click.option(
    "--max-tokens", type=int, default=2_000_000, show_default=True, metavar="N",
    help="Read the first lines of the corpus only, with so many words at most.",
)  # fmt: skip
@options.seed_option("gensim's draws")
@options.quiet_option
@options.json_option
@click.pass_context
def crosscheck(
    ctx: click.Context,
    corpus: Path,
    mode: str,
    dim: int,
    epochs: int,
    max_tokens: int,
    seed: int,
    quiet: bool,
    as_json: bool,
) -> None:
    """Train with gensim and with wordlab and compare; exit code 1 if any difference is too large.

    \b
    Example:
      wordlab embeddings crosscheck corpus/
      wordlab embeddings crosscheck corpus/ --mode exact --dim 20 --epochs 1 --json
    """
    from wordlab.text.corpus import Corpus
    from wordlab.word2vec.crosscheck.exact import exact

    loaded = Corpus.load(corpus)
    with console.progress(quiet=quiet) as on_progress:
        results = exact(
            loaded, dim=dim, epochs=epochs, seed=seed, max_tokens=max_tokens, on_progress=on_progress
        )
    failed = sum(not result.passed for result in results)
    if as_json:
        console.print_json({mode: [result.to_dict() for result in results], "passed": not failed})
    else:
        _print_exact(results)
    if failed:
        console.say(f"{console.plural(failed, 'check')} of {len(results)} outside the bounds", quiet=quiet)
        ctx.exit(1)


def _print_exact(results: tuple[ExactResult, ...]) -> None:
    from wordlab.word2vec.crosscheck.exact import COSINE_BOUND, MATRIX_BOUND, SENTENCE_BOUND

    columns = ("exact", "inputs", "outputs", "smallest cosine", "one sentence", "")
    bounds = (
        "bound",
        f"{MATRIX_BOUND:.0e}",
        f"{MATRIX_BOUND:.0e}",
        COSINE_BOUND,
        f"{SENTENCE_BOUND:.0e}",
        "",
    )
    rows = [
        (
            result.name,
            _difference(result.input_error),
            _difference(result.output_error),
            f"{min(result.input_cosine, result.output_cosine):.7f}",
            _difference(result.sentence_error),
            "ok" if result.passed else "FAILED",
        )
        for result in results
    ]
    console.print_table(columns, [*rows, bounds])


def _difference(value: float) -> str:
    return f"{value:.1e}" if value else "0"
