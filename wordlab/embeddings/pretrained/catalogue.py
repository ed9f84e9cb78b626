"""The pretrained sets that have a name: what they are, where they come from, under which licence.

Names and addresses are torchtext's (with https for http). Sizes are those of the downloads, as seen in
public logs; digests are those that torchtext 0.18 publishes. None means unknown.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache
from typing import Literal
from urllib.parse import urlsplit

from wordlab.embeddings.pretrained.fasttext_digests import DIGESTS
from wordlab.errors import SourceError

Family = Literal["glove", "fasttext", "charngram"]

_LANGUAGE = re.compile(r"fasttext\.([a-z]{2,12}([_-][a-z]{2,12})*)")
_WORD_BYTES, _NUMBER_BYTES = 1024, 24  # far more than any word or number in these files takes


@dataclass(frozen=True, kw_only=True)
class PretrainedSet:
    """A named set of vectors. `member` is the file in the archive at `url`, if it is one."""

    name: str
    family: Family
    dim: int
    licence: str
    url: str
    member: str | None = None
    num_words: int | None = None
    """Rows of the file, if known."""
    num_bytes: int | None = None
    """Size of the file at `url`, if known."""
    sha256: str | None = None
    """Digest of the file at `url`, in hexadecimal digits, if known."""

    @property
    def file_name(self) -> str:
        """The last part of the address."""
        return urlsplit(self.url).path.rpartition("/")[2]

    @property
    def text_name(self) -> str:
        """The name of the file of vectors itself, inside or outside an archive."""
        return self.member or self.file_name

    def most_bytes(self, archive_bytes: int) -> int:
        """The largest size in bytes that the file in an honest archive of `archive_bytes` can have."""
        if self.num_words is None:
            return 100 * archive_bytes  # digits compress by a factor of two to four
        return self.num_words * (_WORD_BYTES + _NUMBER_BYTES * self.dim)


_PDDL = "PDDL 1.0"
_GLOVE = (  # archive, its size and digest, rows, dimensions
    ("6B", "glove.6B.zip", 862_182_613,
     "617afb2fe6cbd085c235baf7a465b96f4112bd7f7ccb2b2cbd649fed9cbcf2fb", 400_000, (50, 100, 200, 300)),
    ("42B", "glove.42B.300d.zip", 1_877_800_501,
     "03d5d7fa28e58762ace4b85fb71fe86a345ef0b5ff39f5390c14869da0fc1970", 1_917_494, (300,)),
    ("840B", "glove.840B.300d.zip", 2_176_768_927,
     "c06db255e65095393609f19a4cfca20bf3a71e20cc53e892aafa490347e3849f", 2_196_017, (300,)),
    ("twitter.27B", "glove.twitter.27B.zip", 1_520_408_563,
     "792af52f795d1a32c9842a3240f5f3fe5e941a8ff6df5eb0f9d668092ebc019c", 1_193_514, (25, 50, 100, 200)),
)  # fmt: skip


@cache
def pretrained_sets() -> tuple[PretrainedSet, ...]:
    """All sets that have a name, GloVe first.

    fastText has vectors for more languages than are listed; `find_set` accepts any.

    >>> [known.name for known in pretrained_sets()][:2]
    ['glove.6B.50d', 'glove.6B.100d']
    """
    glove = [
        PretrainedSet(
            name=f"glove.{corpus}.{dim}d",
            family="glove",
            dim=dim,
            licence=_PDDL,
            url=f"https://nlp.stanford.edu/data/{archive}",
            member=f"glove.{corpus}.{dim}d.txt",
            num_words=num_words,
            num_bytes=num_bytes,
            sha256=sha256,
        )
        for corpus, archive, num_bytes, sha256, num_words, dims in _GLOVE
        for dim in dims
    ]
    char_ngrams = PretrainedSet(
        name="charngram.100d",
        family="charngram",
        dim=100,
        licence="not stated",
        url="https://www.logos.t.u-tokyo.ac.jp/~hassy/publications/arxiv2016jmt/"
        "jmt_pre-trained_embeddings.tar.gz",
        member="charNgram.txt",
    )
    return (*glove, char_ngrams, *map(_fasttext, DIGESTS))


def find_set(name: str) -> PretrainedSet:
    """The set called `name`; SourceError with near names if there is none.

    Any language is accepted for fastText; one that it lacks shows in the download.
    """
    known = _by_name().get(name)
    if known is not None:
        return known
    language = _LANGUAGE.fullmatch(name)
    if language:
        return _fasttext(language[1])
    near = near_names(name)
    hint = f"; near names: {', '.join(near)}" if near else ""
    raise SourceError(f"{name}: expected the name of pretrained vectors, found no such name{hint}")


def near_names(name: str) -> list[str]:
    """Up to three names that look like `name`, best first; case is ignored."""
    names = {known.lower(): known for known in _by_name()}
    near = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.75)
    return [names[found] for found in near]


@cache
def _by_name() -> dict[str, PretrainedSet]:
    named = {known.name: known for known in pretrained_sets()}
    # torchtext's own names for two of them
    for language in ("en", "simple"):
        named[f"fasttext.{language}.300d"] = named[f"fasttext.{language}"]
    return named


def _fasttext(language: str) -> PretrainedSet:
    return PretrainedSet(
        name=f"fasttext.{language}",
        family="fasttext",
        dim=300,
        licence="CC BY-SA 3.0",
        url=f"https://dl.fbaipublicfiles.com/fasttext/vectors-wiki/wiki.{language}.vec",
        sha256=DIGESTS.get(language),
    )
