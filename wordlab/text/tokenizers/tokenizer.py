"""Tokenizer: the name and options of a tokenizer, checked, as users choose and manifests record them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wordlab.errors import ConfigError
from wordlab.text.casing import LANGUAGES, Language
from wordlab.text.phrases.value import Phrases
from wordlab.text.tokenizers.markup import CUT_AFTER, MARKUP, Markup, strip_lines, strip_markup
from wordlab.text.tokenizers.splitter import Splitter, encode_lines
from wordlab.text.tokenizers.table import TOKENIZERS
from wordlab.text.tokenizers.word import HYPHENS, Hyphens

if TYPE_CHECKING:
    from wordlab.text.tokenizers.splitter import EncodedBlock

CHOICES: dict[str, tuple[str, ...]] = {"hyphens": HYPHENS, "language": LANGUAGES, "markup": MARKUP}
"""The values of the options that take one of a few names."""

_NEWER = {"language": None, "markup": "keep"}


@dataclass(frozen=True)
class Tokenizer:
    """A tokenizer's name and options; call it with a line to get its tokens.

    `lowercase` None stands for the tokenizer's own default (true for ``word`` only) and is replaced
    by it. Raises ConfigError for an unknown name, or an option that the tokenizer does not have.

    >>> Tokenizer("word").lowercase, Tokenizer("whitespace").lowercase
    (True, False)
    >>> Tokenizer("word", language="tr", markup="strip")("<i>I&#351;ık</i> &amp; İSTANBUL")
    ['ışık', 'istanbul']
    """

    name: str = "word"
    """How texts are cut into words."""
    lowercase: bool | None = None
    """Whether all words are lower-cased."""
    hyphens: Hyphens = "keep"
    """Whether mother-in-law is one word or three (tokenizer word only)."""
    language: Language | None = None
    """Lower-case by this language's rules: in Turkish and Azerbaijani, I becomes ı and İ becomes i."""
    markup: Markup = "keep"
    """Whether HTML, XML and wiki markup stays, or is stripped: tags removed, entities decoded."""
    phrases: Phrases | None = None
    """The phrases that are joined to one token each, found by `Corpus.join_phrases`."""

    def __post_init__(self) -> None:
        if self.name not in tuple(TOKENIZERS):  # a list from a damaged manifest cannot be looked up
            raise ConfigError(f"tokenizer: expected one of {', '.join(TOKENIZERS)}, found {self.name!r}")
        if self.lowercase is not None and not isinstance(self.lowercase, bool):
            raise ConfigError(f"lowercase: expected true, false or nothing, found {self.lowercase!r}")
        if self.lowercase is None:
            object.__setattr__(self, "lowercase", TOKENIZERS[self.name].lowercase)
        for option, allowed in CHOICES.items():
            value = getattr(self, option)
            if value not in (getattr(type(self), option), *allowed):
                raise ConfigError(f"{option}: expected {' or '.join(allowed)}, found {value!r}")
        if self.language is not None and not self.lowercase:
            raise ConfigError(
                f"language: expected lowercase on with language={self.language!r}, found it off"
            )
        self._check_own_options()

    def _check_own_options(self) -> None:
        for option in OPTIONS:
            value, default = getattr(self, option), getattr(type(self), option)
            known = (*_options(TOKENIZERS[self.name]), "markup")
            if value != default and option not in known:
                owners = [repr(name) for name, kind in TOKENIZERS.items() if option in _options(kind)]
                raise ConfigError(
                    f"{option}: expected the tokenizer {' or '.join(owners)} with "
                    f"{option}={value!r}, found {self.name!r}"
                )

    @cached_property
    def splitter(self) -> Splitter:
        """The tokenizer itself."""
        kind = TOKENIZERS[self.name]
        return kind(**{name: getattr(self, name) for name in _options(kind)})

    def __call__(self, line: str) -> list[str]:
        """The tokens of `line`, in order."""
        tokens = self.splitter.split(strip_markup(line) if self.markup == "strip" else line)
        return tokens if self.phrases is None else self.phrases.join(tokens)

    def encode_block(self, data: bytes) -> EncodedBlock:
        """`data`, lines of UTF-8 each ended by a line feed, encoded; the tokens are those of a call."""
        if self.phrases is not None:
            return encode_lines(data, self)
        return self.splitter.encode_block(strip_lines(data) if self.markup == "strip" else data)

    @property
    def cut_after(self) -> Sequence[str]:
        """Strings after which a very long line may be cut: no token goes past one, as phrases might."""
        if self.phrases is not None:
            return ()
        return CUT_AFTER if self.markup == "strip" else self.splitter.cut_after

    def encodes_in_threads(self, data: bytes) -> bool:
        """Whether threads encode a text that begins with `data` side by side; else processes do."""
        return self.markup == "keep" and self.phrases is None and self.splitter.encodes_in_threads(data)

    def check_installed(self) -> None:
        """Raise MissingExtraError now if a package that this tokenizer needs is missing."""
        self.splitter.check_installed()

    def to_dict(self) -> dict[str, Any]:
        """Name and options as a manifest records them; the newer ones only where they are set.

        Equal inputs thus give the same bytes as before these options existed. Of `phrases` these are the
        settings; the phrases themselves, which may be many, are ``phrases.rows()``.
        """
        options = {"name": self.name, **asdict(self.splitter), "markup": self.markup}
        facts = {name: value for name, value in options.items() if value != _NEWER.get(name, ())}
        return facts if self.phrases is None else facts | {"phrases": self.phrases.settings()}

    @classmethod
    def from_dict(cls, options: Mapping[str, Any]) -> Tokenizer:
        """The tokenizer that `to_dict` described, with `phrases` made whole; ConfigError if it is not one."""
        *known, last = ("name", *OPTIONS)
        if options.keys() - {*known, last, "phrases"} or "name" not in options:
            raise ConfigError(
                f"tokenizer: expected {', '.join(known)} and {last}, found {', '.join(options)}"
            )
        return cls(**options)


def _options(kind: type[Splitter]) -> list[str]:
    return [field.name for field in fields(kind)]


OPTIONS = tuple(field.name for field in fields(Tokenizer) if field.name not in ("name", "phrases"))
"""The options of tokenizers, which users choose; phrases are found."""
