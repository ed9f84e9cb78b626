"""A tokenizer as Hugging Face's library `tokenizers` writes it down: normalizers, then where tokens are.

Programs that load it find the tokens that we find, without wordlab. That library's lower case knows no
context, and its white space is not Python's; both are spelt out here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wordlab.errors import FormatError
from wordlab.extras import need
from wordlab.text.casing import SPECIAL
from wordlab.text.tokenizers.splitter import Rules, Splitter
from wordlab.text.tokenizers.table import TOKENIZERS

if TYPE_CHECKING:
    from wordlab.text.tokenizers.tokenizer import Tokenizer

# A sigma is final after a letter with a case and before none, whatever marks and apostrophes are between
# (Unicode's Final_Sigma, as str.lower has it). \K leaves what is before it out of what is replaced.
_CASED = r"[\p{Cased}&&\P{Case_Ignorable}]"
_FINAL_SIGMA = rf"{_CASED}\p{{Case_Ignorable}}*\KΣ(?!\p{{Case_Ignorable}}*{_CASED})"


def pipeline(tokenizer: Tokenizer) -> tuple[Any, Any]:
    """The normalizer and the pre-tokenizer that find the tokens of `tokenizer`.

    FormatError for a tokenizer that they cannot express; MissingExtraError without the library.
    """
    rules = _rules(tokenizer)
    with need("tokenizers", extra="hub"):
        from tokenizers import Regex
        from tokenizers.normalizers import NFC, Replace, Sequence
        from tokenizers.pre_tokenizers import Split
    steps: list[Any] = [Replace(old, new) for old, new in rules.replace]
    steps += _lower_case(tokenizer.splitter)
    steps += [NFC()] if rules.composes else []
    return Sequence(steps), Split(Regex(rules.pattern), "removed", invert=not rules.separates)


def is_expressible(tokenizer: Tokenizer) -> bool:
    """Whether `pipeline` can express a tokenizer."""
    try:
        _rules(tokenizer)
    except FormatError:
        return False
    return True


def _rules(tokenizer: Tokenizer) -> Rules:
    rules, language = tokenizer.splitter.rules(), tokenizer.language
    obstacles = {
        f"the tokenizer {tokenizer.name}": rules is None,
        "phrases that are joined": tokenizer.phrases is not None,
        "markup that is stripped": tokenizer.markup != "keep",
        "characters that become plain": tokenizer.unicode != "keep",
        "accents that are folded": tokenizer.accents != "keep",
        f"the lower case of {language}": language is not None and language not in SPECIAL,
    }
    found = next((obstacle for obstacle, is_there in obstacles.items() if is_there), None)
    if rules is None or found is not None:
        able = [name for name, kind in TOKENIZERS.items() if kind.rules is not Splitter.rules]
        raise FormatError(
            f"tokenizer: expected {' or '.join(able)} without phrases and with texts kept as they are, as "
            f"others can write them down, found {found}; --tokenizer {able[0]} cuts texts at spaces"
        )
    return rules


def _lower_case(splitter: Splitter) -> list[Any]:
    if not splitter.lowercase:
        return []
    from tokenizers import Regex
    from tokenizers.normalizers import Lowercase, Replace

    special = SPECIAL[splitter.language] if splitter.language is not None else ()
    steps: list[Any] = [Replace(capital, small) for capital, small in special]
    return [*steps, Replace(Regex(_FINAL_SIGMA), "ς"), Lowercase()]
