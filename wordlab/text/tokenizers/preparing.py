"""What is done to a text before any tokenizer sees it, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from wordlab.text.tokenizers.composing import normal_form
from wordlab.text.tokenizers.markup import CUT_AFTER, Markup, strip_markup

Unicode = Literal["keep", "nfkc"]
UNICODE: tuple[str, ...] = get_args(Unicode)


def prepare(text: str, *, markup: Markup, unicode: Unicode) -> str:
    """`text` without its markup and in the form NFKC, as the options say.

    >>> prepare("ﬁne &#65313;&frac12;", markup="strip", unicode="nfkc")
    'fine A1⁄2'
    """
    if markup == "strip":
        text = strip_markup(text)
    return normal_form(text, "NFKC") if unicode == "nfkc" else text


def prepare_lines(data: bytes, *, markup: Markup, unicode: Unicode) -> bytes:
    """`data`, lines of UTF-8, each of them prepared; a line stays one line."""
    if markup == "keep" and (unicode == "keep" or data.isascii()):
        return data
    lines = data.decode("utf-8").split("\n")
    prepared = (prepare(line, markup=markup, unicode=unicode).replace("\n", " ") for line in lines)
    return "\n".join(prepared).encode("utf-8")


def cut_after(marks: Sequence[str], *, markup: Markup, unicode: Unicode) -> Sequence[str]:
    """The strings after which a very long line may be cut before it is prepared, if `marks` are afterwards.

    A mark may stand in a tag, and may become another that stands in words, as "，" does.
    """
    if markup == "strip":  # a tag that separates becomes a space
        marks = [mark for mark in CUT_AFTER if (mark[-1] if mark[-1].isspace() else " ") in marks]
    if unicode == "nfkc":
        marks = [mark for mark in marks if mark.isspace() or normal_form(mark, "NFKC") == mark]
    return marks
