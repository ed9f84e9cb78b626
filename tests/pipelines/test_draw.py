import os
from pathlib import Path

import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib import font_manager

from pipelines.plots import fonts
from pipelines.plots.words import draw_words
from wordlab.embeddings import WordVectors, layout
from wordlab.errors import ConfigError
from wordlab.text import Vocabulary

from .conftest import everything_in, run

WORDS = ["好吃", "难吃", "味道", "king"]
ALL = "好吃难味道"


def make_font(path, characters, family):
    """A TrueType font in which each character is a square."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for point in ((0, 800), (800, 800), (800, 0)):
        pen.lineTo(point)
    pen.closePath()
    square = pen.glyph()
    names = [".notdef", *(f"uni{ord(char):04X}" for char in characters)]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(char): f"uni{ord(char):04X}" for char in characters})
    builder.setupGlyf(dict.fromkeys(names, square))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Chinese vectors, and a Matplotlib that finds only its own fonts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [])
    own = [entry for entry in font_manager.fontManager.ttflist if "matplotlib" in entry.fname]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", own)
    matrix = np.random.default_rng(1).normal(size=(4, 5))
    WordVectors(Vocabulary(WORDS, [4, 3, 2, 1]), matrix).save("vectors")
    return tmp_path


def plot(*more):
    return run("embeddings", "plot", "vectors", "words.png", "--method", "pca", *more)


def test_a_missing_font_is_said(place):
    before = everything_in(".")
    result = plot()
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: --font: expected an installed font that has 吃 味 好 道 难, found none; install Noto Sans "
        "CJK or WenQuanYi Micro Hei, or name a font file (see wordlab embeddings plot --help)\n"
    )
    assert everything_in(".") == before


def test_words_that_need_no_font_are_drawn(place):
    assert fonts.families_for(["king", "naïve", "мир", "a\u00a0b", "\x07"]) == ["DejaVu Sans"]
    assert plot("--words", "king,king,king").exit_code == 0


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_a_font_by_its_file(place, suffix):
    make_font("squares.ttf", ALL, "Wordlab Squares")
    result = run("embeddings", "plot", "vectors", f"w.{suffix}", "--method", "pca", "--font", "squares.ttf")
    assert (result.exit_code, result.stderr) == (0, f"w.{suffix}: 4 words\n")
    assert Path(f"w.{suffix}").stat().st_size > 1_000


def test_installed_fonts_are_found(place, monkeypatch):
    """Two fonts unknown to Matplotlib, neither of which has all characters, and a file that is not a font."""
    make_font("one.ttf", "好吃", "Wordlab One")
    make_font("two.ttf", "难味道", "WenQuanYi Wordlab Two")
    Path("three.ttf").write_bytes(b"no font")
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [os.path.abspath(f) for f in os.listdir()])
    families = fonts.families_for(WORDS)
    assert families == ["DejaVu Sans", "WenQuanYi Wordlab Two", "Wordlab One"]
    figure = draw_words(WORDS, np.eye(4)[:, :2] + np.arange(4)[:, None], "words", families=families)
    figure.savefig("words.png")  # Matplotlib warns of a missing glyph, and warnings are errors here


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "font: expected a font file, found no given.ttf"),
        (b"no font", "font: expected a font file, found given.ttf, which cannot be read as one"),
        ("好吃", "font: expected a font that has 味 道 难, found given.ttf, which lacks them"),
    ],
)
def test_fonts_that_will_not_do(place, content, message):
    if isinstance(content, bytes):
        Path("given.ttf").write_bytes(content)
    elif content:
        make_font("given.ttf", content, "Wordlab Few")
    with pytest.raises(ConfigError, match=message):
        fonts.families_for(WORDS, Path("given.ttf"))


def test_many_missing_characters_are_counted(place):
    with pytest.raises(ConfigError, match="has 一 丁 丂 七 丄 and 95 more characters, found none"):
        fonts.families_for([chr(code) for code in range(0x4E00, 0x4E00 + 100)])


def test_a_missing_extra_is_said_before_anything_is_read(place, monkeypatch):
    monkeypatch.setattr(layout, "find_spec", lambda name: None)
    result = run("embeddings", "plot", "nowhere", "words.png", "--method", "umap")
    assert result.exit_code == 1
    assert result.stderr == "Error: umap-learn is not installed; pip install 'wordlab[umap]' brings it\n"


def test_labels_do_not_cover_each_other():
    rng = np.random.default_rng(2)
    points = rng.normal(size=(300, 2))
    figure = draw_words([f"word{i}" for i in range(300)], points, "words")
    texts = figure.axes[0].texts
    boxes = [text.get_window_extent() for text in texts]
    assert 100 < len(texts) < 300
    assert texts[0].get_text() == "word0"
    for i, box in enumerate(boxes):
        assert not box.count_overlaps(boxes[i + 1 :])
    whole = figure.axes[0].get_window_extent()
    assert all(whole.x0 <= box.x0 and box.x1 <= whole.x1 for box in boxes)
