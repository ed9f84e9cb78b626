"""``tweets``: posts of social media: handles, hashtags, links, emoji and emoticons are one token each.

* A handle is ``@name``, also ``@name@server`` as on Mastodon; a hashtag is ``#`` and letters, digits and
  underscores of any script, among them a letter.
* A link begins with ``http://``, ``https://`` or ``www.``; punctuation at its end is none of it.
* An emoji is the whole sequence that is seen as one: with skin tone, family, flag, keycap. The selectors
  that choose its look are removed, so that both spellings of ❤ are one token.
* Emoticons are those of one eye pair, an optional nose and a mouth, hearts ``<3`` and a few of East Asia.
* ``handles``, ``hashtags``, ``urls`` and ``emoji`` (emoticons included) say what becomes of them: `keep`,
  `mask` (``<user>``, ``<hashtag>``, ``<url>`` and ``<emoji>``, as in GloVe's vectors of Twitter) or `drop`.

What is between them are words as `word` finds them. Lower-cased unless asked otherwise, except for links
and emoticons.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal, get_args

from wordlab.text.tokenizers.splitter import SPACES, Splitter
from wordlab.text.tokenizers.word import Hyphens, Word

Special = Literal["keep", "mask", "drop"]
SPECIALS: tuple[str, ...] = get_args(Special)

MASKS = {"handles": "<user>", "hashtags": "<hashtag>", "urls": "<url>", "emoji": "<emoji>"}
"""What is special, as the options call it, and the token that may stand for it."""

_IN_LINK = r"""[^\s<>"“”«»()。，！？、]"""
_LINK = rf"""(?i:https?://|www\.)(?:{_IN_LINK}|\({_IN_LINK}*\))*(?:(?![.,:;!?'’…\]}}*]){_IN_LINK}|\({_IN_LINK}*\))"""
_HANDLE = r"(?<![\p{L}\p{N}_@＠])[@＠][A-Za-z0-9_]+(?:@[A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z]{2,})?"
_HASHTAG = r"(?<![\p{L}\p{N}_&])[#＃](?=[\p{N}_]*\p{L})[\p{L}\p{M}\p{N}_\u200c]+"
# Unicode Technical Standard 51, 1.4.9, without the characters that are text unless a selector follows.
_ONE_EMOJI = (
    r"(?:\p{RI}\p{RI}|[0-9#*]\ufe0f?\u20e3|(?:[\p{Extended_Pictographic}--[©®™]]|[©®™](?=\ufe0f))"
    r"(?:\p{EMod}|\ufe0f|\ufe0e)?(?:[\U000e0020-\U000e007e]+\U000e007f)?)"
)
_EMOJI = rf"{_ONE_EMOJI}(?:\u200d{_ONE_EMOJI})*"
_LOOKS = dict.fromkeys(map(ord, "\ufe0e\ufe0f"))
_ALONE = r"(?<![\p{L}\p{N}])(?:%s)(?![\p{L}\p{N}])"
_EMOTICON = "|".join(
    (
        _ALONE % r"[<>]?[:;=]['’]?[-^]?[DPpOoSsXx]|[<>]?[:;]-?3|[xX]D|</?3|[oO][_.][oO]|T[_.]T",
        r"(?<![\p{L}\p{N}])[<>]?[:;=]['’]?[-^]?(?:[()\[\]{}|*\\]|/(?!/))",
        r"(?<![\p{L}\p{N})])[(\[][-^]?[:;=](?![\p{L}\p{N}])|\^[_.-]?\^|(?<!-)-_+-|¯\\_\(ツ\)_/¯",
    )
)


@dataclass(frozen=True)
class Tweets(Splitter):
    """Finds what is special by a pattern, and the words between."""

    made_for = "posts of social media"
    cut_after = SPACES

    lowercase: bool = True
    hyphens: Hyphens = "keep"
    handles: Special = "keep"
    hashtags: Special = "keep"
    urls: Special = "keep"
    emoji: Special = "keep"

    def split(self, line: str) -> list[str]:
        """The tokens of `line`, in order."""
        tokens: list[str] = []
        done = 0
        for match in _pattern().finditer(line):
            tokens += self._words.split(line[done : match.start()])
            tokens += self._special(match.lastgroup, match[0])
            done = match.end()
        return tokens + self._words.split(line[done:])

    def _special(self, kind: str, text: str) -> list[str]:
        """The tokens for what is no word, one or none."""
        option = "emoji" if kind == "emoticons" else kind
        wanted = getattr(self, option)
        if wanted != "keep":
            return [MASKS[option]] if wanted == "mask" else []
        if kind == "emoji":
            return [text.translate(_LOOKS)]
        if kind in ("handles", "hashtags"):
            return [self._words.normalise(("@" if kind == "handles" else "#") + text[1:])]
        return [text]

    @cached_property
    def _words(self) -> Word:
        return Word(lowercase=self.lowercase, language=self.language, hyphens=self.hyphens)


@cache
def _pattern() -> Any:
    import regex

    kinds = {
        "urls": _LINK, "handles": _HANDLE, "emoji": _EMOJI, "hashtags": _HASHTAG, "emoticons": _EMOTICON,
    }  # fmt: skip
    return regex.compile("|".join(f"(?P<{kind}>{each})" for kind, each in kinds.items()), regex.V1)
