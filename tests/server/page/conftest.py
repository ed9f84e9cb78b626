"""Sets of vectors made to be looked at, a server of them, and a browser in which tests do what people do."""

import shutil
from urllib.parse import urlencode

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.sentiment import BaselineConfig, train_baseline
from wordlab.text import Vocabulary

from ..conftest import running

TOPICS = {
    "royal": ["king", "queen", "prince", "princess", "throne", "crown"],
    "meal": ["breakfast", "lunch", "dinner", "supper", "cereal"],
    "animal": ["leopard", "jaguar", "lion", "tiger", "panther"],
    "car": ["rover", "mustang", "beetle", "engine", "wheel"],
    "person": ["man", "woman", "boy", "girl"],
}
HOSTILE = [
    "<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "&amp;", "javascript:alert(1)",
    "العربية",
    "日本語", "👩‍👩‍👧", 200 * "long", "a\u00a0b", "\u202eevil", "\u200b",
    "../../etc/passwd", "?word=x&set=y", "%2e",
]  # fmt: skip
NUM_OTHERS = 1_500
TEXTS = [
    f"{start} {word} {end}"
    for word in ("good", "lovely", "fine", "bad", "awful", "dull")
    for start in ("a", "such a", "what a")
    for end in ("film", "story", "ending")
]
LABELS = ["pos" if any(word in text for word in ("good", "lovely", "fine")) else "neg" for text in TEXTS]


def made_vectors(*, jaguar, seed, dim, counted):
    """Words of a topic stand together, women where men are and a step aside; many others stand around."""
    random = np.random.default_rng(seed)
    centres = {topic: 3 * random.normal(size=dim) for topic in TOPICS}
    aside = 2 * random.normal(size=dim)
    women = {"queen", "princess", "woman", "girl"}
    words, rows = [], []
    for topic, members in TOPICS.items():
        for place, word in enumerate(members):
            own = 0.3 * np.random.default_rng([place, len(topic)]).normal(size=dim)
            words.append(word)
            rows.append(centres[jaguar if word == "jaguar" else topic] + own + (word in women) * aside)
    pairs = {"queen": "king", "princess": "prince", "woman": "man", "girl": "boy"}
    for woman, man in pairs.items():
        rows[words.index(woman)] = rows[words.index(man)] + aside
    others = [*HOSTILE, *(f"word{number}" for number in range(NUM_OTHERS))]
    rows += list(random.normal(size=(len(others), dim)) * 2)
    counts = range(len(words) + len(others), 0, -1) if counted else np.zeros(len(words) + len(others), int)
    return WordVectors(Vocabulary([*words, *others], counts), np.array(rows, dtype=np.float32))


@pytest.fixture(scope="session")
def news():
    return made_vectors(jaguar="animal", seed=1, dim=20, counted=True)


@pytest.fixture(scope="session")
def adverts():
    return made_vectors(jaguar="car", seed=2, dim=12, counted=False)


@pytest.fixture(scope="session")
def reviews():
    return train_baseline(TEXTS, LABELS, BaselineConfig(model="nbsvm", calibration_folds=3))


@pytest.fixture(scope="session")
def shelf(tmp_path_factory, news, adverts, reviews):
    """A directory with all of them, two tiny sets, and a key."""
    root = tmp_path_factory.mktemp("shelf")
    news.save(root / "news")
    adverts.save(root / "adverts")
    WordVectors(Vocabulary(["one", "two", "three"], [3, 2, 1]), [[1.0], [2.0], [-1.0]]).save(root / "line")
    WordVectors(Vocabulary(["left", "right"], [0, 0]), [[1.0, 0.5], [1.0, 0.5]]).save(root / "pair")
    reviews.save(root / "reviews")
    (root / "key.txt").write_text("correct-horse-battery\n", encoding="ascii")
    return root


@pytest.fixture(scope="session")
def site(shelf):
    """The address of a server of four sets and a classifier."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORDLAB_CACHE", str(shelf / "cache"))
        sets = ["news", "adverts", "line", "pair"]
        with running(shelf, *sets, "--classifier", "reviews", "--map-method", "pca") as (url, _):
            yield url


@pytest.fixture(scope="module")  # no longer: while it lives, asyncio.run() fails in this process
def chromium():
    """The browser; without one, or without playwright, tests are skipped."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright, of the extra `test`")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("needs chromium: apt-get install chromium")
    flags = ["--headless=new", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


class Visit:
    """A tab in which a person looks at the page; it must run without an error and ask only its own server."""

    def __init__(self, browser, url, **options):
        self.url = url
        self.context = browser.new_context(**{"viewport": {"width": 1200, "height": 760}} | options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.errors, self.asked = [], []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: self.errors.append(dialog.message))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda said: self.errors.append(said.text) if "Policy" in said.text else None)

    def open(self, **state):
        """Go to the address with this state, and wait for what it shows."""
        self.page.goto(f"{self.url}?{urlencode(state, doseq=True)}")
        self.settle()
        return self.page

    def settle(self):
        """Wait until maps are there and at rest."""
        self.page.wait_for_selector("[role=tab], #trouble:not([hidden])")
        self.page.wait_for_function("() => !document.querySelector('.map .notice > *')")
        self.page.wait_for_timeout(60)
        self.page.wait_for_function("() => !document.querySelector('.map[data-moving]')")
        self.page.wait_for_timeout(60)

    def words(self, label):
        """The words of the list called `label`."""
        items = self.page.get_by_role("list", name=label, exact=True).get_by_role("listitem")
        items.first.wait_for()
        return items.locator(".word").all_inner_texts()

    def picture(self, number=0):
        """The pixels of a map, uint8 (height, width, 3)."""
        from io import BytesIO

        from PIL import Image

        data = self.page.locator(".map").nth(number).screenshot()
        return np.asarray(Image.open(BytesIO(data)).convert("RGB")).astype(int)


@pytest.fixture
def visit(chromium, site):
    """A function that opens a tab; at the end nothing may have gone wrong in any."""
    visits = []

    def start(url=site, **options):
        visits.append(Visit(chromium, url, **options))
        return visits[-1]

    yield start
    for each in visits:
        each.context.close()
        assert not each.errors
        assert all(url.startswith((each.url, "data:")) for url in each.asked)


def like(picture, colour, tolerance=24):
    """How many pixels have this colour."""
    return int((np.abs(picture - np.array(colour)).max(axis=2) <= tolerance).sum())
