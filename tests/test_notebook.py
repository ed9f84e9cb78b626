"""The bar of progress, within a notebook and without."""

import io
import sys

import pytest

from wordlab import notebook
from wordlab.notebook import bar
from wordlab.progress import Progress

HALF = Progress("train", 500, 1_000, "words", 2.0, {"mean_loss": 1.5})
DONE = Progress("train", 1_000, 1_000, "words", 4.0)
OPEN = Progress("read <x>", 12_345, None, "bytes", 0.5)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_on_a_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    listen = bar()
    for event in (HALF, DONE, OPEN):
        listen(event)
    assert terminal.getvalue().split("\r\x1b[K") == [
        "", "train: 50% · 250 words/s · mean loss 1.5 · 2 s left", "train: 100% · 250 words/s · 4.0 s\n",
        "read <x>: 12,345 bytes · 24,690 bytes/s",
    ]  # fmt: skip


def test_silent_where_nobody_looks(monkeypatch):
    monkeypatch.setattr(sys, "stderr", file := io.StringIO())
    bar()(HALF)
    assert file.getvalue() == ""


def test_in_a_kernel_each_task_has_a_line_that_is_drawn_again(monkeypatch):
    display_module = pytest.importorskip("IPython.display")
    shown = []

    class Handle:
        def update(self, content, *, raw):
            shown.append(("again", content))

    def display(content, *, raw, display_id):
        assert raw
        assert display_id
        shown.append(("first", content))
        return Handle()

    monkeypatch.setattr(notebook, "_in_a_kernel", lambda: True)
    monkeypatch.setattr(display_module, "display", display)
    listen = bar()
    for event in (HALF, OPEN, DONE):
        listen(event)
    assert [how for how, _ in shown] == ["first", "first", "again"]
    assert '<progress style="width:12em;vertical-align:middle" value="0.5000">' in shown[0][1]["text/html"]
    assert "read &lt;x&gt;" in shown[1][1]["text/html"]
    assert "value" not in shown[1][1]["text/html"]
    assert shown[2][1]["text/plain"] == "train: 100% · 250 words/s · 4.0 s"
