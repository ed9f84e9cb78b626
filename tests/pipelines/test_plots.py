"""Pictures, by what their axes show."""

import numpy as np
import pytest

from pipelines.plots.lines import draw_line_lengths
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
