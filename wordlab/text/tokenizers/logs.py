"""``logs``: lines of logs: what differs from line to line is masked, and words are what remains.

* Dates, times, numbers, hexadecimal numbers, UUIDs, addresses of machines (IP and MAC) and of people, links
  and paths become one token each: ``<date>``, ``<time>``, ``<num>`` and so on. So lines of one kind of
  event have the same tokens.
* Words are runs of letters of any script, with an apostrophe inside. Everything else separates, so that
  ``node42`` is *node* and ``<num>``, and ``user_id`` two words.

Lower-cased unless asked otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from wordlab.text.tokenizers.composing import compose
from wordlab.text.tokenizers.splitter import Splitter

_MONTH = (
    "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    "|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_WEEKDAY = rf"(?:{_DAY}[a-z]{{0,6}},? )?"
_HEX = "[0-9a-fA-F]"
_BYTE = f"{_HEX}{{2}}"
_IPV4 = r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}"
_GROUP = f"{_HEX}{{1,4}}"
_GROUPS = f"{_GROUP}(?::{_GROUP}){{0,6}}"

MASKS = {
    "url": r"""(?<!\w)[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s"'<>|()\[\]{}]+(?<![,;.:])""",
    "email": r"(?<![\w.])\w[\w.+-]{0,63}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
    "date": (
        r"(?<!\d)(?:\d{4}(?:-\d{1,2}-|/\d{1,2}/|\.\d{1,2}\.)\d{1,2}"
        r"|\d{1,2}(?:-\d{1,2}-|/\d{1,2}/|\.\d{1,2}\.)\d{4}|\d\d/\d\d/\d\d)(?:T(?=\d)|(?!\d))"
        rf"|(?<!\d){_WEEKDAY}\d{{1,2}}[-/ ]{_MONTH}[-/ ]\d{{4}}(?::(?=\d\d:)|(?!\d))"
        rf"|(?<!\w){_WEEKDAY}{_MONTH} {{1,2}}\d{{1,2}}(?:,? \d{{4}})?(?![\w:])"
    ),
    "time": (
        r"(?:(?<![\d.:])|(?<=[a-z]/\d{4}:))\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?![:\d])"
        r"(?: ?(?:[AaPp][Mm]|Z|UTC|GMT)\b| ?[+-]\d\d:?\d\d\b)?"
    ),
    "uuid": rf"(?<!\w){_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}(?!\w)",
    "mac": rf"(?<!\w){_BYTE}(?:(?::{_BYTE}){{5}}|(?:-{_BYTE}){{5}})(?![\w:])",
    "ip": (
        rf"(?<![\w.]){_IPV4}(?::\d{{1,5}}|/\d{{1,2}})?(?!\.?\w)"
        rf"|(?<![\w:.])(?=[a-fA-F:]*\d)(?:{_GROUP}(?::{_GROUP}){{7}}|(?:{_GROUPS})?::(?:{_GROUPS})?)"
        r"(?:%\w{1,20})?(?:/\d{1,3})?(?![\w:])"
    ),
    "path": (
        rf"(?<![\w/.~])(?:~|\.{{1,2}})?(?:/(?!{_IPV4})[\w.@%+=:~#-]+)+/?(?<![.:])(?:\?[^\s\"'<>]+)?"
        r"|(?<!\w)(?:[A-Za-z]:|\\\\[\w.-]+)\\[^\s\"'<>|?*:,;]*"
    ),
    "hex": r"0[xX][0-9a-fA-F]+(?!\w)|(?<!\w)(?=[0-9]*[a-fA-F])(?=[a-fA-F]*[0-9])[0-9a-fA-F]{8,}(?!\w)",
    "num": r"\d+(?:[.,]\d+)*(?:[eE][+-]?\d+(?!\w))?",
}
"""What is masked, by the name of the mask; where several match at one place, the first does."""

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")  # of terminals
# Nothing begins elsewhere, and most words can be told from masks by what follows: so masks are seldom tried.
_BEGINNING = r"(?=[\w/~.\\:])"
_PLAIN = rf"(?<!\w)(?!{_MONTH}|{_DAY})\p{{L}}[\p{{L}}\p{{M}}]*(?=[\s,;()\[\]]|$)"
_WORD = r"\p{L}[\p{L}\p{M}]*(?:['’]\p{L}[\p{L}\p{M}]*)*"


@dataclass(frozen=True)
class Logs(Splitter):
    """Finds masks and words by one pattern."""

    made_for = "lines of logs"
    cut_after = ("\t",)  # dates hold spaces

    lowercase: bool = True

    def split(self, line: str) -> list[str]:
        """The tokens of `line`, in order."""
        text = compose(_COLOURS.sub("", line))
        return [
            f"<{match.lastgroup}>" if match.lastgroup else compose(self.lower(match[0])).replace("’", "'")
            for match in _pattern(text.isascii()).finditer(text)
        ]


@cache
def _pattern(ascii_only: bool) -> Any:
    """The compiled pattern; on ASCII text the standard library's engine matches the same, and is faster."""
    masks = (f"(?P<{name}>{expression})" for name, expression in MASKS.items())
    expression = f"{_BEGINNING}(?:{'|'.join([_PLAIN, *masks, _WORD])})"
    if ascii_only:
        return re.compile(expression.replace(r"[\p{L}\p{M}]", "[A-Za-z]").replace(r"\p{L}", "[A-Za-z]"))
    import regex

    return regex.compile(expression, regex.V1)
