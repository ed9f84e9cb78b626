"""OwnTokenizer: a function of the caller's, or a spaCy pipeline, where others are a name and options.

A file holds its name alone, as code is never loaded: whoever loads what was made with it gives it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from wordlab.errors import ConfigError
from wordlab.text.tokenizers.splitter import Splitter
from wordlab.text.tokenizers.tokenizer import OPTIONS, Tokenizer

NAME = "own"
LISTS = "lists of tokens"
"""In the place of a function's name where the texts came cut already."""

Function = Callable[[str], Iterable[Any]]
"""From a line to its tokens, strings or objects with a `text`, as spaCy's are."""


@dataclass(frozen=True)
class _OwnSplitter(Splitter):
    """Calls the function, one line at a time."""

    cut_after = ()  # it may need the whole line
    called: str = ""
    function: Function | None = None

    def split(self, line: str) -> list[str]:
        """The tokens of `line`, without those of white space, which spaCy has; ConfigError without it."""
        if self.function is None:
            raise ConfigError(
                "tokenizer: expected one by name, or the function itself, found the record of "
                f"{self.called!r}, which is code that no file holds"
            )
        found = self.function(line)
        if isinstance(found, str | bytes) or not isinstance(found, Iterable):
            raise TypeError(
                f"tokenizer: expected a list of strings from {self.called}, found {type(found).__name__}"
            )
        return checked_tokens([getattr(token, "text", token) for token in found], self.called)

    def check_installed(self) -> None:
        """Raise ConfigError now if the function is not at hand."""
        if self.function is None:
            self.split("")


@dataclass(frozen=True)
class OwnTokenizer(Tokenizer):
    """A `function` from a line to its tokens; None where only its name is known, how it is `called`.

    >>> shout = OwnTokenizer.of(lambda line: line.upper().split())
    >>> shout("so good")
    ['SO', 'GOOD']
    """

    name: str = NAME
    called: str = ""
    function: Function | None = None

    @classmethod
    def of(cls, function: Function) -> OwnTokenizer:
        """The tokenizer that calls `function`, under its qualified name or that of its class."""
        named = function if hasattr(function, "__qualname__") else type(function)
        module = getattr(named, "__module__", None) or "builtins"  # str.split has none
        return cls(called=f"{module}.{named.__qualname__}", function=function)

    def __post_init__(self) -> None:
        if self.lowercase is None:
            object.__setattr__(self, "lowercase", False)
        for option in OPTIONS:
            value, default = getattr(self, option), getattr(Tokenizer, option)
            if value != default and (option, value) != ("lowercase", False):
                raise ConfigError(f"{option}: expected a tokenizer by name with it, found {self.called}")

    def __deepcopy__(self, memo: object) -> OwnTokenizer:
        return self  # a pipeline may be large

    @cached_property
    def splitter(self) -> Splitter:
        """What calls the function."""
        return _OwnSplitter(called=self.called, function=self.function)

    def to_dict(self) -> dict[str, Any]:
        """What a manifest records: how the function is called, which brings nobody to load it."""
        facts = {"name": NAME, "called": self.called}
        return facts if self.phrases is None else facts | {"phrases": self.phrases.settings()}


def as_tokenizer(tokenizer: Tokenizer | Function | None) -> Tokenizer:
    """`tokenizer`, or an OwnTokenizer that calls it, or the default for None; TypeError for others."""
    if tokenizer is None:
        return Tokenizer()
    if isinstance(tokenizer, Tokenizer):
        return tokenizer
    if callable(tokenizer):
        return OwnTokenizer.of(tokenizer)
    hint = f"; Tokenizer({tokenizer!r}) is one" if isinstance(tokenizer, str) else ""
    raise TypeError(
        f"tokenizer: expected a Tokenizer, a function from a line to its tokens, or a spaCy pipeline, "
        f"found {type(tokenizer).__name__}{hint}"
    )


def checked_tokens(tokens: list[Any], where: str) -> list[str]:
    """The tokens that are not white space; TypeError, which says `where`, unless all are strings."""
    for token in tokens:
        if not isinstance(token, str):
            raise TypeError(f"expected tokens that are strings from {where}, found {type(token).__name__}")
    return [token for token in tokens if token and not token.isspace()]
