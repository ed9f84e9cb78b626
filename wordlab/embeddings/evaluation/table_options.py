"""How the files of test sets are read, in a module that loads no array library."""

from __future__ import annotations

from dataclasses import dataclass

from wordlab.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class TableOptions:
    """How the files of test sets are read, where that is not left to their looks. Raises ConfigError."""

    encoding: str = "utf-8"
    """The encoding of the files."""

    delimiter: str | None = None
    """What stands between the columns of rated pairs; None finds out."""

    score_column: str | None = None
    """Name or number, from 1, of the column with people's scores; None finds out."""

    def __post_init__(self) -> None:
        if self.delimiter == "":
            raise ConfigError("delimiter: expected a mark, found none")
