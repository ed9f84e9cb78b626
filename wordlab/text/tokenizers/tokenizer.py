"""Tokenizer: the name and options of a tokenizer, checked, as users choose and manifests record them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wordlab.errors import ConfigError
from wordlab.text.casing import LANGUAGES, Language
from wordlab.text.phrases.value import Phrases
from wordlab.text.sentences import split_lines
from wordlab.text.tokenizers.accents import ACCENTS, Accents, fold_block, fold_tokens
from wordlab.text.tokenizers.markup import MARKUP, Markup
from wordlab.text.tokenizers.pieces import Pieces, PieceSplitter, required
from wordlab.text.tokenizers.preparing import UNICODE, Unicode, cut_after, prepare, prepare_lines
from wordlab.text.tokenizers.splitter import Splitter, encode_lines
from wordlab.text.tokenizers.table import TOKENIZERS
from wordlab.text.tokenizers.tweets import MASKS, SPECIALS, Special
from wordlab.text.tokenizers.word import HYPHENS, Hyphens

if TYPE_CHECKING:
    from wordlab.text.tokenizers.splitter import EncodedBlock

CHOICES: dict[str, tuple[str, ...]] = {
    "hyphens": HYPHENS,
    "language": LANGUAGES,
    "markup": MARKUP,
    "unicode": UNICODE,
    "accents": ACCENTS,
    **dict.fromkeys(MASKS, SPECIALS),
}
"""The values of the options that take one of a few names."""

_FOR_ALL = ("markup", "unicode", "accents")
_NEWER = {"language": None, **dict.fromkeys(_FOR_ALL, "keep")}


@dataclass(frozen=True, repr=False)
class Tokenizer:
    """A tokenizer's name and options; call it with a line to get its tokens.

    `lowercase` None stands for the tokenizer's own default (true for ``word``, ``tweets`` and ``logs``) and
    is replaced by it, the path of a file of `pieces` by what is in it. Raises ConfigError for an unknown
    name, or an option that the tokenizer does not have; SourceError for a file that cannot be read.

    >>> Tokenizer("word").lowercase, Tokenizer("whitespace").lowercase
    (True, False)
    >>> Tokenizer("word", language="tr", markup="strip")("<i>I&#351;ık</i> &amp; İSTANBUL")
    ['ışık', 'istanbul']
    >>> Tokenizer("word", unicode="nfkc", accents="fold")("ﬁne Ｃafés")
    ['fine', 'cafes']
    """

    name: str = "word"
    """How texts are cut into words."""
    lowercase: bool | None = None
    """Whether all words are lower-cased."""
    hyphens: Hyphens = "keep"
    """Whether mother-in-law is one word or three (tokenizers word and tweets only)."""
    language: Language | None = None
    """Lower-case by this language's rules: in Turkish and Azerbaijani, I becomes ı and İ becomes i; in
    Lithuanian, i keeps its dot below accents."""
    markup: Markup = "keep"
    """Whether HTML, XML and wiki markup stays, or is stripped: tags removed, entities decoded."""
    unicode: Unicode = "keep"
    """Whether characters stay, or become plain ones where Unicode has both (NFKC): ﬁ becomes fi, Ａ A."""
    accents: Accents = "keep"
    """Whether accents stay, or are folded: é becomes e in Latin, Greek and Cyrillic."""
    handles: Special = "keep"
    """Whether @handles stay, become <user> or are dropped (tokenizer tweets only, as the next three)."""
    hashtags: Special = "keep"
    """Whether #hashtags stay, become <hashtag> or are dropped."""
    urls: Special = "keep"
    """Whether links stay, become <url> or are dropped."""
    emoji: Special = "keep"
    """Whether emoji and emoticons stay, become <emoji> or are dropped."""
    pieces: Pieces | str | os.PathLike[str] | None = None
    """The file that says how words are cut: a SentencePiece model for the tokenizer sentencepiece, a
    tokenizer.json for tokenizers. It becomes part of what is made with it."""
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
        if issubclass(TOKENIZERS[self.name], PieceSplitter):
            object.__setattr__(self, "pieces", required(self.pieces, self.name))

    def _check_own_options(self) -> None:
        for option in OPTIONS:
            value, default = getattr(self, option), getattr(type(self), option)
            known = (*_options(TOKENIZERS[self.name]), *_FOR_ALL)
            if value != default and option not in known:
                owners = [repr(name) for name, kind in TOKENIZERS.items() if option in _options(kind)]
                raise ConfigError(
                    f"{option}: expected the tokenizer {' or '.join(owners)} with "
                    f"{option}={value!r}, found {self.name!r}"
                )

    def __repr__(self) -> str:
        set_ = self._set_options() | ({} if self.phrases is None else {"phrases": self.phrases})
        return f"Tokenizer({', '.join(f'{name}={value!r}' for name, value in set_.items())})"

    @cached_property
    def splitter(self) -> Splitter:
        """The tokenizer itself."""
        kind = TOKENIZERS[self.name]
        return kind(**{name: getattr(self, name) for name in _options(kind)})

    def __call__(self, line: str) -> list[str]:
        """The tokens of `line`, in order."""
        return self._tokens(prepare(line, markup=self.markup, unicode=self.unicode))

    def _tokens(self, prepared: str) -> list[str]:
        tokens = self.splitter.split(prepared)
        if self.accents == "fold":
            tokens = fold_tokens(tokens)
        return tokens if self.phrases is None else self.phrases.join(tokens)

    def encode_block(self, data: bytes, *, sentences: str | None = None) -> EncodedBlock:
        """`data`, lines of UTF-8 each ended by a line feed, encoded; the tokens are those of a call.

        With a language of `sentences`, each sentence is a line of its own.
        """
        data = prepare_lines(data, markup=self.markup, unicode=self.unicode)
        if sentences is not None:
            data = split_lines(data, sentences)
        if self.phrases is not None:
            return encode_lines(data, self._tokens)
        block = self.splitter.encode_block(data)
        return fold_block(block) if self.accents == "fold" else block

    @property
    def cut_after(self) -> Sequence[str]:
        """Strings after which a very long line may be cut: no token goes past one, as phrases might."""
        if self.phrases is not None:
            return ()
        return cut_after(self.splitter.cut_after, markup=self.markup, unicode=self.unicode)

    def encodes_in_threads(self, data: bytes) -> bool:
        """Whether threads encode a text that begins with `data` side by side; else processes do."""
        is_prepared = self.markup == "keep" and self.unicode == "keep"
        return is_prepared and self.phrases is None and self.splitter.encodes_in_threads(data)

    def check_installed(self) -> None:
        """Raise now what the first line would raise.

        That is MissingExtraError if a package that this tokenizer needs is missing, FormatError if its file
        is damaged.
        """
        self.splitter.check_installed()

    def to_dict(self) -> dict[str, Any]:
        """Name and options as a manifest records them; the newer ones only where they are set.

        Equal inputs thus give the same bytes as before these options existed. Of `phrases` these are the
        settings, of `pieces` name and digest; what is in them, which may be much, is ``phrases.rows()`` and
        ``pieces.content``.
        """
        facts = self._set_options()
        if isinstance(self.pieces, Pieces):
            facts["pieces"] = self.pieces.facts()
        return facts if self.phrases is None else facts | {"phrases": self.phrases.settings()}

    def _set_options(self) -> dict[str, Any]:
        """Name and own options, and those of the newer ones that are set."""
        names = ("name", *_options(TOKENIZERS[self.name]), *_FOR_ALL)
        values = {name: getattr(self, name) for name in names}
        return {name: value for name, value in values.items() if value != _NEWER.get(name, ())}

    @classmethod
    def from_dict(cls, options: Mapping[str, Any]) -> Tokenizer:
        """The tokenizer that `to_dict` described, with `phrases` and `pieces` made whole.

        ConfigError if it is not one.
        """
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
