"""Damaged and hostile artefacts of every kind, sealed with the right digests.

    python benchmarks/fuzz_artifacts.py --inputs 100000 --processes 2
    python benchmarks/fuzz_artifacts.py --kinds vectors --first 4711 --inputs 1 --show

Each input is a small artefact of which one to three parts are changed: a value in the manifest or in a
payload of JSON (another type, a huge number, deep nesting, a key that is missing), the bytes of the manifest,
or the bytes of a payload. Sizes and digests are then made to fit, so that nothing but the readers' own checks
stands between the content and the program. States of training are resumed from. It fails if

- loading it, or using what was loaded, raises anything but a WordlabError;
- the message is not one line;
- it takes longer than 20 s, or the process dies or runs out of memory.

An input depends only on the seed, the kind and its number. Exit code 1 if any input fails.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tempfile
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import cache, partial
from pathlib import Path
from random import Random

import fuzzing
from small_artifacts import KINDS
from structured_mutations import changed

_samples = tempfile.TemporaryDirectory()


def damage(directory: Path, random: Random, others: list[bytes]) -> list[str]:
    """Change one to three parts of the artefact and seal it again; what was changed."""
    parts = []
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        path = random.choice(sorted(directory.iterdir()))
        path = directory / "manifest.json" if random.random() < 0.4 else path
        data = path.read_bytes()
        new = changed(path.suffix, data, random, others)
        path.write_bytes(new)
        parts.append(f"{path.name}: {len(data)} -> {len(new)} bytes")
    if random.random() < 0.97:
        _seal(directory)
    return parts


def _seal(directory: Path) -> None:
    """Make sizes and digests in the manifest fit, as far as there is a manifest."""
    path = directory / "manifest.json"
    try:
        manifest = json.loads(path.read_bytes())
        payloads = manifest["payloads"]
        for name in payloads:
            data = (directory / name).read_bytes()
            if "bytes" in payloads[name] and not isinstance(payloads[name]["bytes"], str | list):
                payloads[name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        text = json.dumps(manifest)
    except (ValueError, TypeError, KeyError, OSError, RecursionError, AttributeError):
        return
    path.write_bytes(text.encode("utf-8", "surrogatepass"))


@cache
def sample(name: str) -> Path:
    """A small artefact of the kind; a copy was used, so that what it needs is loaded and compiled."""
    path, copy = Path(_samples.name) / name, Path(_samples.name) / "copy"
    KINDS[name].make(path)
    shutil.copytree(path, copy)
    _use(name, copy)
    shutil.rmtree(copy)
    return path


def _use(name: str, path: Path) -> None:
    with redirect_stdout(io.StringIO()):  # reports print
        KINDS[name].use(path)


def check(name: str, seed: int, number: int, folder: Path) -> tuple[str, Callable[[], str | None]]:
    """The input, and what loads and uses it; see `fuzzing.Check`."""
    warnings.simplefilter("ignore")
    random = Random(f"{seed}/{name}/{number}")  # noqa: S311 - not for secrets
    path = folder / "x"
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(sample(name), path)
    others = [file.read_bytes() for file in sorted(sample(name).iterdir())]
    return "; ".join(damage(path, random, others)), partial(_use, name, path)


if __name__ == "__main__":
    fuzzing.main(__doc__, list(KINDS), check, kind="kind", inputs=7_000)
