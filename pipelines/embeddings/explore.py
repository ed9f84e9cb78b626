"""`wordlab embeddings explore`: see vectors in a browser, or write the page as one file."""

from __future__ import annotations

import functools
import os
import sys
import threading
from pathlib import Path
from typing import Any

import click

from pipelines import console, options
from pipelines.serve import classifier_option, run
from wordlab.embeddings.maps.config import CHOICES
from wordlab.errors import ConfigError
from wordlab.server.config import ServerConfig

_PATIENCE = 60  # seconds until a server that does not answer is not waited for any longer


@click.command("explore", cls=options.Command)
@click.argument("vectors", nargs=-1, required=True, metavar="VECTORS [OTHER...]", type=options.NameOrPath())
@classifier_option
@click.option(
    "--method", "map_method", type=click.Choice(CHOICES), default=ServerConfig.map_method, show_default=True,
    help="How words are laid out: umap (extra `umap`), pca, or auto, which is umap where it is installed.",
)  # fmt: skip
@click.option(
    "--map-words", type=options.WordsOrAll(), default=ServerConfig.map_words, show_default=True,
    metavar="N|all", help="Words on the map, the most frequent.",
)  # fmt: skip
@click.option(
    "--port", type=int, default=0, show_default="a free one", metavar="N", help="Port to listen at."
)
@click.option("--browser/--no-browser", default=True, show_default=True, help="Whether to open the browser.")
@click.option(
    "--export", "file", type=options.Written(), metavar="FILE",
    help="Write the page as one file instead, which needs no server.",
)  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace the file if it is there already.")
@options.quiet_option
def explore(
    vectors: tuple[str, ...], classifiers: tuple[str, ...], port: int, browser: bool, file: Path | None,
    overwrite: bool, quiet: bool, **given: Any,
) -> None:  # fmt: skip
    """See word vectors on a map in the browser, and ask them questions there.

    Two sets are seen side by side, with the words that changed. Sets and classifiers are named as for
    `wordlab serve`; only this machine can see the page. Ctrl-C ends the server. The map is made when it is
    first looked at, and kept.

    \b
    Example:
      wordlab embeddings explore vectors/
      wordlab embeddings explore vectors/ --export map.html --map-words 50000
    """
    from wordlab.server.places import Places

    config = ServerConfig(port=port, **given)
    places = Places.of(vectors, classifiers)
    if file is None:
        on_url = functools.partial(_open_when_it_answers, quiet=quiet) if browser else None
        run(places, config, quiet=quiet, on_url=on_url)
        return
    if len(places.vectors) != 1 or places.classifiers:
        found = f"{len(places.vectors)} and {len(places.classifiers)}"
        raise ConfigError(f"file: expected one set of vectors and no classifier, found {found}")
    ((name, directory),) = places.vectors.items()
    _export(name, directory, file, config, overwrite=overwrite, quiet=quiet)


def _export(
    name: str, directory: Path, file: Path, config: ServerConfig, *, overwrite: bool, quiet: bool
) -> None:
    from wordlab.embeddings.maps import MapConfig, choose_method
    from wordlab.embeddings.vectors import WordVectors
    from wordlab.io.places import check_apart, check_file, size_at
    from wordlab.server.export import export_page

    check_file(file, overwrite=overwrite, make_parents=True)
    check_apart(file, [directory])
    settings = MapConfig(method=choose_method(config.map_method), num_words=config.map_words)
    vectors = WordVectors.load(directory)
    with console.progress(quiet=quiet) as on_progress:
        num_words = export_page(
            vectors, file, settings, name=name, overwrite=overwrite, on_progress=on_progress
        )
    console.say(f"{file}: {num_words:,} words, {size_at(file) / 1e6:.1f} MB", quiet=quiet)


def _open_when_it_answers(url: str, quiet: bool) -> None:
    """Open the browser in a thread, so that the server can begin to answer."""
    threading.Thread(target=_open, args=(url, quiet), name="wordlab-browser", daemon=True).start()


def _open(url: str, quiet: bool) -> None:
    import webbrowser

    if _answers(url) and not (_has_screen() and webbrowser.open(url)):
        console.say(f"No browser could be opened; the page is at {url}", quiet=quiet)


def _answers(url: str) -> bool:
    """Whether the server that begins at `url` answers in the end."""
    from http.client import HTTPConnection
    from urllib.parse import urlsplit

    place = urlsplit(url)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:  # it ended before it answered
        return False
    finally:
        connection.close()


def _has_screen() -> bool:
    """Whether a browser has a screen; one in this terminal would take it from the server."""
    if sys.platform in ("darwin", "win32") or "BROWSER" in os.environ:
        return True
    return bool({"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys())
