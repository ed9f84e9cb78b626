"""Compiled code finds the tokens that the pattern finds, in any text whatever."""

import os
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wordlab.text import Corpus, Tokenizer
from wordlab.text.reader import BlockReader
from wordlab.text.sources import find_sources
from wordlab.text.tokenizers import code_points, compiled
from wordlab.text.tokenizers.packed import PackedWords
from wordlab.text.tokenizers.splitter import encode_lines
from wordlab.text.tokenizers.whitespace import Whitespace
from wordlab.text.tokenizers.word import Word
from wordlab.text.word_index import WordIndex

SPLITTERS = [
    Word(),
    Word(lowercase=False, hyphens="split"),
    Word(language="tr"),
    Word(lowercase=False),
    Whitespace(),
    Whitespace(lowercase=True),
    Whitespace(lowercase=True, language="az"),
    Word(language="lt"),
    Whitespace(lowercase=True, language="lt"),
]
ALPHABET = st.one_of(
    st.sampled_from(
        "aAbzIİıĮÌΣσςẞŉǰJKÅΩȺ019٣.,'’ʼ＇-‐‑—_\u00ad\u0301\u030c\u0307\u200c\u200d\u200b\ufe0e\ufe0f\u0327\u0323\u0350"
        " \t\r\v\f"
        "\x1c\x1d\x1e\x1f\x85\xa0\u1680\u180e\u2003\u2028\u2029\u202f\u205f\u3000很好吃。，！가각\u1100\u1161\u11a8"
        "é😀½²\0हिन्दी\u093c\u0958\u0344\u0f73العَرَّٰ\ufdfaﬁ\u2126\uf900\U0001d15e\U0001f1e6\U0010ffff\ufeff\ufffe"
    ),
    st.characters(codec="utf-8", exclude_characters="\n"),
)
JOINED = st.text(st.sampled_from("aZ09٣.,'’-‐\u200d\u00ad é\u0301Σσ"), max_size=20)
PLAIN = st.text(st.sampled_from("abAIZ019.,'-_ \t\r\x0b\x1c\x1f\0"), max_size=30)
TEXTS = st.lists(st.one_of(st.text(ALPHABET, max_size=20), JOINED, PLAIN), max_size=8).map("\n".join)


def compare(splitter, data):
    found = splitter.encode_compiled(data)
    expected = encode_lines(data, splitter.split)
    assert list(found.words) == expected.words
    np.testing.assert_array_equal(found.ids, expected.ids)
    np.testing.assert_array_equal(found.line_ends, expected.line_ends)
    assert (found.ids.dtype, found.line_ends.dtype) == (np.int32, np.int64)


@pytest.mark.parametrize("splitter", SPLITTERS, ids=str)
@given(text=TEXTS, ends=st.booleans())
@example(text="", ends=False)
@example(text="ΑΣ ΑΣΑ ΣΑ Σ 'Σ Α'Σ Α.Σ\n\nΑ\u00adΣ\u00ad’Σ", ends=True)
@example(text="\u0301a\n\u0301\n1,2.3 1,a 1.,2 1\u0301,2 ٣,4 ½.5", ends=True)
@settings(max_examples=300, deadline=None)
def test_any_text(splitter, text, ends):
    compare(splitter, (text + "\n" * ends).encode())


CONTEXTS = "a_b 1_2 __ A_ _b '_' e\u0323_\na_\u03a3 \u03a3_\na_\u0334"


@pytest.mark.parametrize("splitter", SPLITTERS, ids=str)
def test_every_code_point(splitter):
    """Between letters and digits, beside itself, at either end of a word, after marks and around a sigma."""
    codes = [code for code in range(0x110000) if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co")]
    step = 3 if splitter == Word() else 11
    for first in range(0, len(codes), 50_000):
        some = map(chr, codes[first : first + 50_000 : step])
        compare(splitter, "\n".join(map(CONTEXTS.replace, repeat("_"), some)).encode())


def test_nothing_beyond_the_first_planes_composes():
    assert all(
        len(unicodedata.decomposition(chr(code)).split()) < 2
        for code in range(code_points._LAST_THAT_COMPOSES, 0x110000)
    )


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("Ärger über naïve cafés – “quoted” 😀 ❤️ it’s", True),
        ("Всё о нём, 1 000 ₽", True),
        ("你好，世界。", True),
        ("한국어", True),
        ("Ο Σωκράτης", True),
        ("ΣΩΚΡΑΤΗΣ", False),
        ("cafe\u0301", False),
        ("İstanbul", False),
    ],
)
def test_which_text_compiled_code_reads(text, sure):
    assert compiled.is_mostly_sure(f"{text}\n".encode(), Word().make_code_points()) == sure


@pytest.mark.parametrize(
    "data", [b"a\xff", b"\xc3", b"a \xed\xa0\x80\n", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80"]
)
@pytest.mark.parametrize("before", [b"", b"\xc3\xa9\n" * 9, "Σ".encode()])
def test_bytes_that_are_no_utf8(data, before):
    for splitter in SPLITTERS:
        with pytest.raises(UnicodeDecodeError) as caught:
            splitter.encode_compiled(before + data)
        with pytest.raises(UnicodeDecodeError) as expected:
            (before + data).decode()
        assert str(caught.value) == str(expected.value)


@given(data=st.binary(max_size=12))
@example(b"\xf0\x8f\xbf\xbf")
@example(b"\xef\xbf\xbf\xf4\x8f\xbf\xbf")
@settings(max_examples=2_000)
def test_any_bytes(data):
    try:
        data.decode()
    except UnicodeDecodeError:
        with pytest.raises(UnicodeDecodeError):
            Word().encode_compiled(data)
    else:
        compare(Word(), data)


def test_very_many_joiners_words_and_letters():
    many = " ".join(f"w{number}" for number in range(30_000))
    for text in (
        "a'" * 2_500 + "a",
        "é-" * 2_500,
        many,
        "x" * 300_000,
        "\n" * 9_000,
        "1," * 3_000 + "1",
        "é" * 99_999,
    ):
        compare(Word(), text.encode())
        compare(Whitespace(), f"{text}\n\n{text}".encode())


def test_words_of_equal_hashes_are_told_apart():
    """FNV-1a of 32 bits is equal for these; fastText takes them for one."""
    texts = ["costarring", "liquid", "declinate", "macallums", "altarage", "zinke", "altarages", "zinkes"]
    found = Word().encode_compiled(" ".join(texts * 2).encode())
    assert list(found.words) == texts
    assert found.ids.tolist() == [*range(8)] * 2
    hashes = found.words.hashes.tolist()
    assert hashes[0::2] == hashes[1::2]


def test_pages_are_made_by_several_threads_at_once():
    points = code_points.CodePoints(
        Word().normalise, lambda text: [1] * len(text), composes=True, marks=frozenset()
    )
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(points.add, [*range(0x40)] * 4))
    assert sorted(points.pages.numbers[:0x40].tolist()) == list(range(0x40))
    assert len(points.pages.kinds) == len(points.pages.mapped) == 0x40 * code_points.PAGE


@given(texts=st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=4))))
def test_an_index_numbers_words_packed_or_not(texts):
    for first_packed in (0, 1, len(texts)):
        index, expected = WordIndex(), {}
        for number, words in enumerate(texts):
            ids = [expected.setdefault(word, len(expected)) for word in words]
            found = index.add(words if number < first_packed else PackedWords.of(words))
            assert (found.tolist(), found.dtype) == (ids, np.int32)
            assert len(index) == len(expected)
        assert index.words == list(expected)


def test_an_index_grows():
    words, index = [f"w{number}" for number in range(50_000)], WordIndex()
    for first in range(0, 50_000, 10_000):
        assert index.add(PackedWords.of(words[first : first + 10_000])).tolist() == [
            *range(first, first + 10_000)
        ]
    assert index.add(PackedWords.of(words[::-1])).tolist() == [*range(50_000)][::-1]
    assert index.words == words


@pytest.mark.parametrize("name", ["word", "whitespace"])
def test_small_blocks_give_the_same_corpus(tmp_path, monkeypatch, name):
    """Blocks on both sides of the limit, in threads and in processes."""
    rng = np.random.default_rng(0)
    syllables = ["ka", "To", "mi", "rä", "don't", "e\u0301", "3.14", "，", "很好", " ", " ", "\n", "—", "ΑΣ"]
    (tmp_path / "x.txt").write_text("".join(rng.choice(syllables, 60_000)), encoding="utf-8")
    found = []
    for least, most_unsure in ((1 << 30, 1), (0, 1), (0, 0), (4_000, 1)):
        monkeypatch.setattr(compiled, "_LEAST", least)
        monkeypatch.setattr(compiled, "_MOST_UNSURE", most_unsure)
        for kind in (Word, Whitespace):
            monkeypatch.setattr(kind, "block_size", 4_001)
        for threads in (1, 2):
            out = tmp_path / f"{least}-{most_unsure}-{threads}"
            Corpus.build([tmp_path / "x.txt"], out, tokenizer=Tokenizer(name), min_count=1, threads=threads)
            found.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert all(each == found[0] for each in found)


@pytest.mark.data
@pytest.mark.skipif("WORDLAB_DATA" not in os.environ, reason="WORDLAB_DATA names no data directory")
@pytest.mark.parametrize("file", ["wiki-raw.txt.gz", "imdb/unsup.txt.gz", "waimai/waimai_10k.csv"])
@pytest.mark.parametrize("splitter", SPLITTERS[:2] + SPLITTERS[5:6], ids=str)
def test_real_text(splitter, file):
    path = Path(os.environ["WORDLAB_DATA"], file)
    for number, block in enumerate(BlockReader(find_sources([path]), text_column="1")):
        if number % 8 == 0:
            compare(splitter, block)


def test_little_text_loads_no_compiler():
    script = (
        "import sys; from wordlab.text import Corpus, Tokenizer\n"
        "Corpus.from_lines(['Some words'] * 9_000)\n"
        "Corpus.from_lines(['a b'], tokenizer=Tokenizer('whitespace'))\n"
        "print('numba' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert found == "False\n"
