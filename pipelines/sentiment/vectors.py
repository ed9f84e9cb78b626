"""--vectors: word vectors to start from, one set or several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines import options

if TYPE_CHECKING:
    from wordlab.embeddings.vectors import WordVectors

vectors_option = click.option(
    "--vectors", type=options.Read(), multiple=True, metavar="VECTORS",
    help="Directory of word vectors that networks start from, without which they learn them from the texts "
    "alone, and that mean-vectors needs. Given several times, the sets stand side by side.",
)  # fmt: skip


def load_vectors(paths: Sequence[Path]) -> tuple[WordVectors | None, dict[str, str]]:
    """The vectors, and what a manifest says of their directories; None without any."""
    if not paths:
        return None, {}
    from wordlab.embeddings.beside import side_by_side
    from wordlab.embeddings.vectors import WordVectors

    sets = [WordVectors.load(path) for path in paths]
    names = ["vectors", *(f"vectors_{number}" for number in range(2, len(sets) + 1))]
    digests = {
        name: found.digest for name, found in zip(names, sets, strict=True) if found.digest is not None
    }
    return side_by_side(sets), digests
