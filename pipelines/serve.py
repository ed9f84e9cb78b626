"""`wordlab serve`: vectors and classifiers for other programs, over HTTP."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.config_options import config_from, config_options
from wordlab.embeddings.maps.config import CHOICES
from wordlab.server.config import INDEXES, ServerConfig

if TYPE_CHECKING:
    from wordlab.server.run import Ready


@click.command("serve", cls=options.Command)
@click.argument("vectors", nargs=-1, metavar="VECTORS [OTHER...]")
@click.option(
    "--classifier", "classifiers", multiple=True, metavar="MODEL",
    help="Directory of a trained classifier, or NAME=DIR; may be given several times.",
)  # fmt: skip
@config_options(
    ServerConfig, choices={"index": INDEXES, "map_method": CHOICES}, defaults={"api_key_file": "none"}
)
@options.quiet_option
def serve(vectors: tuple[str, ...], classifiers: tuple[str, ...], quiet: bool, **given: Any) -> None:
    """Answer other programs' questions about word vectors, texts and classes.

    Sets of vectors go by the names of their directories, or by another in the form NAME=DIR; the first is the
    default. The page /docs lists the routes; among them are those that OpenAI's clients ask and those of
    text-embeddings-inference. Ctrl-C or SIGTERM ends the server once what runs is answered.

    \b
    Example:
      wordlab serve vectors/ --port 8000
      wordlab serve news=vectors/ --classifier model/ --workers 2
    """
    from wordlab.server.places import Places
    from wordlab.server.run import serve as run_server

    config = config_from(ServerConfig, given)
    places = Places.of(vectors, classifiers)
    with ExitStack() as drawing:
        on_progress = drawing.enter_context(console.progress(quiet=quiet))

        def on_ready(ready: Ready) -> None:
            drawing.close()  # a bar would be drawn for as long as the server runs
            _report(ready, quiet=quiet)

        run_server(places, config, on_ready=on_ready, on_progress=on_progress)


def _report(ready: Ready, *, quiet: bool) -> None:
    """Say what is served on stderr, and where on stdout, for programs that start a server."""
    for name, each in ready.vectors.items():
        facts = [console.size({"num_words": len(each), "dim": each.dim})]
        if name in ready.recalls:
            facts.append(f"the index finds {console.share(ready.recalls[name])} of the 10 nearest words")
        console.say(f"Serving {name} ({'; '.join(facts)})", quiet=quiet)
    for name, model in ready.classifiers.items():
        console.say(f"Serving {name} ({model.title}: {', '.join(model.classes)})", quiet=quiet)
    console.say(f"Routes: {ready.url}docs", quiet=quiet)
    console.line(ready.url)
