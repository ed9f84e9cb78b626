"""How texts are read: the options that `Corpus.build` and the commands share."""

from __future__ import annotations

from dataclasses import dataclass

from wordlab.checks import check_choice, check_number
from wordlab.errors import ConfigError
from wordlab.io.encodings import check_encoding
from wordlab.io.lines import MAX_RECORD
from wordlab.text.choices import ENCODING_ERRORS, INPUT_FORMATS, EncodingErrors, InputFormat

_MAX_MEBIBYTES = 1 << 20


@dataclass(frozen=True)
class ReadingConfig:
    """How files are read; ConfigError for options that make no sense.

    `text_column` names the field or column that holds the text, or gives its position, counted from 0;
    `header` false says that the first row of a CSV or TSV file is data. `delimiter` separates columns:
    without it a tab in TSV, and in CSV what the first rows show. `input_format` overrides what names say.
    `encoding` is for texts that are not UTF-8 and have no byte-order mark; `encoding_errors` stops at bytes
    that are invalid, or replaces them. `max_record` is the largest size in MiB of a line, a row, an object or
    a cell. `join_broken_words` joins words that line ends break (see `line_ends`).
    """

    text_column: str = "text"
    header: bool = True
    delimiter: str | None = None
    input_format: InputFormat | None = None
    encoding: str = "utf-8"
    encoding_errors: EncodingErrors = "strict"
    max_record: int = MAX_RECORD
    join_broken_words: bool = False

    def __post_init__(self) -> None:
        if self.input_format is not None:
            check_choice(self, "input_format", INPUT_FORMATS)
        check_choice(self, "encoding_errors", ENCODING_ERRORS)
        check_number(self, "max_record", int, 1, _MAX_MEBIBYTES)
        check_encoding(self.encoding)
        check_delimiter(self.delimiter)

    @property
    def longest(self) -> int:
        """The largest size of a record, in bytes."""
        return self.max_record << 20


def check_delimiter(delimiter: str | None) -> str | None:
    r"""The character that `delimiter` means, a tab for ``\t`` and ``tab``; ConfigError if it is not one.

    None stays None.
    """
    if delimiter in ("\\t", "tab"):
        return "\t"
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n\0'):
        raise ConfigError(f"delimiter: expected one character, such as ; or \\t, found {delimiter!r}")
    return delimiter
