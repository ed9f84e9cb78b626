"""A card as a page, in a browser: its own policy lets it show what it holds, and nothing else."""

import numpy as np
import pytest

from pipelines.plots.cards import draw_pictures
from wordlab import artifact
from wordlab.cards import to_html
from wordlab.embeddings import WordVectors
from wordlab.embeddings.card import VectorsCard, card_scores, vectors_card
from wordlab.embeddings.diagnosis import diagnose

from .conftest import HOSTILE, Visit


@pytest.fixture(scope="module")
def page(tmp_path_factory, news):
    root = tmp_path_factory.mktemp("card")
    news.save(root / "news")
    pairs = root / "<img src=x onerror=alert(1)>.tsv"
    pairs.write_text("king\tqueen\t9\nman\twoman\t8\nlion\tengine\t1\nlunch\tking\t2\n")
    vectors = WordVectors.load(root / "news")
    scores = card_scores(vectors, files={"similarity": [pairs]})
    content = VectorsCard(
        vectors, artifact.load(root / "news", kind="vectors", format_version=1), diagnose(vectors), scores
    )
    card = vectors_card(content)
    (root / "card.html").write_text(to_html(card, draw_pictures(card)), encoding="utf-8")
    return (root / "card.html").as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_shows_itself_and_asks_nobody(chromium, page, scheme):
    visit = Visit(chromium, page, color_scheme=scheme)
    visit.page.goto(page)
    visit.page.wait_for_load_state("load")
    shown = visit.page.evaluate("[...document.images].map((image) => [image.naturalWidth, image.alt])")
    assert len(shown) == 2
    assert all(width > 300 and alt for width, alt in shown)
    ink, paper = visit.page.evaluate(
        "(({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body))"
    )
    brightness = [sum(map(int, value[4:-1].split(","))) for value in (ink, paper)]
    assert (brightness[0] > brightness[1]) == (scheme == "dark")
    assert not visit.errors
    assert all(url.startswith((page, "data:")) for url in visit.asked)
    visit.context.close()


def test_pictures_follow_the_scheme(chromium, page):
    from io import BytesIO

    from PIL import Image

    means = []
    for scheme in ("light", "dark"):
        visit = Visit(chromium, page, color_scheme=scheme)
        visit.page.goto(page)
        data = visit.page.locator("img").first.screenshot()
        means.append(np.asarray(Image.open(BytesIO(data)).convert("L")).mean())
        visit.context.close()
    assert means[0] > 200 > 60 > means[1]


def test_a_narrow_screen_scrolls_tables_only(chromium, page):
    visit = Visit(chromium, page, viewport={"width": 360, "height": 700})
    visit.page.goto(page)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360
    visit.context.close()


def test_hostile_names_are_text(chromium, page):
    visit = Visit(chromium, page)
    visit.page.goto(page)
    assert "<img src=x onerror=alert(1)>" in visit.page.inner_text("main")
    assert visit.page.evaluate("document.scripts.length") == 0
    assert not visit.errors
    visit.context.close()
    assert HOSTILE
