import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from wordlab import teams
from wordlab.errors import ResourceError


def test_a_thread_that_cannot_be_started_is_an_error_and_not_an_endless_wait(monkeypatch):
    start = threading.Thread.start
    started = []

    def start_three(thread):
        if len(started) == 3:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_three)
    message = "threads: expected 5 more threads, found room for 3; use fewer"
    with ThreadPoolExecutor(5) as pool, pytest.raises(ResourceError, match=message):
        teams.start_threads(pool, 5)
    assert all(not thread.is_alive() for thread in started)
    with ThreadPoolExecutor(2) as pool:
        monkeypatch.setattr(threading.Thread, "start", start)
        teams.start_threads(pool, 2)
        assert pool.submit(len, "abc").result() == 3


def test_threads_that_wait_for_each_other_run_together():
    meeting, fine = threading.Barrier(3), True

    def work(thread):
        meeting.wait(timeout=10)
        if thread == 2 and not fine:
            raise ValueError("no")
        return thread

    with teams.idle_threads(3) as pool:
        assert teams.run_together(work, 3, pool) == 0
        fine = False
        with pytest.raises(ValueError, match="no"):
            teams.run_together(work, 3, pool)


def test_one_thread_is_the_one_that_calls():
    with teams.idle_threads(1) as pool:
        alone = teams.run_together(lambda thread: threading.current_thread(), 1, pool)
    assert alone is threading.main_thread()


class Interrupted(teams.IdleThreads):
    """Ctrl-C, just when the main thread has given it something to do."""

    def submit(self, *args, **kwargs):
        future = super().submit(*args, **kwargs)
        if threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt
        return future


@pytest.mark.parametrize("turn", range(20))
def test_an_interrupt_leaves_no_thread_waiting_for_others(turn):
    meeting, met = threading.Barrier(3), []

    def work(thread):
        met.append(meeting.wait(timeout=10))

    with pytest.raises(KeyboardInterrupt), Interrupted(3) as pool:  # which ends when its threads do
        teams.run_together(work, 3, pool)
    assert len(met) in (0, 3)
    assert not meeting.broken
    with pytest.raises(KeyboardInterrupt), Interrupted(3) as pool:
        teams.start_threads(pool, 3)


class Clock:
    """Time that passes as the work says: `speeds` are pieces a second by number of threads."""

    def __init__(self, monkeypatch, **speeds):
        self.now, self.speeds, self.sizes = 0.0, speeds, []
        monkeypatch.setattr(teams.time, "perf_counter", lambda: self.now)

    def work(self, thread, size):
        if thread == 0:
            self.sizes.append(size)
            self.now += 1 / self.speeds["one" if size == 1 else "all"]
        return size


def do(clock, size, num_pieces):
    clock.sizes.clear()
    with teams.all_or_one(size) as team:
        for _ in range(num_pieces):
            assert team.run(clock.work, 1.0) == clock.sizes[-1]
    return clock.sizes


def test_all_threads_work_where_they_are_faster(monkeypatch):
    clock = Clock(monkeypatch, one=1.0, all=1.9)
    assert do(clock, 2, 64) == [2, 2, 2, 2, 1, *[2] * 31, 1, *[2] * 27]


def test_one_of_many_threads_is_tried_as_rarely_as_its_pieces_are_long(monkeypatch):
    sizes = do(Clock(monkeypatch, one=1.0, all=8.0), 8, 1_000)
    assert [place for place, size in enumerate(sizes) if size == 1] == [4, 132, 260, 388, 516, 644, 772, 900]


def test_one_thread_works_where_it_is_faster(monkeypatch):
    clock = Clock(monkeypatch, one=1.0, all=0.1)
    assert do(clock, 4, 64) == [4, 4, 4, 4, *[1] * 32, 4, *[1] * 27]


def test_a_team_that_has_become_faster_takes_over(monkeypatch):
    clock = Clock(monkeypatch, one=1.0, all=0.1)
    with teams.all_or_one(3) as team:
        for number in range(300):
            if number == 100:
                clock.speeds["all"] = 2.5
            team.run(clock.work, 1.0)
    assert clock.sizes[90:100] == [1] * 10
    assert clock.sizes[150:].count(3) >= 145


def test_a_team_of_one():
    with teams.all_or_one(1) as team:
        assert team.sizes == (1,)
        assert team.run(lambda thread, size: (thread, size, threading.current_thread()), 1) == (
            0,
            1,
            threading.main_thread(),
        )
