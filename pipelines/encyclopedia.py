"""Articles of the English Wikipedia that come with gensim, as plain text: a paragraph on each line."""

from __future__ import annotations

import bz2
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from wordlab.progress import OnProgress, Reporter

_FILE = "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
_NO_PROSE = tuple("=|!{}<>:;")  # headings, tables and what is left of them, indented formulas
_FEWEST_WORDS = 8  # of a paragraph; what is shorter is a caption or an item of a list
_QUOTES = re.compile("'{2,}")  # italics and bold


def write_articles(path: Path, on_progress: OnProgress | None = None) -> None:
    """Write the paragraphs of all articles to `path`."""
    reporter = Reporter(on_progress, "write texts", "articles")
    number = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for article in articles():
            file.writelines(f"{paragraph}\n" for paragraph in paragraphs(article))
            number += 1
            reporter.update(number)
    reporter.report(number)


def articles() -> Iterator[str]:
    """The articles in the packaged part of Wikipedia's dump, in its own markup."""
    from wordlab.embeddings.evaluation.datasets import packaged_file

    with bz2.open(packaged_file(_FILE)) as dump:
        in_main = False
        for _, element in ElementTree.iterparse(dump):  # noqa: S314 - a packaged file, nobody's input
            tag = element.tag.rpartition("}")[2]
            if tag == "ns":
                in_main = element.text == "0"  # not talk, templates or categories
            elif tag == "text" and in_main and element.text and not _is_redirect(element.text):
                yield element.text
            elif tag == "page":
                element.clear()


def paragraphs(markup: str) -> Iterator[str]:
    """The paragraphs of prose in an article."""
    from gensim.corpora.wikicorpus import filter_wiki

    for line in filter_wiki(markup).splitlines():
        text = " ".join(_QUOTES.sub("", line.lstrip("*# ")).split())
        if len(text.split()) >= _FEWEST_WORDS and not text.startswith(_NO_PROSE) and "ISBN" not in text:
            yield text


def _is_redirect(markup: str) -> bool:
    return markup.lstrip().casefold().startswith("#redirect")
