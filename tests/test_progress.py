"""Reports in measure."""

import pytest

from wordlab.progress import Progress, Reporter, hears_in_passing, in_passing


def test_about_ten_reports_a_second(clock):
    events = []
    reporter = Reporter(events.append, "count", "words", 1000)
    for step in range(1, 1001):
        clock[0] = 100 + step / 1000  # a second altogether
        reporter.update(step)
    assert 9 <= len(events) <= 10
    assert [event.done for event in events] == sorted(event.done for event in events)
    reporter.report(1000, loss=0.5)
    assert events[-1] == Progress("count", 1000, 1000, "words", pytest.approx(1.0), {"loss": 0.5})


def test_nothing_is_due_at_once_but_a_report_always_comes(clock):
    events = []
    reporter = Reporter(events.append, "count", "words")
    assert not reporter.due
    reporter.update(1)
    assert not events
    reporter.report(1)
    assert len(events) == 1
    clock[0] += 1
    assert reporter.due
    reporter.report(2)
    reporter.update(3)  # a report has just been sent
    assert [event.done for event in events] == [1, 2]
    assert reporter.elapsed == 1


def test_the_total_may_become_known(clock):
    events = []
    reporter = Reporter(events.append, "read", "bytes")
    reporter.report(10)
    reporter.total = 20
    reporter.report(20)
    assert [event.total for event in events] == [None, 20]
    assert events[0].remaining is None


def test_silent_without_a_listener(clock):
    reporter = Reporter(None, "count", "words", 3)
    clock[0] += 10
    assert not reporter.due
    reporter.update(1)
    reporter.report(3)


def test_rate_and_remaining():
    assert Progress("t", 50, 200, "words", 2.0).rate == 25
    assert Progress("t", 50, 200, "words", 2.0).remaining == 6
    assert Progress("t", 0, 200, "words", 0.0).remaining is None


def test_who_stops_hearing_leaves_the_others_as_they_were():
    first, second = [], []

    def pass_by(name):
        in_passing(name, "%", 100).report(100)

    with hears_in_passing(first.append):
        with hears_in_passing(None):
            pass_by("unheard")
        pass_by("a")
        with hears_in_passing(second.append):
            pass_by("b")
        pass_by("c")
    pass_by("unheard")
    assert [event.task for event in first] == ["a", "c"]
    assert [event.task for event in second] == ["b"]
