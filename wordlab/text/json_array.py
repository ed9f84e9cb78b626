"""The items of a JSON array, one after the other: what is read is held only up to the end of an item."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from wordlab.errors import FormatError
from wordlab.io.lines import check_record

_SPACE = re.compile(r"[ \t\n\r]*")
_NEAR_THE_END = 16  # characters: a number or a word such as false may go on behind a piece
_DECODER = json.JSONDecoder(object_pairs_hook=tuple)


class _Text:
    """The text that is not used yet: `text` from `place`, and more of it from `pieces`."""

    def __init__(self, pieces: Iterable[str], name: str, longest: int) -> None:
        self._pieces = iter(pieces)
        self._name, self._longest = name, longest
        self.text, self.place = "", 0

    def more(self, at_least: int = 1) -> bool:
        """Take in some more characters; false if there are no more."""
        found = [self.text[self.place :]]
        size = 0
        for piece in self._pieces:
            found.append(piece)
            size += len(piece)
            if size >= at_least:
                break
        self.text, self.place = "".join(found), 0
        return size > 0

    def next_sign(self) -> str:
        """The next character that is no white space, which stays; an empty string at the end."""
        while True:
            self.place = _SPACE.match(self.text, self.place).end()  # type: ignore[union-attr]
            if self.place < len(self.text) or not self.more():
                return self.text[self.place : self.place + 1]

    def value(self, where: str) -> Any:
        """The next JSON value; FormatError, which begins with `where`."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.place)
            except json.JSONDecodeError as error:
                is_cut = error.msg.startswith("Unterminated") or error.pos + _NEAR_THE_END > len(self.text)
                pending = len(self.text) - self.place
                check_record(pending, where, self._longest)
                # twice as much each time: what is read again does not add up
                if not is_cut or not self.more(pending):
                    raise FormatError(
                        f"{where}: expected a JSON object, found invalid JSON ({error.msg})"
                    ) from error
            except RecursionError as error:
                raise FormatError(f"{where}: expected a JSON object, found one nested too deep") from error
            except ValueError as error:  # Python's limit for the digits of an integer
                raise FormatError(
                    f"{where}: expected a JSON object, found a number with too many digits"
                ) from error
            else:
                if end == len(self.text) and self.more():  # a number may go on
                    continue
                check_record(end - self.place, where, self._longest)
                self.place = end
                return value


def array_items(pieces: Iterable[str], name: str, longest: int) -> Iterator[tuple[str, Any]]:
    """The place and the value of each item of the array that is the text; objects are tuples of pairs.

    Raises FormatError naming the item, counted from 1, that is no JSON or longer than `longest` characters,
    and for an array that does not end, or after which something follows.
    """
    text = _Text(pieces, name, longest)
    text.next_sign()
    text.place += 1  # the bracket, for which the caller has looked
    number = 0
    while (sign := text.next_sign()) != "]" or number:
        number += 1
        where = f"{name}: item {number}"
        if not sign:
            raise FormatError(f"{where}: expected ] at the end of the array, found the end of the text")
        yield where, text.value(where)
        sign = text.next_sign()
        if sign == "]":
            break
        if sign != ",":
            found = repr(sign) if sign else "the end of the text"
            raise FormatError(f"{where}: expected , or ] after it, found {found}")
        text.place += 1
    text.place += 1
    if text.next_sign():
        raise FormatError(f"{name}: expected one array, found more after it ({text.next_sign()!r})")
