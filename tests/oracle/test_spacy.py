"""spaCy reads what is exported for it, and what it makes of that is read again."""

import shutil
import subprocess
import sys

import numpy as np
import pytest

from wordlab.embeddings import WordVectors, read_vectors, write_vectors
from wordlab.embeddings.subwords import Subwords
from wordlab.errors import FormatError
from wordlab.text import Vocabulary

spacy = pytest.importorskip("spacy")

WORDS = ["the", "naïve", "a b", "1/2\u00a0cup", "東京", '"', ",", "42", "\u2028x", "…"]


@pytest.fixture(scope="module")
def vectors() -> WordVectors:
    matrix = np.random.default_rng(0).normal(size=(len(WORDS), 5))
    return WordVectors(Vocabulary(WORDS, [0] * len(WORDS)), matrix)


@pytest.fixture(scope="module")
def pipeline(vectors, tmp_path_factory):
    """What `spacy init vectors` made of an export."""
    place = tmp_path_factory.mktemp("spacy")
    write_vectors(vectors, place / "v.txt", format="spacy")
    command = [sys.executable, "-W", "ignore", "-m", "spacy", "init", "vectors", "en"]
    subprocess.run([*command, str(place / "v.txt"), str(place / "nlp")], check=True, capture_output=True)
    return place / "nlp"


def test_spacy_has_equal_vectors(vectors, pipeline):
    vocab = spacy.load(pipeline).vocab
    assert vocab.vectors.shape == (len(WORDS), 5)
    for word in WORDS:
        assert np.array_equal(vocab.get_vector(word), vectors[word]), word


@pytest.mark.parametrize(("min_n", "num_hashes"), [(3, 2), (1, 4), (2, 1)])
def test_spacy_gives_words_of_a_floret_table_equal_vectors(tmp_path, min_n, num_hashes):
    rows = np.random.default_rng(1).normal(size=(300, 5)).astype(np.float32)
    subwords = Subwords(min_n, 5, rows, num_hashes=num_hashes)
    vectors = WordVectors(Vocabulary(WORDS, [0] * len(WORDS)), subwords.vectors(WORDS), subwords=subwords)
    write_vectors(vectors, tmp_path / "v.floret", format="floret")
    command = [sys.executable, "-W", "ignore", "-m", "spacy", "init", "vectors", "en", "--mode", "floret"]
    subprocess.run(
        [*command, str(tmp_path / "v.floret"), str(tmp_path / "nlp")], check=True, capture_output=True
    )
    vocab = spacy.load(tmp_path / "nlp").vocab
    assert vocab.vectors.data.tobytes() == rows.tobytes()
    for word in [*WORDS, "unheard", "достоевский", "a", "</s>", "x" * 100, "😀😀"]:
        # spaCy adds up the n-grams in another order: 5e-6 for the hundred letters, below 1e-6 for the others
        assert vocab[word].vector == pytest.approx(vectors[word], abs=1e-5), word


def test_spacy_reads_compressed_exports(vectors, tmp_path):
    from spacy.training.initialize import read_vectors as read_by_spacy

    write_vectors(vectors, tmp_path / "v.txt.gz", format="spacy")
    table, words, _ = read_by_spacy(tmp_path / "v.txt.gz", 0)
    assert words == WORDS
    assert np.array_equal(table, vectors.matrix)


def test_the_pipeline_is_read_again(vectors, pipeline):
    for directory in (pipeline, pipeline / "vocab"):
        found = read_vectors(directory)
        assert found.vocabulary.words == vectors.vocabulary.words
        assert found.matrix.tobytes() == vectors.matrix.tobytes()
        assert found.details["format"] == "spacy"
    some = read_vectors(pipeline, only=["東京", "?"])
    assert some.vocabulary.words == ("東京",)
    assert np.array_equal(some["東京"], vectors["東京"])


def test_the_export_is_read_again(vectors, tmp_path):
    write_vectors(vectors, tmp_path / "v", format="spacy")
    for format in ("spacy", None):
        found = read_vectors(tmp_path / "v", format=format)
        assert found.vocabulary.words == vectors.vocabulary.words
        assert found.matrix.tobytes() == vectors.matrix.tobytes()


def test_words_that_share_a_row(vectors, tmp_path):
    table = spacy.vectors.Vectors(data=vectors.matrix[:2].copy(), keys=WORDS[:2])
    for word in ("the", "naïve", "other"):
        table.strings.add(word)
    table.add("other", row=1)
    table.to_disk(tmp_path / "v")
    found = read_vectors(tmp_path / "v", format="spacy")
    assert set(found.vocabulary.words) == {"the", "naïve", "other"}
    assert np.array_equal(found["other"], vectors["naïve"])


@pytest.mark.parametrize("word", ["", "a\nb", "a\rb", "a 1"])
def test_words_that_would_be_lost(tmp_path, word):
    with pytest.raises(FormatError, match="cannot be written as spacy"):
        write_vectors(WordVectors(Vocabulary([word], [0]), [[1]]), tmp_path / "v", format="spacy")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["vectors", "key2row", "strings.json", "vectors.cfg"])
def test_damage(pipeline, tmp_path, name):
    shutil.copytree(pipeline / "vocab", tmp_path / "v")
    whole = (tmp_path / "v" / name).read_bytes()
    (tmp_path / "v" / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FormatError, match="expected") as caught:
        read_vectors(tmp_path / "v", format="spacy")
    assert "\n" not in str(caught.value)
    if name != "vectors.cfg":
        (tmp_path / "v" / name).unlink()
        with pytest.raises(FormatError, match="expected spaCy's vectors, key2row and"):
            read_vectors(tmp_path / "v", format="spacy")


@pytest.mark.parametrize("shape", [(10,), (10, 5, 1), ()])
def test_a_table_of_another_shape(pipeline, tmp_path, shape):
    shutil.copytree(pipeline, tmp_path / "v")
    np.save(tmp_path / "vectors.npy", np.ones(shape, np.float32))
    shutil.move(tmp_path / "vectors.npy", tmp_path / "v" / "vocab" / "vectors")
    with pytest.raises(FormatError, match="expected"):
        read_vectors(tmp_path / "v", format="spacy")
