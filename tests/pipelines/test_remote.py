"""Every family of commands reads and writes at URLs what it reads and writes on this machine."""

import csv
import gzip
import io
import json
import shlex
import zipfile
from pathlib import Path

import click
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines import options
from tests.test_docs import ROOT, shown_commands
from wordlab.embeddings import WordVectors

from .conftest import run
from .test_help import LEAVES, wordlab

SECRET = "ThisSecretIsKnownToTheTests"  # noqa: S105


def done(*arguments):
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    assert SECRET not in result.output
    return result


def wrong(*arguments, code=1):
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert result.output.count("\n") == 1
    assert SECRET not in result.output
    return result.output.strip()


@pytest.fixture
def store(s3, workplace):
    """The bucket with the artefacts of the room."""
    for name in ("corpus", "vectors", "model"):
        s3.upload(workplace / name, name)
    return s3


def test_the_page_shows_what_happens(s3, workplace, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = (workplace / "articles.txt").read_text(encoding="utf-8").splitlines()[-200:]
    s3.put(
        "news/1.jsonl.gz",
        gzip.compress("".join(json.dumps({"text": line}) + "\n" for line in lines).encode()),
    )
    for name in ("train.tsv", "reviews.tsv"):
        s3.put(name, (workplace / "reviews.tsv").read_bytes())
    s3.put("static/model.safetensors", "")
    commands = list(shown_commands(ROOT / "docs" / "how-to" / "remote-files.md"))
    assert len(commands) == 7
    for command, shown in commands:
        result = run(*shlex.split(command)[1:])
        assert result.exit_code == int(shown.startswith("Error: ")), result.output
        assert not shown or result.output == shown
    assert s3.names("vectors") == sorted(path.name for path in (workplace / "vectors").iterdir())
    assert "directory    s3://bucket/vectors/\n" in done("info", "s3://bucket/vectors").stdout


def test_corpora(s3, workplace, tmp_path):
    s3.put("news/a b.txt", (workplace / "articles.txt").read_bytes())
    result = done("corpus", "build", "s3://bucket/news/*.txt", "-o", "s3://bucket/corpus")
    assert "corpus         s3://bucket/corpus/\n" in result.stdout
    assert "wordlab corpus stats s3://bucket/corpus/\n" in result.stderr
    ours = json.loads((workplace / "corpus" / "manifest.json").read_text())
    theirs = json.loads(s3.get("corpus/manifest.json"))
    assert ours["payloads"] == theirs["payloads"]
    assert theirs["details"]["sources"][0]["name"] == "s3://bucket/news/a b.txt"
    assert "a b.txt" in done("corpus", "stats", "s3://bucket/corpus/").stdout
    done(
        "corpus",
        "phrases",
        "s3://bucket/corpus",
        "-o",
        tmp_path / "joined",
        "--list",
        "s3://bucket/phrases.tsv",
    )
    assert s3.get("phrases.tsv")
    assert wrong("corpus", "build", "s3://bucket/news/", "-o", "s3://bucket/corpus") == (
        "Error: s3://bucket/corpus: exists already; choose another name or use --overwrite"
    )


def test_vectors(store, workplace, tmp_path):
    vectors = "s3://bucket/vectors"
    assert (
        done("embeddings", "nearest", vectors, "king").stdout
        == run("embeddings", "nearest", workplace / "vectors", "king").stdout
    )
    message = done("embeddings", "export", vectors, "s3://bucket/v.bin", "--format", "fasttext").stderr
    assert message.startswith("s3://bucket/v.bin: ")
    assert "exists already" in wrong(
        "embeddings", "export", vectors, "s3://bucket/v.bin", "--format", "fasttext"
    )
    done("embeddings", "export", vectors, "s3://bucket/v.vec.gz", "--format", "word2vec")
    for name in ("v.bin", "v.vec.gz"):
        done(
            "embeddings",
            "import",
            f"s3://bucket/{name}",
            "--only",
            "s3://bucket/corpus",
            "-o",
            tmp_path / name,
        )
        assert WordVectors.load(tmp_path / name).details["origin"] == name
    done("embeddings", "export", vectors, "s3://bucket/static", "--format", "model2vec")
    assert "model.safetensors" in store.names("static")
    assert wrong("embeddings", "import", "s3://bucket/static", "-o", tmp_path / "static") == (
        "Error: s3://bucket/static: expected a file of vectors, found a folder; copy it to this machine "
        "first, by `aws s3 cp --recursive`"
    )


def test_a_file_in_a_zip_archive(store, tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("glove.2d.txt", "the 0.5 1\nking 1 0.25\n")
        archive.writestr("other.txt", "")
    store.put("glove.zip", packed.getvalue())
    done("embeddings", "import", "s3://bucket/glove.zip/glove.2d.txt", "-o", tmp_path / "glove")
    assert WordVectors.load(tmp_path / "glove").vocabulary.words == ("the", "king")
    assert "name one: s3://bucket/glove.zip/glove.2d.txt" in wrong(
        "embeddings", "import", "s3://bucket/glove.zip", "-o", tmp_path / "more"
    )


def test_judging_and_word_lists(store, tmp_path):
    pairs = store.put("pairs.tsv", "king\tqueen\t9.0\nman\twoman\t8.5\nking\tman\t1.0\nparis\tman\t2.0\n")
    result = done("embeddings", "evaluate", "s3://bucket/vectors", "--similarity", pairs, "--json")
    assert '"pairs"' in result.stdout
    words = store.put("stop.txt", "the\nof\n")
    text = store.put("a.txt", 5 * "the king of paris\n")
    done("corpus", "build", text, "--stop-words", words, "--vocabulary", "s3://bucket/vectors",
         "-o", tmp_path / "corpus")  # fmt: skip


def test_classifiers(store, workplace, tmp_path):
    data = store.put("train.tsv", (workplace / "reviews.tsv").read_bytes())
    done("sentiment", "train", data, "--model", "tfidf", "--validation", data, "-o", "s3://bucket/tfidf")
    done("sentiment", "evaluate", "s3://bucket/tfidf", data)
    table = store.put("in.csv", "id,text\n1,a good film\n2,a bad film\n")
    done("sentiment", "predict", "s3://bucket/tfidf", table, "-o", "s3://bucket/out.csv")
    rows = list(csv.DictReader(io.StringIO(store.get("out.csv").decode())))
    assert [row["id"] for row in rows] == ["1", "2"]
    assert "exists already" in wrong(
        "sentiment", "predict", "s3://bucket/tfidf", table, "-o", "s3://bucket/out.csv"
    )
    assert "is the input" in wrong(
        "sentiment", "predict", "s3://bucket/tfidf", table, "-o", table, "--overwrite"
    )
    assert wrong("sentiment", "predict", "s3://bucket/tfidf", table, code=2).startswith(
        f"Error: TEXT...: expected texts, found the name of a file, '{table}'; use --file {table}"
    )
    lines = done("sentiment", "predict", "s3://bucket/tfidf", "--file", table).stdout.splitlines()
    assert len(lines) == 2


def test_shards_of_labelled_texts(store, tmp_path):
    for split in ("train-1", "train-2"):
        store.put(f"data/{split}.csv", "label,text\n" + 10 * "good,a fine film\nbad,a poor film\n")
    store.put("data/README.md", "about")
    result = done(
        "sentiment", "train", "s3://bucket/data", "--model", "tfidf", "-o", tmp_path / "model", "--json"
    )
    assert json.loads(result.stdout)["num_texts"] == 40
    assert "s3://bucket/data: 1 file (README.md) left out beside the .csv files" in result.stderr
    store.put("data/test.csv", "label,text\n")
    assert "expected one split, found test and train" in wrong(
        "sentiment", "train", "s3://bucket/data", "-o", tmp_path / "other"
    )
    store.put("data/pos/1.txt", "good")
    assert "expected files of labelled texts and no folders" in wrong(
        "sentiment", "train", "s3://bucket/data", "-o", tmp_path / "other"
    )


def test_documents(store, tmp_path):
    texts = store.put("texts.parquet", parquet_of(["the king of paris", "a man and a woman"]))
    done("embeddings", "encode", "s3://bucket/vectors", texts, "--pooling", "mean", "-o", "s3://bucket/docs")
    found = done(
        "embeddings", "search", "s3://bucket/docs", "--vectors", "s3://bucket/vectors", "king", "-k", 1
    )
    assert "the king of paris" in found.stdout


def parquet_of(texts):
    file = io.BytesIO()
    pq.write_table(pa.table({"text": texts}), file)
    return file.getvalue()


def test_a_pipeline_sees_that_a_file_elsewhere_changed(s3, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    s3.put("news/a.txt", 5 * "the king of paris\n")
    Path("all.toml").write_text(
        'output = "out"\n[steps.corpus]\ncommand = "corpus build"\ninput = "s3://bucket/news/*.txt"\n'
    )
    done("run", "all.toml")
    assert "up to date" in done("run", "all.toml", "--dry-run").output
    s3.put("news/a.txt", 6 * "the king of paris\n")
    assert "input s3://bucket/news/*.txt changed" in done("run", "all.toml", "--dry-run").output
    s3.remove("news/a.txt")
    assert "expected files that match the pattern, found none" in wrong("run", "all.toml")


B, HERE = "s3://bucket", "expected a place on this machine, found"
WRONG = [
    ("corpus build http://x.org/a.txt -o c", 1, "http://x.org/a.txt: expected a path, or a URL of "),
    ("corpus build s3://ann:pw@bucket/a.txt -o c", 1, f"{B}/a.txt: expected no credentials in the URL"),
    ("corpus build s3://no/*.txt -o c", 1, "s3://no/*.txt: cannot be read: there is no bucket 'no'"),
    (f"corpus build {B}/no.txt -o c", 1, f"{B}/no.txt: cannot be read: there is no such file"),
    (
        f"corpus build a.txt -o {B}//c",
        2,
        "Invalid value for '-o' / '--output': expected a URL whose key has no empty",
    ),
    (f"corpus stats {B}/no", 1, f"{B}/no: expected an artefact made by wordlab, found no manifest.json"),
    (f"embeddings nearest {B}/corpus king", 1, f"{B}/corpus: expected an artefact of kind 'vectors', found"),
    (f"embeddings train {B}/corpus -o {B}/x --resume", 1, f"{B}/x.checkpoint: {HERE} a URL"),
    (
        f"demo -o {B}/demo",
        2,
        f"Invalid value for '-o' / '--output': {HERE} {B}/demo; copy it to this machine",
    ),
    (f"run {B}/all.toml", 2, f"Invalid value for 'PIPELINE': {HERE} {B}/all.toml"),
    (f"sentiment train {B}/no.csv -o m", 1, f"{B}/no.csv: cannot be read: there is no such file"),
    (
        f"sentiment predict {B}/model --file {B}/no.csv",
        1,
        f"{B}/no.csv: cannot be read: there is no such file",
    ),
    (f"embeddings encode {B}/vectors {B}/corpus -o d", 1, f"{B}/corpus: expected a file, found a folder"),
    ("embeddings import hf://datasets/ann/x -o v", 1, "hf://datasets/ann/x: expected a model, as hf://user/"),
]


@pytest.mark.parametrize(("arguments", "code", "message"), WRONG)
def test_what_is_wrong_is_one_line(store, tmp_path, monkeypatch, arguments, code, message):
    monkeypatch.chdir(tmp_path)
    assert wrong(*arguments.split(), code=code).startswith(f"Error: {message}")
    assert not list(tmp_path.iterdir())


def test_no_command_takes_paths_of_another_kind():
    """So that a URL is either understood or refused, and never the name of a directory called s3:."""
    context = click.Context(wordlab)
    for path in LEAVES:
        command = wordlab
        for name in path:
            command = command.get_command(context, name)
        for param in command.params:
            assert not isinstance(param.type, click.Path) or isinstance(param.type, options.Place), (
                path,
                param,
            )


def test_a_url_as_commands_pass_it_on():
    path = options.Read().convert("s3://bucket/a b/c#d.txt", None, None)
    assert str(path) == "s3://bucket/a b/c#d.txt"
    assert str(path.parent / "x") == "s3://bucket/a b/x"
    assert str(path.with_name("e")) == "s3://bucket/a b/e"
    assert options.Read().convert("file:///texts/a%20b", None, None) == Path("/texts/a b")
    assert str(options.Read().convert("-", None, None)) == "-"
