"""`wordlab embeddings crosscheck`: the same training by gensim, compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.embeddings.subword_options import ngram_options, refuse_ngram_options, subwords_option

if TYPE_CHECKING:
    from wordlab.training.crosscheck.exact import ExactResult
    from wordlab.training.crosscheck.statistical import StatisticalResult

MODES = ("all", "exact", "statistical")


@click.command("crosscheck", cls=options.Command)
@options.artifact_argument("corpus", "CORPUS")
@click.option(
    "--mode", type=click.Choice(MODES), default="all", show_default=True,
    help="exact: compare every number, after training with gensim's own draws. statistical: compare "
    "what the vectors of the fast path are worth, over several seeds.",
)  # fmt: skip
@click.option("--dim", type=int, default=50, show_default=True, metavar="N", help="Dimensions of a vector.")
@click.option(
    "--epochs", type=int, default=None, metavar="N",
    show_default="2 for exact; for statistical 5, more for a small corpus",
    help="Passes over the corpus.",
)  # fmt: skip
@click.option(
    "--seeds", type=int, default=3, show_default=True, metavar="N",
    help="Models that each side trains in statistical mode.",
)  # fmt: skip
@click.option(
    "--max-tokens", type=int, default=2_000_000, show_default=True, metavar="N",
    help="Read only the first lines of the corpus, at most this many words.",
)  # fmt: skip
@subwords_option
@ngram_options
@options.seed_option("gensim's draws in exact mode")
@options.quiet_option
@options.json_option
@click.pass_context
def crosscheck(
    ctx: click.Context, /, corpus: Path, mode: str, dim: int, epochs: int | None, seeds: int,
    max_tokens: int, subwords: bool, seed: int, quiet: bool, as_json: bool, **ngrams: Any,
) -> None:  # fmt: skip
    """Train with gensim and with wordlab and compare; exit code 1 if any difference is too large.

    With --subwords it is gensim's FastText.

    \b
    Example:
      wordlab embeddings crosscheck corpus/ --mode exact --max-tokens 2000
      wordlab embeddings crosscheck corpus/ --mode exact --dim 20 --epochs 1 --json
      wordlab embeddings crosscheck corpus/ --mode exact --max-tokens 2000 --subwords --buckets 5000
    """
    if not subwords:
        refuse_ngram_options()
    from wordlab.text.corpus import Corpus
    from wordlab.training.crosscheck.exact import exact
    from wordlab.training.crosscheck.statistical import statistical_grid

    loaded = Corpus.load(corpus)
    given: dict[str, Any] = {"dim": dim, "max_tokens": max_tokens, "subwords": subwords}
    if subwords:
        given |= ngrams
    if epochs is not None:
        given["epochs"] = epochs
    results: dict[str, tuple[Any, ...]] = {}
    with console.progress(quiet=quiet) as on_progress:
        if mode != "statistical":
            results["exact"] = exact(loaded, seed=seed, on_progress=on_progress, **given)
        if mode != "exact":
            results["statistical"] = statistical_grid(
                loaded, num_seeds=seeds, on_progress=on_progress, **given
            )
    failed = sum(not result.passed for each in results.values() for result in each)
    if as_json:
        found = {name: [result.to_dict() for result in each] for name, each in results.items()}
        console.print_json({**found, "passed": not failed})
    else:
        if "exact" in results:
            _print_exact(results["exact"])
        for result in results.get("statistical", ()):
            _print_statistical(result)
    if failed:
        checked = sum(map(len, results.values()))
        console.say(f"{console.plural(failed, 'check')} of {checked} outside the bounds", quiet=quiet)
        ctx.exit(1)


def _print_exact(results: tuple[ExactResult, ...]) -> None:
    from wordlab.training.crosscheck.exact import COSINE_BOUND, MATRIX_BOUND, SENTENCE_BOUND

    columns = ("exact", "inputs", "outputs", "smallest cosine", "one sentence", "")
    matrix = f"{MATRIX_BOUND:.0e}"
    bounds = ("bound", matrix, matrix, COSINE_BOUND, f"{SENTENCE_BOUND:.0e}", "")
    rows = [
        (
            result.name,
            _difference(result.input_error),
            _difference(result.output_error),
            f"{min(result.input_cosine, result.output_cosine):.7f}",
            _difference(result.sentence_error),
            _verdict(result.passed),
        )
        for result in results
    ]
    console.print_table(columns, [*rows, bounds])


def _print_statistical(result: StatisticalResult) -> None:
    subwords = "subwords, " if result.config.objective == "subwords" else ""
    console.print_heading(f"{result.config.model}, {result.config.loss}, {subwords}{len(result.seeds)} seeds")
    rows = [
        (
            measure.name,
            _mean_and_spread(measure.gensim),
            _mean_and_spread(measure.wordlab),
            f"{measure.difference:+.4f}",
            f"{measure.allowed:.4f}",
            _verdict(measure.passed),
        )
        for measure in result.measures
    ]
    speeds = [
        console.magnitude(sum(speeds) / len(speeds))
        for speeds in (result.gensim_words_per_second, result.wordlab_words_per_second)
    ]
    columns = ("measure", "gensim", "wordlab", "difference", "allowed", "")
    console.print_table(columns, [*rows, ("words/s", *speeds, "", "", "")])


def _mean_and_spread(values: tuple[float, ...]) -> str:
    mean = sum(values) / len(values)
    return f"{mean:.4f} ({min(values):.4f} .. {max(values):.4f})"


def _difference(value: float) -> str:
    return f"{value:.1e}" if value else "0"


def _verdict(passed: bool) -> str:
    return "ok" if passed else "FAILED"
