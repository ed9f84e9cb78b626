"""A person tries a classifier: types, watches, reads why, and reads its story."""

from .conftest import TEXTS


def test_a_text_is_typed_and_explained(visit, reviews):
    tab = visit()
    page = tab.open(tab="texts")
    assert not page.locator("#stage").is_visible()
    page.get_by_role("textbox", name="Text to classify").type("What a lovely, LOVELY <b>film</b>", delay=5)
    page.locator(".coloured mark.for", has_text="LOVELY").wait_for()
    text = "What a lovely, LOVELY <b>film</b>"
    expected = next(reviews.predict_stream([text]))
    best = page.locator(".classes .best")
    assert best.locator(".label").inner_text() == expected.label == "pos"
    assert best.locator(".figure").inner_text() == f"{expected.probabilities['pos']:.1%}"
    assert page.locator(".coloured .text").inner_text() == text
    assert page.locator(".coloured b").count() == 0
    first = page.get_by_role("list", name="What spoke most").get_by_role("listitem").first
    reason = reviews.explain(text).reasons[0]
    assert first.inner_text().split() == [*reason.words, f"{reason.weight:+.3f}"]
    page.get_by_role("textbox", name="Text to classify").fill("an awful ending")
    page.locator(".classes .best .label", has_text="neg").wait_for()
    page.wait_for_function("() => location.search.includes('awful')")
    page.reload()
    page.locator(".classes .best .label", has_text="neg").wait_for()
    page.get_by_role("textbox", name="Text to classify").fill("")
    page.locator(".coloured .text").wait_for(state="detached")


def test_the_story_of_the_model(visit, reviews):
    page = visit().open(tab="texts")
    card = page.locator(".card")
    card.get_by_role("heading", name="NB-SVM").wait_for()
    assert f"{len(TEXTS)} texts" in card.inner_text()
    assert f"{reviews.held_out.accuracy:.1%} of {len(TEXTS)} right" in card.inner_text()
    cells = card.get_by_role("table", name="Confusion matrix").get_by_role("cell").all_inner_texts()
    assert [cell for cell in cells if cell] == [str(n) for row in reviews.held_out.confusion for n in row]
    card.get_by_text("Settings").click()
    assert card.get_by_text("squared-hinge").is_visible()
