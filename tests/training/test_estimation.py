import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest

from wordlab import resources
from wordlab.embeddings import WordVectors
from wordlab.errors import ConfigError, CorpusError, ResourceError
from wordlab.progress import Progress
from wordlab.text import Corpus, Tokenizer, Vocabulary
from wordlab.training import Word2VecConfig, estimate, estimation, speed, train

NUM_WORDS = 150_000

# Trains in a fresh process and prints what was expected and what came. The peak is not ru_maxrss, which
# a process inherits from the one that started it. The kernels are compiled before, as a rule.
FRESH = """
import json, re, sys
from pathlib import Path
from wordlab import resources
from wordlab.embeddings import WordVectors
from wordlab.text import Corpus
from wordlab.training import Word2VecConfig, estimate, train

corpus, start = Corpus.load("corpus"), WordVectors.load("start") if "start" in sys.argv else None
config = Word2VecConfig(epochs=1, threads=2, **json.loads(sys.argv[1]))
engine = "torch" if "torch" in sys.argv else "compiled"
needs = estimate(corpus, config, start=start, output="vectors", calibration=False, engine=engine)
train(corpus, config, start=start, engine=engine).save("vectors", overwrite=True)
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024
size = sum(path.stat().st_size for path in Path("vectors").iterdir())
print(json.dumps([needs.memory.peak, needs.memory.mapped, peak, needs.disk.needed, size]))
"""


def zipf_corpus(first_word, seed):
    """A corpus of 300,000 tokens with words numbered from `first_word`."""
    rng = np.random.default_rng(seed)
    drawn = (NUM_WORDS ** rng.random(NUM_WORDS)).astype(np.int64) - 1
    counts = 1 + np.bincount(drawn, minlength=NUM_WORDS)
    order = np.argsort(-counts, kind="stable")
    ids = np.repeat(np.arange(NUM_WORDS), counts[order])
    rng.shuffle(ids)
    words = [f"word{first_word + n:x}" for n in order]
    return Corpus(ids, np.arange(0, len(ids) + 1, 20), Vocabulary(words, counts[order]), Tokenizer())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """corpus/, and start/ trained on another with half of the words."""
    folder = tmp_path_factory.mktemp("estimates")
    zipf_corpus(0, 1).save(folder / "corpus")
    other = zipf_corpus(NUM_WORDS // 2, 2)
    train(other, Word2VecConfig(dim=100, epochs=1)).save(folder / "start")
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
@pytest.mark.parametrize(
    ("options", "more"),
    [
        ({"dim": 100}, []),
        ({"dim": 96, "model": "cbow"}, []),  # rows of whole blocks
        ({"dim": 100, "loss": "hierarchical"}, []),
        ({"dim": 100}, ["start"]),
        ({"dim": 100}, ["torch"]),
    ],
    ids=str,
)
def test_memory_and_disk_are_as_estimated(folder, options, more):
    command = [sys.executable, "-c", FRESH, json.dumps(options), *more]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)  # compiles
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    peak, mapped, measured_peak, needed, measured_size = json.loads(done.stdout)
    assert peak + mapped == pytest.approx(measured_peak, rel=0.15)
    assert needed == pytest.approx(measured_size, rel=0.01)


@pytest.fixture
def corpus():
    return Corpus.from_lines(["the king and the queen of paris met a man and a woman"] * 200)


def config(**options):
    return Word2VecConfig(**{"dim": 100, "epochs": 2, "threads": 1, "subsample": 0.0, **options})


def test_parts_add_up(corpus, tmp_path):
    needs = estimate(corpus, config(), output=tmp_path / "new" / "vectors", calibration=False)
    memory = needs.memory
    parts = memory.base + memory.vocabulary + memory.matrices + memory.targets + memory.temporary
    assert memory.peak == parts
    assert memory.matrices == 2 * 10 * 112 * 4  # 10 words; 100 numbers become seven blocks of 16
    assert memory.mapped == 0  # this corpus is in memory
    assert memory.fits
    assert needs.disk.fits
    assert needs.time is None
    assert needs.to_dict()["memory"]["peak"] == memory.peak
    assert not list(tmp_path.iterdir())
    assert estimate(corpus, config(), calibration=False).disk is None


def test_files_that_are_mapped_are_said_apart(corpus, tmp_path):
    corpus.save(tmp_path / "corpus")
    train(corpus, config()).save(tmp_path / "vectors")
    loaded, start = Corpus.load(tmp_path / "corpus"), WordVectors.load(tmp_path / "vectors")
    arrays = [loaded.token_ids, loaded.line_offsets, start.matrix, start.outputs]
    needs = estimate(loaded, start=start, calibration=False)
    assert needs.memory.mapped == sum(array.nbytes for array in arrays)
    assert needs.num_words == 10


def test_words_of_the_start_count(corpus):
    start = train(Corpus.from_lines(["the dog met a cat and a mouse"] * 50), config())
    vectors = train(corpus, config(), start=start)
    assert estimate(corpus, config(), start=start, calibration=False).num_words == len(vectors)


def test_time_is_that_of_a_calibration(corpus, monkeypatch):
    found = speed.Calibration(rate=1_000.0, compilation=3.0)
    monkeypatch.setattr(estimation, "calibrate", lambda *_, **__: found)
    time = estimate(corpus, config(epochs=5)).time
    assert time.training == 5 * corpus.num_tokens / 1_000
    assert (time.rate, time.compilation) == (1_000.0, 3.0)


def shortage(monkeypatch, *, memory=10**12, disk=10**12):
    monkeypatch.setattr(estimation, "available_memory", lambda: memory)
    monkeypatch.setattr(estimation, "held_memory", lambda: 0)
    usage = resources.shutil.disk_usage("/")._replace(free=disk)
    monkeypatch.setattr(resources.shutil, "disk_usage", lambda _: usage)


def test_too_little_memory(monkeypatch):
    corpus = zipf_corpus(0, 1)
    shortage(monkeypatch, memory=500_000_000)
    needs = estimate(corpus, config(dim=300))
    assert needs.time is None  # nothing long begins
    peak = f"{needs.memory.peak / 1e6:,.0f} MB"
    with pytest.raises(
        ResourceError,
        match=f"^expected {peak} of memory for dim 300 and 150,000 words, found 500 MB available; "
        r"dim 160 or a corpus with a larger min_count would do$",
    ):
        needs.check()
    assert estimate(corpus, config(dim=160), calibration=False).memory.fits
    assert not estimate(corpus, config(dim=170), calibration=False).memory.fits


def test_too_little_memory_for_any_dim(corpus, monkeypatch):
    shortage(monkeypatch, memory=100_000_000)
    with pytest.raises(
        ResourceError, match=r"found 100 MB available; a corpus with a larger min_count would"
    ):
        estimate(corpus, config()).check()
    # what the start needs cannot be chosen
    shortage(monkeypatch, memory=100_000_000)
    start = train(corpus, config())
    assert estimate(corpus, config(), start=start).memory.fitting_dim is None


def test_too_little_disk(corpus, monkeypatch, tmp_path):
    shortage(monkeypatch, disk=9_000)
    needs = estimate(corpus, config(), output=tmp_path / "vectors")
    assert needs.disk.fitting_dim is not None
    with pytest.raises(
        ResourceError,
        match=r"^output: expected 0 MB of disk for dim 100 and 10 words, found 0 MB free; "
        r"dim \d+ or another file system would do$",
    ):
        needs.check()


def test_memory_that_nobody_knows_suffices(corpus, monkeypatch):
    shortage(monkeypatch, memory=None)
    needs = estimate(corpus, config(), calibration=False)
    assert needs.memory.available is None
    needs.check()


def test_what_training_would_refuse_is_refused(corpus):
    with pytest.raises(CorpusError, match="longer than a window"):
        estimate(Corpus.from_lines(["a b"]), config())
    start = train(corpus, config(dim=8))
    with pytest.raises(ConfigError, match="dim: expected 8"):
        estimate(corpus, config(dim=16), start=start)


def test_a_sample_is_of_the_whole_corpus():
    lines = [f"w{n % 50} " * (1 + n % 7) for n in range(1_000)]
    corpus = Corpus.from_lines(lines)
    assert speed.sample(corpus) is corpus
    part = speed.sample(corpus, 320)
    assert part.num_tokens == 320
    assert part.vocabulary is corpus.vocabulary
    assert part.token_ids[0] == corpus.token_ids[0]
    assert part.token_ids[-1] == corpus.token_ids[-1]
    # each part of 20 tokens keeps the ends of lines that are in it
    starts = np.linspace(0, corpus.num_tokens - 20, 16, dtype=np.int64)
    for number, first in enumerate(starts.tolist()):
        inside = corpus.line_offsets[(corpus.line_offsets > first) & (corpus.line_offsets < first + 20)]
        expected = {0, 20, *(inside - first).tolist()}
        ends = part.line_offsets - 20 * number
        assert set(ends[(ends >= 0) & (ends <= 20)].tolist()) == expected


@pytest.mark.parametrize("options", [{}, {"model": "cbow"}, {"loss": "hierarchical"}, {"window": 900}])
def test_calibration(options, monkeypatch):
    corpus = zipf_corpus(0, 1)
    found = speed.calibrate(corpus, config(epochs=10_000, **options), seconds=0.3)
    assert found.rate > 1_000


def test_a_short_corpus_is_trained_on_as_it_is(corpus):
    found = speed.calibrate(corpus, config())
    assert found.rate > 0


def test_a_start_takes_part_in_the_calibration(corpus, monkeypatch):
    seen = []
    monkeypatch.setattr(speed, "train", lambda *_, **options: seen.append(options.get("start")))
    start = train(corpus, config())
    speed.calibrate(corpus, config(), start=start)
    assert seen == [start]


def test_compiling_is_said_apart(tmp_path):
    script = (
        "from wordlab.text import Corpus; from wordlab.training import Word2VecConfig, speed\n"
        "corpus = Corpus.from_lines(['one two three four'] * 500)\n"
        "config = Word2VecConfig(dim=8, epochs=1, threads=1, subsample=0.0)\n"
        "print(speed.calibrate(corpus, config).compilation)"
    )
    environment = {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": ":".join(filter(None, sys.path))}
    command = [sys.executable, "-c", script]
    first, second = (
        float(subprocess.run(command, env=environment, check=True, capture_output=True).stdout) for _ in "12"
    )
    assert first > 0.5
    assert second == 0


def test_estimates_are_values(corpus):
    needs = estimate(corpus, config(), calibration=False)
    with pytest.raises(dataclasses.FrozenInstanceError):
        needs.dim = 1


def test_the_clock_leaves_out_the_first_moment():
    clock = speed._Clock(2.0)
    for elapsed, done, rate in ((0.1, 0, 0), (1.0, 900, 900), (1.6, 3_000, 2_000)):
        clock(Progress("train", done, 10**6, "words", elapsed))
        assert clock.rate == pytest.approx(rate)
    with pytest.raises(speed._EnoughError):
        clock(Progress("train", 4_000, 10**6, "words", 2.1))
    assert clock.rate == 2_000


def test_the_clock_waits_for_the_first_span():
    clock = speed._Clock(2.0)
    clock(Progress("train", 0, 10**6, "words", 0.1))
    clock(Progress("train", 0, 10**6, "words", 3.0))
    with pytest.raises(speed._EnoughError):
        clock(Progress("train", 390, 10**6, "words", 4.0))
    assert clock.rate == pytest.approx(100)
