"""Tokenizer: the name and options of a tokenizer, checked, as users choose and manifests record them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wordlab.errors import ConfigError
from wordlab.text.tokenizers.splitter import Splitter
from wordlab.text.tokenizers.table import TOKENIZERS
from wordlab.text.tokenizers.word import Hyphens

if TYPE_CHECKING:
    from wordlab.text.tokenizers.splitter import EncodedBlock


@dataclass(frozen=True)
class Tokenizer:
    """A tokenizer's name and options; call it with a line to get its tokens.

    `lowercase` None stands for the tokenizer's own default (true for ``word`` only) and is replaced
    by it. Raises ConfigError for an unknown name, or an option that the tokenizer does not have.

    >>> Tokenizer("word").lowercase, Tokenizer("whitespace").lowercase
    (True, False)
    """

    name: str = "word"
    lowercase: bool | None = None
    hyphens: Hyphens = "keep"

    def __post_init__(self) -> None:
        if self.name not in tuple(TOKENIZERS):  # a list from a damaged manifest cannot be looked up
            raise ConfigError(f"tokenizer: expected one of {', '.join(TOKENIZERS)}, found {self.name!r}")
        if self.lowercase is not None and not isinstance(self.lowercase, bool):
            raise ConfigError(f"lowercase: expected true, false or nothing, found {self.lowercase!r}")
        if self.lowercase is None:
            object.__setattr__(self, "lowercase", TOKENIZERS[self.name].lowercase)
        _ = self.splitter  # which checks its options
        for option in fields(self)[1:]:
            value = getattr(self, option.name)
            if value != option.default and option.name not in _options(TOKENIZERS[self.name]):
                owners = [repr(name) for name, kind in TOKENIZERS.items() if option.name in _options(kind)]
                raise ConfigError(
                    f"{option.name}: expected the tokenizer {' or '.join(owners)} with "
                    f"{option.name}={value!r}, found {self.name!r}"
                )

    @cached_property
    def splitter(self) -> Splitter:
        """The tokenizer itself."""
        kind = TOKENIZERS[self.name]
        return kind(**{name: getattr(self, name) for name in _options(kind)})

    def __call__(self, line: str) -> list[str]:
        """The tokens of `line`, in order."""
        return self.splitter.split(line)

    def encode_block(self, data: bytes) -> EncodedBlock:
        """`data`, lines of UTF-8 each ended by a line feed, encoded; the tokens are those of a call."""
        return self.splitter.encode_block(data)

    def check_installed(self) -> None:
        """Raise MissingExtraError now if a package that this tokenizer needs is missing."""
        self.splitter.check_installed()

    def to_dict(self) -> dict[str, Any]:
        """Name and options as a manifest records them."""
        return {"name": self.name, **asdict(self.splitter)}

    @classmethod
    def from_dict(cls, options: Mapping[str, Any]) -> Tokenizer:
        """The tokenizer that `to_dict` described; ConfigError if it is not one."""
        *known, last = (field.name for field in fields(cls))
        if options.keys() - {*known, last} or "name" not in options:
            raise ConfigError(
                f"tokenizer: expected {', '.join(known)} and {last}, found {', '.join(options)}"
            )
        return cls(**options)


def _options(kind: type[Splitter]) -> list[str]:
    return [field.name for field in fields(kind)]
