import gzip

import pytest

from wordlab.embeddings import WordVectors
from wordlab.embeddings.formats import read_word_list, wanted_words
from wordlab.errors import ArtifactError, ConfigError, FormatError, SourceError
from wordlab.text import Corpus, Vocabulary


def test_a_list(tmp_path):
    path = tmp_path / "words.txt"
    path.write_bytes("\ufeffking\r\n\nqueen\n. . .\na\u00a0b \nking".encode())
    assert wanted_words(path) == {"king", "queen", ". . .", "a\u00a0b "}
    path.write_bytes(gzip.compress(b"king\nqueen\n"))
    assert wanted_words(path) == {"king", "queen"}


def test_a_corpus_or_vectors(tmp_path):
    (tmp_path / "text").write_text("a cat and a dog\n" * 5)
    Corpus.build([tmp_path / "text"], tmp_path / "corpus")
    assert wanted_words(tmp_path / "corpus") == {"a", "cat", "and", "dog"}
    WordVectors(Vocabulary(["x", "y"], [0, 0]), [[1], [2]]).save(tmp_path / "vectors")
    assert wanted_words(str(tmp_path / "vectors")) == {"x", "y"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "words: expected words, one a line, found none"),
        (b"\n\r\n", "words: expected words, one a line, found none"),
        (
            b"a\nb\xff\n",
            r"words:2: expected a word in UTF-8, found 'b\\\\xff' \(invalid start byte\); "
            "it seems to be cp1252: write it in UTF-8",
        ),
        (
            b"word\n" * 5_000 + "café\n".encode("cp1252"),
            r"words:5001: expected a word in UTF-8, found 'caf\\\\xe9' \(unexpected end of data\); "
            "it seems to be cp1252: write it in UTF-8",
        ),
    ],
)
def test_bad_lists(tmp_path, content, expected):
    (tmp_path / "words").write_bytes(content)
    with pytest.raises(FormatError, match=f"{expected}$"):
        wanted_words(tmp_path / "words")


def test_what_is_not_a_source_of_words(tmp_path):
    with pytest.raises(SourceError, match="no: cannot be read: No such file"):
        wanted_words(tmp_path / "no")
    with pytest.raises(ArtifactError, match=r"found no manifest\.json"):
        wanted_words(tmp_path)
    for manifest in ("[]", "{", "[" * 9_000, '{"kind": "vectors"}'):
        (tmp_path / "manifest.json").write_text(manifest)
        with pytest.raises(ArtifactError, match=r"manifest\.json: expected"):
            wanted_words(tmp_path)


class TestReadWordList:
    def test_words_in_their_order(self, tmp_path):
        path = tmp_path / "words.txt"
        path.write_bytes("\ufeffrose \r\n\n  tulip\nrose\nNew York\n   \n".encode())
        assert read_word_list(path) == ["rose", "tulip", "rose", "New York"]
        path.write_bytes(gzip.compress("caf\u00e9\n".encode("cp1252")))
        assert read_word_list(path, encoding="cp1252") == ["caf\u00e9"]
        path.write_bytes("caf\u00e9\nth\u00e9\n".encode("utf-16"))
        assert read_word_list(path) == ["caf\u00e9", "th\u00e9"]

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"\n  \n", "words.txt: expected words, one a line, found none"),
            (b"\n", "words.txt: expected words, one a line, found none"),
            (b"rose\ncaf\xe9\n", "words.txt:2: .*; if it is cp1252, as it seems, use --encoding cp1252"),
        ],
    )
    def test_other_files(self, tmp_path, content, message):
        path = tmp_path / "words.txt"
        path.write_bytes(content)
        with pytest.raises(FormatError, match=message):
            read_word_list(path)

    def test_encodings_are_checked(self, tmp_path):
        (tmp_path / "words.txt").write_text("rose\n")
        with pytest.raises(ConfigError, match="encoding: expected utf-8, utf-16, cp1252 or the like"):
            read_word_list(tmp_path / "words.txt", encoding="klingon")
