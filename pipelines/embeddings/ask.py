"""`wordlab embeddings nearest`, `analogy`, `odd-one-out` and `similarity`: query the vectors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.reports.embeddings import subword_notes
from wordlab.embeddings.choices import ANALOGY_METHODS

if TYPE_CHECKING:
    from wordlab.embeddings.answers import Neighbour
    from wordlab.embeddings.vectors import WordVectors

_count_option = click.option(
    "-k", "k", type=click.IntRange(min=1), default=10, show_default=True, metavar="N",
    help="How many answers.",
)  # fmt: skip
_method_option = click.option(
    "--method", type=click.Choice(ANALOGY_METHODS), default="3cosadd", show_default=True,
    help="Add cosines (Mikolov et al. 2013) or multiply them (Levy & Goldberg 2014).",
)  # fmt: skip


@click.command("nearest", cls=options.Command)
@options.artifact_argument("directory", "VECTORS")
@click.argument("words", nargs=-1, required=True, metavar="WORD...")
@_count_option
@options.json_option
def nearest(directory: Path, words: tuple[str, ...], k: int, as_json: bool) -> None:
    """List the words nearest to each word, by cosine.

    \b
    Example:
      wordlab embeddings nearest vectors/ king paris -k 10
    """
    from wordlab.embeddings.vectors import WordVectors

    vectors = WordVectors.load(directory)
    answers = vectors.nearest(list(words), k=k)
    through = _through_subwords(vectors, words)
    if as_json:
        found = [{"word": w, "nearest": _neighbours(n)} for w, n in zip(words, answers, strict=True)]
        console.print_json({"k": k, "words": found, **through})
        return
    for number, (word, neighbours) in enumerate(zip(words, answers, strict=True)):
        if number:
            console.line()
        console.print_table((console.visible(word), "cosine"), _rows(neighbours))


def _through_subwords(vectors: WordVectors, words: Iterable[str]) -> dict[str, list[str]]:
    """Note the words that only n-grams give a vector; returns them for JSON, nothing without subwords."""
    made = vectors.through_subwords(words)
    console.say_notes(subword_notes(made))
    return {} if vectors.subwords is None else {"through_subwords": made}


def _neighbours(neighbours: Sequence[Neighbour]) -> list[dict[str, Any]]:
    return [{"word": neighbour.word, "similarity": neighbour.similarity} for neighbour in neighbours]


def _rows(neighbours: Sequence[Neighbour]) -> list[tuple[str, str]]:
    return [(neighbour.word, f"{neighbour.similarity:.3f}") for neighbour in neighbours]


@click.command("analogy", cls=options.Command)
@options.artifact_argument("directory", "VECTORS")
@click.argument("a")
@click.argument("b")
@click.argument("c")
@_count_option
@_method_option
@options.json_option
def analogy(directory: Path, a: str, b: str, c: str, k: int, method: Any, as_json: bool) -> None:
    """Answer "A is to B as C is to ?".

    \b
    Example:
      wordlab embeddings analogy vectors/ man king woman
      wordlab embeddings analogy vectors/ man king woman -k 3 --method 3cosmul
    """
    from wordlab.embeddings.vectors import WordVectors

    vectors = WordVectors.load(directory)
    answers = vectors.analogy(a, b, c, k, method=method)
    through = _through_subwords(vectors, [a, b, c])
    if as_json:
        question = {"a": a, "b": b, "c": c, "k": k, "method": method}
        console.print_json({**question, "answers": _neighbours(answers), **through})
        return
    console.line(f"{a} is to {b} as {c} is to ...")
    console.line()
    console.print_table(("word", "cosine" if method == "3cosadd" else "score"), _rows(answers))


@click.command("odd-one-out", cls=options.Command)
@options.artifact_argument("directory", "VECTORS")
@click.argument("words", nargs=-1, required=True, metavar="WORD...")
@options.json_option
def odd_one_out(directory: Path, words: tuple[str, ...], as_json: bool) -> None:
    """Find the word that fits the others least: the one furthest from the mean of all.

    \b
    Example:
      wordlab embeddings odd-one-out vectors/ king queen paris
    """
    from wordlab.embeddings.vectors import WordVectors

    vectors = WordVectors.load(directory)
    ranked = vectors.odd_one_out(words)
    through = _through_subwords(vectors, words)
    if as_json:
        found = {"odd_one_out": ranked[0].word, "words": _neighbours(ranked)}
        console.print_json({**found, **through})
        return
    console.line(f"{ranked[0].word} is the odd one out")
    console.line()
    console.print_table(("word", "cosine with the mean"), _rows(ranked))


@click.command("similarity", cls=options.Command)
@options.artifact_argument("directory", "VECTORS")
@click.argument("word")
@click.argument("others", nargs=-1, required=True, metavar="OTHER...")
@click.option(
    "--lists", "as_lists", is_flag=True,
    help="WORD and OTHER are comma-separated lists of words; their mean vectors are compared.",
)  # fmt: skip
@options.json_option
def similarity(directory: Path, word: str, others: tuple[str, ...], as_lists: bool, as_json: bool) -> None:
    """Show how similar a word is to others, or a list of words to other lists, by cosine.

    \b
    Example:
      wordlab embeddings similarity vectors/ king queen
      wordlab embeddings similarity vectors/ king,queen man,woman paris --lists
    """
    from wordlab.embeddings.vectors import WordVectors

    vectors = WordVectors.load(directory)
    lists = [text.split(",") if as_lists else [text] for text in (word, *others)]
    if as_lists:
        cosines = [vectors.list_similarity(lists[0], other) for other in lists[1:]]
    else:
        cosines = vectors.similarities([(word, other) for other in others]).tolist()
    through = _through_subwords(vectors, [each for words in lists for each in words])
    if as_json:
        name, asked = ("words", lists) if as_lists else ("word", [word, *others])
        found = [{name: o, "similarity": s} for o, s in zip(asked[1:], cosines, strict=True)]
        console.print_json({name: asked[0], "others": found, **through})
        return
    rows = [(other, f"{cosine:.3f}") for other, cosine in zip(others, cosines, strict=True)]
    console.print_table((console.visible(word), "cosine"), rows)
