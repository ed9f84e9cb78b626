"""The cache of compiled code saves time or does nothing; it never fails and never runs what is stale."""

import importlib.util
import subprocess
import sys

import pytest

from wordlab.compiled.jit import _Places, _source_digest, _warn_once
from wordlab.progress import hears_in_passing

SOURCE = """
from wordlab.compiled.jit import cached_njit

@cached_njit(fastmath=True)
def add(x, y):
    return x + y
"""
CALLER = """
@cached_njit(fastmath=True)
def twice(x):
    return add(x, x)
"""


def load(directory):
    """The function `add` of a fresh process, as far as its cache is concerned."""
    _source_digest.cache_clear()
    spec = importlib.util.spec_from_file_location("cached_module", directory / "cached_module.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.add


def num_hits(add):
    return sum(add.stats.cache_hits.values())


@pytest.fixture
def directory(tmp_path):
    (tmp_path / "cached_module.py").write_text(SOURCE)
    assert load(tmp_path)(1, 2) == 3
    return tmp_path


def test_code_is_kept_on_disk(directory):
    add = load(directory)
    assert (add(1, 2), num_hits(add)) == (3, 1)


def test_compiling_is_reported_with_all_that_it_takes_at_once(tmp_path):
    (tmp_path / "cached_module.py").write_text(SOURCE + CALLER)
    heard = []
    for _ in range(2):  # the second time it is there
        twice = load(tmp_path).py_func.__globals__["twice"]
        with hears_in_passing(heard.append):
            assert [twice(1), twice(2)] == [2, 4]
    assert [(event.task, event.done, event.total) for event in heard] == [
        ("compile", 0, 100), ("compile", 100, 100),
    ]  # fmt: skip
    load(tmp_path)(1.0, 2.0)  # of other types: nobody listens
    assert len(heard) == 2


def test_code_is_compiled_again_when_a_file_beside_it_changed(directory):
    (directory / "parts.py").write_text("STEP = 2\n")
    add = load(directory)
    assert (add(1, 2), num_hits(add)) == (3, 0)


def flip(content):
    return content[:200] + bytes([content[200] ^ 1]) + content[201:]


@pytest.mark.parametrize("kind", ["nbc", "nbi"])
@pytest.mark.parametrize(
    "damage",
    [lambda content: b"", lambda content: content[:-10], lambda content: b"nonsense", flip],
    ids=["empty", "cut", "text", "one bit"],
)
def test_damaged_code_is_compiled_again_and_mended(directory, kind, damage):
    (file,) = directory.rglob(f"*.{kind}")
    file.write_bytes(damage(file.read_bytes()))
    add = load(directory)
    assert add(1, 2) == 3
    add = load(directory)
    assert (add(1, 2), num_hits(add)) == (3, 1)


def test_code_of_a_class_that_is_gone_is_compiled_again(directory):
    (index,) = directory.rglob("*.nbi")
    index.write_bytes(index.read_bytes().replace(b"numba", b"nombo"))
    assert load(directory)(1, 2) == 3


def test_a_cache_that_cannot_be_written_costs_time_only(directory):
    for file in (directory / "__pycache__").iterdir():
        file.unlink()
        file.mkdir()  # nothing can be written in its place, not even by root
    add = load(directory)
    assert (add(1, 2), num_hits(add)) == (3, 0)


def test_without_a_place_for_the_cache_the_code_runs_and_says_so_once(directory, monkeypatch, caplog):
    monkeypatch.setattr(_Places, "_locator_classes", [])
    _warn_once.cache_clear()
    add = load(directory)
    assert (add(1, 2), num_hits(add)) == (3, 0)
    assert load(directory)(1, 2) == 3
    assert ["NUMBA_CACHE_DIR" in message for message in caplog.messages] == [True]


@pytest.fixture
def other_package(tmp_path):
    """A function that runs one that is no part of wordlab in a fresh process, after `before`."""
    (tmp_path / "other_package.py").write_text(
        "import numba, numpy\n"
        "add = numba.njit(cache=True)(lambda x, y: x + y)\n"
        "double = numba.vectorize(cache=True)(lambda x: 2 * x)\n"
        "one = numba.njit(lambda: numpy.arange(3)[1])\n"
    )
    script = (
        "from wordlab.compiled import jit\n"
        "from numba.core.caching import CompileResultCacheImpl\n"
        "{before}\n"
        "from other_package import add, double, one\n"
        "print(add(1, 2), double(2.5), one(), *(sum(f.stats.cache_hits.values()) for f in (add, one)))"
    )

    def run(before):
        command = [sys.executable, "-c", script.format(before=before)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    return run


def test_other_packages_can_do_without_a_place_as_well(other_package):
    no_place = "jit._Places._locator_classes = CompileResultCacheImpl._locator_classes = []\n"
    assert "no locator available" in other_package(no_place).stderr
    assert other_package(no_place + "jit.keep_all()").stdout == "3 5.0 1 0 0\n"


def test_what_other_packages_compile_is_kept_for_their_versions(other_package):
    for version, num_hits in (("1.0", 0), ("1.0", 1), ("1.1", 0)):
        before = f"jit.version = lambda name: {version!r}\njit.keep_all('other-package')"
        assert other_package(before).stdout == f"3 5.0 1 {num_hits} {num_hits}\n"
    # Elsewhere they keep what they ask for, beside it.
    assert other_package("").stdout == "3 5.0 1 0 0\n"
    assert other_package("").stdout == "3 5.0 1 1 0\n"
    assert other_package(before).stdout == "3 5.0 1 1 1\n"


def test_kept_code_runs_without_what_compiles(tmp_path):
    (tmp_path / "kept.py").write_text(
        "import numpy as np\n"
        "from wordlab.compiled.jit import cached_njit\n"
        "@cached_njit\n"
        "def steps(n, x):\n"
        "    found = np.empty(n, np.float64)\n"  # of numba's own memory
        "    for i in range(n):\n"
        "        found[i] = np.exp(i * x)\n"
        "    return found\n"
    )
    script = (
        "import sys; import kept\n"
        "print(kept.steps(3, 0.0).tolist(), 'numba.np.arraymath' in sys.modules)\n"
        "print(kept.steps(2, 0).tolist(), 'scipy.linalg' in sys.modules)\n"  # of other types: compiled
        "from numba.np import arraymath, linalg\n"
        "print(arraymath._HAVE_BLAS, linalg.ensure_blas.__name__)\n"
        "import numba, numpy\n"
        "dot = numba.njit(lambda x, y: numpy.kron(x, y) @ numpy.ones(4))\n"
        "print(dot(numpy.eye(2), numpy.eye(2)).tolist(), 'scipy.linalg' in sys.modules)"
    )
    command = [sys.executable, "-c", "import kept; kept.steps(3, 0.0)"], [sys.executable, "-c", script]
    done = [
        subprocess.run(each, cwd=tmp_path, capture_output=True, text=True, check=True) for each in command
    ]
    assert done[1].stdout == (
        "[1.0, 1.0, 1.0] False\n[1.0, 1.0] False\nTrue ensure_blas\n[1.0, 1.0, 1.0, 1.0] True\n"
    )
