"""Tokenizers by name, and the block path, which must equal them line by line."""

import os
import pickle
import re
import subprocess
import sys
import threading
import time
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordlab.errors import ArtifactError, ConfigError, MissingExtraError
from wordlab.text import Corpus
from wordlab.text.tokenizers import TOKENIZERS, Tokenizer, japanese, jieba, thai, word
from wordlab.text.tokenizers.composing import compose
from wordlab.text.tokenizers.pieces import PieceSplitter
from wordlab.text.tokenizers.splitter import SPACES, Splitter, encode_lines

NAMES = [name for name, kind in TOKENIZERS.items() if not issubclass(kind, PieceSplitter)]
"""Those that need no file; `test_pieces.py` is about the others."""
ALL = ", ".join(TOKENIZERS)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Don't stop", ["don't", "stop"]),
        ("don’t donʼt don＇t", ["don't"] * 3),
        ("'quoted' ’quoted’ dogs' ''", ["quoted", "quoted", "dogs"]),
        ("l'homme aujourd'hui", ["l'homme", "aujourd'hui"]),
        ("mother-in-law e‐mail e‑mail", ["mother-in-law", "e-mail", "e-mail"]),
        ("a--b c—d e–f -g h-", list("abcdefgh")),
        ("3.14 1,000 1,000.5. 7, .5 v1.2", ["3.14", "1,000", "1,000.5", "7", "5", "v1.2"]),
        ("u.s.a. end.Start a,b", ["u", "s", "a", "end", "start", "a", "b"]),
        ("snake_case __init__", ["snake", "case", "init"]),
        ("co\u00adoperate", ["cooperate"]),
        ("Cafe\u0301 Café", ["café", "café"]),
        ("ΟΔΟΣ ΣΑΣ", ["οδος", "σας"]),
        ("ПРИВЕТ м’яч", ["привет", "м'яч"]),
        ("हिन्दी العَرَبِيَّة", ["हिन्दी", "العَرَبِيَّة"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("I ❤️ 😀 NY! ® ½ x²", ["i", "ny", "½", "x²"]),
        ("\u0301 \u0308", []),
        ("tab\tnbsp\u00a0nel\u0085end\r", ["tab", "nbsp", "nel", "end"]),
        ("", []),
    ],
)
def test_word(text, tokens):
    assert Tokenizer("word")(text) == tokens


def test_the_table_of_the_documentation_shows_what_each_does():
    page = Path(__file__).parents[2] / "docs" / "how-to" / "languages.md"
    rows = re.findall(
        r"^\| `(\w+)` \|.*\| `(.*)` \| `(.*)` \|$", page.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [name for name, _, _ in rows] == list(TOKENIZERS)
    for name, text, tokens in rows:
        assert name not in NAMES or Tokenizer(name)(text) == tokens.split()


def test_word_options():
    assert Tokenizer("word", lowercase=False)("The Mother-in-Law") == ["The", "Mother-in-Law"]
    split = Tokenizer("word", hyphens="split")
    assert split("The mother-in-law's e‑mail") == ["the", "mother", "in", "law's", "e", "mail"]


def test_whitespace_is_str_split():
    text = "a\x1cb\x1dc\x1ed\x1fe\x85f\xa0g\u1680h\u2028i\u3000j\u200bk\u180el \tm"
    assert Tokenizer("whitespace")(text) == text.split()
    assert Tokenizer("whitespace", lowercase=True)("A b") == ["a", "b"]


def test_jieba():
    tokenizer = Tokenizer("jieba")
    assert tokenizer("很快，好吃，味道足。") == ["很快", "好吃", "味道", "足"]
    assert "NLP" in tokenizer("我学NLP！")
    assert "nlp" in Tokenizer("jieba", lowercase=True)("我学NLP！")


def test_jieba_is_silent(capfd):
    jieba._cut.cache_clear()
    assert Tokenizer("jieba")("送餐很快")
    assert capfd.readouterr() == ("", "")


def test_missing_jieba(monkeypatch):
    jieba._cut.cache_clear()
    monkeypatch.setitem(sys.modules, "jieba", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'wordlab\[chinese\]'"):
        Tokenizer("jieba").check_installed()


def test_thai():
    tokenizer = Tokenizer("thai")
    assert tokenizer("แมวกินปลา หมาเห็นแมว") == ["แมว", "กิน", "ปลา", "หมา", "เห็น", "แมว"]
    assert tokenizer("ฉันเรียน NLP 3.14!") == ["ฉัน", "เรียน", "NLP", "3.14"]
    assert "nlp" in Tokenizer("thai", lowercase=True)("ฉันเรียน NLP")


def test_japanese():
    tokenizer = Tokenizer("japanese")
    assert tokenizer("私は魚を食べます。犬は、水を飲みます！") == [
        "私", "は", "魚", "を", "食べ", "ます", "犬", "は", "水", "を", "飲み", "ます",
    ]  # fmt: skip
    assert tokenizer("NLPの本、3.14") == ["NLP", "の", "本", "3.14"]
    assert "nlp" in Tokenizer("japanese", lowercase=True)("NLPの本")
    assert tokenizer("魚\ud800") == ["魚"]
    decomposed = unicodedata.normalize("NFD", "学生がギターを弾く")
    assert tokenizer(decomposed) == tokenizer("学生がギターを弾く") == ["学生", "が", "ギター", "を", "弾く"]


def test_japanese_in_two_threads():
    tokenizer, found = Tokenizer("japanese"), []
    threads = [
        threading.Thread(target=lambda: found.extend(tokenizer("犬は水を飲みます") for _ in range(50)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["犬", "は", "水", "を", "飲み", "ます"]] * 100


def test_thai_leaves_the_home_directory_alone(tmp_path):
    script = "from wordlab.text import Tokenizer; print(*Tokenizer('thai')('แมวกินปลา'))"
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
    environment.pop("PYTHAINLP_DATA", None)
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, env=environment, encoding="utf-8")
    assert (done.stdout, done.stderr) == ("แมว กิน ปลา\n", "")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("module", "function", "package"),
    [(thai, "_segment", "pythainlp.tokenize.newmm"), (japanese, "_dictionary", "sudachidict_small")],
)
def test_missing_packages(monkeypatch, module, function, package):
    getattr(module, function).cache_clear()
    monkeypatch.setitem(sys.modules, package, None)
    name = module.__name__.rpartition(".")[2]
    with pytest.raises(MissingExtraError, match=rf"pip install 'wordlab\[{name}\]'"):
        Tokenizer(name).check_installed()


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("İSTANBUL İstanbul istanbul", "tr", ["istanbul"] * 3),
        ("IŞIK Işık ışık I\u0307STANBUL", "tr", ["ışık"] * 3 + ["istanbul"]),
        ("ISPARTA'DA iki", "tr", ["ısparta'da", "iki"]),
        ("BAKI Bakı bakı İLK", "az", ["bakı"] * 3 + ["ilk"]),
        ("İLK IŞIK", None, ["i\u0307lk", "işik"]),
        ("ŽĄSIS IR JŪRA", "lt", ["žąsis", "ir", "jūra"]),
        (
            "\u00cc I\u0300 \u012e\u0303 J\u0328\u0301",
            "lt",
            [
                "i\u0307\u0300",
                "i\u0307\u0300",
                "\u012f\u0307\u0303",
                "j\u0328\u0307\u0301",
            ],
        ),
        ("I\u0323 IA\u0301 \u00cd", "lt", ["\u1ecb", "i\u00e1", "i\u0307\u0301"]),
    ],
)
def test_lower_case_of_a_language(text, language, expected):
    for name in ("word", "whitespace"):
        tokenizer = Tokenizer(name, lowercase=True, language=language)
        composed = [compose(token) for token in tokenizer(text)]
        assert composed == expected
        assert [compose(token) for token in decoded(tokenizer.encode_block(text.encode()))[1]] == expected


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Great.<br /><br />I loved it", ["great", "i", "loved", "it"]),
        ("It&#39;s R&amp;D &lt;3 don&rsquo;t", ["it's", "r", "d", "3", "don't"]),
        ('<p class="a b">one</p><p>two</p>', ["one", "two"]),
        ("H<sub>2</sub>O <I>un</I>believable", ["h2o", "unbelievable"]),
        ("&lt;br /&gt;escaped &amp;quot;twice&amp;quot;", ["escaped", "twice"]),
        ("a <!-- no <b>words</b> --> b <script>var x = 1;</script> c", ["a", "b", "c"]),
        ("a<b and c>d, <john@example.com>", ["a", "b", "and", "c", "d", "john", "example", "com"]),
        ("<!DOCTYPE html><?xml version='1.0'?>text", ["text"]),
        (
            "The '''cat''' is a [[mammal|small mammal]] {{cite|title={{nested}} Cats}}",
            ["the", "cat", "is", "a", "small", "mammal"],
        ),
        ("[[File:cat.jpg|thumb|a [[fat|thin]] cat]]", ["a", "thin", "cat"]),
        ("first&#10;second<br>third", ["first", "second", "third"]),
        ("no markup at all", ["no", "markup", "at", "all"]),
        ("<img src=a.png alt=\"x > y\"/>z <A title='1 > 0' href=b>link</a> <a t=it's>c", ["z", "link", "c"]),
        ("<title><![CDATA[R&amp;D <b>now</b>]]></title> <![CDATA[open", ["r", "d", "now", "open"]),
        (
            "caf&eacute; &amp;amp; &#x1F600; &nbsp;&rsquo;tis AT&T &unknown;",
            ["café", "tis", "at", "t", "unknown"],
        ),
    ],
)
def test_markup_is_stripped(text, tokens):
    tokenizer = Tokenizer("word", markup="strip")
    assert tokenizer(text) == tokens
    assert decoded(tokenizer.encode_block(f"{text}\n\nb&amp;b\n".encode()))[0] == [tokens, ["b", "b"]]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("after", ["R&amp;D <br />", "&lt;b&gt; x", "<i>y</i>", "z"])
def test_a_cut_changes_no_token_of_markup(name, after):
    tokenizer = Tokenizer(name, markup="strip")
    for mark in tokenizer.cut_after:
        for before in ("a b", "<p class='x y'", "a > b") if mark.startswith(">") else ("a b", "<p>R&amp;D"):
            assert tokenizer(before + mark) + tokenizer(after) == tokenizer(before + mark + after)


def test_a_very_long_line_of_markup_is_cut_between_tags(tmp_path):
    paragraph = '<p class="a b">one R&amp;D <i>two</i></p>'
    (tmp_path / "x.html").write_text(paragraph * 30_000)
    options = {"tokenizer": Tokenizer("word", markup="strip"), "min_count": 1}
    corpus = Corpus.build([tmp_path / "x.html"], tmp_path / "corpus", **options)
    assert corpus.vocabulary.words == ("one", "r", "d", "two")
    assert set(corpus.vocabulary.counts.tolist()) == {30_000}


@pytest.mark.parametrize(
    "text",
    [
        "<" * 200_000, "<a " * 100_000, "<a x=" * 50_000, "<!--" * 50_000, "<script>" * 30_000,
        "[[" * 100_000, "{{" * 100_000, "&" * 200_000, "&amp;" * 50_000, "''" * 100_000, "<a" + " " * 200_000,
        "[[" + "a|" * 100_000, "{{" * 50_000 + "}}" * 50_000, "<a " + "x=y " * 50_000,
        '<a x="' * 30_000, "<a x=" + "'>\" " * 50_000, "<a x = 'b'" * 20_000, "<![CDATA[" * 30_000,
    ],
    ids=lambda text: text[:8],
)  # fmt: skip
def test_no_markup_takes_long(text):
    started = time.process_time()
    Tokenizer("word", markup="strip")(text)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "spacy"}, f"tokenizer: expected one of {ALL}, found 'spacy'"),
        ({"name": ["word"]}, f"tokenizer: expected one of {ALL}, found ['word']"),
        ({"name": "word", "hyphens": "drop"}, "hyphens: expected keep or split, found 'drop'"),
        ({"name": "whitespace", "hyphens": "split"}, "with hyphens='split', found 'whitespace'"),
        ({"language": "de"}, "language: expected tr or az or lt, found 'de'"),
        ({"language": ["tr"]}, "language: expected tr or az or lt, found ['tr']"),
        ({"name": "whitespace", "language": "tr"}, "expected lowercase on with language='tr', found it off"),
        ({"accents": "strip"}, "accents: expected keep or fold, found 'strip'"),
        ({"unicode": "nfc"}, "unicode: expected keep or nfkc, found 'nfc'"),
        ({"emoji": "mask"}, "emoji: expected the tokenizer 'tweets' with emoji='mask', found 'word'"),
        ({"name": "tweets", "urls": True}, "urls: expected keep or mask or drop, found True"),
        ({"markup": "html"}, "markup: expected keep or strip, found 'html'"),
        ({"name": "word", "lowercase": "yes"}, "lowercase: expected true, false or nothing, found 'yes'"),
    ],
)
def test_nonsense_options(options, message):
    with pytest.raises(ConfigError) as caught:
        Tokenizer(**options)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "tokenizer",
    [
        Tokenizer("word", hyphens="split"),
        Tokenizer("whitespace", True),
        Tokenizer("jieba"),
        Tokenizer("word", language="az", markup="strip"),
        Tokenizer("thai", True, language="tr"),
        Tokenizer("word", language="lt", unicode="nfkc", accents="fold"),
        Tokenizer("tweets", emoji="drop", hyphens="split"),
    ],
)
def test_dict_round_trip(tokenizer):
    assert Tokenizer.from_dict(tokenizer.to_dict()) == tokenizer


def test_newer_options_are_recorded_only_where_they_are_set():
    assert list(Tokenizer("word").to_dict().items()) == [
        ("name", "word"), ("lowercase", True), ("hyphens", "keep"),
    ]  # fmt: skip
    assert Tokenizer("jieba").to_dict() == {"name": "jieba", "lowercase": False}
    set_ = Tokenizer("word", language="tr", markup="strip").to_dict()
    assert (set_["language"], set_["markup"]) == ("tr", "strip")


def test_from_foreign_dict():
    with pytest.raises(ConfigError, match=r"expected name, lowercase, .* and pieces, found name, stem"):
        Tokenizer.from_dict({"name": "word", "stem": True})


ALPHABET = st.one_of(
    st.sampled_from(
        "aAbzIİıΣσẞŉǰJ019.,'’ʼ＇-‐‑—_\u00ad\u0301\u030c\u200c\u200d\u200b\ufe0f\u0327 \t\r\x0b\x0c\x1c"
        "\x1d\x1e\x1f\x85\xa0\u1680\u180e\u2003\u2028\u2029\u202f\u205f\u3000很好吃。，！가\u1100\u1161é😀½²\0"
    ),
    st.characters(codec="utf-8", exclude_characters="\n"),
)
LINES = st.lists(st.text(ALPHABET, max_size=30), max_size=6)
ASCII_LINES = st.lists(st.text(st.sampled_from("abAZ019.,'-_ \t\r\x0b\x1c\x1f\0"), max_size=30), max_size=6)


def decoded(block):
    """The block's lines as lists of tokens, those without any left out."""
    offsets = [0, *block.line_ends.tolist()]
    tokens = [block.words[id] for id in block.ids.tolist()]
    lines = [tokens[a:b] for a, b in pairwise(offsets)]
    return [line for line in lines if line], tokens[offsets[-1] :]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lowercase", [True, False])
@given(lines=st.one_of(LINES, ASCII_LINES), rest=st.text(ALPHABET, max_size=10))
@settings(max_examples=150)
def test_block_path_equals_line_path(name, lowercase, lines, rest):
    for hyphens in ("keep", "split") if name == "word" else ("keep",):
        tokenizer = Tokenizer(name, lowercase, hyphens)
        data = "".join(line + "\n" for line in lines).encode() + rest.encode()
        block = tokenizer.encode_block(data)
        expected = [tokens for line in lines if (tokens := tokenizer(line))]
        assert decoded(block) == (expected, tokenizer(rest))
        assert list(dict.fromkeys(block.words)) == block.words
        assert block.ids.dtype == np.int32
        first_seen = dict.fromkeys(block.ids.tolist())
        assert list(first_seen) == list(range(len(block.words)))
        for found, plain in zip(block, encode_lines(data, tokenizer), strict=True):
            np.testing.assert_array_equal(found, plain)


PIECES = (
    "<b>", "</i>", "<br/>", "<p", "</p>", "&amp;", "&#10;", "&#13;", "&lt;", "&", ";", "[[", "|", "]]", "{{",
    "}}", "''", "<!--", "-->", "<script>", "=", ">", "é", "食べ", "ます", "แมว", "A", "\t", " ",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@given(lines=st.lists(st.lists(st.sampled_from(PIECES), max_size=15).map("".join), max_size=4))
@settings(max_examples=50)
def test_block_path_equals_line_path_with_markup(name, lines):
    tokenizer = Tokenizer(name, markup="strip")
    block = tokenizer.encode_block("".join(line + "\n" for line in lines).encode())
    assert decoded(block)[0] == [tokens for line in lines if (tokens := tokenizer(line))]


@given(text=st.text(st.sampled_from("abAZ019.,'-_ \n\t"), max_size=60))
def test_ascii_pattern_equals_the_unicode_pattern(text):
    for keep in (True, False):
        ascii_pattern, unicode_pattern = (word._pattern(ascii_only, keep) for ascii_only in (True, False))
        assert ascii_pattern.findall(text) == unicode_pattern.findall(text)


def test_the_pattern_holds_nothing_that_early_python_311_misreads():
    for ascii_only in (True, False):
        assert not re.search(r"[*+?}]\+|\(\?>", word.word_expression(ascii_only, keep_hyphens=True))


@pytest.mark.parametrize("letter", ["a", "é"])
def test_a_word_of_very_many_joiners_is_cut(letter):
    tokens = Tokenizer("word")(f"{letter}'" * 2_500 + letter)
    assert [token.count("'") for token in tokens] == [1_000, 1_000, 498]


MARKS = st.text(
    st.sampled_from("\u0301\u0327\u0344\u0f73\u0f75\u0f81\u0f71\u0345\u3099\u05b0ae\u00e9\u0915\u093c"),
    max_size=12,
)


@given(texts=st.lists(st.tuples(MARKS, st.integers(1, 60)), max_size=8))
def test_composing_equals_nfc(texts):
    text = "".join(part * number for part, number in texts)
    assert compose(text + "a" * 1_000) == unicodedata.normalize("NFC", text + "a" * 1_000)


@pytest.mark.parametrize("marks", ["\u0301\u0327", "\u0327\u0301\u0345\u05b0", "\u0f73"])
def test_a_long_run_of_marks_is_fast(marks):
    started = time.process_time()
    composed = compose("e" + marks * (80_000 // len(marks)))
    assert time.process_time() - started < 2
    assert len(composed) > 70_000
    assert composed[0] == ("e" if marks == "\u0f73" else "\u0229")


@pytest.mark.parametrize("name", ["jieba", "thai", "japanese"])
@pytest.mark.parametrize("text", ["鑫", "的", "ก", "า", "あ", "ー", "a", "1,", "!", "กa", "鑫a", "\ufdfa"])
def test_no_run_takes_long(name, text):
    tokenizer = Tokenizer(name)
    tokenizer("x")
    started = time.process_time()
    tokenizer(text * (20_000 // len(text)))
    assert time.process_time() - started < 2


@pytest.mark.parametrize("name", NAMES)
def test_pickles(name):
    tokenizer = Tokenizer(name, lowercase=True)
    tokenizer("A b")
    again = pickle.loads(pickle.dumps(tokenizer))  # noqa: S301
    assert again == tokenizer
    assert again("A b") == ["a", "b"]


@dataclass(frozen=True)
class Bars(Splitter):
    """A tokenizer of the test's own: tokens stand between bars."""

    block_size = 100
    cut_after = "|"
    runs_in_threads = True  # workers are processes, which do not know it

    def split(self, line):
        tokens = [token for token in line.split("|") if token]
        return [token.lower() for token in tokens] if self.lowercase else tokens


def test_a_new_tokenizer_is_a_class_and_a_line(tmp_path, monkeypatch):
    monkeypatch.setitem(TOKENIZERS, "bars", Bars)
    tokenizer = Tokenizer("bars")
    assert tokenizer.to_dict() == {"name": "bars", "lowercase": False}
    with pytest.raises(ConfigError, match="expected the tokenizer 'word' or 'tweets' with hyphens='split'"):
        Tokenizer("bars", hyphens="split")
    lines = ["New York|Rome|" * 200, "rome|", "|"]
    (tmp_path / "x.txt").write_text("\n".join(lines))
    expected = Corpus.from_lines(lines, tokenizer=tokenizer)
    assert expected.vocabulary.words == ("New York", "Rome", "rome")
    for threads in (1, 2):
        options = {"tokenizer": tokenizer, "min_count": 1, "threads": threads}
        built = Corpus.build([tmp_path / "x.txt"], tmp_path / f"{threads}", **options)
        assert list(built.lines()) == list(expected.lines())
        assert Corpus.load(tmp_path / f"{threads}").tokenizer == tokenizer
    monkeypatch.delitem(TOKENIZERS, "bars")
    with pytest.raises(
        ArtifactError,
        match=f"tokenizer: expected one of {ALL}, found 'bars'",
    ):
        Corpus.load(tmp_path / "1")


def test_the_table_loads_nothing_heavy():
    script = "import sys; from wordlab.text.tokenizers import TOKENIZERS, Tokenizer; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert not {"numpy", "pyarrow", "regex", "jieba", "pythainlp", "sudachipy", "sentencepiece"} & set(
        found.split()
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_cut_changes_no_token(name):
    tokenizer = Tokenizer(name)
    assert set(tokenizer.splitter.cut_after) >= ({"\t"} if name == "logs" else set(SPACES))
    for mark in tokenizer.splitter.cut_after:
        pairs = [("送餐很快", "好吃"), ("a1", "2b"), ("x-", "-y"), ("มัว", "ๆ"), ("食べ", "ます")]
        for before, after in pairs:
            assert tokenizer(before + mark) + tokenizer(after) == tokenizer(before + mark + after)
