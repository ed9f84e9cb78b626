"""Corpora built on disk: equal to those in memory, the same bytes always, nothing left behind."""

import gzip
import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

from wordlab.errors import (
    ArtifactError,
    ConfigError,
    CorpusError,
    FormatError,
    OutputExistsError,
    SourceError,
)
from wordlab.resources import available_cores
from wordlab.text import Corpus, Tokenizer, building, parallel, worker
from wordlab.text.reader import BlockReader
from wordlab.text.sources import find_sources
from wordlab.text.tokenizers import TOKENIZERS


@pytest.fixture(scope="module")
def lines():
    rng = np.random.default_rng(0)
    syllables = ["ka", "To", "mi", "rä", "don't", "e-mail", "3.14", "，", "很好", "送餐", " ", "  ", "—"]
    return ["".join(rng.choice(syllables, rng.integers(0, 60))) for _ in range(3000)]


@pytest.fixture
def small_blocks(monkeypatch):
    for kind in TOKENIZERS.values():
        monkeypatch.setattr(kind, "block_size", 4000)


def files(directory):
    return {path.name: path.read_bytes() for path in directory.iterdir()}


@pytest.mark.parametrize("name", ["whitespace", "word", "jieba"])
def test_equals_the_corpus_in_memory(tmp_path, small_blocks, lines, name):
    path = tmp_path / "x.txt"
    path.write_text("\n".join(lines))
    tokenizer = Tokenizer(name)
    expected = Corpus.from_lines(lines, tokenizer=tokenizer, min_count=3)
    for threads in (1, 2):
        options = {"tokenizer": tokenizer, "min_count": 3, "threads": threads}
        corpus = Corpus.build([path], tmp_path / f"{threads}", **options)
        assert corpus.vocabulary == expected.vocabulary
        np.testing.assert_array_equal(corpus.token_ids, expected.token_ids)
        np.testing.assert_array_equal(corpus.line_offsets, expected.line_offsets)
        facts = expected.details
        assert facts == {key: corpus.details[key] for key in facts}
    assert files(tmp_path / "1") == files(tmp_path / "2")
    assert set(files(tmp_path / "1")) == {
        "manifest.json", "token_ids.npy", "line_offsets.npy", "vocabulary.parquet"
    }  # fmt: skip
    Corpus.load(tmp_path / "1").save(tmp_path / "saved")
    assert files(tmp_path / "saved") == files(tmp_path / "1")


def test_a_line_longer_than_many_blocks(tmp_path, small_blocks):
    words = [f"w{i % 997}" for i in range(50_000)]
    path = tmp_path / "x.txt.gz"
    path.write_bytes(gzip.compress(("first line\n" + " ".join(words)).encode()))
    corpus = Corpus.build([path], tmp_path / "out", min_count=1)
    assert corpus.num_lines == 2
    assert corpus.line(1) == words


def test_details(tmp_path):
    texts, rows = tmp_path / "x.txt", tmp_path / "x.jsonl"
    texts.write_bytes(b"one two two \xff")
    rows.write_text('{"body": "two three"}\n')
    options = {"min_count": 2, "text_column": "body", "encoding_errors": "replace", "max_vocab": 7}
    corpus = Corpus.build([texts, rows], tmp_path / "out", **options)
    assert corpus.details == {
        "sources": [{"name": str(texts), "bytes": 13}, {"name": str(rows), "bytes": 22}],
        "min_count": 2,
        "max_vocab": 7,
        "num_raw_tokens": 5,
        "num_raw_types": 3,
        "num_dropped_tokens": 2,
        "num_replaced": 1,
        "tokenizer": {"name": "word", "lowercase": True, "hyphens": "keep"},
        "num_tokens": 3,
        "num_lines": 2,
        "num_words": 1,
    }
    assert json.loads((tmp_path / "out/manifest.json").read_text())["details"] == corpus.details


def test_hash_seed_does_not_matter(tmp_path, lines):
    (tmp_path / "x.txt").write_text("\n".join(lines))
    code = "import sys; from wordlab.text import Corpus; Corpus.build([sys.argv[1]], sys.argv[2])"
    for seed in ("1", "2"):
        command = [sys.executable, "-c", code, "x.txt", f"out{seed}"]
        subprocess.run(command, check=True, cwd=tmp_path, env={**os.environ, "PYTHONHASHSEED": seed})
    assert files(tmp_path / "out1") == files(tmp_path / "out2")


def test_progress(tmp_path, small_blocks, lines):
    path = tmp_path / "x.txt"
    path.write_text("\n".join(lines))
    events = []
    Corpus.build([path], tmp_path / "out", on_progress=events.append)
    assert events[-1].done == events[-1].total == path.stat().st_size
    assert events[-1].unit == "bytes"
    assert [event.done for event in events] == sorted(event.done for event in events)


@pytest.mark.parametrize(
    ("content", "options", "error", "message"),
    [
        (b"", {}, CorpusError, "x.txt: expected text, found not a single word"),
        (b" \n,.\n", {}, CorpusError, "x.txt: expected text, found not a single word"),
        (b"a a b", {"min_count": 3}, CorpusError, "leaves no word: the most frequent one has a count of 2"),
        (b"a", {"min_count": 0}, ConfigError, "min_count: expected 1 or more, found 0"),
        (b"a", {"max_vocab": -1}, ConfigError, "max_vocab: expected 1 or more, or none, found -1"),
        (b"a", {"threads": 0}, ConfigError, "threads: expected a whole number from 1 to 1024, found 0"),
        (b"a", {"threads": 2**70}, ConfigError, f"from 1 to 1024, found {2**70}"),
        (b"a\xff", {}, FormatError, "x.txt: byte 1: expected UTF-8, found 0xff"),
        (b"a\n" * 9000 + b"\xff", {}, FormatError, "x.txt: byte 18000: expected UTF-8, found 0xff"),
        (gzip.compress(b"a\n" * 9000, mtime=0)[:-1], {}, SourceError, "x.txt: expected a whole gzip file"),
    ],
)
def test_bad_input_leaves_nothing(tmp_path, small_blocks, monkeypatch, content, options, error, message):
    monkeypatch.setattr("wordlab.io.lines.READ_SIZE", 1000)
    (tmp_path / "x.txt").write_bytes(content)
    with pytest.raises(error) as caught:
        Corpus.build([tmp_path / "x.txt"], tmp_path / "out", **options)
    assert message in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["x.txt"]


def test_many_empty_files_are_named_briefly(tmp_path):
    paths = [tmp_path / f"{i}.txt" for i in range(5)]
    for path in paths:
        path.touch()
    with pytest.raises(CorpusError, match=r"0.txt, .*1.txt, .*2.txt and 2 more: expected text"):
        Corpus.build(paths, tmp_path / "out")


def test_existing_output(tmp_path, lines):
    path = tmp_path / "x.txt"
    path.write_text("\n".join(lines))
    Corpus.build([path], tmp_path / "out")
    before = files(tmp_path / "out")
    with pytest.raises(OutputExistsError):
        Corpus.build([path], tmp_path / "out", min_count=1)
    with pytest.raises(CorpusError):
        Corpus.build([path], tmp_path / "out", min_count=10**9, overwrite=True)
    assert files(tmp_path / "out") == before
    Corpus.build([path], tmp_path / "out", min_count=1, overwrite=True)
    assert files(tmp_path / "out") != before


def test_full_disk(tmp_path, monkeypatch):
    class Full:
        def __enter__(self):
            return self

        def __exit__(self, *error):
            return None

        def write(self, data):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(building, "scratch_file", lambda directory: Full())
    (tmp_path / "x.txt").write_text("a a")
    with pytest.raises(ArtifactError, match="out: cannot be written: No space left on device"):
        Corpus.build([tmp_path / "x.txt"], tmp_path / "out", min_count=1)
    assert not (tmp_path / "out").exists()


# Workers


@pytest.fixture
def spawned(monkeypatch):
    """The workers that are started."""
    workers = []

    class Recorded(worker.Worker):
        def __init__(self, *what):
            super().__init__(*what)
            workers.append(self._process)

    monkeypatch.setattr(parallel, "Worker", Recorded)
    return workers


def test_a_failing_worker_is_a_clean_error(tmp_path, small_blocks, lines, spawned, monkeypatch):
    (tmp_path / "x.txt").write_text("\n".join(lines))
    encode = worker.Worker.encode

    def killed(self, data):
        self.kill()
        return encode(self, data)

    monkeypatch.setattr(worker.Worker, "encode", killed)
    with pytest.raises(CorpusError, match="a worker process ended with status -9"):
        Corpus.build([tmp_path / "x.txt"], tmp_path / "out", threads=2)
    assert [process.returncode for process in spawned] == [-9, -9]
    assert [path.name for path in tmp_path.iterdir()] == ["x.txt"]


def test_a_bad_file_ends_the_workers(tmp_path, small_blocks, lines, spawned):
    (tmp_path / "x.txt").write_text("\n".join(lines))
    (tmp_path / "y.txt").write_bytes(b"a" * (2 << 20) + b"\xff")
    with pytest.raises(FormatError, match=r"y\.txt: byte 2097152"):
        Corpus.build([tmp_path / "x.txt", tmp_path / "y.txt"], tmp_path / "out", threads=2)
    assert len(spawned) == 2
    assert all(process.returncode is not None for process in spawned)


def test_no_more_workers_than_blocks_or_twice_the_cores(tmp_path, small_blocks, lines, spawned):
    text = "\n".join(lines)
    (tmp_path / "x.txt").write_text(text)
    num_blocks = sum(1 for _ in BlockReader(find_sources([tmp_path / "x.txt"]), block_size=4000))
    Corpus.build([tmp_path / "x.txt"], tmp_path / "out", threads=1_024)
    assert len(spawned) == min(num_blocks, 2 * available_cores())
    (tmp_path / "y.txt").write_text(text[:6000])
    spawned.clear()
    Corpus.build([tmp_path / "y.txt"], tmp_path / "short", threads=1_024)
    assert len(spawned) <= 3


def test_notes_say_what_was_left_out(tmp_path):
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "x.txt").write_text("some words")
    (texts / "x.log").write_text("left out")
    corpus = Corpus.build([texts], tmp_path / "out", min_count=1)
    assert len(corpus.notes) == 1
    assert corpus.notes[0].startswith(f"{texts}: 1 file (x.log) left out")
    assert "notes" not in corpus.details
    assert Corpus.load(tmp_path / "out").notes == ()


def test_an_exception_in_a_worker_arrives():
    process = worker.Worker(Tokenizer("word"))
    try:
        with pytest.raises(RuntimeError, match="UnicodeDecodeError"):
            process.encode(b"\xff")
        assert process.encode(b"still there\n").words == ["still", "there"]
        assert process.encode(b"").words == []
    finally:
        process.kill()
        process.close()


SCRIPT = """
    import sys
    from wordlab.text import Corpus
    from wordlab.text.tokenizers.word import Word
    Word.block_size = 100_000
    print("begun", flush=True)
    Corpus.build(["-"], "out", threads=2, min_count=1)
"""


def processes_of(session):
    """Ids of the live processes whose environment carries the mark `session`."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/environ", "rb") as file:
                    found += [entry] if session.encode() in file.read() else []
            except OSError:
                continue
    return found


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks for processes in /proc")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_interruption_leaves_no_processes(tmp_path, end):
    mark = f"WORDLAB_TEST_MARK={os.getpid()}-{end}-{time.time_ns()}"
    name, value = mark.split("=")
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SCRIPT)],
        cwd=tmp_path,
        env={**os.environ, name: value},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # a shell's background jobs ignore SIGINT, and children inherit that
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    with process:
        process.stdout.readline()
        process.stdin.write(b"some words here\n" * 200_000)  # more than is read at a time
        process.stdin.flush()
        deadline = time.monotonic() + 20
        while len(processes_of(mark)) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(end)
        error = process.stderr.read().decode()
    assert process.returncode == -end
    while processes_of(mark):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    if end == signal.SIGINT:
        assert error.count("Traceback") == 1
        assert error.rstrip().endswith("KeyboardInterrupt")
        assert not list(tmp_path.iterdir())


def test_scripts_need_no_main_guard(tmp_path, lines):
    (tmp_path / "run.py").write_text(textwrap.dedent(SCRIPT))
    text = "\n".join(lines * 5).encode()
    command = [sys.executable, "run.py"]
    result = subprocess.run(command, cwd=tmp_path, input=text, capture_output=True, check=True)
    assert (result.stdout, result.stderr) == (b"begun\n", b"")
    assert Corpus.load(tmp_path / "out").details["sources"] == [{"name": "stdin", "bytes": None}]


MEMORY = """
    import sys
    from wordlab.text import Corpus, Tokenizer
    corpus = Corpus.build(["-"], "out", tokenizer=Tokenizer(sys.argv[1]), overwrite=True)
    peak = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:")]
    print(corpus.num_tokens, *peak)
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="reads its peak memory from /proc")
@pytest.mark.parametrize("name", ["whitespace", "word"])
def test_memory_does_not_grow_with_the_text(tmp_path, name):
    """Four times the text, equal words: the peak must not follow; the ids alone are 0.7 of the text."""
    numbers = np.random.default_rng(1).integers(0, 4000, 200_000)
    block = (" ".join(f"w{number}" for number in numbers) + "\n").encode()
    peaks = []
    for repeats in (60, 240):
        command = [sys.executable, "-c", textwrap.dedent(MEMORY), name]
        process = subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        with process:
            for _ in range(repeats):
                process.stdin.write(block)
            process.stdin.close()
            num_tokens, peak = map(int, process.stdout.read().split())
        assert process.returncode == 0
        assert num_tokens == repeats * 200_000
        peaks.append(peak * 1024)
    assert peaks[1] - peaks[0] < 0.2 * 180 * len(block), peaks
