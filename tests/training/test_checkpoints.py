"""Training that is interrupted, killed or diverges, and goes on from its checkpoint."""

import multiprocessing
import os
import signal
import time

import numpy as np
import pytest

from tests.training.test_training import TOPICS
from wordlab import artifact
from wordlab.embeddings import WordVectors
from wordlab.errors import ArtifactError, ConfigError, OutputExistsError, TrainingError
from wordlab.text import Corpus, Tokenizer
from wordlab.training import SubwordConfig, Word2VecConfig, train
from wordlab.training.checkpoints import FORMAT_VERSION, KIND, read_checkpoint_config


@pytest.fixture(scope="module")
def corpus():
    rng = np.random.default_rng(7)
    lines = [" ".join(rng.choice(TOPICS[i % 3].split(), size=12)) for i in range(4_000)]
    return Corpus.from_lines(lines, tokenizer=Tokenizer("whitespace"))


def config(**options):
    kind = SubwordConfig if "buckets" in options else Word2VecConfig
    return kind(**{"dim": 20, "window": 3, "subsample": 0.0, "threads": 2, "epochs": 6, **options})


def bytes_of(vectors):
    return vectors.matrix.tobytes(), vectors.outputs.tobytes(), vectors.details["losses"]


def stopped_after(corpus, settings, directory, num_reports, **options):
    """Train until some reports have come, as if Ctrl-C had been pressed then."""
    seen = 0

    def stop(progress):
        nonlocal seen
        seen += progress.task == "train"  # not "compile", which is told only by the first test that compiles
        if seen == num_reports:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(corpus, settings, checkpoint=directory, on_progress=stop, **options)
    return artifact.load(directory, kind=KIND, format_version=FORMAT_VERSION).details["progress"]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"model": "cbow", "threads": 1},
        {"loss": "hierarchical", "threads": 3, "shards": 3},
        {"deterministic": False, "threads": 1},
        {"model": "cbow", "position_weights": True, "buckets": 100},
        {"line_end": True, "subsample": 0.1, "subsample_form": "fasttext"},
    ],
    ids=str,
)
def test_an_interrupted_run_ends_with_the_bytes_of_a_whole_one(corpus, tmp_path, options):
    settings = config(**{**options, "epochs": 60})
    whole = train(corpus, settings)
    before = 0
    for resume in (False, True, True):
        progress = stopped_after(
            corpus, settings, tmp_path / "state", 1, resume=resume, checkpoint_every=0.01
        )
        assert before < progress["tokens_done"] < 60 * corpus.num_tokens
        before = progress["tokens_done"]
    again = config(**{**options, "epochs": 60, "threads": 1})
    resumed = train(corpus, again, checkpoint=tmp_path / "state", resume=True)
    assert bytes_of(resumed) == bytes_of(whole)
    assert read_checkpoint_config(tmp_path / "state")["epochs"] == 60


def test_what_was_gone_on_with_can_be_interrupted_too(corpus, tmp_path):
    start = train(corpus, config())
    start.save(tmp_path / "start")
    start = WordVectors.load(tmp_path / "start")
    whole = train(corpus, config(epochs=60), start=start)
    stopped_after(corpus, config(epochs=60), tmp_path / "state", 2, start=start, checkpoint_every=0.01)
    with pytest.raises(ConfigError, match="expected the start that this training began with, found another"):
        train(corpus, config(epochs=60), checkpoint=tmp_path / "state", resume=True)
    resumed = train(corpus, config(epochs=60), start=start, checkpoint=tmp_path / "state", resume=True)
    assert bytes_of(resumed) == bytes_of(whole)


def test_killed_at_thirty_random_moments(corpus, tmp_path):
    """Whenever a process is killed, what it leaves is whole, and the next one goes on from there."""
    settings = config(epochs=300)
    whole = train(corpus, settings)
    context = multiprocessing.get_context("fork")  # the kernels are compiled: a child trains at once
    state, random = tmp_path / "state", np.random.default_rng(3)
    done = [0]
    for kill in range(31):
        child = context.Process(
            target=train,
            args=(corpus, settings),
            kwargs={"checkpoint": state, "checkpoint_every": 0.001, "resume": True},
        )
        child.start()
        time.sleep(random.uniform(0.02, 0.4))
        while kill == 0 and not state.exists():  # on a busy machine the first state takes longer
            assert child.is_alive()
            time.sleep(0.01)
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        if state.exists():
            loaded = artifact.load(state, kind=KIND, format_version=FORMAT_VERSION)
            done.append(loaded.details["progress"]["tokens_done"])
    assert done == sorted(done)
    assert 0 < done[-1] < 300 * corpus.num_tokens
    resumed = train(corpus, settings, checkpoint=state, resume=True)
    assert bytes_of(resumed) == bytes_of(whole)
    assert len(list(tmp_path.iterdir())) == 1  # nothing half-written is left


def test_a_loss_that_explodes_leaves_the_last_good_state(corpus, tmp_path):
    wild = {"model": "cbow", "cbow_mean": False, "deterministic": False, "threads": 1, "epochs": 200}
    stopped_after(corpus, config(**wild), tmp_path / "state", 1, checkpoint_every=0.01)
    before = artifact.load(tmp_path / "state", kind=KIND, format_version=FORMAT_VERSION).digest
    steep = config(**wild, learning_rate=10.0, min_learning_rate=10.0)
    with pytest.raises(
        TrainingError,
        match=r"(the loss is .* in epoch|a vector is no longer finite).* the last good state is in .*state",
    ):
        train(corpus, steep, checkpoint=tmp_path / "state", checkpoint_every=1000.0, resume=True)
    source = artifact.load(tmp_path / "state", kind=KIND, format_version=FORMAT_VERSION)
    assert source.digest == before
    assert np.isfinite(np.load(source.payload("inputs.npy"))).all()
    vectors = train(corpus, config(**wild, learning_rate=0.01), checkpoint=tmp_path / "state", resume=True)
    assert np.isfinite(vectors.matrix).all()


def test_what_does_not_fit_is_refused(corpus, tmp_path):
    settings = config(epochs=60)
    stopped_after(corpus, settings, tmp_path / "state", 1, checkpoint_every=0.01)
    with pytest.raises(OutputExistsError, match="exists already"):
        train(corpus, settings, checkpoint=tmp_path / "state")
    with pytest.raises(ConfigError, match=r"window: expected 3, as the training in .* began with, found 4"):
        train(corpus, config(epochs=60, window=4), checkpoint=tmp_path / "state", resume=True)
    with pytest.raises(ConfigError, match=r"shards: expected .*, as the training in .* began with, found 5"):
        train(corpus, config(epochs=60, shards=5), checkpoint=tmp_path / "state", resume=True)
    other = Corpus.from_lines(["a b c d e"] * 9, tokenizer=Tokenizer("whitespace"))
    with pytest.raises(ConfigError, match="expected the corpus that this training began with, found another"):
        train(other, settings, checkpoint=tmp_path / "state", resume=True)
    with (tmp_path / "state" / "inputs.npy").open("rb+") as file:
        file.seek(200)
        file.write(b"\xff\xff")
    with pytest.raises(ArtifactError, match=r"inputs\.npy"):
        train(corpus, settings, checkpoint=tmp_path / "state", resume=True)
