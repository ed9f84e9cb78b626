"""Lines cut into sentences, so that no window crosses from one to the next."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordlab.errors import ConfigError
from wordlab.text import Corpus, Tokenizer, sentences
from wordlab.text.sentences import split_lines, split_sentences
from wordlab.text.tokenizers import TOKENIZERS

pytest.importorskip("sentencex", reason="needs sentencex, of the extra `sentences`")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Dr. Smith came at 5 p.m. on Monday. |He left! |Did he? |See e.g. fig. 3."),
        ("de", "Am 3. Mai kam z.B. Herr Dr. Müller. |Es war ca. 5 Uhr."),
        ("zh", "我爱北京。|“你好！”|他说。|天安门？"),
        ("ja", "今日はいい天気です。|散歩に行こう！|行く？"),
        ("hi", "यह एक वाक्य है। |यह दूसरा है॥ |क्या?"),
        ("ar", "مرحبا بك. |كيف حالك؟ |جيد!"),
        ("en", "😀 😀"),
        ("en", "one line without an end"),
        ("qq", "A language that nobody knows. |It has sentences."),
    ],
)
def test_languages(language, text):
    assert list(split_sentences(text.replace("|", ""), language)) == text.split("|")


def test_a_corpus_has_a_line_for_each_sentence(tmp_path, monkeypatch):
    lines = ["The cat sat. The dog, Mr. Smith's, ran!", "", "<p>One <b>R&amp;D.</b> Two. </p>", "end\r"]
    tokenizer = Tokenizer("word", markup="strip")
    expected = [
        ["the", "cat", "sat"],
        ["the", "dog", "mr", "smith's", "ran"],
        ["one", "r", "d"],
        ["two"],
        ["end"],
    ]
    corpus = Corpus.from_lines(lines, tokenizer=tokenizer, sentences="en")
    assert list(corpus.lines()) == expected
    assert corpus.details["sentences"] == "en"
    for kind in TOKENIZERS.values():
        monkeypatch.setattr(kind, "block_size", 200)
    (tmp_path / "x.txt").write_text("\n".join(lines * 30), newline="")
    for threads in (1, 2):
        built = Corpus.build(
            [tmp_path / "x.txt"], tmp_path / f"{threads}", tokenizer=tokenizer, min_count=1, threads=threads,
            sentences="en",
        )  # fmt: skip
        assert list(built.lines()) == expected * 30
    manifest = (tmp_path / "1/manifest.json").read_text()
    assert manifest == (tmp_path / "2/manifest.json").read_text()
    assert '"sentencex": "' in manifest
    assert Corpus.load(tmp_path / "1").tokenizer == tokenizer


def test_a_document_in_one_line_is_never_cut_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(TOKENIZERS["word"], "block_size", 100)
    (tmp_path / "x.txt").write_text("One two, three. " * 500)
    corpus = Corpus.build([tmp_path / "x.txt"], tmp_path / "c", min_count=1, sentences="en")
    assert list(corpus.lines()) == [["one", "two", "three"]] * 500


@given(
    text=st.text(st.sampled_from("aA 1.!?。।“”\"'()\u0301😀\t\r"), max_size=80), longest=st.integers(5, 40)
)
@settings(max_examples=200)
def test_nothing_is_lost(text, longest):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sentences, "_LONGEST", longest)
        assert "".join(split_sentences(text, "en")) == text
    data = f"{text}\n\n{text}\n".encode()
    assert split_lines(data, "en").replace(b"\n", b"") == data.replace(b"\n", b"")
    assert split_lines(data, "en").endswith(b"\n")


def test_a_long_text_is_cut_as_short_ones_are():
    text = "Mr. Smith (who is “old. Very old”) came at 5 p.m. today. Was it late? " * 2_000
    assert (
        list(split_sentences(text, "en")) == list(split_sentences(text[: len(text) // 2_000], "en")) * 2_000
    )


def test_a_very_long_sentence_is_cut_between_words():
    text = "word " * 30_000
    found = list(split_sentences(text, "en"))
    assert "".join(found) == text
    assert {token for sentence in found for token in sentence.split()} == {"word"}
    assert max(map(len, found)) <= 10_000
    assert list(split_sentences("x" * 25_000, "en")) == ["x" * 10_000, "x" * 10_000, "x" * 5_000]


@pytest.mark.parametrize("text", [".", "“", "(a ", "A. ", "! ", "。", "a"])
def test_no_text_takes_long(text):
    started = time.process_time()
    for _ in split_sentences(text * (100_000 // len(text)), "en"):
        pass
    assert time.process_time() - started < 5


def test_lists_of_tokens_have_no_sentences():
    with pytest.raises(ConfigError, match="sentences: expected texts with it, found lists of tokens"):
        Corpus.from_lines([["One.", "Two."]], sentences="en")


@pytest.mark.parametrize("language", ["English", "", "e", "en_US", 3, "en\n"])
def test_what_is_no_code(tmp_path, language):
    with pytest.raises(ConfigError, match="sentences: expected the code of a language, such as en, found"):
        Corpus.build([tmp_path / "none.txt"], tmp_path / "c", sentences=language)
