"""Bad input gives an exit code and an exact line, and leaves nothing behind."""

import gzip
import json
import subprocess
import sys

import pytest

from benchmarks.command_lines import leaves
from pipelines.cli import wordlab

from .conftest import everything_in, run

ENGLISH = "the cat sat on the mat\n" * 20


def fails(place, words, code, message):
    """Run the command; expect the exit code, one line on stderr and an unchanged directory."""
    before = everything_in(place)
    result = run(*words)
    assert result.stderr == f"Error: {message}\n"
    assert result.exit_code == code
    assert result.stdout == ""
    assert everything_in(place) == before


@pytest.fixture
def empty(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


INPUTS = {
    "a directory without texts": (
        "folder", None,
        "folder: expected files that end in one of .txt .text .jsonl .ndjson .json .csv .tsv .parquet, "
        "found none",
    ),
    "an empty file": ("a.txt", b"", "a.txt: expected text, found not a single word"),
    "no words": ("a.txt", b"?! ...\n\n", "a.txt: expected text, found not a single word"),
    "binary garbage": (
        "a.txt", b"abc\0\x01\x02",
        "a.txt: byte 3: expected text, found a NUL byte; is this a binary file?",
    ),
    "invalid UTF-8": (
        "a.txt", b"caf\xe9 noir\n",
        "a.txt: byte 3: expected UTF-8, found 0xe9; if it is cp1252, as it seems, use --encoding cp1252",
    ),
    "no text column": (
        "a.jsonl", b'{"text": "x"}\n{"body": "y"}\n', "a.jsonl:2: expected a field 'text', found body"
    ),
    "no column of a CSV": ("a.csv", b"a,b\n1,2\n", "a.csv: row 1: expected a column 'text', found a, b"),
    "rare words only": (
        "a.txt", b"the cat sat\n",
        "--min-count 5 leaves no word: the most frequent one has a count of 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", INPUTS)
def test_bad_texts(case, empty):
    name, content, message = INPUTS[case]
    if content is None:
        (empty / name).mkdir()
    else:
        (empty / name).write_bytes(content)
    fails(empty, ["corpus", "build", name, "-o", "corpus"], 1, message)


def test_missing_file(empty):
    fails(
        empty, ["corpus", "build", "a.txt", "-o", "c"], 1, "a.txt: cannot be read: No such file or directory"
    )
    fails(empty, ["corpus", "build", "*.txt", "-o", "c"], 1,
          "*.txt: expected files that match the pattern, found none")  # fmt: skip
    fails(empty, ["embeddings", "import", "a.txt", "-o", "c"], 1,
          "a.txt: cannot be read: No such file or directory")  # fmt: skip


def test_truncated_gzip(empty):
    whole = gzip.compress(ENGLISH.encode() + bytes(range(65, 91)) * 1000)
    (empty / "a.txt.gz").write_bytes(whole[: len(whole) // 2])
    result = run("corpus", "build", "a.txt.gz", "-o", "c")
    assert result.exit_code == 1
    assert result.stderr.startswith(
        "Error: a.txt.gz: expected a whole gzip file, found one that is cut short"
    )
    assert result.stderr.count("\n") == 1
    assert everything_in(empty) == ["a.txt.gz"]


def test_invalid_bytes_are_replaced_and_counted_when_asked(empty):
    (empty / "a.txt").write_bytes(b"caf\xe9 noir\n" * 7)
    words = ["corpus", "build", "a.txt", "-o", "c", "--encoding-errors", "replace"]
    result = run(*words)
    assert result.exit_code == 0
    assert "replaced       7 places where the bytes were not in the encoding\n" in result.stdout
    assert json.loads(run(*words, "--json", "--overwrite").stdout)["num_replaced"] == 7


def test_corpus_too_short_to_train(empty):
    (empty / "a.txt").write_text("the cat sat\n")
    assert run("corpus", "build", "a.txt", "-o", "c", "--min-count", 1).exit_code == 0
    fails(empty, ["embeddings", "train", "c", "-o", "v"], 1,
          "expected a corpus longer than a window of 5 words, found 3 tokens")  # fmt: skip


WRONG_USAGE = {
    "corpus build a.txt -o c --min-count 0": "--min-count: expected 1 or more, found 0",
    "corpus build a.txt -o c --max-vocab 0": "--max-vocab: expected 1 or more, or none, found 0",
    "theory batches --seed -1": "--seed: expected a whole number from 0 to 9223372036854775807, found -1",
    "corpus build a.txt -o c --tokenizer whitespace --hyphens split": (
        "--hyphens: expected the tokenizer 'word' or 'tweets' with hyphens='split', found 'whitespace'"
    ),
    "corpus build - - -o c": "INPUT...: expected - (standard input) once, found it several times",
    "corpus build a.csv -o c --no-header": (
        "--text-column: expected a position (0, 1, ...) without a header, found 'text'"
    ),
    "corpus build a.txt": "Missing option '-o' / '--output'",
    "corpus build -o c": "Missing argument 'INPUT...'",
    "corpus subsample corpus --threshold -1": "--threshold: expected 0 (keep everything) or more, found -1.0",
    "corpus subsample corpus --threshold nan": "--threshold: expected 0 (keep everything) or more, found nan",
    "corpus subsample corpus --seed -1": (
        "--seed: expected a whole number from 0 to 9223372036854775807, found -1"
    ),
    "corpus subsample corpus --plot kept.gif": (
        "kept.gif: expected a picture's name, which ends in .png, .svg, .pdf"
    ),
    "embeddings train corpus -o v --dim 0": "--dim: expected a whole number from 1 to 10000, found 0",
    "embeddings train corpus -o v --learning-rate 0.1 --min-learning-rate 0.2": (
        "--min-learning-rate: expected at most the --learning-rate 0.1, found 0.2"
    ),
    "embeddings train corpus -o v --model bert": (
        "Invalid value for '--model': 'bert' is not one of 'skipgram', 'cbow', 'glove'"
    ),
    "embeddings train corpus -o v --subsample nan": (
        "--subsample: expected a number from 0.0 to 1.0, found nan"
    ),
    "embeddings evaluate vectors --no-analogies --no-similarity": (
        "--no-similarity and --no-analogies together leave nothing to evaluate"
    ),
    "embeddings nearest vectors king -k 0": "Invalid value for '-k': 0 is not in the range x>=1",
    "corpus": None,
    "corpus bild": "no such command 'bild'; did you mean 'build'?",
}


@pytest.mark.parametrize("line", WRONG_USAGE)
def test_nonsense_options(line, place):
    (place / "a.txt").write_text(ENGLISH)
    (place / "a.csv").write_text("1,2\n")
    message = WRONG_USAGE[line]
    before = everything_in(place)
    result = run(*line.split())
    assert result.exit_code == 2
    if message is not None:
        command = " ".join(line.split()[: 1 if "no such command" in message else 2])
        assert result.stderr == f"Error: {message} (see wordlab {command} --help)\n"
    assert everything_in(place) == before


NEEDED = {
    "corpus build": "articles.txt -o new",
    "corpus phrases": "corpus",
    "corpus cooccurrences": "corpus -o new",
    "embeddings encode": "vectors reviews.tsv -o new",
    "embeddings train": "corpus -o new",
    "embeddings stability": "corpus",
    "serve": "vectors",
    "sentiment train": "reviews.tsv -o new",
    "sentiment evaluate": "model reviews.tsv",
    "sentiment predict": "model text",
    "sentiment compare": "reviews.tsv",
    "sentiment card": "model -o new.md",
    "sentiment quantise": "model -o new",
    "vision train": "-o new",
    "vision compare": "--study depth",
}
"""The commands that have --threads, each with what it cannot do without."""


def test_threads_have_one_limit_in_all_commands(place):
    options = {name: {option for param in command.params for option in param.opts}
               for name, command in leaves(wordlab)}  # fmt: skip
    assert NEEDED.keys() == {name for name, spelt in options.items() if "--threads" in spelt}
    for name, needed in NEEDED.items():
        for number in (0, -1, 1_025, 2**31):
            result = run(*name.split(), *needed.split(), "--threads", number)
            assert result.exit_code == 2
            assert result.stderr == (
                f"Error: --threads: expected a whole number from 1 to 1024, found {number} "
                f"(see wordlab {name} --help)\n"
            )


def test_unknown_root_words(empty):
    fails(empty, ["corpsu"], 2, "no such command 'corpsu'; did you mean 'corpus'? (see wordlab --help)")
    fails(empty, ["--nope"], 2, "No such option '--nope' (see wordlab --help)")


WRITERS = [
    "corpus build articles.txt -o taken",
    "corpus subsample corpus -o taken",
    "corpus phrases corpus -o taken",
    "corpus cooccurrences corpus -o taken",
    "embeddings train corpus -o taken",
    "embeddings import glove.6B.50d.txt -o taken",
]


@pytest.mark.parametrize("line", WRITERS)
def test_an_output_that_exists_is_left_unchanged(line, place):
    run("corpus", "build", "reviews.jsonl", "-o", "taken", "-q")
    fails(place, line.split(), 1, "taken: exists already; choose another name or use --overwrite")
    assert run(*line.split(), "--overwrite", "--quiet").exit_code == 0


@pytest.mark.parametrize("line", WRITERS)
def test_a_foreign_directory_is_never_replaced(line, place):
    (place / "taken").mkdir()
    (place / "taken" / "diary.txt").write_text("mine")
    message = "taken: exists and is not a wordlab artefact; left unchanged"
    fails(place, [*line.split(), "--overwrite"], 1, message)


@pytest.mark.parametrize("line", WRITERS)
def test_an_output_below_a_file_is_refused_before_the_work(line, place):
    words = [word.replace("taken", "articles.txt/taken") for word in line.split()]
    message = f"articles.txt/taken: cannot be written: {place / 'articles.txt'} is not a directory"
    fails(place, words, 1, message)


def test_existing_files_are_left_unchanged(place):
    (place / "mine.txt").write_text("mine")
    (place / "mine.png").write_text("mine")
    export = ["embeddings", "export", "vectors", "mine.txt", "--format", "word2vec"]
    subsample = ["corpus", "subsample", "corpus", "--plot", "mine.png"]
    for words, name in ((export, "mine.txt"), (subsample, "mine.png")):
        fails(place, words, 1, f"{name}: exists already; choose another name or use --overwrite")
        assert (place / name).read_text() == "mine"
        assert run(*words, "--overwrite").exit_code == 0
        assert (place / name).stat().st_size > 4


def test_foreign_artefacts(place):
    fails(place, ["corpus", "stats", "vectors"], 1,
          "vectors: expected an artefact of kind 'corpus', found 'vectors', "
          "which WordVectors.load loads")  # fmt: skip
    fails(place, ["embeddings", "nearest", "corpus", "king"], 1,
          "corpus: expected an artefact of kind 'vectors', found 'corpus', "
          "which Corpus.load loads")  # fmt: skip
    for words in (["corpus", "stats", "articles"], ["embeddings", "evaluate", "articles"]):
        result = run(*words)
        assert result.exit_code == 1
        assert result.stderr.startswith("Error: articles: expected ")
        assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("payload", ["token_ids.npy", "line_offsets.npy", "vocabulary.parquet"])
def test_damaged_corpus(payload, place):
    path = place / "corpus" / payload
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    for words in (["corpus", "stats", "corpus"], ["embeddings", "train", "corpus", "-o", "v"]):
        result = run(*words)
        assert result.exit_code == 1
        assert result.stderr.startswith(f"Error: corpus/{payload}: expected SHA-256 ")
        assert result.stderr.count("\n") == 1
    path.write_bytes(data[:-1])
    result = run("corpus", "stats", "corpus")
    assert result.stderr == f"Error: corpus/{payload}: expected {len(data)} bytes, found {len(data) - 1}\n"


def test_unknown_words_name_near_spellings(place):
    result = run("embeddings", "nearest", "vectors", "King")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: 'King' is not among the ")
    assert "near spellings: king" in result.stderr


@pytest.mark.parametrize("line", ["corpus stats corpus", "--help", "embeddings nearest vectors king --json"])
def test_stdout_that_is_full(line, place):
    script = "import sys; from pipelines.cli import main; main()"
    with open("/dev/full", "w") as full:
        result = subprocess.run(
            [sys.executable, "-c", script, *line.split()],
            cwd=place,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert result.returncode == 1
    assert result.stderr == "Error: standard output: No space left on device\n"


def test_a_reader_that_leaves_early_is_not_an_error(place):
    script = "import sys; from pipelines.cli import main; main()"
    words = ["embeddings", "export", "vectors", "-", "--format", "word2vec"]
    process = subprocess.Popen(
        [sys.executable, "-c", script, *words], cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()  # before anything can have been written
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(30) == 141


def test_out_of_memory_is_one_line(place, monkeypatch):
    def greedy(*_, **__):
        raise MemoryError("Unable to allocate 9 TiB")

    monkeypatch.setattr("wordlab.text.corpus.Corpus.build", greedy)
    fails(place, ["corpus", "build", "articles.txt", "-o", "c"], 1, "out of memory: Unable to allocate 9 TiB")


def test_a_bug_keeps_its_traceback(place, monkeypatch):
    def wrong(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("wordlab.text.corpus.Corpus.build", wrong)
    assert isinstance(run("corpus", "build", "articles.txt", "-o", "c").exception, ZeroDivisionError)
