"""`wordlab embeddings import`: what its options keep, skip and say."""

import json
import struct
import zipfile
from pathlib import Path

import gensim
import pytest

from wordlab.embeddings import WordVectors
from wordlab.text import Corpus, Vocabulary

from .conftest import everything_in, run

DAMAGED = b"the 1 2\ncat 3 nan\n\ndog 5 6\nthe 7 8\nsun 9\n"


@pytest.fixture
def empty(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "v.txt").write_bytes(DAMAGED)
    return tmp_path


def test_strict_stops_at_the_first_bad_line(empty):
    result = run("embeddings", "import", "v.txt", "-o", "v")
    assert result.exit_code == 1
    assert result.stderr == "Error: v.txt:2: expected finite numbers for 'cat', found 'nan'\n"
    assert everything_in(empty) == ["v.txt"]


def test_lenient_says_what_it_skipped(empty):
    result = run("embeddings", "import", "v.txt", "-o", "v", "--lenient", "--quiet")
    assert result.exit_code == 0, result.output
    shown = result.stdout.split("\ntime")[0]
    assert shown == (
        "vectors  v/\nsize     2 words, 2 dimensions\nformat   glove\n"
        "dropped  1 row of repeated words; the first is kept\nskipped  3 places"
    )
    table = [line.split() for line in result.stdout.partition("\nSkipped\n")[2].splitlines() if line]
    assert ["not", "finite", "1"] in table
    assert ["wrong", "number", "of", "values", "1"] in table
    assert "\nAll of them\n" in result.stdout
    assert "\nv.txt:6: expected 2 values, found 1\n" in result.stdout
    details = json.loads((empty / "v" / "manifest.json").read_text())["details"]
    assert details["skipped"] == {"not finite": 1, "empty line": 1, "wrong number of values": 1}
    assert len(details["skipped_listed"]) == 3


def test_the_same_as_json(empty):
    result = run("embeddings", "import", "v.txt", "-o", "v", "--lenient", "--duplicates", "last", "--json")
    facts = json.loads(result.stdout)
    assert facts["skipped"] == {"not finite": 1, "empty line": 1, "wrong number of values": 1}
    assert (facts["num_duplicates"], facts["duplicates"], facts["only"]) == (1, "last", None)
    assert WordVectors.load("v")["the"].tolist() == [7, 8]


def test_duplicates_as_an_error(empty):
    (empty / "v.txt").write_bytes(b"a 1\nb 2\na 3\n")
    result = run("embeddings", "import", "v.txt", "-o", "v", "--duplicates", "error")
    assert result.exit_code == 1
    assert result.stderr == "Error: v.txt:3: expected each word once, found 'a' again, first v.txt:1\n"
    result = run("embeddings", "import", "v.txt", "-o", "v", "--duplicates", "best")
    assert result.exit_code == 2


def test_only_the_words_of_a_list(empty):
    (empty / "words").write_text("dog\nsun\nmoon\n")
    result = run("embeddings", "import", "v.txt", "-o", "v", "--only", "words", "--lenient", "-q")
    assert result.exit_code == 0, result.output
    assert "wanted   1 found of 3 words\n" in result.stdout
    assert WordVectors.load("v").vocabulary.words == ("dog",)
    result = run("embeddings", "import", "v.txt", "-o", "w", "--only", "no")
    assert (result.exit_code, result.stderr) == (
        1, "Error: no: cannot be read: No such file or directory\n",
    )  # fmt: skip


def test_only_the_words_of_a_corpus(place):
    result = run("embeddings", "import", "glove.6B.50d.txt", "-o", "mine", "--only", "corpus", "--json")
    facts = json.loads(result.stdout)
    assert set(WordVectors.load("mine").vocabulary.words) <= set(Corpus.load("corpus").vocabulary.words)
    assert facts["only"]["num_found"] == facts["num_words"] == len(WordVectors.load("vectors"))
    assert facts["skipped"] is None


def test_a_fasttext_model_keeps_its_subwords(empty):
    model = Path(gensim.__file__).parent / "test" / "test_data" / "crime-and-punishment.bin"
    result = run("embeddings", "import", model, "-o", "v", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["format"] == "fasttext"
    assert "landlord" not in WordVectors.load("v")
    assert run("embeddings", "nearest", "v", "landlord").exit_code == 0
    for format in ("fasttext", "safetensors", "numpy"):
        assert run("embeddings", "export", "v", f"v.{format}", "--format", format).exit_code == 0
        assert run("embeddings", "import", f"v.{format}", "-o", f"{format}/").exit_code == 0
        found = WordVectors.load(format)["landlord"]
        assert found.tobytes() == WordVectors.load("v")["landlord"].tobytes()


def test_a_pickle_is_loaded_only_by_name_and_with_a_warning(empty):
    vectors = WordVectors(Vocabulary(["a"], [1]), [[1, 2]])
    vectors.to_gensim().save("v.kv")
    result = run("embeddings", "import", "v.kv", "-o", "v")
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: v.kv: expected vectors in a known format, found a pickle, which can run code; "
        "if gensim wrote it and you trust it, use --format gensim\n"
    )
    result = run("embeddings", "import", "v.kv", "-o", "v", "--format", "gensim", "--quiet")
    assert result.exit_code == 0, result.output
    assert result.stderr == "Warning: v.kv is a pickle; loading it runs whatever code its maker put in.\n"


def test_the_projector_is_a_directory(empty):
    WordVectors(Vocabulary(["a", "b"], [2, 1]), [[1, 2], [3, 4]]).save("v")
    result = run("embeddings", "export", "v", "p", "--format", "projector")
    assert result.exit_code == 0, result.output
    assert result.stderr.startswith("p: 2 words, 2 dimensions, projector, ")
    assert run("embeddings", "import", "p", "-o", "w").exit_code == 0
    assert WordVectors.load("w").vocabulary == WordVectors.load("v").vocabulary
    result = run("embeddings", "export", "v", "-", "--format", "projector")
    assert result.exit_code == 2
    assert "Error: --format: expected a directory for projector, found a stream" in result.stderr


def test_files_in_a_zip_archive(empty):
    with zipfile.ZipFile("glove.6B.zip", "w") as archive:
        archive.writestr("glove.6B.50d.txt", "king 1 2\n")
    assert run("embeddings", "import", "glove.6B.zip", "-o", "v", "-q").exit_code == 0
    assert WordVectors.load("v").vocabulary.words == ("king",)
    with zipfile.ZipFile("glove.6B.zip", "a") as archive:
        archive.writestr("glove.6B.100d.txt", "queen 1 2\n")
    result = run("embeddings", "import", "glove.6B.zip", "-o", "w", "-q")
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: glove.6B.zip: expected one file of vectors, found glove.6B.50d.txt, glove.6B.100d.txt; "
        "name one: glove.6B.zip/glove.6B.50d.txt\n"
    )
    result = run("embeddings", "import", "glove.6B.zip/glove.6B.100d.txt", "-o", "w", "-q")
    assert result.exit_code == 0, result.output
    assert WordVectors.load("w").vocabulary.words == ("queen",)


def test_separators_and_encodings_are_said(empty):
    (empty / "v.txt").write_bytes("für\t1 2\nStraße\t3 4\nHaus\t5 6\nüber\t7 8\n".encode("latin-1"))
    result = run("embeddings", "import", "v.txt", "-o", "v")
    assert result.exit_code == 1
    assert result.stderr.endswith("; if it is cp1252, as it seems, use --encoding cp1252\n")
    result = run("embeddings", "import", "v.txt", "-o", "lenient", "--lenient", "-q")
    assert result.exit_code == 0
    assert "Warning: words were left out because of their encoding; if it is cp1252" in result.stderr
    result = run("embeddings", "import", "v.txt", "-o", "v", "--encoding", "latin-1", "-q")
    assert result.exit_code == 0, result.output
    assert "\nseparator  tab\nencoding   iso8859-1\n" in result.stdout
    assert WordVectors.load("v").vocabulary.words == ("für", "Straße", "Haus", "über")
    result = run("embeddings", "import", "v.txt", "-o", "w", "--encoding", "rot13")
    assert result.exit_code == 2
    assert "Error: --encoding: expected utf-8, utf-16, cp1252 or the like, found 'rot13'" in result.stderr


def test_languages_of_numberbatch(empty):
    (empty / "v.txt").write_bytes(b"3 2\n/c/de/katze 1 2\n/c/en/cat 3 4\n/c/en/dog 5 6\n")
    result = run("embeddings", "import", "v.txt", "-o", "all")
    assert "Note: words begin with a language; --prefix /c/en/ keeps one, without it\n" in result.stderr
    result = run("embeddings", "import", "v.txt", "-o", "en", "--prefix", "/c/en/")
    assert result.exit_code == 0, result.output
    assert "\ntaken off  /c/en/\n" in result.stdout
    assert WordVectors.load("en").vocabulary.words == ("cat", "dog")


def test_byte_order(empty):
    records = (b"w%d " % i + struct.pack(">3f", 0.1, -0.2, 0.3) for i in range(4))
    (empty / "v.bin").write_bytes(b"4 3\n" + b"".join(records))
    result = run("embeddings", "import", "v.bin", "-o", "v")
    assert result.exit_code == 1
    assert "use --byte-order big, or little if they are right\n" in result.stderr
    assert run("embeddings", "import", "v.bin", "-o", "v", "--byte-order", "big").exit_code == 0
    result = run("embeddings", "import", "v.txt", "-o", "w", "--byte-order", "big")
    assert result.exit_code == 2
    assert "Error: --byte-order: expected none for glove, found 'big'" in result.stderr
