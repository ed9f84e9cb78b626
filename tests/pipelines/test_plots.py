"""Pictures, by what their axes show."""

import os
import subprocess
import sys

import numpy as np
import pytest

from pipelines.plots.lines import draw_line_lengths
from pipelines.plots.scores import draw_scores
from pipelines.plots.sentiment import draw_comparison
from wordlab.text import Corpus
from wordlab.text.subsampling_effect import subsampling_report


@pytest.mark.parametrize(
    ("lengths", "limits", "labels"),
    [
        ([1, 2, 1000], (1, 1001), ["1", "2", "5", "10", "20", "50", "100", "200", "500", "1,000"]),
        ([900, 1000], (795, 1001), ["795", "1,001"]),
        ([1], (1, 2), ["1", "2"]),
    ],
)
def test_line_lengths_show_those_that_occur(lengths, limits, labels):
    corpus = Corpus.from_lines(["a " * length for length in lengths])
    axes = draw_line_lengths(subsampling_report(corpus, threshold=0)).axes[0]
    assert axes.get_xlim() == limits
    assert [label.get_text() for label in axes.get_xticklabels()] == labels
    assert all(tick == int(tick) for tick in axes.get_yticks())


def test_lines_left_empty_have_a_place():
    corpus = Corpus.from_lines(["a " * 9, "b", "b", "c"])
    report = subsampling_report(corpus, threshold=1e-3)
    assert report.lines_after[0] > 0
    axes = draw_line_lengths(report).axes[0]
    assert axes.get_xlim()[0] == 0.5
    assert axes.get_xticklabels()[0].get_text() == "0"
    assert np.all(np.diff(axes.get_xticks()) > 0)


def test_a_comparison_has_even_ticks_with_exact_labels():
    figure = draw_comparison(["one", "two"], [0.706, 0.608], [(0.684, 0.726), (0.585, 0.63)], "a title")
    figure.draw_without_rendering()
    axes = figure.axes[0]
    shown = {
        label.get_text(): tick for label, tick in zip(axes.get_xticklabels(), axes.get_xticks(), strict=True)
    }
    assert len(shown) > 3
    assert all(float(text.rstrip("%")) == pytest.approx(100 * tick) for text, tick in shown.items())


class TestScores:
    ROWS = (
        ("WordSim-353, Spearman", (0.5, 0.4), ((0.4, 0.6), (0.3, 0.55))),
        ("own, purity", (0.7, None), (None, None)),
        ("a$x$_b, accuracy", (-0.2, 0.1), ((-0.4, 0.05), (0.2, 0.3))),
    )

    def test_each_set_has_its_points_and_intervals(self):
        figure = draw_scores(self.ROWS, ["one", "two"], "a title")
        figure.draw_without_rendering()
        axes = figure.axes[0]
        first, second = axes.containers
        assert first[0].get_xdata() == pytest.approx([0.5, 0.7, -0.2])
        assert second[0].get_xdata() == pytest.approx([0.4, 0.1])
        assert first[0].get_color() != second[0].get_color()
        (bars,) = first[2]
        ends = [segment[:, 0].tolist() for segment in bars.get_segments()]
        assert np.allclose(ends, [[0.4, 0.6], [0.7, 0.7], [-0.4, 0.05]])
        (bars,) = second[2]  # an interval that leaves out its score does not turn round
        assert np.allclose(bars.get_segments()[1][:, 0], [0.1, 0.3])
        assert [text.get_text() for text in axes.get_yticklabels()] == [label for label, *_ in self.ROWS]
        assert axes.get_ylim() == (2.5, -0.5)
        assert axes.get_xlim()[0] < -0.4
        assert [text.get_text() for text in figure.legends[0].get_texts()] == ["one", "two"]

    def test_more_sets_than_colours_differ_by_their_marks(self):
        names = [f"set {number}" for number in range(8)]
        axes = draw_scores([("a", (0.5,) * 8, (None,) * 8)], names, "a title").axes[0]
        looks = [(drawn[0].get_color(), drawn[0].get_marker()) for drawn in axes.containers]
        assert len(set(looks)) == 8

    def test_one_set_needs_no_legend(self):
        rows = [(label, values[:1], intervals[:1]) for label, values, intervals in self.ROWS[:2]]
        figure = draw_scores(rows, ["one"], "a title")
        assert figure.legends == []
        assert figure.axes[0].get_xlim()[0] == 0
        low = draw_scores([("a", (-0.5,), (None,))], ["one"], "a title").axes[0].get_xlim()[0]
        assert low == pytest.approx(-0.53)

    def test_nothing_scored_and_long_names(self):
        figure = draw_scores([("x" * 100, (None,), (None,))], ["one"], "a title")
        figure.draw_without_rendering()
        assert len(figure.axes[0].get_yticklabels()[0].get_text()) == 40


def test_without_a_home_matplotlib_stays_silent(tmp_path):
    command = [
        sys.executable,
        "-m",
        "wordlab",
        "theory",
        "descent",
        "--function",
        "quadratic",
        "--plot",
        "d.png",
    ]
    environment = {**os.environ, "MPLCONFIGDIR": "/dev/null/nowhere"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "atplotlib" not in done.stderr
    assert (tmp_path / "d.png").is_file()
