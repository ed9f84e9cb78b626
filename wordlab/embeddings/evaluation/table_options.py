"""How the files of test sets are read, in a module that loads no array library."""

from __future__ import annotations

from dataclasses import dataclass

from wordlab.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class TableOptions:
    """How the files of test sets are read; None is found out from the file. Raises ConfigError."""

    encoding: str = "utf-8"
    """The encoding of the files."""

    delimiter: str | None = None
    """What separates the columns of rated pairs."""

    score_column: str | None = None
    """The column of human scores: its name, or its position counted from 0."""

    def __post_init__(self) -> None:
        if self.delimiter == "":
            raise ConfigError("delimiter: expected a mark, found none")
