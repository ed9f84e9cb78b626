"""GloVe: the kernel against a plain reference, equal bytes however it runs, and what it refuses."""

import dataclasses
import errno
import itertools
import json
import os
import shutil

import numpy as np
import pytest
from numba import njit

from wordlab import resources
from wordlab.compiled.rows import padded_zeros
from wordlab.embeddings import WordVectors
from wordlab.errors import ArtifactError, ConfigError, CorpusError, ResourceError, TrainingError
from wordlab.text import Corpus, Tokenizer
from wordlab.training import (
    CooccurrenceConfig,
    Cooccurrences,
    GloveConfig,
    Word2VecConfig,
    estimate,
    score_sentences,
    train,
)
from wordlab.training.cooccurrences import counting
from wordlab.training.history import History
from wordlab.training.ledger import Piece
from wordlab.training.objectives.glove import kernel, memory
from wordlab.training.objectives.glove.objective import Glove
from wordlab.training.objectives.glove.pairs import arranged
from wordlab.training.objectives.glove.weights import rates

from . import glove_reference as reference

TOPICS = ("apple pear plum cherry grape", "iron copper zinc silver gold", "red blue green brown white")


def corpus_of(lines):
    return Corpus.from_lines(lines, tokenizer=Tokenizer("whitespace"))


def topic_corpus(topics, num_lines=600, seed=7):
    """Lines of a topic each, with a word of another now and then, so that words of a topic become neighbours.

    Where topics never met, there would be no pairs of their words, and GloVe would learn nothing of them.
    """
    rng = np.random.default_rng(seed)
    words = [topic.split() for topic in topics]
    lines = []
    for number in range(num_lines):
        drawn = [words[number % len(topics) if rng.random() < 0.8 else rng.integers(len(topics))]
                 for _ in range(12)]  # fmt: skip
        lines.append(" ".join(rng.choice(topic) for topic in drawn))
    return corpus_of(lines)


def config(**options):
    return GloveConfig(**{"dim": 20, "window": 4, "epochs": 4, "threads": 2, "x_max": 10, **options})


@pytest.fixture(scope="module")
def corpus():
    """600 lines of 400 words about as frequent as in texts: 25 groups."""
    rng = np.random.default_rng(3)
    ids = (400 ** rng.random((600, 15))).astype(int)
    return corpus_of(" ".join(f"w{id}" for id in line) for line in ids)


@pytest.fixture(scope="module")
def first(corpus):
    return train(corpus, config())


def begun(corpus, config):
    with arranged(corpus, config) as source:
        return Glove.begin(source, config, None, History.of(None, source.corpus))


# ------------------------------------------------------------------ the arithmetic


@njit
def train_pair(row, context, log, width, words, contexts, rates, weighting):
    return kernel.train_pair(row, context, log, width, words, contexts, rates, weighting)


@pytest.mark.parametrize("dim", [1, 14, 15, 100])
@pytest.mark.parametrize("log", [-4.0, 0.0, 2.0, 9.0, 400.0])
def test_a_step_is_that_of_stanfords_program(dim, log):
    """From any state, within 1e-6 of float64; the last count is absurd, so that gradients are clipped."""
    options = config(dim=dim, x_max=50, alpha=0.6, learning_rate=0.07)
    objective = begun(corpus_of(["a b c"] * 9), options)
    rng = np.random.default_rng(1)
    for state, bias, one in zip(
        objective.weights.state.values(), (dim, dim + 1), (dim + 1, dim), strict=True
    ):
        state[:, 0, :] = rng.normal(size=state[:, 0].shape)
        state[:, 1, :] = 1 + rng.random(state[:, 1].shape) ** 2
        state[:, 0, one] = 1
        assert bias != one
    word, context = reference.roles(objective.weights)
    before = objective.weights.words.copy(), objective.weights.contexts.copy()
    loss = train_pair(
        1, 2, np.float32(log), memory.width(dim), objective.weights.words, objective.weights.contexts,
        rates(options), kernel.Weighting(np.float32(np.log(50)), np.float32(0.6)),
    )  # fmt: skip
    assert loss == pytest.approx(reference.step(word, context, 1, 2, log, options), rel=2e-6)
    for found, wanted in zip(reference.roles(objective.weights), (word, context), strict=True):
        assert found.values == pytest.approx(wanted.values, rel=1e-6, abs=1e-6)
        assert found.squares == pytest.approx(wanted.squares, rel=1e-6)
    for now, then, row in zip(
        (objective.weights.words, objective.weights.contexts), before, (1, 2), strict=True
    ):
        others = np.arange(len(now)) != row
        assert np.array_equal(now[others], then[others])
    ones = objective.weights.state["words"][:, 0, dim + 1], objective.weights.state["contexts"][:, 0, dim]
    assert np.array_equal(ones, np.ones((2, 3)))


@pytest.mark.parametrize("options", [{}, {"x_max": 1.0, "alpha": 0.0}, {"dim": 33, "symmetric": False}])
def test_an_epoch_is_that_of_the_reference(corpus, options):
    """In float32, where rounding grows over thousands of steps: within 1e-4 of float64."""
    objective = begun(corpus, config(**options))
    word, context, mean = reference.train_epoch(objective)
    groups = objective.num_tokens
    loss, num_pairs = objective.compiled_step(1)(0, Piece(0, tuple(range(groups + 1))), np.empty(0))
    assert num_pairs == len(objective._source.pairs.logs)
    assert loss / num_pairs == pytest.approx(mean, rel=1e-5)
    for found, wanted in zip(reference.roles(objective.weights), (word, context), strict=True):
        assert found.values == pytest.approx(wanted.values, abs=1e-4)
        assert found.squares == pytest.approx(wanted.squares, rel=1e-4)


def test_vectors_and_biases_begin_as_in_stanfords_program(corpus):
    word, context = reference.roles(begun(corpus, config(dim=50)).weights)
    for role in (word, context):
        assert np.abs(role.values).max() <= 0.5 / 50
        assert role.values.std() == pytest.approx(1 / 50 / np.sqrt(12), rel=0.02)
        assert np.all(role.squares == 1)
    assert not np.array_equal(word.values, context.values)


def test_every_pair_is_in_the_block_of_its_groups(corpus):
    objective = begun(corpus, config())
    table = np.zeros((len(corpus.vocabulary),) * 2)
    for i, j, log in reference.pairs_in_order(objective, 0):
        assert table[i, j] == 0
        table[i, j] = np.exp(log)
    rows = list(counting.count_rows(corpus, config().counting, memory=10**9, threads=1))
    wanted = np.zeros_like(table)
    lengths = np.concatenate([part.lengths for part in rows])
    ids = np.concatenate([part.context_ids for part in rows])
    wanted[np.repeat(np.arange(len(table)), lengths), ids] = np.concatenate([part.values for part in rows])
    assert table == pytest.approx(wanted, rel=1e-6)


def test_blocks_of_a_stratum_share_no_row(corpus):
    objective = begun(corpus, config())
    groups, pairs = objective._source.num_groups, objective._source.pairs
    assert groups == 24
    for stratum in range(groups):
        starts = pairs.starts[stratum * groups : (stratum + 1) * groups + 1]
        rows, contexts = [], []
        for p, (begin, end) in enumerate(itertools.pairwise(starts)):
            rows.append(set((pairs.word_places[begin:end].astype(int) * groups + p).tolist()))
            q = (p + stratum) % groups
            contexts.append(set((pairs.context_places[begin:end].astype(int) * groups + q).tolist()))
        for found in (rows, contexts):
            assert sum(map(len, found)) == len(set().union(*found))


@pytest.mark.parametrize(
    ("num_words", "groups"),
    [
        (1, 1),
        (31, 1),
        (400, 25),
        (5_000, 64),
        (82_589, 66),
        (400_000, 320),
        (5_000_000, 1_024),
        (10**8, 1_526),
    ],
)
def test_groups_follow_from_the_vocabulary(num_words, groups):
    assert memory.num_groups(num_words) == groups
    assert (num_words - 1) // groups < 2**16


# ------------------------------------------------------------------ equal bytes


def same(one, other):
    return all(
        np.array_equal(a, b)
        for a, b in zip((one.matrix, *one.glove), (other.matrix, *other.glove), strict=True)
    )


@pytest.mark.parametrize("threads", [1, 3, 8])
def test_threads_change_nothing(corpus, first, threads):
    vectors = train(corpus, config(threads=threads))
    assert same(vectors, first)
    assert vectors.details == first.details


def test_seeds_and_epochs_change_everything(corpus, first):
    assert not same(train(corpus, config(seed=2)), first)
    objective = begun(corpus, config())
    assert not np.array_equal(objective.strata(0), objective.strata(1))


def test_counts_train_as_their_corpus_does(corpus, first, tmp_path):
    corpus.save(tmp_path / "corpus")
    loaded = Corpus.load(tmp_path / "corpus")
    table = Cooccurrences.count(loaded, tmp_path / "counts", config().counting)
    by_counts, by_corpus = train(table, config()), train(loaded, config())
    assert same(by_counts, first)
    assert by_counts.details == by_corpus.details
    assert by_counts.vocabulary == first.vocabulary
    assert by_counts.tokenizer == first.tokenizer


def test_pairs_that_do_not_fit_lie_in_files(corpus, first, tmp_path, monkeypatch):
    monkeypatch.setattr(counting, "_PAIRS_TOGETHER", 500)
    little = config(memory=60_000)
    assert memory.needed(corpus, little).scratch > 60_000
    opened = []
    monkeypatch.setattr("tempfile.TemporaryFile", watch(opened))
    assert same(train(corpus, little, scratch=tmp_path), first)
    assert [str(directory) for directory in opened].count(str(tmp_path)) == 5  # numba has some of its own
    assert not list(tmp_path.iterdir())
    table = Cooccurrences.count(corpus, tmp_path / "counts", little.counting, memory=60_000)
    assert same(train(table, little, scratch=tmp_path), first)
    assert [path.name for path in tmp_path.iterdir()] == ["counts"]


def watch(opened):
    """tempfile.TemporaryFile, which also notes where files are made."""
    import tempfile

    make = tempfile.TemporaryFile

    def noted(*arguments, dir=None, **options):
        opened.append(dir)
        return make(*arguments, dir=dir, **options)

    return noted


def interrupted(corpus, options, state, after=2):
    seen = []

    def stop(progress):
        seen.append(progress.task)
        if seen.count("train") == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(corpus, options, checkpoint=state, checkpoint_every=0.01, on_progress=stop)


@pytest.mark.parametrize("options", [{}, {"tolerance": 1e-6}])
def test_it_is_resumed_to_the_same_bytes(corpus, tmp_path, options):
    long = config(epochs=500, **options)
    whole = train(corpus, long)
    interrupted(corpus, long, tmp_path / "state")
    resumed = train(corpus, long, checkpoint=tmp_path / "state", resume=True)
    assert same(resumed, whole)
    assert resumed.details["losses"] == whole.details["losses"]


def test_a_state_of_a_corpus_is_resumed_on_its_counts_but_no_others(corpus, tmp_path):
    interrupted(corpus, config(epochs=500), tmp_path / "state")
    other = Cooccurrences.count(topic_corpus(TOPICS), tmp_path / "other", config().counting)
    with pytest.raises(ConfigError, match="expected the corpus that this training began with, found another"):
        train(other, config(epochs=500), checkpoint=tmp_path / "state", resume=True)
    with pytest.raises(ConfigError, match=r"x_max: expected 10, as the training in .* began with, found 11"):
        train(corpus, config(epochs=500, x_max=11), checkpoint=tmp_path / "state", resume=True)
    table = Cooccurrences.count(corpus, tmp_path / "counts", config().counting)
    resumed = train(table, config(epochs=500), checkpoint=tmp_path / "state", resume=True)
    assert same(resumed, train(corpus, config(epochs=500)))


def test_a_damaged_state_is_refused(corpus, tmp_path):
    interrupted(corpus, config(epochs=500), tmp_path / "state")
    manifest = json.loads((tmp_path / "state" / "manifest.json").read_text())
    assert set(manifest["payloads"]) == {"words.npy", "contexts.npy"}
    np.save(tmp_path / "state" / "words.npy", np.zeros((3, 2, 22), np.float32))
    path = tmp_path / "state" / "words.npy"
    from hashlib import sha256

    facts = {"bytes": path.stat().st_size, "sha256": sha256(path.read_bytes()).hexdigest()}
    manifest["payloads"]["words.npy"] = facts
    (tmp_path / "state" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ArtifactError, match=r"words.npy: expected float32 of shape \d+ x 2 x 22, found"):
        train(corpus, config(epochs=500), checkpoint=tmp_path / "state", resume=True)


# ------------------------------------------------------------------ learning


def test_words_of_a_topic_become_neighbours():
    vectors = train(topic_corpus(TOPICS), config(epochs=60))
    for topic in TOPICS:
        for word in topic.split():
            nearest = {neighbour.word for neighbour in vectors.nearest(word, k=4)}
            assert nearest == set(topic.split()) - {word}


def test_the_loss_falls_and_racing_learns_as_much(corpus, first):
    losses = first.details["losses"]
    assert losses == sorted(losses, reverse=True)
    racing = train(corpus, config(deterministic=False, threads=4))
    assert racing.details["losses"][-1] == pytest.approx(losses[-1], rel=0.1)
    assert racing.details["config"]["threads"] == 4


def test_progress_counts_pairs(corpus):
    reports = []
    train(corpus, config(), on_progress=reports.append)
    num_pairs = len(begun(corpus, config())._source.pairs.logs)
    assert reports[-1].task == "train"
    assert reports[-1].unit == "pairs"
    assert reports[-1].done == reports[-1].total == 4 * num_pairs
    tasks = dict.fromkeys(report.task for report in reports)
    assert [task for task in tasks if task != "compile"] == ["count pairs", "arrange pairs", "train"]


def test_it_stops_where_little_is_gained(corpus):
    reports = []
    vectors = train(corpus, config(epochs=500, tolerance=0.02), on_progress=reports.append)
    losses = vectors.details["losses"]
    gains = 1 - np.divide(losses[1:], losses[:-1])
    assert 2 < len(losses) < 500
    assert np.all(gains[:-1] >= 0.02)
    assert gains[-1] < 0.02
    assert reports[-1].done == reports[-1].total
    assert len(train(corpus, config(tolerance=1.0)).details["losses"]) == 2
    assert len(train(corpus, config(tolerance=0.0)).details["losses"]) == 4
    exact = train(corpus, config(epochs=len(losses)))
    assert same(exact, vectors)


def test_either_part_alone(corpus, first):
    parts = first.glove
    assert np.array_equal(first.matrix, parts.words[:, :-1] + parts.contexts[:, :-1])
    word, context = (train(corpus, config(result=result)) for result in ("word", "context"))
    assert np.array_equal(word.matrix, parts.words[:, :-1])
    assert np.array_equal(context.matrix, parts.contexts[:, :-1])
    assert np.array_equal(word.glove.contexts, parts.contexts)


def test_a_loss_that_is_no_number_stops_training(corpus):
    with pytest.raises(TrainingError, match="expected a learning_rate smaller than 10"):
        train(corpus, config(learning_rate=10.0, epochs=50))


# ------------------------------------------------------------------ going on


def test_two_epochs_and_two_more_are_four(corpus, first, tmp_path):
    train(corpus, config(epochs=2)).save(tmp_path / "half")
    resumed = train(corpus, start=WordVectors.load(tmp_path / "half"))
    assert same(resumed, first)
    assert [loss for run in resumed.details["runs"] for loss in run["losses"]] == first.details["losses"]


def test_known_words_go_on_and_new_ones_join():
    start = train(topic_corpus(TOPICS[:2]), config(epochs=20))
    grown = topic_corpus([TOPICS[1] + " bronze", TOPICS[2]], seed=8)
    still = train(grown, config(learning_rate=0.0, epochs=1), start=start)
    assert set(still.vocabulary) == {*start.vocabulary, *TOPICS[2].split(), "bronze"}
    gone = TOPICS[0].split()
    ids = [vectors.vocabulary.ids(gone) for vectors in (still, start)]
    for now, then in zip(still.glove, start.glove, strict=True):
        assert np.array_equal(now[ids[0]], then[ids[1]])
    assert still.vocabulary.counts[still.vocabulary.id("gold")] > start.vocabulary.counts[0]
    vectors = train(grown, config(epochs=500), start=start)
    for topic in (TOPICS[1] + " bronze", TOPICS[2]):
        for word in topic.split():
            near = vectors.nearest(word, k=len(topic.split()) - 1, exclude=gone)
            nearest = {neighbour.word for neighbour in near}
            assert nearest == set(topic.split()) - {word}


def test_a_start_that_does_not_fit_is_refused(corpus, first):
    with pytest.raises(ConfigError, match="dim: expected 20, as the vectors to start from have, found 21"):
        train(corpus, config(dim=21), start=first)
    other = Corpus.from_lines(["the cat sat on the mat"] * 9, tokenizer=Tokenizer("word"))
    with pytest.raises(CorpusError, match="expected a corpus made by the tokenizer of the vectors to start"):
        train(other, config(), start=first)
    for start in (
        WordVectors(first.vocabulary, first.matrix),
        train(corpus, Word2VecConfig(dim=20, epochs=1, subsample=0.0)),
        first.subset(["w1", "w2"]),
    ):
        with pytest.raises(ConfigError, match="model: expected vectors that GloVe trained to start from"):
            train(corpus, config(), start=start)


# ------------------------------------------------------------------ the artefact


def test_everything_is_saved(first, tmp_path):
    first.save(tmp_path / "vectors")
    loaded = WordVectors.load(tmp_path / "vectors")
    assert same(loaded, first)
    assert dict(loaded.details) == dict(first.details)
    first.save(tmp_path / "small", precision="float16")
    assert WordVectors.load(tmp_path / "small").glove is None


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("glove_words.npy", lambda part: part[:, :-1], "expected float32 of shape"),
        ("glove_contexts.npy", lambda part: part[:-1], "expected float32 of shape"),
        ("glove_word_squares.npy", lambda part: part * np.float32(np.nan), "expected finite numbers"),
    ],
)
def test_damage_is_found(first, tmp_path, name, change, message):
    from hashlib import sha256

    first.save(tmp_path / "vectors")
    path = tmp_path / "vectors" / name
    np.save(path, change(np.load(path)))
    manifest = json.loads((tmp_path / "vectors" / "manifest.json").read_text())
    manifest["payloads"][name] = {
        "bytes": path.stat().st_size,
        "sha256": sha256(path.read_bytes()).hexdigest(),
    }
    (tmp_path / "vectors" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ArtifactError, match=message):
        WordVectors.load(tmp_path / "vectors")


def test_parts_that_do_not_fit_are_refused(first):
    with pytest.raises(ValueError, match=r"expected words of shape \(\d+, 21\), found \(\d+, 20\)"):
        WordVectors(
            first.vocabulary, first.matrix, glove=first.glove._replace(words=first.glove.words[:, 1:])
        )


# ------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"x_max": 0}, "x_max: expected a number from 0.001 to 1000000000.0, found 0"),
        ({"x_max": float("nan")}, "x_max: expected a number from"),
        ({"alpha": -0.1}, "alpha: expected a number from 0.0 to 10.0, found -0.1"),
        ({"alpha": "x"}, "alpha: expected a number from 0.0 to 10.0, found 'x'"),
        ({"tolerance": 1.5}, "tolerance: expected a number from 0.0 to 1.0, found 1.5"),
        ({"window": 0}, "window: expected a whole number from 1 to 1000, found 0"),
        ({"symmetric": 1}, "symmetric: expected true or false, found 1"),
        ({"result": "both"}, "result: expected one of sum, word, context, found 'both'"),
        ({"learning_rate": -1}, "learning_rate: expected a number from 0.0 to 10.0, found -1"),
        ({"memory": 0}, "memory: expected a whole number from 1 to"),
    ],
)
def test_a_config_that_makes_no_sense_is_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        GloveConfig(**options)


def test_a_window_longer_than_all_lines_is_fine():
    assert train(corpus_of(["a b", "b c d"] * 9), config(window=1_000, dim=3)).dim == 3


def test_nothing_that_co_occurs_is_refused():
    with pytest.raises(CorpusError, match="found single words only: nothing co-occurs"):
        train(corpus_of(["a"] * 9), config())


def test_counts_made_in_another_way_are_refused(corpus, tmp_path):
    table = Cooccurrences.count(corpus, tmp_path / "counts", CooccurrenceConfig(window=5))
    with pytest.raises(ConfigError, match="window: expected 5, as the counts were made with, found 4"):
        train(table, config())
    with pytest.raises(
        ConfigError, match="symmetric: expected True, as the counts were made with, found False"
    ):
        train(table, config(window=5, symmetric=False))
    with pytest.raises(ConfigError, match="model: expected glove for co-occurrence counts, found skipgram"):
        train(table, Word2VecConfig())


def test_a_disk_that_is_too_small_is_seen_before(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(counting, "_PAIRS_TOGETHER", 500)
    usage = shutil.disk_usage("/")._replace(free=1_000)
    monkeypatch.setattr(resources.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(
        ResourceError, match=r"expected \d+ MB of disk for about [\d,]+ pairs, found 0 MB free"
    ):
        train(corpus, config(memory=60_000), scratch=tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_disk_that_fills_up_leaves_nothing(corpus, tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(counting, "_PAIRS_TOGETHER", 500)
    monkeypatch.setattr(os, "posix_fallocate", refuse)
    with pytest.raises(ArtifactError, match="cannot be written: No space left on device"):
        train(corpus, config(memory=60_000), scratch=tmp_path)
    assert not list(tmp_path.iterdir())


def test_other_uses_say_that_they_need_another_model(first):
    with pytest.raises(ConfigError, match="model: expected skipgram or cbow to score by, found glove"):
        score_sentences(first, [["w1", "w2"]])
    with pytest.raises(ConfigError, match="full_model: expected vectors with outputs and config, found none"):
        first.to_gensim(full_model=True)
    assert first.to_gensim().vector_size == 20


def test_torch_is_refused(corpus):
    pytest.importorskip("torch")
    with pytest.raises(ConfigError, match="engine: expected compiled for the objective glove, found torch"):
        train(corpus, config(), engine="torch")


# ------------------------------------------------------------------ estimates


def test_it_is_estimated(corpus, tmp_path):
    needs = estimate(corpus, config(), output=tmp_path / "vectors")
    num_pairs = len(begun(corpus, config())._source.pairs.logs)
    num_words = len(corpus.vocabulary)
    assert needs.num_pairs == num_pairs  # so few words are all counted
    assert needs.memory.matrices == 2 * num_words * 2 * 32 * 4
    assert needs.memory.targets == 8 * num_pairs
    assert needs.time.unit == "pairs"
    assert needs.time.rate > 0
    assert needs.time.counting > 0
    train(corpus, config()).save(tmp_path / "vectors")
    size = sum(path.stat().st_size for path in (tmp_path / "vectors").iterdir())
    assert needs.disk.needed == pytest.approx(size, rel=0.03)
    facts = needs.to_dict()
    assert facts["time"].keys() == {"training", "pairs_per_second", "compilation", "counting"}
    assert facts["num_pairs"] == num_pairs


def test_counts_are_estimated_from_a_sample(corpus, tmp_path, monkeypatch):
    from wordlab.training import speed

    table = Cooccurrences.count(corpus, tmp_path / "counts", config().counting)
    part = table.sample(5_000)
    assert 1_000 < part.num_pairs < 20_000 < table.num_pairs
    assert part.vocabulary is table.vocabulary
    assert table.sample(10**9) is table
    monkeypatch.setattr(speed, "_SAMPLE", 5_000)
    needs = estimate(table, config())
    assert needs.time.training == pytest.approx(4 * table.num_pairs / needs.time.rate)
    assert needs.time.counting is None


def test_files_for_pairs_count_as_disk(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(counting, "_PAIRS_TOGETHER", 500)
    little = dataclasses.replace(config(dim=2), memory=60_000)
    needs = estimate(corpus, little, output=tmp_path / "vectors", calibration=False)
    assert needs.disk.needed == memory.needed(corpus, little).scratch == 16 * needs.num_pairs
    assert needs.memory.targets == 0


def test_rows_have_room_for_both_biases():
    assert memory.width(14) == 16
    assert memory.width(15) == 32
    assert padded_zeros(1, 2 * memory.width(100)).shape == (1, 224)
