"""Lines of whole documents cut into sentences, by the rules and abbreviations of a language (sentencex)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from wordlab.errors import ConfigError
from wordlab.extras import need

_CODE = re.compile("[a-z]{2,3}(-[a-z0-9]{2,8})*")
_SPACES = " \t\u3000"
_LONGEST = 10_000  # characters seen at once: quotes that are never closed take quadratic time


def check_language(language: str | None) -> None:
    """Raise ConfigError unless `language` is a code, or None; MissingExtraError without sentencex."""
    if language is None:
        return
    if not isinstance(language, str) or not _CODE.fullmatch(language):
        raise ConfigError(f"sentences: expected the code of a language, such as en, found {language!r}")
    _segment()


def split_lines(data: bytes, language: str) -> bytes:
    """`data`, lines of UTF-8, with a line for each sentence."""
    lines = data.decode("utf-8").split("\n")
    return "\n".join("\n".join(split_sentences(line, language)) for line in lines).encode("utf-8")


def split_sentences(text: str, language: str) -> Iterator[str]:
    """The sentences of `text`, with the spaces after them.

    One of more than 10,000 characters is cut at a space. Languages that sentencex does not know are cut by
    the rules of related ones, or by its general rules.
    """
    segment, start = _segment(), 0
    while len(text) - start > _LONGEST:
        *sentences, last = segment(language, text[start : start + _LONGEST])
        if not sentences:  # one that is longer than what is seen of it
            sentences = [last[: max(map(last.rfind, _SPACES)) + 1] or last]
        for sentence in sentences:  # the last one goes on
            yield sentence
            start += len(sentence)
    yield from segment(language, text[start:])


@cache
def _segment() -> Callable[[str, str], list[str]]:
    with need("sentencex", extra="sentences"):
        from sentencex import segment
    found: Callable[[str, str], list[str]] = segment
    return found
