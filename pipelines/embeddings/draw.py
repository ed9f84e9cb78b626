"""`wordlab embeddings plot`: draw words in the plane."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipelines import console, options
from pipelines.reports.embeddings import subword_notes
from wordlab.embeddings.choices import LAYOUT_METHODS


@click.command("plot", cls=options.Command)
@options.artifact_argument("directory", "VECTORS")
@click.argument("file", type=options.Written())
@click.option(
    "--top", type=click.IntRange(min=3), default=250, show_default=True, metavar="N",
    help="Draw the N most frequent words.",
)  # fmt: skip
@click.option(
    "--skip", type=click.IntRange(min=0), default=100, show_default=True, metavar="N",
    help="First leave out the N most frequent words: they are function words.",
)  # fmt: skip
@click.option("--words", metavar="WORD,...", help="Draw these words instead.")
@click.option(
    "--method", type=click.Choice(list(LAYOUT_METHODS)), default="tsne", show_default=True,
    help="t-SNE and UMAP (extra `umap`) keep neighbours together, PCA the directions of largest variance.",
)  # fmt: skip
@click.option(
    "--font", type=options.Local(), metavar="FILE",
    show_default="those installed that can write the words", help="Write the words in this font.",
)  # fmt: skip
@options.seed_option("t-SNE and UMAP")
@click.option("--overwrite", is_flag=True, help="Replace the picture if it is there already.")
@options.quiet_option
def plot(
    directory: Path, file: Path, top: int, skip: int, words: str | None, method: Any, font: Path | None,
    seed: int, overwrite: bool, quiet: bool,
) -> None:  # fmt: skip
    """Draw words in the plane, as PNG, SVG or PDF by the file's name.

    \b
    Example:
      wordlab embeddings plot vectors/ words.png --top 100
      wordlab embeddings plot vectors/ royals.svg --words king,queen,man,woman --method pca
    """
    from pipelines.plots.files import check_picture, save_figure
    from pipelines.plots.fonts import families_for
    from pipelines.plots.words import draw_words

    check_picture(file, overwrite=overwrite, inputs=[directory, font])
    from wordlab.embeddings.layout import check_method, lay_out
    from wordlab.embeddings.vectors import WordVectors

    check_method(method)
    vectors = WordVectors.load(directory)
    known = vectors.vocabulary.words
    skip = min(skip, max(0, len(known) - top))  # of a small vocabulary all words are drawn
    drawn = words.split(",") if words else known[skip : skip + top]
    families = families_for(drawn, font)
    points = lay_out(vectors, drawn, method=method, seed=seed)
    console.say_notes(subword_notes(vectors.through_subwords(drawn)), quiet=quiet)
    title = f"{len(drawn):,} of {len(known):,} words by {LAYOUT_METHODS[method]}"
    save_figure(draw_words(drawn, points, title, families=families), file, overwrite=overwrite)
    console.say(f"{file}: {len(drawn):,} words", quiet=quiet)
