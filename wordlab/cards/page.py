"""A card as one file of HTML: no other file, no script, nothing from elsewhere, light and dark."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import singledispatch
from html import escape
from typing import NamedTuple

from wordlab.cards.document import Block, Card, Code, Facts, Items, Picture, Table, Text
from wordlab.visible import visible

_STYLE = """
:root {
  color-scheme: light dark;
  --paper: light-dark(#fdfdfb, #14171a);
  --soft: light-dark(#f3f4f0, #1d2125);
  --line: light-dark(#e2e4de, #2d3339);
  --ink: light-dark(#1c2227, #e6e9eb);
  --muted: light-dark(#5a646d, #9ba6b0);
  --accent: light-dark(#0b6e69, #5fc9c0);
  font: 16px/1.55 system-ui, sans-serif;
}
* { box-sizing: border-box; }
body { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
body { background: var(--paper); color: var(--ink); }
h1 { margin: 0 0 .3rem; font-size: 1.9rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 2.4rem 0 .6rem; padding-top: .6rem; border-top: 1px solid var(--line); }
h2 { font-size: 1.2rem; }
.lead { margin: 0 0 1rem; color: var(--muted); font-size: 1.1rem; }
.tags { display: flex; flex-wrap: wrap; gap: .4rem; margin: 0; padding: 0; list-style: none; }
.tags li { padding: .05rem .6rem; border: 1px solid var(--line); border-radius: 1rem; }
.tags li { color: var(--muted); font-size: .85rem; }
.wide { overflow-x: auto; margin: .8rem 0; }
table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem 1.1rem .3rem 0; border-bottom: 1px solid var(--line); }
th, td { text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; }
thead th { color: var(--muted); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 500; }
.facts th { color: var(--muted); white-space: nowrap; }
.number { text-align: right; white-space: nowrap; }
code { font: .9em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: .8rem 1rem; border: 1px solid var(--line); border-radius: 8px; }
pre { background: var(--soft); }
pre code { overflow-wrap: normal; }
img { display: block; max-width: 100%; height: auto; margin: 1rem 0; }
li { margin: .3rem 0; }
@media print { body { max-width: none; } pre { white-space: pre-wrap; } }
"""
_TEMPLATE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p class="lead">{lead}</p>
<ul class="tags">{tags}</ul>
</header>
<main>
{sections}
</main>
</body>
</html>
"""


class DrawnPicture(NamedTuple):
    """A picture as SVG, on light and on dark ground."""

    light: bytes
    dark: bytes


def to_html(card: Card, pictures: Mapping[str, DrawnPicture]) -> str:
    """The page, with those `pictures` of the card that are drawn, by their names.

    Its policy allows its own style and pictures that are part of it, nothing else. Pictures are images, in
    which no script runs.
    """
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode("utf-8")).digest()).decode("ascii")
    sections = [
        f"<section>\n<h2>{_inline(section.title)}</h2>\n"
        + "\n".join(filter(None, (_html(block, pictures) for block in section.blocks)))
        + "\n</section>"
        for section in card.sections
    ]
    return _TEMPLATE.format(
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:",
        title=escape(visible(card.title)),
        style=_STYLE,
        lead=_inline(card.lead),
        tags="".join(f"<li>{_inline(tag)}</li>" for tag in (*card.tags, *_labels(card))),
        sections="\n".join(sections),
    )


def _labels(card: Card) -> list[str]:
    licence = [] if card.license is None else [f"license: {card.license}"]
    return [*licence, *(f"language: {language}" for language in card.languages)]


@singledispatch
def _html(block: Block, pictures: Mapping[str, DrawnPicture]) -> str:
    raise TypeError(f"expected a block of a card, found a {type(block).__name__}")


@_html.register
def _(block: Text, pictures: Mapping[str, DrawnPicture]) -> str:
    return f"<p>{_inline(block.text)}</p>"


@_html.register
def _(block: Items, pictures: Mapping[str, DrawnPicture]) -> str:
    return f"<ul>{''.join(f'<li>{_inline(item)}</li>' for item in block.items)}</ul>"


@_html.register
def _(block: Facts, pictures: Mapping[str, DrawnPicture]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{_inline(name)}</th><td>{_inline(value)}</td></tr>'
        for name, value in block.rows
    )
    return f'<div class="wide"><table class="facts"><tbody>{rows}</tbody></table></div>'


@_html.register
def _(block: Table, pictures: Mapping[str, DrawnPicture]) -> str:
    head = "".join(
        f'<th scope="col"{_of_number(place, block)}>{_inline(name)}</th>'
        for place, name in enumerate(block.header)
    )
    body = ""
    for first, *others in block.rows:
        cells = "".join(
            f"<td{_of_number(place, block)}>{_inline(cell)}</td>" for place, cell in enumerate(others, 1)
        )
        body += f'<tr><th scope="row"{_of_number(0, block)}>{_inline(first)}</th>{cells}</tr>'
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _of_number(place: int, block: Table) -> str:
    return ' class="number"' if place >= block.left else ""


@_html.register
def _(block: Code, pictures: Mapping[str, DrawnPicture]) -> str:
    return f"<pre><code>{escape(block.code)}</code></pre>"


@_html.register
def _(block: Picture, pictures: Mapping[str, DrawnPicture]) -> str:
    if block.name not in pictures:
        return ""
    drawn = pictures[block.name]
    return (
        f'<picture><source media="(prefers-color-scheme: dark)" srcset="{_url(drawn.dark)}">'
        f'<img src="{_url(drawn.light)}" alt="{escape(visible(block.alt))}"></picture>'
    )


def _url(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode('ascii')}"


def _inline(text: str) -> str:
    parts = re.split(r"`([^`]*)`", visible(text))
    return "".join(
        f"<code>{escape(part)}</code>" if place % 2 else escape(part) for place, part in enumerate(parts)
    )
