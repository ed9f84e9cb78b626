"""Light and dark, narrow windows, words and sets of any kind, and a server that is gone or wants a key."""

import pytest

from ..conftest import running
from .conftest import HOSTILE, like


def test_dark_and_light(visit):
    tab = visit(color_scheme="dark")
    page = tab.open(word="king")
    ground = tab.picture()
    assert like(ground, (20, 23, 26), 8) > 0.5 * ground[..., 0].size
    assert like(ground, (95, 201, 192)) > 30
    page.get_by_role("button", name="Make it light").click()
    tab.settle()
    assert like(tab.picture(), (253, 253, 251), 8) > 0.5 * ground[..., 0].size
    assert "theme=light" in page.url
    tab.open(word="queen")  # the choice is kept
    assert like(tab.picture(), (253, 253, 251), 8) > 0.5 * ground[..., 0].size


@pytest.mark.parametrize(
    "state", [{"word": "king", "other": "adverts"}, {"tab": "texts"}, {"word": 200 * "long"}]
)
def test_a_narrow_window(visit, state):
    tab = visit(viewport={"width": 400, "height": 800})
    page = tab.open(**state)
    assert page.evaluate("() => document.documentElement.scrollWidth") == 400
    assert page.evaluate("() => document.querySelector('#panel').scrollWidth") <= 400
    if "word" in state:
        page.locator("h2.asked").wait_for()
        above, below = (page.locator(part).bounding_box() for part in ("#stage", "#panel"))
        assert above["height"] > 200
        assert below["y"] >= above["y"] + above["height"] - 1
        assert below["width"] == 400


def test_words_may_be_anything(visit, news):
    tab = visit()
    for word in HOSTILE:
        page = tab.open(word=word)
        heading = page.locator("h2.asked")
        heading.wait_for()
        shown = "\u27e8200B\u27e9" if word == "\u200b" else word.replace("\u00a0", " ")
        assert heading.inner_text().replace("\u00a0", " ") == shown
        assert len(tab.words("Nearest words")) == 10
        assert heading.bounding_box()["height"] < 120
        assert page.locator("img").count() == 0
        assert page.locator("script").count() == 1
        assert page.evaluate("() => document.querySelector('#panel').scrollWidth <= 440")
        assert page.locator(".facts dd").first.inner_text() == str(news.vocabulary.id(word) + 1)
    page.keyboard.press("/")
    page.keyboard.type("<im", delay=30)
    page.get_by_role("option", name="<img src=x onerror=alert(1)>").wait_for()


@pytest.mark.parametrize(
    ("name", "word", "near"), [("line", "one", ["two", "three"]), ("pair", "left", ["right"])]
)
def test_sets_of_a_few_words_and_dimensions(visit, name, word, near):
    tab = visit()
    page = tab.open(set=name)
    page.get_by_role("combobox", name="Search a word").fill(word)
    page.keyboard.press("Enter")
    assert tab.words("Nearest words") == near
    assert "null" not in page.locator("body").inner_text()
    tab.settle()
    assert like(tab.picture(), (11, 110, 105)) > 30
    assert not page.get_by_role("alert").is_visible()


def test_addresses_that_make_no_sense(visit):
    page = visit().open(
        set="nix", other="nix", tab="nix", view="a,b,c", k="-1", word="king", classifier="nix"
    )
    page.get_by_text("k: expected").wait_for()
    page = visit().open(set="nix", other="news", tab="nix", view="9,NaN,-1", word="king")
    page.get_by_role("heading", name="king").wait_for()
    page = visit().open(tab="ask", ask=["man"], odd="lion")
    page.get_by_role("heading", name="Analogy").wait_for()


def test_a_browser_without_webgl(visit, news):
    tab = visit()
    tab.context.add_init_script(
        "const known = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...options) {"
        "  return kind === 'webgl2' ? null : known.call(this, kind, ...options); };"
    )
    page = tab.open(word="king", other="adverts")
    assert tab.words("Nearest words in news") == [found.word for found in news.nearest("king", k=10)]
    page.get_by_text("This browser draws no WebGL2. The lists hold what the map would show.").wait_for()
    page.get_by_role("combobox", name="Set to compare with").select_option("")
    assert tab.words("Nearest words") == [found.word for found in news.nearest("king", k=10)]


def test_a_server_that_is_gone(visit):
    tab = visit()
    page = tab.open(word="king")
    tab.context.set_offline(True)
    page.get_by_role("list", name="Nearest words").get_by_role("link").first.click()
    line = page.get_by_role("alert")
    line.wait_for()
    assert line.inner_text() == "The server does not answer. Your next question will try again."
    tab.context.set_offline(False)
    page.get_by_role("combobox", name="Search a word").fill("lion")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="lion").wait_for()
    assert not line.is_visible()


def test_a_server_of_a_classifier_alone_that_wants_a_key(visit, shelf):
    with running(shelf, "--classifier", "reviews", "--api-key-file", "key.txt") as (url, _):
        page = visit(url).open()
        field = page.get_by_role("textbox", name="Key of the server")
        field.fill("wrong")
        page.keyboard.press("Enter")
        page.wait_for_load_state("load")
        page.get_by_text("This server answers only with its key, which stays in this tab.").wait_for()
        field.fill("correct-horse-battery")
        page.keyboard.press("Enter")
        page.get_by_role("textbox", name="Text to classify").fill(
            "a lovely story"
        )  # there are no words to ask for
        page.locator(".classes .best .label", has_text="pos").wait_for()
        assert not page.get_by_role("tablist").is_visible()  # there are no words to ask for
        assert not page.get_by_role("combobox").is_visible()
        assert not page.get_by_role("alert").is_visible()
        page.close()
