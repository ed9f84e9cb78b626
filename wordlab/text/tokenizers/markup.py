"""Text without its markup: tags and wiki markup removed, entities decoded.

Only one line is seen at a time, so that a tag or a comment that spans lines stays.
"""

from __future__ import annotations

import html
import re
from typing import Literal, get_args

Markup = Literal["keep", "strip"]
MARKUP: tuple[str, ...] = get_args(Markup)

CUT_AFTER = (
    *("> ", ">\t", ">\r", ">\u3000"),
    *("</p>", "</div>", "</li>", "</tr>", "</td>", "</text>", "</page>", "<br>", "<br/>", "<br />"),
)
"""Where a very long line with markup may be cut: never inside a tag or an entity."""

# "a <b and c> d" holds no tag: what may follow a tag's name has an equals sign. A quoted value may hold ">".
_VALUE = r"""(?:"[^"<]*"|'[^'<]*'|[^\s"'<>=]+)"""
_ATTRIBUTES = rf"(?:(?:\s+[\w:.@-]+\s*=\s*{_VALUE})+\s*/?|\s[^<>=]*=[^<>]*|\s*/?)"
TAG = re.compile(rf"</?[a-z][\w:.-]*{_ATTRIBUTES}>|<[!?][a-z][^<>]*>", re.IGNORECASE)
ENTITY = re.compile(r"&(?:[a-z][a-z0-9]{1,30}|#[0-9]{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
WIKI = re.compile(r"\[\[[^\[\]]*\]\]|\{\{[^{}]*\}\}|'{3}")

_INVISIBLE = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL
)
# These stand inside words, as in H<sub>2</sub>O; all other tags are boundaries.
_INSIDE_WORDS = re.compile(
    rf"</?(?:b|big|em|font|i|mark|s|small|span|strong|sub|sup|tt|u|wbr){_ATTRIBUTES}>",
    re.IGNORECASE,
)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_LINK = re.compile(r"\[\[([^\[\]]*)\]\]")
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
_EMPHASIS = re.compile("'{2,}")
_DEPTH = 5  # of templates and links inside others


def strip_markup(text: str) -> str:
    """`text` without tags, comments, scripts and wiki markup, and with entities decoded.

    Entities are decoded twice, because wiki dumps and scraped pages are often escaped twice.

    >>> strip_markup("It&#39;s <b>H<sub>2</sub>O</b> &amp;amp; so on.<br />See [[water|the page]].")
    "It's H2O & so on. See the page."
    """
    text = _without_tags(text)
    for _ in range(2):
        if "&" in text:
            text = _without_tags(html.unescape(text))
    for _ in range(_DEPTH):
        if "{{" in text:
            text = _TEMPLATE.sub(" ", text)
        if "[[" in text:
            text = _LINK.sub(lambda link: link[1].rpartition("|")[2], text)
    return _EMPHASIS.sub("", text) if "''" in text else text


def _without_tags(text: str) -> str:
    if "<" not in text:
        return text
    if "<![" in text:  # what feeds wrap texts in
        text = _CDATA.sub(r" \1 ", text)
    return TAG.sub(" ", _INSIDE_WORDS.sub("", _INVISIBLE.sub(" ", text)))
