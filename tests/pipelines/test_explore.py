"""`wordlab embeddings explore`: the server it starts, the browser it opens, and the file it writes."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from .conftest import run
from .test_help import examples

PCA = ("--method", "pca")


@contextmanager
def exploring(place, *arguments, **environment):
    """The process and its address."""
    command = [sys.executable, "-m", "pipelines.cli", "embeddings", "explore", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    pipes["preexec_fn"] = lambda: signal.signal(
        signal.SIGINT, signal.SIG_DFL
    )  # which nohup's children ignore
    with subprocess.Popen(command, cwd=place, env=os.environ | environment, **pipes) as process:
        try:
            url = process.stdout.readline().strip()
            assert url, process.stderr.read()
            yield process, url
        finally:
            process.kill()


def _hear_interrupts():
    """What ignores signals, as a shell's background jobs do, hands that on to its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def ended(process):
    """What it said on stderr, once Ctrl-C has ended it."""
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert "Traceback" not in said
    return said


def test_the_browser_is_opened_once_the_server_answers(place):
    (place / "browser").write_text('#!/bin/sh\necho "$1" >> asked.txt\n')
    (place / "browser").chmod(0o755)
    with exploring(place, "vectors/", BROWSER=f"{place}/browser %s") as (process, url):
        for _ in range(600):
            if (place / "asked.txt").exists() and (place / "asked.txt").read_text():
                break
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.1)
        assert (place / "asked.txt").read_text() == url + "\n"
        assert "No browser" not in ended(process)


def test_without_a_browser_it_says_the_address(place):
    with exploring(place, "vectors", BROWSER="/bin/false %s") as (process, url):
        line = ""
        while "No browser" not in line:
            line = process.stderr.readline()
            assert line
        assert line == f"No browser could be opened; the page is at {url}\n"
        ended(process)


def test_the_browser_stays_closed(place):
    with exploring(place, "vectors", "--no-browser", BROWSER="/bin/false %s") as (process, url):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", url)
        said = ended(process)
    assert said.startswith("Serving vectors (")
    assert "No browser" not in said


@pytest.mark.parametrize("line", examples(("embeddings", "explore")))
def test_examples_run(place, line):
    words = [*shlex.split(line)[3:], *PCA]
    if "--export" in words:
        result = run("embeddings", "explore", *words)
        assert result.exit_code == 0, result.output
        return
    with exploring(place, *words, "--no-browser") as (process, _):
        ended(process)


def test_one_file(place):
    arguments = ("embeddings", "explore", "mine=vectors", "--export", "deep/map.html", *PCA)
    result = run(*arguments, "--map-words", "100")
    assert result.exit_code == 0, result.output
    page = (place / "deep/map.html").read_text(encoding="utf-8")
    size = len(page.encode()) / 1e6
    assert result.stderr.splitlines()[-1] == f"deep/map.html: 100 words, {size:.1f} MB"
    data = json.loads(re.search(r'id="wordlab-data">(.*?)</script>', page)[1])
    assert (data["model"], data["num_words"], data["method"], data["k"]) == ("mine", 100, "pca", 10)
    again = run(*arguments)
    assert (again.exit_code, again.stderr) == (
        1, "Error: deep/map.html: exists already; choose another name or use --overwrite\n",
    )  # fmt: skip
    assert run(*arguments, "--overwrite", "--map-words", "all", "-q").stderr == ""
    data = re.search(r'"num_words":(\d+)', (place / "deep/map.html").read_text(encoding="utf-8"))
    assert int(data[1]) > 100


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        ((), 2, "Missing argument 'VECTORS [OTHER...]'"),
        (("vectors", "vectors/"), 2, "expected different names, found 'vectors'"),
        (("vectors", "mine=vectors", "--export", "map.html"), 2,
         "--export: expected one set of vectors and no classifier, found 2 and 0"),
        (("vectors", "--classifier", "model", "--export", "map.html"), 2,
         "--export: expected one set of vectors and no classifier, found 1 and 1"),
        (("vectors", "--map-words", "many"), 2, "expected a number of words or all, found 'many'"),
        (("vectors", "--map-words", "9999999999"), 2,
         "--map-words: expected a whole number from 0 to 2147483647, found 9999999999"),
        (("vectors", "--port", "99999"), 2, "--port: expected a whole number from 0 to 65535, found 99999"),
        (("vectors", "--method", "tsne"), 2, "'tsne' is not one of 'auto', 'umap', 'pca'"),
        (("nowhere",), 1, "nowhere: "),
        (("nowhere", "--export", "map.html"), 1, "nowhere: "),
        (("vectors", "--export", "vectors/map.html"), 1, "vectors"),
        (("vectors", "--export", "corpus"), 1, "corpus"),
    ],
)  # fmt: skip
def test_refusals(place, arguments, code, expected):
    result = run("embeddings", "explore", *arguments, *(() if "--method" in arguments else PCA))
    assert (result.exit_code, result.stdout) == (code, "")
    assert expected in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (place / "map.html").exists()


def test_a_command_without_the_extra_says_so(place, monkeypatch):
    monkeypatch.setitem(sys.modules, "fastapi", None)
    monkeypatch.delitem(sys.modules, "wordlab.server.page", raising=False)
    monkeypatch.delitem(sys.modules, "wordlab.server.export", raising=False)
    result = run("embeddings", "explore", "vectors", "--export", "map.html", *PCA)
    assert result.exit_code == 1
    assert "pip install 'wordlab[serve]' brings it" in result.stderr
