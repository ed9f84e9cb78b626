"""Workers of a cluster end with the bytes of threads, however many they are, and whatever becomes of them."""

import copy
import logging
import os
import signal
import time

import numpy as np
import pytest

from tests.training.test_shards import bytes_of, config, corpus_of, frequent_words
from wordlab.errors import ConfigError, ResourceError, TrainingError
from wordlab.training import GloveConfig, train
from wordlab.training.engines.shared_memory import private_memory
from wordlab.training.history import History
from wordlab.training.ledger import Ledger, learning_rates
from wordlab.training.objectives import checked
from wordlab.training.objectives.base import Team


@pytest.fixture(scope="module")
def corpus():
    return frequent_words()


def trained_apart(corpus, config, num_workers):
    """The weights after training in shares, one after the other, each of which gets only what is sent."""
    kind, config = checked(corpus, config, None)
    objective = kind.begin(corpus, config, None, History.of(None, kind.describe(corpus)))
    recipe = copy.deepcopy(objective.recipe())
    shares = [recipe.share(worker, num_workers) for worker in range(num_workers)]
    for worker, share in enumerate(shares):
        for part in objective.parts(worker, num_workers):
            share.fill(*part)
        memory = private_memory(share.num_bytes(objective.state))
        share.begin(objective.state, Team((worker,), 0, memory, lambda: None))
    for period in Ledger.of(objective, None).pieces_to_do(spans=objective.num_shards):
        rates = learning_rates(period, objective.num_tokens, config)
        for share in shares:
            share.train(period, rates)
        changes = {worker: share.changes() for worker, share in enumerate(shares)}
        for worker, share in enumerate(shares):
            share.merge({other: found for other, found in changes.items() if other != worker})
    states = [share.state for share in shares]
    assert all(np.array_equal(state[name], states[0][name]) for state in states for name in state)
    for name, matrix in objective.state.items():
        matrix[:] = states[0][name]
    return objective.vectors({})


@pytest.mark.parametrize("options", [{}, {"buckets": 200}], ids=str)
@pytest.mark.parametrize(("shards", "workers"), [(1, 1), (2, 2), (8, 1), (8, 3), (8, 8)])
def test_shares_are_what_threads_train(corpus, options, shards, workers):
    options = config(shards=shards, **options)
    expected, found = train(corpus, options), trained_apart(corpus, options, workers)
    assert found.matrix.tobytes() == expected.matrix.tobytes()
    assert found.outputs.tobytes() == expected.outputs.tobytes()


@pytest.mark.parametrize("line_end", [False, True])
def test_odd_corpora_are_trained_the_same_in_shares(line_end):
    """Of two spans, with windows that reach far, as most words between are dropped, and lines of one word."""
    for lines in (["a b c d e f g h"] * 10, ["a b"] * 300, ["a b", *["a"] * 200, "b " * 200]):
        options = config(shards=8, subsample=0.01, line_end=line_end)
        expected, found = train(corpus_of(lines), options), trained_apart(corpus_of(lines), options, 2)
        assert found.matrix.tobytes() == expected.matrix.tobytes()


def on_machines(names, monkeypatch):
    """Have the crew believe that its workers are on machines of these names, a letter each."""
    crew = pytest.importorskip("wordlab.training.engines.crew")
    hire = crew.Crew._hire

    def placed(crew, numbers, reporter):
        hire(crew, numbers, reporter)
        crew._machines.update({number: names[number] for number in numbers})

    monkeypatch.setattr(crew.Crew, "_hire", placed)


class Hunter:
    """Kills workers of a crew, `number` in all, as training goes on."""

    def __init__(self, number, monkeypatch):
        self._number, self._random, self.num_killed = number, np.random.default_rng(7), 0
        crew = pytest.importorskip("wordlab.training.engines.crew")
        hire = crew.Crew._hire

        def watched(crew, numbers, reporter):
            import ray

            hire(crew, numbers, reporter)
            pids = [
                crew._workers[number].__ray_call__.remote(lambda worker: os.getpid()) for number in numbers
            ]
            self._pids.update(zip(numbers, ray.get(pids), strict=True))

        self._pids = {}
        monkeypatch.setattr(crew.Crew, "_hire", watched)

    def __call__(self, event):
        if event.task != "train" or event.done == event.total or self.num_killed == self._number:
            return
        if event.done / event.total >= self.num_killed / (self._number + 1):
            os.kill(self._pids[self._random.integers(len(self._pids))], signal.SIGKILL)
            self.num_killed += 1


@pytest.mark.usefixtures("ray_cluster")
@pytest.mark.parametrize("machines", ["a", "aa", "ab", "aaaa", "abab"])
def test_workers_change_no_byte(corpus, monkeypatch, machines):
    on_machines(machines, monkeypatch)
    options = config(shards=8)
    expected, found = train(corpus, options), train(corpus, options, engine="ray", workers=len(machines))
    assert bytes_of(found) == bytes_of(expected)
    assert found.details == expected.details


@pytest.mark.usefixtures("ray_cluster")
@pytest.mark.parametrize("machines", ["aa", "aab"])
def test_words_of_members_are_shared(corpus, monkeypatch, machines):
    on_machines(machines, monkeypatch)
    options = config(shards=8, buckets=200)
    found = train(corpus, options, engine="ray", workers=len(machines))
    assert bytes_of(found) == bytes_of(train(corpus, options))


@pytest.mark.usefixtures("ray_cluster")
def test_workers_that_share_no_memory_say_so(corpus, monkeypatch, caplog):
    crew = pytest.importorskip("wordlab.training.engines.crew")
    hire = crew.Crew._hire

    def hired(crew, numbers, reporter):
        import ray

        hire(crew, numbers, reporter)  # what follows is what a worker finds on macOS
        ray.get(
            [crew._workers[n].__ray_call__.remote(lambda _: delattr(os, "memfd_create")) for n in numbers]
        )

    monkeypatch.setattr(crew.Crew, "_hire", hired)
    with caplog.at_level(logging.INFO, "wordlab"):
        found = train(corpus, config(shards=8), engine="ray", workers=2)
    assert bytes_of(found) == bytes_of(train(corpus, config(shards=8)))
    assert [record.getMessage() for record in caplog.records] == [
        "workers share no memory, and send each other what they change: no files in memory on this system"
    ]


@pytest.mark.usefixtures("ray_cluster")
def test_what_one_of_a_team_raises_is_told(corpus, monkeypatch):
    """Not that others have waited for it."""
    crew = pytest.importorskip("wordlab.training.engines.crew")
    hire = crew.Crew._hire

    def hired(crew, numbers, reporter):
        import ray

        def spoil(actor):
            def train(period, rates):
                raise MemoryError("no room")

            actor._share.train = train

        hire(crew, numbers, reporter)
        ray.get(crew._workers[1].__ray_call__.remote(spoil))

    monkeypatch.setattr(crew.Crew, "_hire", hired)
    with pytest.raises(TrainingError, match=r"^a worker failed: MemoryError: no room$"):
        train(corpus, config(shards=8), engine="ray", workers=3)


@pytest.mark.usefixtures("ray_cluster")
@pytest.mark.parametrize(
    ("keep_every", "machines"),
    [(0.0, "aaa"), (1_000.0, "aaa"), (0.0, "aab")],
    ids=["often collected", "from the beginning", "two machines"],
)
def test_lost_workers_change_no_byte(corpus, monkeypatch, keep_every, machines):
    """SIGKILL, which no process can prepare for."""
    monkeypatch.setattr("wordlab.training.engines.crew.KEEP_EVERY", keep_every)
    monkeypatch.setattr("wordlab.training.engines.threads.TOKENS_TOGETHER", 1_024)
    on_machines(machines, monkeypatch)
    options = config(shards=8, epochs=10)
    hunter = Hunter(2 if keep_every else 3, monkeypatch)
    found = train(corpus, options, engine="ray", workers=3, on_progress=hunter)
    assert hunter.num_killed == hunter._number
    assert bytes_of(found) == bytes_of(train(corpus, options))


@pytest.mark.usefixtures("ray_cluster")
@pytest.mark.parametrize(
    ("number", "when"),
    [(1, "place"), (1, "prepare"), (1, "fill"), (0, "offer"), (1, "join"), (1, "begin")],
)
def test_a_worker_lost_while_all_begin_is_replaced(corpus, monkeypatch, tmp_path, number, when):
    actor = pytest.importorskip("wordlab.training.engines.actor").Actor
    crew = pytest.importorskip("wordlab.training.engines.crew")
    do, mark = getattr(actor, when), str(tmp_path / "killed")

    def die_once(self, *args):
        if self._number == number and not os.path.exists(mark):
            open(mark, "x").close()
            os.kill(os.getpid(), signal.SIGKILL)
        return do(self, *args)

    monkeypatch.setattr(crew, "Actor", type("Actor", (actor,), {when: die_once}))
    found = train(corpus, config(shards=8), engine="ray", workers=3)
    assert os.path.exists(mark)
    assert bytes_of(found) == bytes_of(train(corpus, config(shards=8)))


@pytest.mark.usefixtures("ray_cluster")
def test_workers_that_never_stay_are_an_error(corpus, monkeypatch):
    actor = pytest.importorskip("wordlab.training.engines.actor").Actor
    crew = pytest.importorskip("wordlab.training.engines.crew")
    monkeypatch.setattr(crew, "_MOST_LOST", 1)
    place = lambda self: os.kill(os.getpid(), signal.SIGKILL)  # noqa: E731
    monkeypatch.setattr(crew, "Actor", type("Actor", (actor,), {"place": place}))
    expected = "^workers: expected some that stay, lost 2 one after the other; the last one: "
    with pytest.raises(ResourceError, match=expected):
        train(corpus, config(shards=2), engine="ray", workers=1)


@pytest.mark.usefixtures("ray_cluster")
def test_a_worker_that_waits_for_ever_is_replaced(corpus, monkeypatch):
    """As one would whose neighbour never gets what a lost worker of another machine was to send."""
    crew = pytest.importorskip("wordlab.training.engines.crew")
    monkeypatch.setattr(crew, "_SILENCE", 1.0)
    hire, hired_before = crew.Crew._hire, []

    def hired(crew, numbers, reporter):
        import ray

        def sleep(actor):
            actor._share.train = lambda period, rates: time.sleep(600)

        def die(actor):
            actor._share.train = lambda period, rates: os.kill(os.getpid(), signal.SIGKILL)

        hire(crew, numbers, reporter)
        hired_before.append(list(numbers))
        if len(hired_before) == 1:
            ray.get([crew._workers[n].__ray_call__.remote(fate) for n, fate in enumerate((sleep, die))])

    monkeypatch.setattr(crew.Crew, "_hire", hired)
    found = train(corpus, config(shards=8), engine="ray", workers=2)
    assert hired_before == [[0, 1], [0, 1]]
    assert bytes_of(found) == bytes_of(train(corpus, config(shards=8)))


class StopError(Exception):
    """Ends a run from its listener."""


def stop_at(share):
    def listener(event):
        if event.task == "train" and event.done >= share * event.total:
            raise StopError

    return listener


@pytest.mark.usefixtures("ray_cluster")
def test_a_checkpoint_goes_on_with_other_workers_or_none(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr("wordlab.training.engines.threads.TOKENS_TOGETHER", 1_024)
    options, state = config(shards=8, epochs=8), tmp_path / "state"
    ways = [{"engine": "ray", "workers": 2}, {}, {"engine": "ray", "workers": 3}]
    for way, share in zip(ways, (0.1, 0.4, 2.0), strict=True):
        listener = stop_at(share)
        kept = {"checkpoint": state, "checkpoint_every": 0.01, "resume": state.exists()}
        if share < 1:
            with pytest.raises(StopError):
                train(corpus, options, on_progress=listener, **kept, **way)
        else:
            found = train(corpus, options, on_progress=listener, **kept, **way)
    assert bytes_of(found) == bytes_of(train(corpus, options))


@pytest.mark.usefixtures("ray_cluster")
def test_what_a_worker_raises_is_one_line(corpus, monkeypatch):
    class BadRecipe:  # here, as workers need not find the tests
        def share(self, worker, num_workers):
            raise MemoryError("no room")

    recipe = "wordlab.training.objectives.word2vec.objective.Word2Vec.recipe"
    monkeypatch.setattr(recipe, lambda objective: BadRecipe())
    with pytest.raises(TrainingError, match=r"^a worker failed: MemoryError: no room$"):
        train(corpus, config(shards=2), engine="ray")


@pytest.mark.usefixtures("ray_cluster")
def test_workers_that_find_no_place_are_an_error(corpus, monkeypatch):
    import ray

    monkeypatch.setattr("wordlab.training.engines.crew.PATIENCE", 0.5)

    @ray.remote(num_cpus=3)
    class Other:
        def here(self):
            return True

    other = Other.remote()
    assert ray.get(other.here.remote())
    expected = "workers: expected 2 free processors of the cluster within 0 seconds, found [01]$"
    with pytest.raises(ResourceError, match=expected):
        train(corpus, config(shards=2), engine="ray", workers=2)
    ray.kill(other)


@pytest.mark.usefixtures("ray_cluster")
def test_more_workers_than_processors_are_an_error(corpus):
    expected = "workers: expected at most the 4 processors of the cluster, found 5"
    with pytest.raises(ResourceError, match=expected):
        train(corpus, config(shards=8), engine="ray", workers=5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"workers": 0}, "workers: expected a whole number from 1 to 1024, found 0"),
        ({"workers": 1.5}, "workers: expected a whole number from 1 to 1024, found 1.5"),
        ({"address": ""}, "address: expected auto, host:port or ray://host:port, found ''"),
        (
            {"address": "ray://host"},
            "address: expected auto, host:port or ray://host:port, found 'ray://host'",
        ),
        (
            {"address": "host:99999"},
            "address: expected auto, host:port or ray://host:port, found 'host:99999'",
        ),
        ({"device": "cuda"}, "device: expected an engine that has this option, found ray"),
    ],
)
def test_options_that_make_no_sense_are_refused(corpus, options, message):
    with pytest.raises(ConfigError) as error:
        train(corpus, config(), engine="ray", **options)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (config(deterministic=False), "deterministic: expected true for the engine ray, found false"),
        (GloveConfig(), "engine: expected compiled for glove, found ray"),
    ],
)
def test_training_that_no_cluster_does_is_refused(corpus, options, message):
    with pytest.raises(ConfigError) as error:
        train(corpus, options, engine="ray")
    assert str(error.value) == message


def test_a_cluster_that_is_not_there_is_an_error(corpus, monkeypatch):
    ray = pytest.importorskip("ray")
    monkeypatch.setattr(ray, "is_initialized", lambda: False)  # which other tests may have done
    expected = r"^address: expected a Ray cluster at ray://127.0.0.1:9: Connection refused$"
    with pytest.raises(ResourceError, match=expected):
        train(corpus, config(), engine="ray", address="ray://127.0.0.1:9")
