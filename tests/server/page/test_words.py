"""A person looks up words: searches, reads, clicks, goes back, compares."""

import re

import numpy as np

from .conftest import like

FIRST, SECOND = (11, 110, 105), (168, 72, 26)  # the accents of the sets in light


def test_a_word_is_searched_read_and_followed(visit, news):
    tab = visit()
    page = tab.open()
    assert page.get_by_text("Search for a word, or click one on the map.").is_visible()
    before = tab.picture()
    assert like(before, (253, 253, 251)) < 0.99 * before[..., 0].size  # there are points
    page.keyboard.press("/")
    page.keyboard.type("thro", delay=30)
    option = page.get_by_role("option")
    option.first.wait_for()
    option.get_by_text("tiger").wait_for(state="detached")  # that of the letter t alone
    assert option.locator(".word").all_inner_texts() == ["throne"]
    page.keyboard.press("ArrowDown")
    field = page.get_by_role("combobox", name="Search a word")
    assert field.get_attribute("aria-activedescendant") == option.first.get_attribute("id")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="throne").wait_for()
    assert tab.words("Nearest words") == [found.word for found in news.nearest("throne", k=10)]
    assert page.locator(".facts dd").first.inner_text() == "5"
    assert "word=throne" in page.url
    assert "10 words nearest to throne: " in page.locator("#say").inner_text()
    tab.settle()
    assert like(tab.picture(), FIRST) > like(before, FIRST) + 30  # it is lit
    second = page.get_by_role("list", name="Nearest words").get_by_role("link").nth(1)
    word = second.inner_text()
    second.click()
    page.get_by_role("heading", name=word).wait_for()
    assert tab.words("Asked before") == ["throne"]
    tab.settle()
    page.go_back()
    page.get_by_role("heading", name="throne").wait_for()
    page.get_by_role("button", name="Show 50").click()
    page.get_by_role("list", name="Nearest words").get_by_role("listitem").nth(49).wait_for()


def test_a_word_that_is_unknown(visit):
    tab = visit()
    page = tab.open()
    page.get_by_role("combobox", name="Search a word").fill("qeen")
    page.keyboard.press("Enter")
    page.get_by_text("Not among the words of this set. Did you mean queen?").wait_for()
    assert "qeen is unknown" in page.locator("#say").inner_text()
    page.locator(".unknown").get_by_role("link", name="queen").click()
    page.get_by_role("heading", name="queen").wait_for()


def test_a_word_on_the_map_is_clicked(visit, news):
    tab = visit()
    page = tab.open(word="word7")
    box = page.locator(".map").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)  # where it flew to
    assert page.locator(".map .over").evaluate("(canvas) => canvas.style.cursor") == "pointer"
    page.get_by_role("button", name="Show all words").click()
    tab.settle()
    assert "view=0.000,0.000,1.000" in page.url.replace("%2C", ",")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -900)
    tab.settle()
    assert float(re.search(r"view=[^&]*?([\d.]+)(&|$)", page.url)[1]) > 3
    seen = tab.picture()
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 200, steps=5)
    page.mouse.up()
    tab.settle()
    assert np.abs(tab.picture() - seen).sum() > 0
    assert page.get_by_role("heading", name="word7").is_visible()  # a drag chooses nothing
    page.keyboard.press("Escape")
    page.locator(".map .over").focus()
    page.keyboard.press("0")
    tab.settle()
    points = np.argwhere(np.abs(tab.picture()[60:-60, 60:-120] - (253, 253, 251)).max(axis=2) > 60)
    down, right = (points[len(points) // 2] + 60).tolist()
    page.mouse.click(box["x"] + right, box["y"] + down)
    page.wait_for_function("() => !location.search.includes('word=word7')")
    word = page.locator("h2.asked").inner_text()
    assert word in news.vocabulary or "\u27e8" in word


def test_several_words_are_compared(visit, news):
    tab = visit()
    page = tab.open(word="king")
    page.get_by_role("button", name="Compare with \u2068prince\u2069 as well").click()
    table = page.get_by_role("table", name="Cosines")
    table.wait_for()
    assert "word=prince&word=king" in page.url
    cells = table.get_by_role("cell").all_inner_texts()
    assert cells[2] == f"{news.similarity('king', 'prince'):.3f}"[:-1]
    page.get_by_role("button", name="Leave out \u2068prince\u2069").click()
    table.wait_for(state="detached")


def test_questions_in_a_form(visit, news):
    tab = visit()
    page = tab.open(tab="ask")
    for place, word in enumerate(("man", "king", "woman")):
        page.get_by_role("combobox", name=f"Word {place + 1} of the analogy").fill(word)
        page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert tab.words("Answers")[0] == "queen"
    assert page.locator("#say").inner_text() == "man is to king as woman is to queen."
    page.get_by_role("textbox", name="Words, of which one is odd").fill("breakfast lunch lion dinner")
    page.keyboard.press("Enter")
    assert tab.words("From odd to typical")[0] == "lion"
    page.get_by_role("textbox", name="Words, of which one is odd").fill("breakfast lunch")
    page.keyboard.press("Enter")
    expected = "Odd one out: expected three words or more, with blanks between them."
    assert page.get_by_role("alert").inner_text() == expected
    page.get_by_role("textbox", name="Words, of which one is odd").fill("breakfast lunch xylophone")
    page.keyboard.press("Enter")
    page.get_by_text(f"'xylophone' is not among the {len(news):,} words").wait_for()
    page.reload()
    assert tab.words("Answers")[0] == "queen"


def test_two_sets_beside_each_other(visit, news, adverts):
    tab = visit()
    page = tab.open(word="jaguar")
    page.get_by_role("combobox", name="Set to compare with").select_option("adverts")
    ours, theirs = tab.words("Nearest words in news"), tab.words("Nearest words in adverts")
    assert ours == [found.word for found in news.nearest("jaguar", k=10)]
    assert theirs == [found.word for found in adverts.nearest("jaguar", k=10)]
    common = len({*ours} & {*theirs})
    assert page.locator(".overlap").inner_text() == f"{common} of 10 nearest words in common"
    tab.settle()
    assert like(tab.picture(0), FIRST) > 30
    assert like(tab.picture(1), SECOND) > 30
    unlit = tab.picture(1)
    page.get_by_role("list", name="Nearest words in news").get_by_role("link", name="lion").hover()
    page.wait_for_timeout(200)
    assert np.abs(tab.picture(1) - unlit).sum() > 0  # the word is lit in the other map as well
    page.reload()
    assert tab.words("Nearest words in adverts") == theirs
    page.get_by_role("combobox", name="Set of vectors").select_option("adverts")  # they change places
    page.wait_for_function("() => location.search.includes('other=news')")
    assert tab.words("Nearest words in adverts") == theirs


def test_words_that_changed(visit):
    tab = visit()
    page = tab.open(tab="changes")
    page.get_by_text("Choose a second set above to see which words changed.").wait_for()
    page.get_by_role("combobox", name="Set to compare with").select_option("adverts")
    rows = page.get_by_role("list", name="Words that changed most").get_by_role("listitem")
    rows.first.wait_for()
    words = rows.locator(".word").all_inner_texts()
    assert len(words) == 200
    assert rows.first.locator(".figure").inner_text() == "0 of 10"
    assert "lion" not in words  # its neighbours are the same animals
    page.get_by_role("link", name=words[3], exact=True).click()
    page.locator("h2.asked").wait_for()
    assert page.locator(".overlap strong").inner_text() == "0 of 10"


def test_only_keys(visit):
    tab = visit()
    page = tab.open()
    for key in ("/", "l", "i", "o", "n", "Enter"):
        page.keyboard.press(key)
    page.get_by_role("heading", name="lion").wait_for()
    page.get_by_role("tab", name="Word").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("() => document.activeElement.textContent") == "Ask"
    assert page.get_by_role("heading", name="Analogy").is_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.evaluate("(element) => element.className") == "word-link"
    assert focused.evaluate("(element) => getComputedStyle(element).outlineStyle") == "solid"
    word = focused.inner_text()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=word).wait_for()
    page.locator(".map .over").focus()
    before = tab.picture()
    page.keyboard.press("+")
    tab.settle()
    assert np.abs(tab.picture() - before).sum() > 0
    page.keyboard.press("0")
    page.wait_for_function("() => location.search.includes('view=0.000%2C0.000%2C1.000')")
