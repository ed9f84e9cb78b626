"""Stop words: frequent words without much meaning, which a vocabulary may do without.

Lists of languages are spaCy's; they are read from its files, since importing spaCy takes seconds.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import runpy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wordlab.errors import ConfigError
from wordlab.extras import need
from wordlab.text.casing import lower
from wordlab.text.tokenizers.own import OwnTokenizer
from wordlab.text.word_lines import read_words

if TYPE_CHECKING:
    from wordlab.text.tokenizers import Tokenizer

LANGUAGES = {
    "af": "afrikaans", "am": "amharic", "ar": "arabic", "az": "azerbaijani", "bg": "bulgarian",
    "bn": "bengali", "bo": "tibetan", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german",
    "el": "greek", "en": "english", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian",
    "fi": "finnish", "fr": "french", "ga": "irish", "gu": "gujarati", "he": "hebrew", "hi": "hindi",
    "hr": "croatian", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "is": "icelandic",
    "it": "italian", "ja": "japanese", "kn": "kannada", "ko": "korean", "ky": "kyrgyz", "la": "latin",
    "lb": "luxembourgish", "lt": "lithuanian", "lv": "latvian", "mk": "macedonian", "ml": "malayalam",
    "mr": "marathi", "ms": "malay", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sa": "sanskrit", "si": "sinhala",
    "sk": "slovak", "sl": "slovenian", "sq": "albanian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "te": "telugu", "th": "thai", "tl": "tagalog", "tr": "turkish", "tt": "tatar", "uk": "ukrainian",
    "ur": "urdu", "vi": "vietnamese", "yo": "yoruba", "zh": "chinese",
}  # fmt: skip
"""The languages with a list of their own."""


@dataclass(frozen=True)
class StopWords:
    """Some stop words, in order, and where they are from: a language or a file.

    >>> from wordlab.text import Tokenizer
    >>> the = StopWords("mine", ("the", "don't"))
    >>> [the.found_by(Tokenizer("word"))(word) for word in ("The", "don't", "theory")]
    [True, True, False]
    """

    name: str
    words: tuple[str, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the words, one a line."""
        lines = "".join(f"{word}\n" for word in self.words)
        return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()

    def found_by(self, tokenizer: Tokenizer) -> Callable[[str], bool]:
        """What says whether a word of a text cut by `tokenizer` is one of these, whatever its case.

        Words that it cuts into several tokens are none: their parts are parts of others, too. Where texts
        came cut already, they are compared as they are.
        """
        cut = self.words
        if not (isinstance(tokenizer, OwnTokenizer) and tokenizer.function is None):
            cut = tuple(tokens[0] for word in self.words if len(tokens := tokenizer(word)) == 1)
        lowered = frozenset(lower(word, tokenizer.language) for word in cut)
        return lambda word: lower(word, tokenizer.language) in lowered

    def facts(self) -> dict[str, Any]:
        """What a manifest records."""
        return {"name": self.name, "sha256": self.digest, "num_words": len(self.words)}


def find_stop_words(given: str | os.PathLike[str] | Iterable[str] | None) -> StopWords | None:
    """The stop words of a language, by its name or code, of a file with one a line, or the words themselves.

    None stays None. Raises MissingExtraError without spaCy, SourceError or FormatError for a bad file, and
    ConfigError for what is none of these.
    """
    if given is None:
        return None
    if isinstance(given, str | os.PathLike):
        name = os.fspath(given)
        for code, language in LANGUAGES.items():
            if name in (code, language):
                return StopWords(language, _of_language(code))
        if not os.path.exists(name) and not os.path.dirname(name):
            raise ConfigError(
                f"stop_words: expected a language such as english, or a file with one word a line, "
                f"found {name!r}"
            )
        return StopWords(name, read_words(given, "stop word"))
    words = list(given)
    for word in words:
        if not isinstance(word, str) or not word:
            raise ConfigError(f"stop_words: expected words, found {word!r}")
    return StopWords("given", tuple(sorted(set(words))))


def _of_language(code: str) -> tuple[str, ...]:
    with need("spacy"):
        found = importlib.util.find_spec("spacy")
        if found is None or found.submodule_search_locations is None:
            raise ImportError("spacy")
    path = Path(found.submodule_search_locations[0], "lang", code, "stop_words.py")
    if not path.is_file():
        raise ConfigError(f"stop_words: expected a language that the installed spaCy knows, found {code!r}")
    return tuple(sorted(runpy.run_path(str(path))["STOP_WORDS"]))
