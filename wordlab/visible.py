"""Text as it may be shown: on one line, of bounded length, and unable to steer the terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LONGEST_RUN = 300  # characters without a blank: no path or word that people wrote is longer
_LONGEST_LINE = 1_000
_LONGEST_QUOTE = 40  # characters of a name or a cell that a message quotes
# C0, DEL and C1; line and paragraph separators; what turns the direction of writing; halves of characters
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    r"""`text` with control characters spelt out, as are bytes of file names that are not UTF-8.

    >>> print(visible("two\nlines, \x1b[31mred"))
    two\nlines, \x1b[31mred
    """
    return _UNSEEN.sub(_spelt, text)


def _spelt(found: re.Match[str]) -> str:
    code = ord(found[0])
    if 0xDC80 <= code <= 0xDCFF:  # how Python holds a byte that is not UTF-8
        code -= 0xDC00
    return _SHORT.get(found[0]) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def shortened(text: str, longest: int = _LONGEST_RUN) -> str:
    """`text` with runs of more than `longest` characters without a blank cut, which then say their length.

    >>> shortened("found '" + 1_000_000 * "a" + "'", longest=6)
    "found 'aaa…aaa' (1,000,000 characters)"
    """
    if len(text) <= longest:
        return text
    half = longest // 2

    def cut(run: re.Match[str]) -> str:
        inner = run["inner"] or run[0]
        quote = "'" if run["inner"] else ""
        return f"{quote}{inner[:half]}…{inner[-half:]}{quote} ({len(inner):,} characters)"

    quoted = rf"'(?P<inner>[^'\s]{{{longest + 1},}})'"
    bare = rf"(?<![^\s'])[^\s']{{{longest + 1},}}?(?=[:;,.]?(?:[\s']|$))"
    return re.sub(f"{quoted}|{bare}", cut, text)


def clipped(text: str, longest: int = _LONGEST_QUOTE) -> str:
    """`text` if it has at most `longest` characters, else its beginning and "…", as long together.

    >>> clipped("wordlab", 5)
    'word…'
    """
    return text if len(text) <= longest else text[: longest - 1] + "…"


def listed(names: Sequence[str], at_most: int = 20) -> str:
    """The first `at_most` names, and how many more there are.

    >>> listed(["a", "b", "c", "d"], 2)
    'a, b and 2 more'
    """
    more = len(names) - at_most
    return ", ".join(names[:at_most]) + (f" and {more:,} more" if more > 0 else "")


def first_line(error: BaseException) -> str:
    """The first line of an error's text that is not blank; the name of the error's type if there is none.

    >>> first_line(ValueError("damaged\\nat byte 7")), first_line(ValueError())
    ('damaged', 'ValueError')
    """
    return (str(error).lstrip().splitlines() or [type(error).__name__])[0]


def one_line(text: str) -> str:
    """`text` as a message: visible, its overlong words shortened, and the middle cut if there are many."""
    line = visible(shortened(text))
    if len(line) <= _LONGEST_LINE:
        return line
    return f"{line[:600]} … {line[-300:]} ({len(text):,} characters)"
