"""`wordlab info`: what an artefact is, and how it was made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines import console, options

if TYPE_CHECKING:
    from wordlab.lineage import Lineage


@click.command("info", cls=options.Command)
@click.argument("directories", metavar="DIR...", nargs=-1, required=True, type=options.Read())
@click.option(
    "--verify/--no-verify", default=True, show_default=True,
    help="Compare all files with their digests, which takes a while for large ones.",
)  # fmt: skip
@options.json_option
def info(directories: tuple[Path, ...], verify: bool, as_json: bool) -> None:
    """Say what directories made by wordlab are: kind, settings, what they were made from, size, digests.

    Parents are looked for beside each directory and in the working directory.

    \b
    Example:
      wordlab info vectors/
      wordlab info corpus/ vectors/ --no-verify --json
    """
    from wordlab.lineage import lineage

    found = [lineage(directory, verify=verify) for directory in directories]
    if as_json:
        console.print_json({"artefacts": [each.to_dict() for each in found]})
        return
    for number, each in enumerate(found):
        if number:
            console.line()
        console.print_facts(dict(_facts(each, verify)))


def _facts(found: Lineage, verified: bool) -> Iterator[tuple[str, str]]:
    from wordlab.cards.facts import megabytes, settings_text

    yield "directory", console.folder(Path(found.directory))
    yield "kind", f"{found.kind}, format {found.format_version}"
    state = "as they were written" if verified else "not compared with their digests"
    files = console.plural(len(found.payloads), "file")
    yield "size", f"{megabytes(found.num_bytes)} in {files}, {state}"
    yield "digest", found.digest
    for parent in found.parents:
        place = "not found here" if parent.directory is None else console.folder(Path(parent.directory))
        yield f"from {parent.role}", f"{place} ({parent.digest[:12]}...)"
    if found.config:
        yield "settings", settings_text(found.config)
    yield "made with", ", ".join(f"{name} {version}" for name, version in found.libraries.items())
