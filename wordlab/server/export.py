"""One file that shows a set of vectors without a server: the page with its modules, and what it asks for."""

from __future__ import annotations

import base64
import json
import os
import posixpath
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from wordlab.embeddings.maps.cache import kept_map
from wordlab.embeddings.maps.config import MapConfig
from wordlab.embeddings.neighbours import all_neighbours
from wordlab.embeddings.vectors import WordVectors
from wordlab.extras import need
from wordlab.io.atomic import staged_file
from wordlab.progress import OnProgress, Reporter

with need("fastapi", extra="serve"):
    from wordlab.server.page import page_files

K = 10
"""Neighbours of each word that the file holds."""
_COORDINATE_STEPS, _COSINE_STEPS = 2**16 - 1, 2**8 - 1
_IMPORT = re.compile(r'(?<=\bfrom )"(\.[^"]+)"|(?<=\bimport )"(\.[^"]+)"')
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
"""The file asks nothing of any network."""


def export_page(
    vectors: WordVectors,
    path: str | os.PathLike[str],
    config: MapConfig | None = None,
    *,
    name: str,
    overwrite: bool = False,
    on_progress: OnProgress | None = None,
) -> int:
    """Write the page of the set called `name` to the file `path`; the number of words that it shows.

    They are those of the map that `config` asks for, and neighbours are looked for among them. Raises what
    `wordlab.embeddings.maps.kept_map` raises; OutputExistsError and ArtifactError as `staged_file` does.
    """
    config = config or MapConfig()
    with staged_file(path, overwrite=overwrite, make_parents=True) as staging:
        data = page_data(vectors, config, name=name, on_progress=on_progress)
        staging.write_text(page_with(data, page_files()), encoding="utf-8")
    num_words: int = data["num_words"]
    return num_words


def page_data(
    vectors: WordVectors, config: MapConfig, *, name: str, on_progress: OnProgress | None = None
) -> dict[str, Any]:
    """What the page asks of a server, as file_source.js reads it: little-endian numbers in base64.

    Coordinates are uint16 from -1 to 1, ids of neighbours uint32, cosines uint8 from -1 to 1.
    """
    found = kept_map(vectors, config, on_progress=on_progress)
    num_words = len(found)
    reporter = Reporter(on_progress, "find neighbours", "words", num_words)
    neighbours = all_neighbours(vectors.matrix[:num_words], K, reporter)
    reporter.report(num_words)
    counts = vectors.vocabulary.counts[:num_words]
    return {
        "model": name,
        "num_words": num_words,
        "dim": vectors.dim,
        "method": found.method,
        "seed": config.seed,
        "words": vectors.vocabulary.words[:num_words],
        "counts": counts.tolist() if counts.any() else None,
        "coordinates": _base64(_steps(found.coordinates, _COORDINATE_STEPS).astype("<u2")),
        "k": neighbours.ids.shape[1],
        "neighbours": _base64(neighbours.ids.astype("<u4")),
        "cosines": _base64(_steps(neighbours.cosines, _COSINE_STEPS).astype("u1")),
    }


def page_with(data: Mapping[str, Any], files: Mapping[str, bytes]) -> str:
    """The page that `files` make up as one file of HTML with `data` in it.

    Modules cannot be loaded from files by their paths, so each stands in an import map under its name, as a
    data: URL.
    """
    texts = {name: content.decode("utf-8") for name, content in files.items()}
    modules = {
        _specifier(name): _url(_with_specifiers(name, text), "text/javascript")
        for name, text in texts.items()
        if name.endswith(".js")
    }
    head = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    inlined = {
        '<meta charset="utf-8">': f'<meta charset="utf-8">\n{head}',
        '<link rel="icon" href="static/icon.svg">':
            f'<link rel="icon" href="{_url(texts["icon.svg"], "image/svg+xml")}">',
        '<link rel="stylesheet" href="static/style.css">': f"<style>\n{texts['style.css']}</style>",
        '<script type="module" src="static/main.js"></script>': "\n".join([
            _script("importmap", {"imports": modules}),
            _script("application/json", data, ' id="wordlab-data"'),
            f'<script type="module">import "{_specifier("main.js")}";</script>',
        ]),
    }  # fmt: skip
    page = texts["index.html"]
    for tag, replacement in inlined.items():
        before, found, after = page.partition(tag)
        if not found:
            raise RuntimeError(f"index.html: expected {tag}, found none")
        page = before + replacement + after
    return page


def _specifier(name: str) -> str:
    return f"wordlab/{name}"


def _with_specifiers(name: str, text: str) -> str:
    """A module with the paths that it imports in the place of those relative to it."""

    def absolute(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), match[1] or match[2]))
        return f'"{_specifier(path)}"'

    return _IMPORT.sub(absolute, text)


def _script(kind: str, content: Any, attributes: str = "") -> str:
    """A script of JSON, in which no word can end it: `<` is written as an escape."""
    text = json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return f'<script type="{kind}"{attributes}>{text.replace("<", chr(92) + "u003c")}</script>'


def _url(text: str, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(text.encode('utf-8')).decode('ascii')}"


def _steps(values: np.ndarray, num_steps: int) -> np.ndarray:
    """Values from -1 to 1 as whole numbers from 0 to `num_steps`."""
    return np.rint((values.astype(np.float64) + 1) / 2 * num_steps)


def _base64(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode("ascii")
