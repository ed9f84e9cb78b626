"""Pieces: the file that says how texts are cut into pieces of words, as bytes that a tokenizer carries."""

from __future__ import annotations

import hashlib
import os
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, ClassVar

from wordlab.errors import ConfigError, FormatError, SourceError
from wordlab.text.tokenizers.splitter import Splitter

_LARGEST = 256  # MiB; those of the largest language models have 40


@dataclass(frozen=True, repr=False)
class Pieces:
    """The content of a file, and the `name` that it had; those of equal content are equal."""

    name: str = field(compare=False)
    content: bytes

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Pieces:
        """The content of the file `path`; SourceError if it cannot be read, FormatError if it is huge."""
        try:
            with open(path, "rb") as file:
                content = file.read((_LARGEST << 20) + 1)
        except (OSError, ValueError) as error:  # ValueError: a NUL character in the name
            reason = getattr(error, "strerror", None) or str(error)
            raise SourceError(f"{os.fspath(path)}: cannot be read: {reason}") from error
        if len(content) > _LARGEST << 20:
            raise FormatError(f"{os.fspath(path)}: expected at most {_LARGEST} MiB, found a larger file")
        return cls(Path(path).name, content)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return hashlib.sha256(self.content).hexdigest()

    def facts(self) -> dict[str, str]:
        """What a manifest records; the content is a payload beside it."""
        return {"name": self.name, "sha256": self.digest}

    def __repr__(self) -> str:
        return f"<{self.name} {self.digest[:8]}>"

    def __deepcopy__(self, memo: object) -> Pieces:
        return self  # scikit-learn's clone would copy them


@dataclass(frozen=True)
class PieceSplitter(Splitter):
    """Cuts a line as the model in a file does; what the tokens are is the model's affair.

    A line is lower-cased before the model sees it. Surrogates, which UTF-8 cannot hold, become "?".
    """

    cut_after = ()
    file_name: ClassVar[str]
    """What the payload with the file is called."""

    pieces: Pieces = field(kw_only=True)

    @classmethod
    @abstractmethod
    def load(cls, content: bytes) -> Callable[[str], list[str]]:
        """A function that cuts a text as the file says.

        Raises MissingExtraError, or ValueError for a damaged file.
        """

    def split(self, line: str) -> list[str]:
        """The tokens of `line`, in order; FormatError for a damaged file."""
        text = self.lower(line).encode("utf-8", "replace").decode("utf-8")
        return _loaded(type(self), self.pieces)(text)

    def check_installed(self) -> None:
        """Raise MissingExtraError if a package is missing, FormatError for a damaged file."""
        _loaded(type(self), self.pieces)


@lru_cache(maxsize=8)
def _loaded(kind: type[PieceSplitter], pieces: Pieces) -> Callable[[str], list[str]]:
    try:
        cut = kind.load(pieces.content)
    except ValueError as error:
        raise FormatError(f"{pieces.name}: {error}") from error

    def tokens(text: str) -> list[str]:
        found = [token for token in cut(text) if token]
        if any("\n" in token for token in found):
            raise FormatError(f"{pieces.name}: expected pieces without line breaks, found one in {text!r}")
        return found

    return tokens


def required(value: Any, name: str) -> Pieces:
    """`value` as Pieces, read if it is a path; ConfigError without one, which the tokenizer `name` needs."""
    if isinstance(value, Pieces):
        return value
    if isinstance(value, str | os.PathLike) and os.fspath(value):
        return Pieces.read(value)
    found = "none" if value is None else repr(value)
    raise ConfigError(f"pieces: expected a file with the tokenizer {name!r}, found {found}")
