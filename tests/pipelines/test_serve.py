"""`wordlab serve`, up to where it would serve: what it says, and what it refuses."""

import re
import shlex
import signal
import subprocess
import sys

import pytest

from .conftest import run
from .test_help import examples


def served(place, *arguments):
    """(exit code, stdout, stderr) of a server that is told to end as soon as it serves."""
    command = [sys.executable, "-m", "pipelines.cli", "serve", *arguments, "--port", "0"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=place, **pipes) as process:
        first = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        rest, said = process.communicate(timeout=60)
        return process.returncode, first + rest, said


def test_it_says_what_is_served_and_where(place):
    code, shown, said = served(
        place, "vectors/", "mine=vectors", "--classifier", "model/", "--index", "usearch"
    )
    assert code == 0, said
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\n", shown)
    first, second, third, last = said.splitlines()[-4:]
    sentence = (
        r"Serving {} \([\d,]+ words, 100 dimensions; the index finds \d+\.\d% of the 10 nearest words\)"
    )
    assert re.fullmatch(sentence.format("vectors"), first)
    assert re.fullmatch(sentence.format("mine"), second)
    assert third == "Serving model (TextCNN: neg, pos)"
    assert last == f"Routes: {shown.strip()}docs"
    assert served(place, "vectors", "--quiet")[2] == ""


@pytest.mark.parametrize("line", examples(("serve",)))
def test_examples_run(place, line):
    code, shown, said = served(place, *shlex.split(line)[2:])
    assert code == 0, said
    assert shown.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        ((), 2, "VECTORS [OTHER...]: expected a directory of vectors or a classifier, found none"),
        (("vectors", "vectors/"), 2, "VECTORS [OTHER...]: expected different names, found 'vectors' for "
         "vectors and vectors/; use NAME=DIR"),
        (("a=",), 2, "VECTORS [OTHER...]: expected DIR or NAME=DIR, found 'a='"),
        (("vectors", "--host", "0.0.0.0"), 2, "--host: expected a loopback address such as 127.0.0.1, or an "  # noqa: S104
         "--api-key-file, found '0.0.0.0'"),
        (("vectors", "--host", "0.0.0.0", "--api-key-file", "none"), 1, "none: No such file or directory"),  # noqa: S104
        (("vectors", "--index", "faiss"), 2, "'faiss' is not one of 'exact', 'usearch'"),
        (("vectors", "--max-batch", "0"), 2,
         "--max-batch: expected a whole number from 1 to 1048576, found 0"),
        (("nowhere",), 1, "nowhere: "),
    ],
)  # fmt: skip
def test_refusals(place, arguments, code, expected):
    result = run("serve", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert expected in result.stderr
    assert result.stderr.count("\n") == 1
