"""Cards as Markdown and as HTML: nothing that is said in a card can become anything but text."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from wordlab.cards import (
    Card,
    CardConfig,
    Code,
    DrawnPicture,
    Facts,
    Items,
    Metric,
    Picture,
    Section,
    Table,
    Text,
    to_html,
    to_markdown,
)
from wordlab.cards.document import as_code
from wordlab.errors import ConfigError
from wordlab.visible import visible

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))",
    "![x](http://x/y.png)", "a | b", "*bold* _it_ **x**", "~~gone~~", "&amp; &lt;", "# title", "$x^2$",
    "line\nbreak", "\x1b[31m", "\u202eevil", "a\\|b\\", "<!-- -->", "---", "1. one", "+ one", "=====",
    "\"quotes\" 'and' \"more\"", "http://example.org", "日本語", "👩👩👧", "{title}", "</style>",
]  # fmt: skip


def card_of(texts):
    rows = tuple((text, text, "1") for text in texts)
    return Card(
        title=texts[0],
        lead=texts[0],
        tags=tuple(texts),
        sections=(
            Section(
                texts[0],
                (
                    *(Text(text) for text in texts),
                    Items(tuple(texts)),
                    Facts({text: text for text in texts} | {"absent": None}),
                    Table(("word", "again", "number"), rows, left=2),
                    Code("python", "print('<b>')\n", "wordlab"),
                    Picture("drawn", texts[0], None),
                    Picture("not drawn", texts[0], None),
                ),
            ),
        ),
        metrics=tuple(Metric("Task", text, "Spearman", 0.5) for text in texts),
        license="mit",
        languages=("en", "pt-BR"),
        task="feature-extraction",
    )


class Page(HTMLParser):
    """The tags, attributes and texts of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.texts = [], [], [""]
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self.texts.append("")

    def handle_endtag(self, tag):
        self.texts.append("")

    def handle_data(self, data):
        self.texts[-1] += data


@pytest.mark.parametrize("hostile", HOSTILE)
def test_pages_hold_text_as_text(hostile):
    page = Page(to_html(card_of([hostile, "honest"]), {"drawn": DrawnPicture(b"<svg/>", b"<svg/>")}))
    assert not {"script", "link", "iframe", "a", "b"} & set(page.tags)
    assert page.texts.count(visible(hostile)) >= 7  # title, heading, lead, tag, paragraph, item, cells
    assert page.tags.count("img") == page.tags.count("source") == 1
    for name, value in page.attributes:
        assert not name.startswith("on")
        assert name != "style"
        if name in ("src", "href", "srcset"):
            assert value.startswith("data:image/svg+xml;base64,")


def test_the_policy_allows_only_the_style_of_the_page():
    text = to_html(card_of(["title"]), {})
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:"
    assert "http://" not in text.replace("http-equiv", "")
    assert "https://" not in text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_markdown_shows_text_as_text(hostile):
    markdown_it = pytest.importorskip("markdown_it")
    text = to_markdown(card_of([hostile, "honest"]))
    body = text.split("\n---\n", 1)[1]
    parser = markdown_it.MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    page = Page(parser.render(body))
    assert set(page.tags) <= {
        "h1", "h2", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "pre", "code",
    }  # fmt: skip
    cells = [text.strip() for text in page.texts]
    assert cells.count(visible(hostile)) >= 7
    assert page.tags.count("table") == 2


@pytest.mark.parametrize("hostile", HOSTILE)
def test_the_header_is_yaml(hostile):
    yaml = pytest.importorskip("yaml")
    text = to_markdown(card_of([hostile, "honest"]))
    assert text.startswith("---\n")
    header = yaml.safe_load(text[4:].split("\n---\n", 1)[0])
    assert header["language"] == ["en", "pt-BR"]
    assert (header["license"], header["library_name"]) == ("mit", "wordlab")
    assert header["tags"] == [visible(hostile), "honest"]
    (model,) = header["model-index"]
    assert model["name"] == visible(hostile)
    first, second = model["results"]
    assert second["dataset"] == {"type": "honest", "name": "honest"}
    assert first["dataset"]["name"] == visible(hostile)
    assert first["metrics"] == [{"type": "spearman", "name": "Spearman", "value": 0.5}]
    assert re.fullmatch(r"[a-z0-9-]+", first["dataset"]["type"])


def test_nothing_is_said_of_what_is_not_known():
    text = to_markdown(Card(title="t", lead="l", tags=("a",), sections=(Section("s", (Text("x"),)),)))
    assert text == ('---\nlibrary_name: wordlab\ntags:\n- "a"\n---\n\n# t\n\nl\n\n## s\n\nx\n')


def test_metrics_of_one_set_stand_together():
    yaml = pytest.importorskip("yaml")
    metrics = (Metric("T", "a", "x", 0.1), Metric("T", "a", "y", 0.2), Metric("T", "b", "x", 0.3))
    text = to_markdown(Card(title="t", lead="l", tags=("a",), sections=(), metrics=metrics))
    results = yaml.safe_load(text[4:].split("\n---\n", 1)[0])["model-index"][0]["results"]
    assert [[metric["value"] for metric in result["metrics"]] for result in results] == [[0.1, 0.2], [0.3]]


def test_code_in_a_text():
    card = Card(title="t", lead="see `a <b> | c`", tags=(), sections=())
    assert "see `a <b> \\| c`" in to_markdown(card)
    assert "see <code>a &lt;b&gt; | c</code>" in to_html(card, {})
    assert as_code("a`b") == "`a'b`"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"license": "CC BY-SA"}, "license: expected a name as the Hub writes it"),
        ({"license": "mit\nevil: 1"}, "license: expected"),
        (
            {"text_languages": ("english",)},
            "text_languages: expected codes such as en or pt-BR, found 'english'",
        ),
        ({"text_languages": ("en", "x\n")}, "text_languages: expected"),
        ({"title": "  "}, "title: expected 1 to 100 characters, found 0"),
        ({"title": 101 * "x"}, "title: expected 1 to 100 characters, found 101"),
    ],
)
def test_settings_that_make_no_sense(options, message):
    with pytest.raises(ConfigError, match=re.escape(message)):
        CardConfig(**options)
