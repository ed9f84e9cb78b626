"""One small corpus and its vectors, made by the commands themselves, for all tests of the room."""

import csv
import gzip
import json
import os
import shutil

import pytest
from click.testing import CliRunner

from pipelines.cli import wordlab
from wordlab.embeddings.evaluation.datasets import packaged_file

FAIRY_TALE = "the king and the queen of paris met a man and a woman\n"


def run(*arguments, **options):
    return CliRunner().invoke(wordlab, [str(argument) for argument in arguments], **options)


def everything_in(directory):
    """Names of all files and directories below, including hidden ones."""
    return sorted(
        os.path.relpath(os.path.join(parent, name), directory)
        for parent, folders, files in os.walk(directory)
        for name in folders + files
    )


@pytest.fixture(scope="session")
def workplace(tmp_path_factory):
    """A directory with articles.txt, corpus/, vectors/ and the other files that the examples name."""
    root = tmp_path_factory.mktemp("workplace")
    text = packaged_file("lee_background.cor").read_text(encoding="utf-8")[:150_000]
    text = text[: text.rindex("\n") + 1] + 30 * FAIRY_TALE
    (root / "articles.txt").write_text(text, encoding="utf-8")
    (root / "articles").mkdir()
    (root / "articles" / "one.txt").write_text(text[:20_000], encoding="utf-8")
    (root / "more").mkdir()
    (root / "more" / "two.txt.gz").write_bytes(gzip.compress(text[:20_000].encode()))
    (root / "old.txt").write_bytes(30 * "un café, s'il vous plaît\n".encode("cp1252"))
    (root / "posts.txt").write_text(30 * "@Ann I like #NLP 😀 https://x.org/AbC\n", encoding="utf-8")
    (root / "reviews.jsonl").write_text(30 * '{"text": "a good film"}\n', encoding="utf-8")
    (root / "ratings.csv").write_text("stars,review\n" + 30 * "5,a good film\n", encoding="utf-8")
    (root / "my-pairs.tsv").write_text(
        "king\tqueen\t9.0\nman\twoman\t8.5\nking\tfilm\t1.0\nparis\tman\t2.0\n", encoding="utf-8"
    )
    (root / "my-categories.csv").write_text(
        "word,category\nking,royal\nqueen,royal\nman,people\nwoman,people\nunicorn,people\n", encoding="utf-8"
    )
    (root / "my-outliers.txt").write_text("king\nqueen\nunicorn\n\nfilm\nparis\nof\n", encoding="utf-8")
    lists = {"flowers": "the of", "insects": "and to", "good": "in said", "bad": "was for"}  # words it has
    for name, words in lists.items():
        (root / f"{name}.txt").write_text("".join(f"{word}\n" for word in words.split()), encoding="utf-8")
    (root / "lexicon.txt").write_text("the of and\n", encoding="utf-8")
    result = run("corpus", "build", root / "articles.txt", "-o", root / "corpus", "--quiet")
    assert result.exit_code == 0, result.output
    result = run("embeddings", "train", root / "corpus", "-o", root / "vectors", "--epochs", 2, "--quiet")
    assert result.exit_code == 0, result.output
    result = run("corpus", "cooccurrences", root / "corpus", "-o", root / "counts", "--quiet")
    assert result.exit_code == 0, result.output
    for name, format in (("glove.6B.50d.txt", "glove"), ("vectors.bin.gz", "word2vec-binary")):
        result = run("embeddings", "export", root / "vectors", root / name, "--format", format, "--quiet")
        assert result.exit_code == 0, result.output
    numbers = " ".join(50 * ["0.5"])
    (root / "cache").mkdir()  # so that a name needs neither a package nor a network
    numberbatch = b"2 2\n/c/de/katze 0.1 0.2\n/c/en/cat 0.1 0.2\n"
    (root / "numberbatch.txt.gz").write_bytes(gzip.compress(numberbatch))
    (root / "cache" / "glove.6B.50d.txt").write_text(f"the {numbers}\nking {numbers}\n", encoding="utf-8")
    result = run(
        "vision", "train", "--model", "lenet", "--epochs", 1, "--threads", 1, "-o", root / "run", "-q"
    )
    assert result.exit_code == 0, result.output
    write_reviews(root)
    result = run("sentiment", "train", root / "reviews.tsv", "-o", root / "model", "--vectors",
                 root / "vectors", "--epochs", 3, "--threads", 1, "--quiet")  # fmt: skip
    assert result.exit_code == 0, result.output
    result = run("sentiment", "train", root / "reviews.tsv", "-o", root / "linear", "--model", "linear",
                 "--buckets", 1000, "--quiet")  # fmt: skip
    assert result.exit_code == 0, result.output
    result = run("sentiment", "export", root / "linear", root / "reviews.bin", "--quiet")
    assert result.exit_code == 0, result.output
    topics = [
        ("good food", "food"),
        ("bad staff", "staff"),
        ("good food, bad staff", "food,staff"),
        ("so", ""),
    ]
    with (root / "topics.csv").open("w", encoding="utf-8") as file:
        csv.writer(file).writerows([("text", "labels"), *(10 * topics)])
    result = run("sentiment", "train", root / "topics.csv", "-o", root / "topics", "--model", "linear",
                 "--loss", "ova", "--label-separator", ",", "--buckets", 1000, "--quiet")  # fmt: skip
    assert result.exit_code == 0, result.output
    write_sentences(root)
    (root / "reviews.toml").write_text(
        '[steps.vectors]\ncommand = "embeddings train"\ncorpus = "corpus"\nepochs = 1\n'
        '[steps.scores]\ncommand = "embeddings evaluate"\nvectors = "{vectors}"\nno-analogies = true\n'
    )
    result = run("embeddings", "encode", root / "vectors", root / "reviews.tsv", "-o", root / "films", "-q")
    assert result.exit_code == 0, result.output
    return root


def write_sentences(root):
    """Rated pairs of sentences in my-sentences.tsv, and as STS-B has them in sts-dev.csv."""
    pairs = [
        ("the king met a man", "the queen met a woman", 4.2),
        ("the city of paris", "a good film", 0.5),
        ("the man is great", "a great man", 4.5),
        ("the woman of paris", "the king of the city", 2.0),
    ]
    plain = "".join(f"{first}\t{second}\t{score}\n" for first, second, score in pairs)
    (root / "my-sentences.tsv").write_text(plain, encoding="utf-8")
    published = "".join(f"main\tnews\t2015\t1\t{score}\t{one}\t{other}\n" for one, other, score in pairs)
    (root / "sts-dev.csv").write_text(published, encoding="utf-8")


def write_reviews(root):
    """Labelled sentences in reviews.tsv, test.tsv, validation.tsv and train/, unlabelled in reviews.txt;
    the first also in parts/, as fields of fields.
    """
    good = ["the king met a good man", "so good and so great", "the queen of paris is great"]
    bad = ["the king met a bad man", "so bad and so poor", "the woman of paris is poor"]
    lines = [f"{label}\t{text} {n}" for n in range(8) for label, texts in (("pos", good), ("neg", bad))
             for text in texts]  # fmt: skip
    (root / "reviews.tsv").write_text("label\ttext\n" + "\n".join(lines) + "\n", encoding="utf-8")
    for name in ("test.tsv", "validation.tsv"):
        (root / name).write_text("label\ttext\n" + "\n".join(lines[:12]) + "\n", encoding="utf-8")
    (root / "reviews.txt").write_text("\n".join(good + bad) + "\n", encoding="utf-8")
    (root / "parts").mkdir()
    for number in range(2):
        rows = [line.split("\t") for line in lines[number::2]]
        nested = [{"label": label, "review": {"id": 1, "text": text}} for label, text in rows]
        content = "".join(json.dumps(record) + "\n" for record in nested)
        (root / "parts" / f"part-{number}.jsonl").write_text(content, encoding="utf-8")
    for label, texts in (("pos", good), ("neg", bad)):
        (root / "train" / label).mkdir(parents=True)
        for n, text in enumerate(4 * texts):
            (root / "train" / label / f"{n}.txt").write_text(text, encoding="utf-8")


@pytest.fixture
def place(workplace, tmp_path, monkeypatch):
    """A copy of the workplace, as the working directory."""
    shutil.copytree(workplace, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORDLAB_CACHE", str(tmp_path / "cache"))
    return tmp_path
