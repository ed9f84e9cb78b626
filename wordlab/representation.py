"""What notebooks show of an object: a small table of HTML that takes its colours from the page it is in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from wordlab.visible import clipped, visible

_LONGEST = 100  # characters of a value
_MOST_ROWS = 10
_CELL = "text-align:left;vertical-align:top;padding:0.1em 1em 0.1em 0"


def facts_html(title: str, facts: Mapping[str, object]) -> str:
    """`title` above a table of facts; those that are None are left out.

    >>> "1,234" in facts_html("Corpus", {"tokens": 1234, "sample": None})
    True
    """
    rows = [
        f'<tr><th scope="row" style="{_CELL}">{escape(name)}</th>{_cell(value)}</tr>'
        for name, value in facts.items()
        if value is not None
    ]
    return f"<table>{_caption(title)}<tbody>{''.join(rows)}</tbody></table>"


def table_html(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """`title` above a table with a row for each of `rows`; of more than ten it says how many there are."""
    rows = list(rows)
    head = "".join(f'<th scope="col" style="{_CELL}">{escape(name)}</th>' for name in header)
    body = [f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows[:_MOST_ROWS]]
    if len(rows) > _MOST_ROWS:
        more = f"and {len(rows) - _MOST_ROWS:,} more"
        body.append(f'<tr><td colspan="{len(header)}" style="{_CELL}">{more}</td></tr>')
    return f"<table>{_caption(title)}<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def _caption(title: str) -> str:
    return (
        f'<caption style="text-align:left;font-weight:bold">{escape(shown(title))}</caption>' if title else ""
    )


def _cell(value: object) -> str:
    return f'<td style="{_CELL}">{escape(shown(value))}</td>'


def shown(value: object) -> str:
    """A value as people read it: numbers with separators, lists with commas, text on one line.

    >>> shown(1234567), shown(0.123456), shown(["a", "b"]), shown({"a": 1}), shown(None), shown(True)
    ('1,234,567', '0.1235', 'a, b', 'a 1', '-', 'yes')
    """
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        return clipped(", ".join(map(shown, value)), _LONGEST)
    if isinstance(value, Mapping):
        return clipped(", ".join(f"{name} {shown(part)}" for name, part in value.items()), _LONGEST)
    return clipped(visible(str(value)), _LONGEST)
