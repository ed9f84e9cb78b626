"""`wordlab embeddings list`: the pretrained vectors that are known by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from wordlab.errors import SourceError
from wordlab.io.urls import is_url

if TYPE_CHECKING:
    from wordlab.embeddings.pretrained.catalogue import PretrainedSet

_WELL_KNOWN = ("fasttext.en", "fasttext.simple")

cache_option = click.option(
    "--cache", type=options.Local(file_okay=False), default=None, metavar="DIR",
    show_default="$WORDLAB_CACHE, or the user's cache",
    help="Directory for downloads; torchtext's .vector_cache works as well.",
)  # fmt: skip


@click.command("list", cls=options.Command)
@click.option("--all", "show_all", is_flag=True, help="Show every language that fastText has.")
@cache_option
@options.json_option
def list_sets(show_all: bool, cache: Path | None, as_json: bool) -> None:
    """List the pretrained vectors that `import` knows by name, and where each would come from now.

    \b
    Example:
      wordlab embeddings list
      wordlab embeddings list --all --json
    """
    from wordlab.embeddings.pretrained.cache import cache_directory
    from wordlab.embeddings.pretrained.catalogue import pretrained_sets

    found = [_facts(known, cache) for known in pretrained_sets()]
    directory = cache_directory(cache)
    if as_json:
        console.print_json({"cache": str(directory), "sets": found})
        return
    shown = [facts for facts in found if show_all or _is_shown(facts)]
    console.print_table(
        ("name", "licence", "from", "words", "dimensions", "download"),
        [_row(facts) for facts in shown],
        left=3,
    )
    console.line()
    if len(found) > len(shown):
        console.line(f"and {len(found) - len(shown)} more languages as fasttext.LANGUAGE: see --all")
    console.line(f"cache: {directory}")


def pretrained_name(source: Path) -> str | None:
    """The pretrained set that `source` names, or None if it is a file or cannot be a name.

    SourceError with near names for what is neither but looks like a name.
    """
    from wordlab.embeddings.formats.zipped import split_member
    from wordlab.embeddings.pretrained.catalogue import find_set, near_names

    name = str(source)
    if name == "-" or is_url(source) or split_member(source)[1] is not None:
        return None
    if source.exists() and not source.is_dir():
        return None
    try:
        return find_set(name).name
    except SourceError:
        near = near_names(name)
        if not near or source.exists():
            return None
        raise SourceError(
            f"{name}: expected a file or the name of pretrained vectors, found neither; "
            f"near names: {', '.join(near)}"
        ) from None


def _facts(known: PretrainedSet, cache: Path | None) -> dict[str, Any]:
    from wordlab.embeddings.pretrained.loading import find_origin

    origin = find_origin(known, cache=cache)
    return {
        "name": known.name,
        "num_words": known.num_words,
        "dim": known.dim,
        "num_bytes": known.num_bytes,
        "sha256": known.sha256,
        "licence": known.licence,
        "url": known.url,
        "from": origin.kind,
        "where": origin.where,
    }


def _is_shown(facts: dict[str, Any]) -> bool:
    return (
        not facts["name"].startswith("fasttext.")
        or facts["name"] in _WELL_KNOWN
        or facts["from"] != "download"
    )


def _row(facts: dict[str, Any]) -> tuple[object, ...]:
    return (
        facts["name"],
        facts["licence"],
        f"package {facts['where']}" if facts["from"] == "package" else facts["from"],
        "not known" if facts["num_words"] is None else f"{facts['num_words']:,}",
        facts["dim"],
        "not known" if facts["num_bytes"] is None else f"{console.magnitude(facts['num_bytes'])}B",
    )
