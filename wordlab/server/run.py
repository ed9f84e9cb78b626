"""Serve: load what is to be served, listen, and answer until a signal ends it."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from wordlab.embeddings.maps.config import choose_method
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ResourceError, WordlabError
from wordlab.extras import need
from wordlab.progress import OnProgress
from wordlab.sentiment.base import TextModel, load_classifier
from wordlab.server.config import METRICS_FOLDER, ServerConfig
from wordlab.server.places import Places

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

_logger = logging.getLogger(__name__)
_PLAN = "WORDLAB_SERVE"  # the variable in which the first process tells the others what to serve
_BACKLOG = 2_048
_GRACE = 5  # seconds beyond the time limit until what still runs is given up


@dataclass(frozen=True)
class Ready:
    """What a server that now accepts connections serves: where, sets, classifiers, and recall by set."""

    url: str
    vectors: Mapping[str, WordVectors]
    classifiers: Mapping[str, TextModel]
    recalls: Mapping[str, float]


def serve(
    places: Places,
    config: ServerConfig | None = None,
    *,
    on_ready: Callable[[Ready], None] | None = None,
    on_progress: OnProgress | None = None,
) -> None:
    """Serve `places` until SIGINT, SIGTERM or SIGHUP; requests that run by then are answered.

    `on_ready` is called once connections are accepted. Raises ArtifactError for what cannot be loaded,
    FormatError for vectors that are not finite, ResourceError where the port is taken, SourceError and
    ConfigError for the file of the key, MissingExtraError without the extra `serve`.
    """
    config = config or ServerConfig()
    with need("uvicorn", extra="serve"):
        import uvicorn
        from uvicorn.config import STARTUP_FAILURE
    config.read_api_key()  # before anything takes time
    config = replace(config, map_method=choose_method(config.map_method))
    with ExitStack() as stack:
        listener = stack.enter_context(_listen(config))
        vectors = {name: WordVectors.load(path) for name, path in places.vectors.items()}
        classifiers = {name: load_classifier(path) for name, path in places.classifiers.items()}
        graphs = _write_graphs(vectors, config, stack, on_progress)
        recalls = _recalls(vectors, graphs)
        settings: dict[str, Any] = {
            "http": "wordlab.server.connections:Connection",
            "log_config": None, "access_log": False, "ws": "none", "server_header": False,
            "proxy_headers": False, "timeout_graceful_shutdown": int(config.time_limit) + _GRACE,
        }  # fmt: skip
        ready = Ready(_url(listener), vectors, classifiers, recalls)
        if config.workers == 1:
            app = _application(vectors, classifiers, graphs, config)
            server = uvicorn.Server(uvicorn.Config(app, **settings))
            stack.enter_context(_signals(server))
            _announce(listener, ready, on_ready)
            server.run(sockets=[listener])
            return
        stack.enter_context(_plan(places, graphs, config))
        stack.enter_context(_signals())
        factory = f"{__name__}:planned_application"
        options = uvicorn.Config(factory, factory=True, workers=config.workers, **settings)
        supervisor = _supervisor(options, listener)
        _announce(listener, ready, on_ready)
        del ready, vectors, classifiers  # the other processes map the files themselves
        supervisor.run()
        if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
            raise ResourceError("workers: expected processes that start, found one that failed")


def _supervisor(options: uvicorn.Config, listener: socket.socket) -> Any:
    """What runs the processes and starts another where one dies; a terminal that closes ends them all."""
    from uvicorn.supervisors import Multiprocess

    hangup = getattr(signal, "SIGHUP", None)
    is_ignored = hangup is not None and signal.getsignal(hangup) is signal.SIG_IGN  # as under nohup
    supervisor: Any = Multiprocess(options, sockets=[listener])
    supervisor.handle_hup = supervisor.handle_term  # uvicorn's would start them again
    if hangup is not None and is_ignored:
        signal.signal(hangup, signal.SIG_IGN)
    return supervisor


def planned_application() -> FastAPI:
    """The application that the first process planned, in one of the others; it ends where that fails."""
    from uvicorn.config import STARTUP_FAILURE

    plan = json.loads(os.environ[_PLAN])
    places, config = Places.from_dict(plan["places"]), ServerConfig(**plan["config"])
    graphs = {name: Path(path) for name, path in plan["graphs"].items()}
    try:
        # the first process has compared the digests
        vectors = {name: WordVectors.load(path, verify=False) for name, path in places.vectors.items()}
        classifiers = {name: load_classifier(path, verify=False) for name, path in places.classifiers.items()}
        return _application(vectors, classifiers, graphs, config)
    except WordlabError as error:  # what the first process could still load
        _logger.error("%s", error)
        sys.exit(STARTUP_FAILURE)


def _application(
    vectors: Mapping[str, WordVectors],
    classifiers: Mapping[str, TextModel],
    graphs: Mapping[str, Path],
    config: ServerConfig,
) -> FastAPI:
    from wordlab.server.app import create_app
    from wordlab.server.index import UsearchIndex

    indexes = {name: UsearchIndex(vectors[name], path) for name, path in graphs.items()}
    return create_app(vectors, classifiers, config, indexes=indexes)


def _write_graphs(
    vectors: Mapping[str, WordVectors],
    config: ServerConfig,
    stack: ExitStack,
    on_progress: OnProgress | None,
) -> dict[str, Path]:
    """The files of the graphs that search each set, in a directory that lasts as long as `stack`."""
    if config.index == "exact":
        return {}
    from wordlab.server.index import write_usearch

    folder = Path(tempfile.mkdtemp(prefix="wordlab-serve-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    graphs = {name: folder / f"{number}.usearch" for number, name in enumerate(vectors)}
    for name, path in graphs.items():
        write_usearch(vectors[name], path, on_progress=on_progress)
    return graphs


def _recalls(vectors: Mapping[str, WordVectors], graphs: Mapping[str, Path]) -> dict[str, float]:
    from wordlab.server.index import UsearchIndex, recall

    return {name: recall(UsearchIndex(vectors[name], path), vectors[name]) for name, path in graphs.items()}


@contextmanager
def _listen(config: ServerConfig) -> Iterator[socket.socket]:
    """A socket at the address, which does not accept yet; ResourceError if it cannot be had."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    # asyncio sends without delay only where the protocol is named; else each reply waits 40 ms for an ACK
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((config.host, config.port))
        except OSError as error:
            raise ResourceError(
                f"port {config.port}: expected a free one at {config.host}, found {error.strerror or error}"
            ) from error
        listener.set_inheritable(True)
        yield listener


def _announce(listener: socket.socket, ready: Ready, on_ready: Callable[[Ready], None] | None) -> None:
    listener.listen(_BACKLOG)
    if on_ready is not None:
        on_ready(ready)


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


@contextmanager
def _plan(places: Places, graphs: Mapping[str, Path], config: ServerConfig) -> Iterator[None]:
    """Inside, the environment tells other processes what to serve, and where to count requests together."""
    folder = tempfile.mkdtemp(prefix="wordlab-metrics-")
    graph_files = {name: str(path) for name, path in graphs.items()}
    plan = {"places": places.to_dict(), "graphs": graph_files, "config": config.to_dict()}
    before = {name: os.environ.get(name) for name in (_PLAN, METRICS_FOLDER)}
    os.environ.update({_PLAN: json.dumps(plan), METRICS_FOLDER: folder})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _signals(server: uvicorn.Server | None = None) -> Iterator[None]:
    """Inside, signals that end a server do no more than that.

    uvicorn has handlers of its own while it runs. It raises what they caught again when it has ended, and
    does not listen for SIGHUP, which a closed terminal sends. Before it runs, a signal ends it at once.
    """

    def end(number: int, frame: FrameType | None) -> None:
        if server is not None:
            server.should_exit = True

    hangup = getattr(signal, "SIGHUP", None)
    ending = [signal.SIGINT, signal.SIGTERM, *([] if hangup is None else [hangup])]
    before = {number: signal.getsignal(number) for number in ending}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:  # as SIGHUP under nohup
            signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
