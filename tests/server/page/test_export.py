"""The page as one file: it opens from file://, asks nothing of any network, and no word can break it."""

import base64
import json
import re

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.embeddings.maps import MapConfig
from wordlab.errors import OutputExistsError
from wordlab.server.export import export_page, page_with
from wordlab.server.page import page_files
from wordlab.text import Vocabulary

from .conftest import HOSTILE, Visit

PCA = MapConfig(method="pca")


class FileVisit(Visit):
    """A tab that shows a file, in which the one tab of the panel is hidden."""

    def settle(self):
        self.page.wait_for_selector("[role=tab]", state="attached")
        self.page.wait_for_function("() => document.querySelector('.map:not([data-moving])')")
        self.page.wait_for_timeout(120)
        self.page.wait_for_function("() => document.querySelector('.map:not([data-moving])')")


@pytest.fixture(scope="module")
def exported(tmp_path_factory, news):
    root = tmp_path_factory.mktemp("exported")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORDLAB_CACHE", str(root / "cache"))
        assert export_page(news, root / "map.html", PCA, name="news") == len(news)
    return root / "map.html"


def data_of(page):
    return json.loads(re.search(r'<script type="application/json" id="wordlab-data">(.*?)</script>', page)[1])


def numbers(text, dtype):
    return np.frombuffer(base64.b64decode(text), dtype)


def test_what_the_file_holds(exported, news):
    page = exported.read_text(encoding="utf-8")
    data = data_of(page)
    words = list(news.vocabulary.words)
    assert data["words"] == words
    assert data["counts"] == news.vocabulary.counts.tolist()
    assert (data["dim"], data["seed"], data["method"], data["k"]) == (20, 1, "pca", 10)
    answers = news.nearest(words[:50], k=10)
    ids = numbers(data["neighbours"], "<u4").reshape(-1, 10)
    assert [[words[id] for id in row] for row in ids[:50]] == [[n.word for n in row] for row in answers]
    cosines = numbers(data["cosines"], "u1").reshape(-1, 10) / 255 * 2 - 1
    exact = [[n.similarity for n in row] for row in answers]
    np.testing.assert_allclose(cosines[:50], exact, atol=1 / 255)
    coordinates = numbers(data["coordinates"], "<u2").reshape(-1, 2)
    assert coordinates.min() == 0 or coordinates.max() == 65_535
    for word in HOSTILE[:2]:  # nothing that ends a script, or begins a comment, is in the page as such
        assert word not in page
    assert page.count("</script>") == 3
    assert "static/" not in re.sub(r"base64,[A-Za-z0-9+/=]+", "", page)


def test_equal_sets_give_equal_files(exported, news, tmp_path, monkeypatch):
    monkeypatch.setenv("WORDLAB_CACHE", str(tmp_path))
    export_page(news, tmp_path / "again.html", PCA, name="news")
    assert (tmp_path / "again.html").read_bytes() == exported.read_bytes()
    with pytest.raises(OutputExistsError):
        export_page(news, tmp_path / "again.html", PCA, name="news")


def test_every_module_is_found_under_its_name(exported):
    page = exported.read_text(encoding="utf-8")
    modules = json.loads(re.search(r'<script type="importmap">(.*?)</script>', page)[1])["imports"]
    assert len(modules) == sum(name.endswith(".js") for name in page_files())
    for url in modules.values():
        text = base64.b64decode(url.removeprefix("data:text/javascript;base64,")).decode("utf-8")
        imported = re.findall(r'^\s*(?:import|\}|export) .*?"([^"]+)";$', text, re.MULTILINE)
        assert set(imported) <= modules.keys(), imported


def test_a_page_of_another_shape_is_a_bug():
    with pytest.raises(RuntimeError, match=r"index.html: expected <meta charset"):
        page_with({}, page_files() | {"index.html": b"<html></html>"})


@pytest.fixture
def tab(chromium, exported):
    visit = FileVisit(chromium, exported.as_uri())
    yield visit
    visit.context.close()
    assert not visit.errors
    assert all(url.startswith(("file://", "data:")) for url in visit.asked)


def test_search_and_neighbours_from_a_file(tab, news):
    page = tab.open()
    page.get_by_role("combobox", name="Search a word").fill("king")
    page.keyboard.press("Enter")
    assert tab.words("Nearest words") == [found.word for found in news.nearest("king", k=10)]
    picture = tab.picture()
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 50  # something is drawn
    page.get_by_role("list", name="Nearest words").locator(".word").first.click()
    first = news.nearest("king", k=1)[0].word
    page.locator("h2.asked", has_text=first).wait_for()
    assert tab.words("Nearest words") == [found.word for found in news.nearest(first, k=10)]
    page.reload()  # the address says what is shown
    tab.settle()
    assert page.locator("h2.asked").inner_text() == first


@pytest.mark.parametrize("word", HOSTILE[:6])
def test_no_word_breaks_the_file(tab, word):
    page = tab.open(word=word)
    page.locator("h2.asked").wait_for()
    assert len(tab.words("Nearest words")) == 10
    assert page.locator("img").count() == 0


@pytest.mark.parametrize(
    ("words", "rows"),
    [(["alone"], [[1.0, 2.0]]), (["left", "right"], [[1.0], [1.0]]), (["a", "b", "</script>"], 3 * [[0.0]])],
)
def test_files_of_few_words(chromium, tmp_path, monkeypatch, words, rows):
    monkeypatch.setenv("WORDLAB_CACHE", str(tmp_path))
    vectors = WordVectors(Vocabulary(words, np.zeros(len(words))), rows)
    export_page(vectors, tmp_path / "map.html", PCA, name="few")
    visit = FileVisit(chromium, (tmp_path / "map.html").as_uri())
    page = visit.open(word=words[-1])
    page.locator("h2.asked").wait_for()
    if len(words) > 1:
        assert sorted(visit.words("Nearest words")) == sorted(words[:-1])
    visit.context.close()
    assert not visit.errors
