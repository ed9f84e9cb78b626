"""`wordlab embeddings bias`: do two lists of words lean to different sides?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from wordlab.visible import clipped, listed

if TYPE_CHECKING:
    from wordlab.embeddings.evaluation.weat import AssociationTest

_SHOWN = 5  # words at either end


@click.command("bias", cls=options.Command)
@options.artifact_argument("directory", "VECTORS")
@click.option(
    "--targets", type=options.Read(), nargs=2, required=True, metavar="X Y",
    help="Two files of words, one a line, that are compared: flowers and insects, say.",
)  # fmt: skip
@click.option(
    "--attributes", type=options.Read(), nargs=2, required=True, metavar="A B",
    help="Two files of words that name the sides: pleasant and unpleasant words, say.",
)  # fmt: skip
@click.option(
    "--ddof", type=click.IntRange(0, 1), default=0, show_default=True, metavar="N",
    help="Degrees of freedom taken off in the deviation of the effect size: 0 as in WEFE, 1 for a sample.",
)  # fmt: skip
@options.encoding_option
@options.seed_option("the partitions, where there are too many to try all")
@options.json_option
def bias(
    directory: Path, targets: tuple[Path, Path], attributes: tuple[Path, Path], ddof: int, encoding: str,
    seed: int, as_json: bool,
) -> None:  # fmt: skip
    """Test whether the words of X lean to A, and those of Y to B (WEAT, Caliskan et al. 2017).

    The effect size goes from -2 to 2. The p-value is the share of all ways to divide the words of X and Y
    into two lists that lean at least as far.

    \b
    Example:
      wordlab embeddings bias vectors/ --targets flowers.txt insects.txt --attributes good.txt bad.txt
    """
    from wordlab.embeddings.evaluation.weat import association_test
    from wordlab.embeddings.formats.word_lists import read_word_list
    from wordlab.embeddings.vectors import WordVectors

    lists = [read_word_list(path, encoding=encoding) for path in (*targets, *attributes)]
    vectors = WordVectors.load(directory)
    found = association_test(vectors, (lists[0], lists[1]), (lists[2], lists[3]), ddof=ddof, seed=seed)
    names = [path.stem for path in (*targets, *attributes)]
    notes = [
        f"{name}: no vector for {listed([clipped(word) for word in lost], 10)}"
        for name, lost in zip(names, found.lost, strict=True)
        if lost
    ]
    console.say_notes(notes)
    if as_json:
        console.print_json({"lists": names, **found.to_dict()})
        return
    _print(found, names)


def _print(found: AssociationTest, names: list[str]) -> None:
    x, y, a, b = names
    tried = "all" if found.exact else "a sample of"
    sizes = f"{found.num_targets[0]} and {found.num_targets[1]} words"
    sides = f"{found.num_attributes[0]} and {found.num_attributes[1]} words"
    deviation = "of the words" if found.ddof == 0 else "of a sample"
    console.print_facts(
        {
            "targets": f"{x} and {y}, {sizes}",
            "attributes": f"{a} and {b}, {sides}",
            "effect size": f"{found.effect_size:+.3f} standard deviations {deviation} (ddof {found.ddof})",
            "p-value": f"{found.p_value:.2g}, one-sided, of {tried} {found.num_partitions:,} partitions",
        }
    )
    ranked: list[tuple[str, Any]] = sorted(found.associations.items(), key=lambda each: -each[1])
    rows = [(word, f"{value:+.3f}") for word, value in ranked]
    if len(rows) > 2 * _SHOWN + 1:
        rows = [*rows[:_SHOWN], ("...", ""), *rows[-_SHOWN:]]
    console.print_heading(f"Association with {a} rather than {b}")
    console.print_table(("word", "mean cosine with one less the other"), rows)
