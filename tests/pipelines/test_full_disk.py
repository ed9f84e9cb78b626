"""A disk that fills up while a command writes: one line, and everything is as it was before."""

import os
import re
import resource
import subprocess
import sys

import pytest

from .conftest import everything_in

COMMAND = "import sys; from pipelines.cli import main; sys.argv[0] = 'wordlab'; main()"


def limited(place, size, *words, code=COMMAND):
    """The command in a process whose files may have at most `size` bytes: the system refuses more."""
    return subprocess.run(
        [sys.executable, "-c", code, *words], cwd=place, capture_output=True, text=True,
        # Python would leave the compiled files of modules cut short, and later processes would read them.
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "size"),
    [
        ("corpus build articles.txt -o full -q", 4096),
        ("corpus subsample corpus -o full -q", 4096),
        ("corpus phrases corpus --threshold 2 -o full -q", 4096),
        ("corpus phrases corpus --threshold 0.1 --list full.tsv -q", 4096),
        ("corpus subsample corpus --plot full.png -q", 4096),
        ("corpus cooccurrences corpus -o full -q", 4096),
        ("embeddings train corpus -o full -q --epochs 1", 4096),
        ("embeddings train corpus -o full -q --epochs 1 --model glove", 4096),
        ("embeddings train counts -o full -q --epochs 900 --model glove --checkpoint-every 0.01s", 4096),
        ("embeddings train corpus -o full -q --epochs 50 --checkpoint-every 0.01s", 4096),
        ("embeddings export vectors full.txt --format word2vec", 4096),
        ("embeddings import glove.6B.50d.txt -o full -q", 4096),
        ("embeddings quantise vectors -o full -q --precision float16", 4096),
        ("embeddings encode vectors articles.txt -o full -q --pooling mean", 4096),
        ("embeddings encode vectors articles.txt -o full -q --pooling sif", 4096),
        ("embeddings encode vectors articles.txt -o full -q --output-format parquet --pooling mean", 4096),
        ("embeddings plot vectors full.png -q --method pca", 4096),
        ("sentiment train reviews.tsv -o m -q --vectors vectors --checkpoint full --threads 1", 4096),
        ("sentiment train reviews.tsv -o full -q --vectors vectors --epochs 1 --threads 1", 4096),
        ("vision train -o full -q --epochs 1 --threads 1 --model lenet", 4096),
        # The first files fit; the tensors, which libraries write, do not.
        ("sentiment train reviews.tsv -o m -q --dim 300 --epochs 1 --checkpoint full --threads 1", 60_000),
        ("sentiment train reviews.tsv -o full -q --dim 300 --epochs 1 --threads 1", 60_000),
        ("vision train -o full -q --epochs 1 --threads 1 --model lenet --batch-norm", 60_000),
    ],
)  # fmt: skip
def test_the_command_says_so(place, line, size):
    before = everything_in(place)
    result = limited(place, size, *line.split())
    assert result.returncode == 1, result.stderr
    message = r"Error: full(\.\w+)?: cannot be written: .*the disk is full.*\n"
    assert re.fullmatch(message, result.stderr), result.stderr
    assert everything_in(place) == before


def test_an_export_leaves_the_old_file(place):
    pytest.importorskip("onnx")
    code = (
        "from wordlab.sentiment.base import load_classifier\n"
        "load_classifier('model').export('old.onnx', overwrite=True)"
    )
    (place / "old.onnx").write_bytes(b"the old one")
    before = everything_in(place)
    result = limited(place, 4096, code=code)
    assert "old.onnx: cannot be written: File too large (the disk is full" in result.stderr
    assert (place / "old.onnx").read_bytes() == b"the old one"
    assert everything_in(place) == before
