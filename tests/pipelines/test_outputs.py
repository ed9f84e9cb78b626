"""Where commands write: nothing that is not theirs is lost, and what cannot be written is said at once."""

import json
import os
import stat
import subprocess
import sys

import pytest

from wordlab.io.leftovers import hidden_name

from .conftest import everything_in, run

MAIN = "import sys; from pipelines.cli import main; main()"


def refused(place, line, message, code=1):
    """The command ends with one line, and nothing is changed."""
    before = everything_in(place)
    result = run(*line.split())
    assert result.stderr == f"Error: {message}\n"
    assert result.exit_code == code
    assert everything_in(place) == before


# ------------------------------------------------------------------ inputs


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("embeddings train corpus -o corpus", "corpus: is the input corpus"),
        ("embeddings train corpus --from vectors -o vectors", "vectors: is the input vectors"),
        ("embeddings train corpus -o corpus/inside", "corpus/inside: lies inside the input corpus"),
        ("embeddings train v.checkpoint --resume -o v", "v.checkpoint: is the input v.checkpoint"),
        ("corpus subsample corpus -o ./corpus", "corpus: is the input corpus"),
        ("corpus phrases corpus -o ./corpus", "corpus: is the input corpus"),
        ("corpus cooccurrences corpus -o corpus/counts", "corpus/counts: lies inside the input corpus"),
        ("corpus build corpus/texts.txt -o corpus", "corpus: contains the input corpus/texts.txt"),
        ("corpus build corpus/*.txt -o corpus", "corpus: contains the input corpus/texts.txt"),
        ("corpus build articles -o articles/corpus", "articles/corpus: lies inside the input articles"),
        ("embeddings import projector -o projector/new", "projector/new: lies inside the input projector"),
        ("embeddings export vectors vectors/matrix.npy --format glove", "lies inside the input vectors"),
        ("embeddings quantise link -o vectors --precision int8", "vectors: is the input link"),
        ("embeddings encode vectors reviews.tsv -o vectors/d", "vectors/d: lies inside the input vectors"),
        ("embeddings encode vectors reviews.tsv --like films -o films", "films: is the input films"),
        ("embeddings plot vectors vectors/words.png", "vectors/words.png: lies inside the input vectors"),
        ("sentiment train train -o train/model", "train/model: lies inside the input train"),
        ("sentiment train reviews.tsv --vectors vectors -o vectors", "vectors: is the input vectors"),
        ("sentiment train reviews.tsv --checkpoint vectors --resume --vectors vectors -o m",
         "vectors: is the input vectors"),
        ("sentiment evaluate model test.tsv --plot model/c.png", "model/c.png: lies inside the input model"),
        ("sentiment compare reviews.tsv --vectors vectors -o vectors", "vectors: is the input vectors"),
        ("vision train --data train -o train/run", "train/run: lies inside the input train"),
        ("vision compare --study depth --data train -o train/run", "lies inside the input train"),
    ],
)  # fmt: skip
def test_inputs_are_never_replaced(place, line, message):
    (place / "corpus" / "texts.txt").write_text("a text")
    (place / "projector").mkdir()
    (place / "link").symlink_to("vectors")
    (place / "v.checkpoint").symlink_to("corpus")
    words = line.split()
    if words[1] not in ("plot",) or words[0] != "embeddings":
        words += ["--overwrite"]
    before = everything_in(place)
    result = run(*words)
    assert result.exit_code == 1, result.output
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert everything_in(place) == before


def test_a_library_call_is_refused_too(place):
    from wordlab.embeddings.evaluation.quantised import quantise_saved
    from wordlab.errors import ArtifactError
    from wordlab.text import Corpus

    with pytest.raises(ArtifactError, match="is the input"):
        Corpus.load("corpus").subsample("corpus", overwrite=True)
    with pytest.raises(ArtifactError, match="is the input"):
        quantise_saved("vectors", "vectors", precision="int8", overwrite=True)
    with pytest.raises(ArtifactError, match="lies inside the input"):
        Corpus.build("articles", "articles/corpus")


# ------------------------------------------------------------------ links, devices, directories


def test_export_writes_into_what_is_not_a_file(place):
    os.mkfifo("pipe")
    (place / "real.txt").write_text("old")
    (place / "link.txt").symlink_to("real.txt")
    reader = subprocess.Popen(["cp", "pipe", "copy"])
    for name in ("pipe", "link.txt", os.devnull):
        result = run("embeddings", "export", "vectors", name, "--format", "glove", "--overwrite", "-q")
        assert result.exit_code == 0, result.output
    assert reader.wait(30) == 0
    assert (place / "copy").read_text().startswith("the ")
    assert stat.S_ISFIFO(os.stat("pipe").st_mode)
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
    assert (place / "link.txt").is_symlink()
    assert (place / "real.txt").read_text().startswith("the ")


def test_overwriting_a_link_to_an_artefact(place):
    (place / "link").symlink_to("vectors")
    result = run("embeddings", "import", "glove.6B.50d.txt", "-o", "link", "-q", "--overwrite")
    assert result.exit_code == 0, result.output
    assert (place / "link").is_symlink()
    assert json.loads((place / "vectors" / "manifest.json").read_text())["details"]["origin"]


def test_the_working_directory_is_filled(place, monkeypatch):
    here = place / "here"
    here.mkdir(mode=0o750)
    before = here.stat()
    monkeypatch.chdir(here)
    assert run("corpus", "build", "../articles.txt", "-o", ".", "-q").exit_code == 0
    assert "manifest.json" in os.listdir()
    assert (before.st_ino, before.st_mode) == (here.stat().st_ino, here.stat().st_mode)
    for output in (".", "../here", ""):
        again = run("corpus", "build", "../articles.txt", "-o", output, "--overwrite")
        assert again.exit_code == 1
        assert "is or contains the working directory; replace it from another directory" in again.stderr


def test_what_is_written_again_and_again_needs_a_name(place, monkeypatch):
    (place / "here").mkdir()
    monkeypatch.chdir(place / "here")
    refused(place, "vision train -o .",
            ".: is or contains the working directory; replace it from another directory")  # fmt: skip


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("a" * 250, "cannot be written: File name too long"),
        ("dangling", "dangling: cannot be written: it is a broken link"),
        ("articles.txt/x", "is not a directory"),
        (os.fsdecode(b"caf\xe9"), "caf\\xe9: cannot be written: expected a path in UTF-8"),
    ],
)
@pytest.mark.parametrize(
    "line",
    [
        "corpus build nothing.txt -o",
        "embeddings train nothing -o",
        "embeddings import nothing.txt -o",
        "embeddings quantise nothing --precision int8 -o",
        "embeddings encode nothing reviews.tsv -o",
        "sentiment train nothing.tsv --model nbsvm -o",
        "sentiment compare nothing.tsv -o",
        "vision train --data nothing -o",
    ],
)
def test_outputs_are_checked_before_inputs(place, line, output, message):
    (place / "dangling").symlink_to("nowhere")
    result = run(*line.split(), output)
    assert result.exit_code == 1
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["a" * 247 + ".png", "dangling.png", "articles.txt/x.png"])
@pytest.mark.parametrize(
    "line",
    [
        "corpus subsample nothing --plot",
        "embeddings plot nothing",
        "sentiment evaluate nothing nothing --plot",
        "theory vanishing --plot",
    ],
)
def test_pictures_are_checked_before_inputs(place, line, name):
    (place / "dangling.png").symlink_to("nowhere.png")
    result = run(*line.split(), name)
    assert result.exit_code == 1
    assert "cannot be written: " in result.stderr
    assert "nothing" not in result.stderr


# ------------------------------------------------------------------ killed runs


@pytest.mark.parametrize("quiet", [False, True])
def test_what_a_killed_run_left_is_removed_and_said(place, quiet):
    leftover = place / hidden_name(".new[1]")
    leftover.mkdir()
    (leftover / "half").write_text("x")
    result = run("corpus", "build", "articles.txt", "-o", "new[1]", *["-q"] * quiet)
    assert result.exit_code == 0
    assert not leftover.exists()
    note = f"Note: {leftover}: removed what a killed run had left\n"
    assert (note in result.stderr) != quiet


def test_resuming_leaves_other_runs_alone(place):
    """A name with * is a name."""
    other = place / hidden_name(".other.checkpoint")
    other.mkdir()
    run("embeddings", "train", "corpus", "-o", "o*", "--epochs", "1", "--resume", "-q")
    assert other.exists()


# ------------------------------------------------------------------ two at once


def test_the_second_of_two_builds_fails(place):
    """Both began when the name was free; the first to finish has it."""
    words = [sys.executable, "-c", MAIN, "corpus", "build", "-", "-o", "new", "-q"]
    both = [
        subprocess.Popen(words, cwd=place, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE)
        for _ in range(2)
    ]  # fmt: skip
    for process in both:
        process.stdin.write(b"the cat sat on the mat\n" * 100_000)  # more than a pipe holds: it is at work
        process.stdin.flush()
    results = [process.communicate(b"the end\n" * 9, timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 1]
    assert results[1] == (
        b"", b"Error: new: exists already; choose another name or use --overwrite\n"
    )  # fmt: skip
    assert run("corpus", "stats", "new").exit_code == 0
    assert not [name for name in os.listdir(place) if name.startswith(".")]
