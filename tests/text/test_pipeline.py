"""Tokenizers as Hugging Face's library writes them down: they must find the tokens that ours find."""

import gzip
import os
import unicodedata
from itertools import islice
from pathlib import Path

import pytest
from gensim.test.utils import datapath
from hypothesis import given
from hypothesis import strategies as st

from wordlab.errors import FormatError
from wordlab.text.phrases.value import Phrases
from wordlab.text.tokenizers import TOKENIZERS, Tokenizer
from wordlab.text.tokenizers.pieces import Pieces
from wordlab.text.tokenizers.pipeline import pipeline
from wordlab.text.tokenizers.splitter import Splitter

pytest.importorskip("tokenizers")

EXPRESSIBLE = [
    Tokenizer("word"),
    Tokenizer("word", lowercase=False, hyphens="split"),
    Tokenizer("whitespace"),
    Tokenizer("whitespace", lowercase=True, language="tr"),
]
NEWER = {"\U0001171e"}  # whose category has changed since the Unicode of Python 3.11


def settled_characters():
    """Those that every version of Unicode at work here knows; of large blocks one in a hundred."""
    for code in range(0x110000):
        is_known = unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co") and chr(code) not in NEWER
        is_alone = code not in range(0x3400, 0xE000) and code < 0x20000
        if is_known and (is_alone or code % 100 == 0):
            yield chr(code)


SETTLED = list(settled_characters())
TRICKY = "aΣσςςİIıi'’.,·:-‐\u00ad\u0301\u0307\u0345\u200c\u200d1٣ \u0085\u001c\u3000\n_Åſßﬁ"


@pytest.fixture(scope="module", params=EXPRESSIBLE, ids=repr)
def both(request):
    """Ours and theirs: two functions from a text to its tokens."""
    normalizer, cut = pipeline(request.param)

    def theirs(text):
        return [token for token, _ in cut.pre_tokenize_str(normalizer.normalize_str(text))]

    return request.param, theirs


def test_every_character_in_its_places(both):
    ours, theirs = both
    for start in range(0, len(SETTLED), 500):
        part = SETTLED[start : start + 500]
        text = "\n".join(f"a{c}b Σ{c} AΣ{c} A{c}Σ ΑΣ{c}Α 3{c}4 {c}{c} {c}e" for c in part)
        assert theirs(text) == ours(text)


def test_any_text(both):
    ours, theirs = both

    @given(st.text(st.one_of(st.sampled_from(TRICKY), st.sampled_from(SETTLED))))
    def check(text):
        assert theirs(text) == ours(text)

    check()


def test_news(both):
    ours, theirs = both
    text = Path(datapath("lee_background.cor")).read_text(encoding="utf-8")[:200_000]
    assert theirs(text) == ours(text)


@pytest.mark.data
@pytest.mark.skipif("WORDLAB_DATA" not in os.environ, reason="WORDLAB_DATA is not set")
@pytest.mark.parametrize("name", ["wiki-raw.txt.gz", "imdb/unsup.txt.gz"])
def test_real_text(both, name):
    ours, theirs = both
    with gzip.open(Path(os.environ["WORDLAB_DATA"], name), "rt", encoding="utf-8") as file:
        for line in islice(file, 500):
            assert theirs(line) == ours(line)


@pytest.mark.parametrize(
    ("tokenizer", "found"),
    [
        (Tokenizer("jieba"), "found the tokenizer jieba"),
        (Tokenizer("thai"), "found the tokenizer thai"),
        (Tokenizer("tweets"), "found the tokenizer tweets"),
        (Tokenizer("tokenizers", pieces=Pieces("x.json", b"")), "found the tokenizer tokenizers"),
        (Tokenizer("word", markup="strip"), "found markup that is stripped"),
        (Tokenizer("word", unicode="nfkc"), "found characters that become plain"),
        (Tokenizer("word", accents="fold"), "found accents that are folded"),
        (Tokenizer("word", language="lt"), "found the lower case of lt"),
        (Tokenizer("whitespace", phrases=Phrases()), "found phrases"),
    ],
)
def test_what_cannot_be_expressed_is_said_with_what_can(tokenizer, found):
    with pytest.raises(FormatError, match=found) as caught:
        pipeline(tokenizer)
    assert "expected whitespace or word" in str(caught.value)


def test_those_that_can_say_so():
    assert [name for name, kind in TOKENIZERS.items() if kind.rules is not Splitter.rules] == [
        "whitespace",
        "word",
    ]
