"""The options of a cluster, as they are typed."""

import pytest

from .conftest import run


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ("--workers 3", 2, "--workers: expected --engine ray beside it, found compiled"),
        ("--engine torch --address auto", 2, "--address: expected --engine ray beside it, found torch"),
        ("--engine ray --workers 0", 2, "--workers: expected a whole number from 1 to 1024, found 0"),
        ("--engine ray --address x", 2, "--address: expected auto, host:port or ray://host:port, found 'x'"),
        ("--engine ray --racing", 2, "--deterministic: expected true for the engine ray, found false"),
        ("--engine ray --model glove", 2, "--engine: expected compiled for glove, found ray"),
        ("--engine ray --device cuda", 2, "--device: expected an engine that has this option, found ray"),
    ],
)
def test_what_makes_no_sense_is_one_line(place, words, code, message):
    pytest.importorskip("ray")
    result = run("embeddings", "train", place / "corpus", *words.split(), "-o", place / "none")
    assert result.exit_code == code
    assert f"Error: {message}" in result.stderr
    assert not (place / "none").exists()


def test_a_dry_run_says_what_each_worker_takes(place):
    words = ("--engine", "ray", "--workers", "3", "--shards", "4", "--dry-run")
    shown = run("embeddings", "train", place / "corpus", *words, "-o", place / "none").stdout
    assert "each worker  3" in shown
    assert "of memory" in shown
    assert "training at" not in shown
