"""A process that lays words out by UMAP for another: ``python -m wordlab.embeddings.maps.umap_worker``.

UMAP compiles itself for half a minute the first time, holds the interpreter's lock for most of its work and
cannot be interrupted: a server could not answer meanwhile. Frames go between the processes as in
`wordlab.text.worker`: the seed and the shape as JSON and the unit rows on standard input; reports of progress
as JSON on standard output, and at the end the points. The process ends when its input does.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
import traceback
import warnings
from contextlib import suppress
from typing import IO, Any

import numpy as np

from wordlab.compiled.jit import keep_all
from wordlab.embeddings.neighbours import all_neighbours
from wordlab.errors import ResourceError
from wordlab.progress import OnProgress, Progress, Reporter
from wordlab.resources import one_thread
from wordlab.text.worker import leave_signals_to_the_parent, open_output, read_frame, write_frame

FEWEST = 16
"""Words that UMAP needs at least: one with its 15 neighbours."""
_NUM_NEIGHBOURS = 15  # the usual number in UMAP, in which a point is its own first
_BEAT = 0.5  # seconds between two reports where nothing can be counted
_START, _NEAREST, _GRAPH, _UMAP = "map: start UMAP", "map: neighbours", "map: graph", "map: UMAP"


def lay_out(unit: np.ndarray, seed: int, on_progress: OnProgress | None = None) -> np.ndarray:
    """Where UMAP puts unit vectors (n, D), float32 (n, 2), computed in a process of its own.

    `on_progress` may raise to end it. ResourceError if the process ends early.
    """
    path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
    process = subprocess.Popen(  # our own interpreter and module
        [sys.executable, "-P", "-m", "wordlab.embeddings.maps.umap_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,
    )
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("a worker has pipes")
    try:
        write_frame(process.stdin, json.dumps({"seed": seed, "shape": unit.shape}).encode())
        write_frame(process.stdin, np.ascontiguousarray(unit, np.float32).data.cast("B"))
        process.stdin.flush()
        return _result(process.stdout, len(unit), on_progress)
    except (EOFError, BrokenPipeError) as error:
        raise ResourceError(
            f"the map: expected UMAP's process to finish, found that it ended with status {process.wait()}, "
            "perhaps for lack of memory"
        ) from error
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        with suppress(BrokenPipeError):  # rows that were not sent, and are no longer wanted
            process.stdin.close()


def _result(source: IO[bytes], num_rows: int, on_progress: OnProgress | None) -> np.ndarray:
    """The points that the process sends after its reports of progress."""
    while True:
        message = json.loads(read_frame(source))
        if "error" in message:
            raise RuntimeError(f"UMAP failed: {message['error']}")
        if "task" not in message:
            return np.frombuffer(read_frame(source), np.float32).reshape(num_rows, 2)
        if on_progress is not None:
            on_progress(Progress(**message))


class _Reports:
    """Sends progress to the other process, and the latest of it again while nothing can be counted."""

    def __init__(self, output: IO[bytes]) -> None:
        self._output, self._lock = output, threading.Lock()
        self.begin(_START)
        threading.Thread(target=self._beat, daemon=True).start()

    def begin(self, task: str, unit: str = "steps", total: int = 1) -> Reporter:
        """A reporter of the next part of the work."""
        self._done = 0
        self._reporter = reporter = Reporter(self._send, task, unit, total)
        reporter.report(0)
        return reporter

    def end(self, points: np.ndarray) -> None:
        """Send the result, after which nothing is sent any more."""
        with self._lock:
            write_frame(self._output, b"{}")
            write_frame(self._output, points.tobytes())
            self._output.flush()
            os._exit(0)  # at once: a beat must not follow, and nothing is left to clean up

    def _send(self, event: Progress) -> None:
        self._done = event.done
        facts = {
            "task": event.task, "done": event.done, "total": event.total, "unit": event.unit,
            "elapsed": event.elapsed,
        }  # fmt: skip
        try:
            with self._lock:
                write_frame(self._output, json.dumps(facts).encode())
                self._output.flush()
        except OSError:  # nobody listens any more
            os._exit(1)

    def _beat(self) -> None:
        while True:
            time.sleep(_BEAT)
            self._reporter.update(self._done)


class _Epochs:
    """The stream that tqdm writes its bar to, as UMAP tells of its epochs in no other way."""

    def __init__(self, reports: _Reports) -> None:
        self._reports = reports
        self._reporter: Reporter | None = None

    def write(self, text: str) -> None:
        """Report what a bar "3/200" says."""
        found = re.search(r"(\d+)/(\d+)", text)
        if found is None:
            return
        if self._reporter is None:
            self._reporter = self._reports.begin(_UMAP, "epochs", int(found[2]))
        self._reporter.report(int(found[1]))

    def flush(self) -> None:
        """Nothing is held back."""


def _umap(unit: np.ndarray, seed: int, reports: _Reports) -> np.ndarray:
    keep_all("umap-learn", "pynndescent")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that tensorflow is missing, that a seed means one core, and such
        from umap import UMAP

        nearest = _neighbours(unit, reports.begin(_NEAREST, "words", len(unit)))
        bar: dict[str, Any] = {
            "disable": False, "file": _Epochs(reports), "bar_format": "{n}/{total}", "mininterval": _BEAT,
        }  # fmt: skip
        umap = UMAP(
            n_components=2, n_neighbors=_NUM_NEIGHBOURS, metric="cosine", init="pca", random_state=seed,
            precomputed_knn=nearest, force_approximation_algorithm=True, tqdm_kwds=bar,
        )  # fmt: skip
        reports.begin(_GRAPH)
        with one_thread():
            return np.asarray(umap.fit_transform(unit), np.float32)


def _neighbours(unit: np.ndarray, reporter: Reporter) -> tuple[np.ndarray, np.ndarray]:
    """The nearest of each word and their distances, 1 - cosine, as UMAP takes them: the word itself first."""
    found = all_neighbours(unit, _NUM_NEIGHBOURS - 1, reporter)
    own = np.arange(len(unit), dtype=np.int32)[:, None]
    ids = np.concatenate([own, found.ids], axis=1)
    distances = np.concatenate([np.zeros_like(own, np.float32), 1 - found.cosines], axis=1)
    return ids, distances


def _end_with_the_input(source: IO[bytes]) -> None:
    source.read()
    os._exit(1)


def main() -> None:
    """Lay out the words that come; ending signals are left to the parent, which kills it."""
    leave_signals_to_the_parent()
    source = sys.stdin.buffer
    try:
        facts = json.loads(read_frame(source))
        unit = np.frombuffer(read_frame(source), np.float32).reshape(facts["shape"])
    except EOFError:
        return
    threading.Thread(target=_end_with_the_input, args=(source,), daemon=True).start()
    output = open_output()
    try:
        reports = _Reports(output)
        reports.end(_umap(unit, facts["seed"], reports))
    except MemoryError:
        os._exit(1)  # the parent says so
    except Exception:
        write_frame(output, json.dumps({"error": traceback.format_exc()}).encode())
        output.flush()


if __name__ == "__main__":
    main()
