"""The application: routers in one tuple, a gate before them, and what they serve."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib.metadata import version

from wordlab.extras import need

with need("fastapi", extra="serve"):
    from fastapi import FastAPI
with need("prometheus-client", extra="serve"):
    import prometheus_client  # noqa: F401 - the routes import it
from wordlab.embeddings.maps.config import choose_method
from wordlab.embeddings.vectors import WordVectors
from wordlab.sentiment.base import TextModel
from wordlab.server import (
    catalogue,
    changed,
    classify,
    docs_page,
    map,
    metrics,
    openai,
    page,
    suggestions,
    tei,
    words,
)
from wordlab.server.config import ServerConfig
from wordlab.server.errors import add_error_handlers
from wordlab.server.index import Index
from wordlab.server.limits import Gate
from wordlab.server.metrics import Metrics
from wordlab.server.served import Served, ServedVectors, Threads

ROUTERS = (
    openai.router,
    tei.router,
    words.router,
    suggestions.router,
    map.router,
    changed.router,
    classify.router,
    catalogue.router,
    metrics.router,
    docs_page.router,
    page.router,
)
"""A group of routes is a file with a router, and its line here."""


def create_app(
    vectors: Mapping[str, WordVectors],
    classifiers: Mapping[str, TextModel],
    config: ServerConfig | None = None,
    *,
    indexes: Mapping[str, Index] | None = None,
) -> FastAPI:
    """The application that serves sets of vectors and classifiers by name; the first is the default.

    `indexes` search a set in another way than exactly. Raises FormatError for vectors that are not finite;
    SourceError and ConfigError for a file without a key.
    """
    config = config or ServerConfig()
    config = replace(config, map_method=choose_method(config.map_method))
    key = config.read_api_key()
    counted, threads = Metrics(), Threads()
    sets = {
        name: ServedVectors(name, each, (indexes or {}).get(name, each), threads, config, counted)
        for name, each in vectors.items()
    }

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.served.jobs.stop()
        threads.shutdown()

    app = FastAPI(
        title="wordlab",
        version=version("wordlab"),
        description="Word vectors and text classifiers.",
        docs_url=None,  # FastAPI's pages load scripts from elsewhere; ours is docs_page
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.served = Served(sets, classifiers, config, counted, threads)
    for router in ROUTERS:
        app.include_router(router)
    add_error_handlers(app)
    app.add_middleware(Gate, config=config, key=key, metrics=counted)
    return app
