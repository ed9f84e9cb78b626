"""Corpora built on a real Ray: the same bytes as on one machine, whatever happens to its workers."""

import gzip
import os
import signal
import sys

import pytest

from wordlab.errors import ConfigError, FormatError, MissingExtraError, ResourceError, SourceError
from wordlab.text import Corpus, Tokenizer
from wordlab.text.encoder import Encoder
from wordlab.text.reading import ReadingConfig
from wordlab.text.shards import cut_into_shards
from wordlab.text.sources import find_sources

engine = pytest.importorskip("wordlab.text.engines.ray", exc_type=ImportError)


@pytest.fixture
def small_shards(monkeypatch):
    monkeypatch.setattr(engine, "SHARD_SIZE", 20_000)
    monkeypatch.setattr("wordlab.text.shards._WINDOW", 1000)
    monkeypatch.setattr("wordlab.progress.REPORT_INTERVAL", 0)


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """Fifty small files, one of which is empty, a large one, and a compressed one."""
    folder = tmp_path_factory.mktemp("texts")
    lines = [f"line {i} has {i % 97} words, or {i % 89} İstanbul" for i in range(7_000)]
    for i in range(50):
        (folder / f"{i:02}.txt").write_text("\n".join(lines[100 * i : 100 * (i + 1)]) * (i != 7))
    (folder / "large.txt").write_text("\n".join(lines) + " " + "\t".join(lines), encoding="utf-8")
    (folder / "z.txt.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    return folder


@pytest.fixture(scope="module")
def expected(texts, tmp_path_factory):
    output = tmp_path_factory.mktemp("expected") / "corpus"
    Corpus.build([texts], output, min_count=2)
    return contents(output)


def contents(directory):
    return {path.name: path.read_bytes() for path in directory.iterdir()}


@pytest.mark.parametrize("workers", [1, 4])
def test_equals_the_corpus_of_one_machine(tmp_path, texts, expected, ray_cluster, small_shards, workers):
    events = []
    options = {"min_count": 2, "workers": workers, "on_progress": events.append}
    Corpus.build([texts], tmp_path / "corpus", engine="ray", **options)
    assert contents(tmp_path / "corpus") == expected
    assert events[-1].done == events[-1].total == sum(path.stat().st_size for path in texts.iterdir())
    assert [event.done for event in events] == sorted(event.done for event in events)


def test_files_elsewhere_are_cut_as_well(tmp_path, texts, ray_cluster, small_shards):
    urls = [f"file://{texts / name}" for name in ("00.txt", "large.txt", "z.txt.gz")]
    for engine_name in ("local", "ray"):
        Corpus.build(urls, tmp_path / engine_name, engine=engine_name)
    assert contents(tmp_path / "ray") == contents(tmp_path / "local")
    shards = list(cut_into_shards(find_sources(urls), Encoder(Tokenizer(), ReadingConfig(), None), 20_000))
    assert [len(shard) for shard in shards if shard[0].part]


def test_files_that_describe_a_tokenizer_and_relative_paths_reach_the_workers(
    tmp_path, monkeypatch, ray_cluster
):
    tokenizers = pytest.importorskip("tokenizers")
    monkeypatch.chdir(tmp_path)
    trained = tokenizers.Tokenizer(tokenizers.models.WordLevel({"here": 0, "was": 1, "?": 2}, unk_token="?"))  # noqa: S106
    trained.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    trained.save("small.json")
    (tmp_path / "x.txt").write_text("Ray was here")
    options = {"tokenizer": Tokenizer("tokenizers", pieces="small.json"), "min_count": 1}
    corpus = Corpus.build(["x.txt"], "ray", engine="ray", workers=2, sentences="en", **options)
    Corpus.build(["x.txt"], "local", sentences="en", **options)
    assert corpus.vocabulary.words == ("?", "was", "here")
    assert contents(tmp_path / "ray") == contents(tmp_path / "local")


def running_tasks():
    """The ids of the processes of our cluster that run a task; Ray writes its name where a command is."""
    import ray

    session = ray._private.worker._global_node.get_session_dir_path()
    commands, parents = {}, {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as command, open(f"/proc/{entry}/stat") as status:
                commands[entry] = command.read().decode(errors="replace")
                parents[entry] = status.read().rpartition(")")[2].split()[1]
        except OSError:
            continue
    ours = {entry for entry, command in commands.items() if session in command}
    return [
        int(entry) for entry in commands if parents[entry] in ours and commands[entry].startswith("ray::_enc")
    ]


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks for processes in /proc")
def test_the_work_of_a_lost_worker_is_done_again(tmp_path, texts, expected, ray_cluster, small_shards, capfd):
    killed = []

    def kill(progress):
        if len(killed) < 3:
            for process in running_tasks()[:1]:
                os.kill(process, signal.SIGKILL)
                killed.append(process)

    options = {"min_count": 2, "workers": 2, "on_progress": kill}
    Corpus.build([texts], tmp_path / "corpus", engine="ray", **options)
    assert killed
    assert contents(tmp_path / "corpus") == expected
    assert capfd.readouterr().out == ""


def test_an_error_in_a_worker_is_the_error(tmp_path, ray_cluster):
    (tmp_path / "x.txt").write_bytes(b"a\n" * 600_000 + b"\xff\n")
    (tmp_path / "y.txt").write_bytes(b"a")
    for options in ({}, {"engine": "ray", "workers": 2}):
        with pytest.raises(FormatError, match=r"x\.txt: byte 1200000: expected UTF-8, found 0xff"):
            Corpus.build([tmp_path / "x.txt", tmp_path / "y.txt"], tmp_path / "out", **options)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.txt", "y.txt"]


def test_a_file_that_another_machine_does_not_see(tmp_path, ray_cluster):
    (tmp_path / "x.txt").write_text("words")
    shard = find_sources([tmp_path / "x.txt"])
    (tmp_path / "x.txt").unlink()
    (error,) = engine._encode(Encoder(Tokenizer("word"), ReadingConfig()), shard, "the node of the caller")
    assert isinstance(error, SourceError)
    assert f"{tmp_path / 'x.txt'}: cannot be read: No such file or directory (on " in str(error)
    assert str(error).endswith(", where the files must have the same paths as here)")


def test_another_wordlab_on_the_cluster(tmp_path, monkeypatch, ray_cluster):
    (tmp_path / "x.txt").write_text("words")

    def elsewhere(*what):
        raise ModuleNotFoundError("No module named 'wordlab.new'")
        yield

    for module, name in ((engine, "_encode"), (engine.ray, "put")):
        with monkeypatch.context() as patched:
            patched.setattr(module, name, elsewhere if name == "_encode" else lambda value: next(elsewhere()))
            with pytest.raises(ResourceError, match=r"expected wordlab .* on all machines .*: No module nam"):
                Corpus.build([tmp_path / "x.txt"], tmp_path / "out", engine="ray", min_count=1)


def test_workers_that_are_lost_again_and_again(tmp_path, monkeypatch, ray_cluster):
    (tmp_path / "x.txt").write_text("words")

    def lost(_):
        raise engine.ray.exceptions.WorkerCrashedError

    monkeypatch.setattr(engine.ray, "get", lost)
    message = r"x\.txt: reading stopped: workers were lost, and their work was begun again 10 times at most"
    with pytest.raises(ResourceError, match=message):
        Corpus.build([tmp_path / "x.txt"], tmp_path / "out", engine="ray", min_count=1)


def test_an_interruption_leaves_nothing_half_written(tmp_path, texts, ray_cluster, small_shards):
    def interrupt(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Corpus.build([texts], tmp_path / "out", engine="ray", on_progress=interrupt)
    assert not list(tmp_path.iterdir())


def test_termination_stays_an_error_that_cleans_up(ray_cluster):
    assert getattr(signal.getsignal(signal.SIGTERM), "__module__", None) != "ray._private.worker"


def test_what_cannot_be_shared_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "x.txt").write_text("words")
    cases = [
        (["-"], {}, SourceError, "stdin: expected a file with the engine ray, .* found standard input"),
        ([tmp_path / "pipe"], {}, SourceError, "pipe: expected a file with .* found a pipe or a device"),
        (
            [tmp_path / "x.txt"],
            {"tokenizer": lambda line: line.split()},
            ConfigError,
            "tokenizer: expected one by name with",
        ),
        ([tmp_path / "x.txt"], {"workers": 0}, ConfigError, "workers: expected a whole number from 1 to"),
        ([tmp_path / "x.txt"], {"threads": 2}, ConfigError, "threads: expected an engine that has this"),
        ([tmp_path / "x.txt"], {"address": "here"}, ConfigError, "address: expected auto, host:port or ray:"),
    ]
    for inputs, options, error, message in cases:
        with pytest.raises(error, match=message):
            Corpus.build(inputs, tmp_path / "out", engine="ray", **options)


def test_without_ray_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.delitem(sys.modules, "wordlab.text.engines.ray")
    (tmp_path / "x.txt").write_text("words")
    with pytest.raises(MissingExtraError, match=r"ray is not installed; pip install 'wordlab\[ray\]' brings"):
        Corpus.build([tmp_path / "x.txt"], tmp_path / "out", engine="ray")
