"""What a run would take, said before it, and refused if it does not fit."""

import json

import pytest

from wordlab import resources
from wordlab.text import Corpus
from wordlab.training import estimation, speed
from wordlab.training.engines.threads import Threads

from .conftest import everything_in, run

TRAIN = ("embeddings", "train", "corpus", "-o", "new")


@pytest.fixture
def shortage(monkeypatch):
    """Set how much memory and disk there is, in bytes."""

    def there_is(*, memory=10**12, disk=10**12):
        monkeypatch.setattr(estimation, "available_memory", lambda: memory)
        monkeypatch.setattr(estimation, "held_memory", lambda: 0)
        usage = resources.shutil.disk_usage("/")._replace(free=disk)
        monkeypatch.setattr(resources.shutil, "disk_usage", lambda _: usage)

    return there_is


def recorded_epochs(options):
    """Those that the options say: of --epochs, of the vectors to start from, or of the config."""
    return 1_000_000 if "--epochs" in options else 2 if "--from" in options else 5


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--model", "cbow", "--dim", 50),
        ("--loss", "hierarchical"),
        ("--from", "vectors"),
        ("--epochs", 1_000_000),
    ],
)
def test_json(options, place):
    before = everything_in(place)
    result = run(*TRAIN, "--dry-run", "--json", *options)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    facts = json.loads(result.stdout)
    assert facts.keys() == {"memory", "disk", "time", "dim", "num_words"}
    memory, disk, time = facts["memory"], facts["disk"], facts["time"]
    assert memory.keys() == {
        "peak", "base", "vocabulary", "matrices", "targets", "temporary", "mapped", "available", "fitting_dim"
    }  # fmt: skip
    assert disk.keys() == {"needed", "free", "fitting_dim"}
    assert time.keys() == {"training", "words_per_second", "compilation"}
    corpus = Corpus.load("corpus")
    assert memory["mapped"] >= corpus.token_ids.nbytes + corpus.line_offsets.nbytes
    assert memory["peak"] < memory["available"]
    epochs = recorded_epochs(options)
    assert time["training"] == pytest.approx(epochs * corpus.num_tokens / time["words_per_second"])
    assert everything_in(place) == before


def test_shown(place):
    before = everything_in(place)
    result = run(*TRAIN, "--dry-run")
    assert result.exit_code == 0, result.output
    num_words = len(Corpus.load("corpus").vocabulary)
    assert f"vectors  {num_words:,} words, 100 dimensions\n" in result.stdout
    for name in ("memory ", "disk ", "time ", "\nMemory at the peak\n", "\nMapped files, "):
        assert name in result.stdout
    assert everything_in(place) == before


def test_estimated_disk_is_what_training_writes(place):
    needed = json.loads(run(*TRAIN, "--dry-run", "--json", "--dim", 20).stdout)["disk"]["needed"]
    assert run(*TRAIN, "--dim", 20, "--quiet").exit_code == 0
    assert needed == pytest.approx(sum(path.stat().st_size for path in (place / "new").iterdir()), rel=0.01)


@pytest.mark.parametrize("dry", [(), ("--dry-run",), ("--dry-run", "--json")])
def test_too_little_memory(dry, place, shortage, monkeypatch):
    monkeypatch.setattr(speed, "train", None)  # nothing long begins
    num_words = len(Corpus.load("corpus").vocabulary)
    shortage(memory=Threads.base_memory + 1_200_000)
    before = everything_in(place)
    result = run(*TRAIN, "--dim", 300, *dry)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    beginning, _, end = result.stderr.partition(" of memory ")
    assert beginning.startswith("Error: expected 26")
    assert end == (
        f"for --dim 300 and {num_words:,} words, found 261 MB available; "
        "--dim 120 or a corpus with a larger min_count would do\n"
    )
    assert everything_in(place) == before


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_too_little_disk(dry, place, shortage, monkeypatch):
    monkeypatch.setattr(speed, "train", None)
    num_words = len(Corpus.load("corpus").vocabulary)
    shortage(disk=1_000_000)
    before = everything_in(place)
    result = run(*TRAIN, "--dim", 300, *dry)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Error: --output: expected ")
    assert f" MB of disk for --dim 300 and {num_words:,} words, found 1 MB free; --dim " in result.stderr
    assert result.stderr.endswith(" or another file system would do\n")
    assert result.stderr.count("\n") == 1
    assert everything_in(place) == before


def test_what_stops_training_stops_a_dry_run(place):
    taken = run("embeddings", "train", "corpus", "-o", "vectors", "--dry-run")
    assert taken.exit_code == 1
    assert taken.stderr == "Error: vectors: exists already; choose another name or use --overwrite\n"
    device = run(*TRAIN, "--dry-run", "--device", "cpu")
    assert device.exit_code == 2
    assert device.stderr.startswith(
        "Error: --device: expected an engine that has this option, found compiled"
    )


def test_torch_is_estimated_too(place):
    pytest.importorskip("torch")
    compiled, torch = (
        json.loads(run(*TRAIN, "--dry-run", "--json", "--dim", 20, "--engine", engine).stdout)
        for engine in ("compiled", "torch")
    )
    assert torch["memory"]["matrices"] == 2 * compiled["memory"]["matrices"]
    assert torch["disk"]["needed"] == compiled["disk"]["needed"]
    assert all(found["time"]["words_per_second"] > 0 for found in (compiled, torch))
