"""fastText's quantised files, its files of 2016 and 2017, and ours, as fastText and gensim read them."""

import struct
from pathlib import Path

import gensim
import numpy as np
import pytest
from gensim.models.fasttext import load_facebook_vectors
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import fasttext_files
from wordlab.embeddings import WordVectors, read_vectors, write_vectors
from wordlab.embeddings.subwords import Subwords
from wordlab.errors import ConfigError, FormatError
from wordlab.text import Vocabulary

fasttext = pytest.importorskip("fasttext")

DATA = Path(gensim.__file__).parent / "test" / "test_data"
OTHER_WORDS = ["", "q", "word99999", "naïveté", "東京タワー", "x" * 300, "</s>y", "a b"]
NGRAMS = {"minn": 2, "maxn": 4}


def bits_equal(left, right) -> bool:
    left, right = np.asarray(left, np.float32), np.asarray(right, np.float32)
    return left.shape == right.shape and left.tobytes() == right.tobytes()


def close(left, right) -> bool:
    return np.abs(left - right).max() < 1e-6  # gensim divides by n where fastText multiplies by 1 / n


@pytest.fixture(scope="module")
def texts(tmp_path_factory) -> str:
    """Labelled texts of 300 labels, as many as quantising the output layer needs."""
    path = tmp_path_factory.mktemp("texts") / "train.txt"
    rng = np.random.default_rng(1)
    words = [*(f"word{i}" for i in range(400)), "naïve", "東京", "😀", "достоевский", "a"]
    lines = [f"__label__{i % 300} {' '.join(rng.choice(words, 6))} word{i % 300}\n" for i in range(1200)]
    path.write_text("".join(lines), encoding="utf-8")
    return str(path)


def supervised(texts: str, **options):
    # with ten threads or more, or fastText leaves rows as it finds them in memory
    return fasttext.train_supervised(texts, dim=10, epoch=1, bucket=1000, thread=12, verbose=0, **options)


class TestQuantised:
    @pytest.mark.parametrize(
        ("training", "options"),
        [
            ({}, {}),
            ({}, {"qnorm": True, "cutoff": 300}),
            (NGRAMS, {}),
            (NGRAMS, {"qnorm": True}),
            (NGRAMS, {"cutoff": 300}),
            (NGRAMS, {"cutoff": 600, "qnorm": True, "retrain": True}),
            (NGRAMS, {"qout": True}),
            (NGRAMS, {"qout": True, "qnorm": True, "dsub": 3}),
            (NGRAMS, {"dsub": 50}),
            (NGRAMS | {"wordNgrams": 2}, {"cutoff": 600}),
            ({"wordNgrams": 2}, {"cutoff": 600}),
        ],
    )
    def test_vectors_are_fasttexts_bit_by_bit(self, texts, tmp_path, training, options):
        model = supervised(texts, **training)
        model.quantize(**options, **({"input": texts, "epoch": 1} if "retrain" in options else {}))
        model.save_model(str(tmp_path / "m.ftz"))
        model = fasttext.load_model(str(tmp_path / "m.ftz"))
        vectors = read_vectors(tmp_path / "m.ftz")
        words = list(vectors.vocabulary.words)
        assert set(words) == set(model.words)
        assert bits_equal(vectors.matrix, [model.get_word_vector(word) for word in words])
        assert vectors.details["fasttext"] == {"model": "supervised", "num_labels": 300, "quantised": True}
        assert (vectors.subwords is not None) == ("maxn" in training)
        if vectors.subwords is not None:
            assert vectors.subwords.pruned == ("cutoff" in options)
            assert bits_equal(vectors[OTHER_WORDS], [model.get_word_vector(word) for word in OTHER_WORDS])
        some = read_vectors(tmp_path / "m.ftz", only=[*words[5:9], "no such word"])
        assert bits_equal(some.matrix, vectors[list(some.vocabulary.words)])

    def test_pruned_ngrams_stay_pruned(self, texts, tmp_path):
        model = supervised(texts, **NGRAMS)
        model.quantize(cutoff=300)
        model.save_model(str(tmp_path / "m.ftz"))
        vectors = read_vectors(tmp_path / "m.ftz")
        for format in ("numpy", "safetensors"):
            write_vectors(vectors, tmp_path / format, format=format)
        vectors.save(tmp_path / "saved")
        for again in (
            read_vectors(tmp_path / "numpy"),
            read_vectors(tmp_path / "safetensors"),
            WordVectors.load(tmp_path / "saved"),
        ):
            assert bits_equal(again[OTHER_WORDS], vectors[OTHER_WORDS])
        for format in ("fasttext", "gensim"):
            with pytest.raises(FormatError, match=f"cannot be written as {format}: .*pruned model"):
                write_vectors(vectors, tmp_path / "v", format=format)

    def test_training_does_not_start_from_pruned_ngrams(self):
        from wordlab.training import SubwordConfig
        from wordlab.training.objectives.subwords.weights import check_start

        subwords = Subwords(2, 3, [[1.0], [0.0]], buckets=[4], num_buckets=9, pruned=True)
        vectors = WordVectors(Vocabulary(["a"], [1]), [[1.0]], subwords=subwords)
        with pytest.raises(ConfigError, match="subwords: expected vectors whose n-grams all count"):
            check_start(vectors, SubwordConfig(min_ngram=2, max_ngram=3, buckets=9))


class TestFilesOfBefore:
    @pytest.mark.parametrize("name", ["lee_fasttext.bin", "non_ascii_fasttext.bin"])
    def test_what_fasttext_of_2016_wrote(self, name):
        vectors, keyed = read_vectors(DATA / name), load_facebook_vectors(str(DATA / name))
        assert set(vectors.vocabulary.words) == set(keyed.index_to_key)
        words = [word for word in vectors.vocabulary.words if word != "</s>"]
        assert close(vectors[words], keyed[words])
        assert close(vectors["Raskolnikov's"], keyed["Raskolnikov's"])
        counts = [keyed.get_vecattr(word, "count") for word in vectors.vocabulary.words]
        assert counts == vectors.vocabulary.counts.tolist()

    def test_words_in_another_encoding(self):
        with pytest.raises(FormatError, match=r"record 2: expected a word in UTF-8, found 'kter\\\\xec'"):
            read_vectors(DATA / "cp852_fasttext.bin")
        assert read_vectors(DATA / "cp852_fasttext.bin", lenient=True).details["skipped"]["not UTF-8"] > 9

    @pytest.mark.parametrize("shape", ["unversioned", "version 11", "none pruned"])
    def test_shapes_that_gensim_reads(self, tmp_path, shape):
        rng = np.random.default_rng(1)
        words = ["cat", "naïve", "東京", "xy", "достоевский"]
        subwords = Subwords(2, 4, rng.normal(size=(50, 3)))
        vectors = WordVectors(Vocabulary(words, range(9, 4, -1)), rng.normal(size=(5, 3)), subwords=subwords)
        parts = fasttext_files.take_apart(vectors)
        data = {
            "unversioned": lambda: fasttext_files.unversioned(parts),
            "version 11": lambda: fasttext_files.versioned(parts, version=11),
            # as in May 2017; fastText refuses it now
            "none pruned": lambda: fasttext_files.versioned(parts, version=11, num_pruned=0),
        }[shape]()
        (tmp_path / "m.bin").write_bytes(data)
        found, keyed = read_vectors(tmp_path / "m.bin"), load_facebook_vectors(str(tmp_path / "m.bin"))
        assert found.vocabulary == Vocabulary(words, range(9, 4, -1))
        assert keyed.index_to_key == words
        assert close(found.matrix, keyed.vectors)
        others = [word for word in OTHER_WORDS if word]
        assert close(found[others], np.array([keyed[word] for word in others]))
        if shape == "version 11":
            model = fasttext.load_model(str(tmp_path / "m.bin"))
            assert bits_equal(found[OTHER_WORDS], [model.get_word_vector(word) for word in OTHER_WORDS])

    def test_supervised_models_of_version_11_have_no_ngrams(self, texts, tmp_path):
        supervised(texts, wordNgrams=2).save_model(str(tmp_path / "m.bin"))
        data = bytearray((tmp_path / "m.bin").read_bytes())
        struct.pack_into("<i", data, 4, 11)
        struct.pack_into("<2i", data, 44, 3, 6)  # the lengths, which were the defaults
        (tmp_path / "m.bin").write_bytes(data)
        vectors, model = read_vectors(tmp_path / "m.bin"), fasttext.load_model(str(tmp_path / "m.bin"))
        words = vectors.vocabulary.words
        assert bits_equal(vectors.matrix, [model.get_word_vector(word) for word in words])
        assert vectors.subwords is None
        (tmp_path / "old.bin").write_bytes(_without_version(data))
        assert bits_equal(read_vectors(tmp_path / "old.bin").matrix, vectors.matrix)


def _without_version(data: bytes) -> bytes:
    """The same supervised model, with 300 labels, as files of 2016 had it."""
    size, _, _, _ = struct.unpack_from("<3iq", data, 64)
    start = end = 92
    for _ in range(size):
        end = data.index(b"\0", end) + 10
    num_rows, dim = struct.unpack_from("<2q", data, end + 1)
    middle = end + 17 + 4 * num_rows * dim
    return bytes(data[8:84] + data[start:end] + data[end + 1 : middle] + data[middle + 1 :])


words_of_files = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=8
)


@given(st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read_by_fasttext_and_gensim(tmp_path, data):
    words = data.draw(st.lists(words_of_files, min_size=1, max_size=6, unique=True))
    min_n = data.draw(st.integers(1, 3))
    max_n = data.draw(st.integers(min_n, 6))
    dim, num_buckets = data.draw(st.integers(1, 20)), data.draw(st.integers(1, 30))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    known = np.flatnonzero(rng.random(num_buckets) < data.draw(st.sampled_from([0, 0.5, 1])))
    rows = np.concatenate([rng.normal(size=(len(known), dim)), np.zeros((1, dim))])
    own = rng.normal(size=(len(words), dim)).astype(np.float32)
    subwords = Subwords(min_n, max_n, rows, buckets=known, num_buckets=num_buckets, own=own)
    counts = sorted(data.draw(st.tuples(*[st.integers(1, 99)] * len(words))), reverse=True)
    vectors = WordVectors(
        Vocabulary(words, counts),
        subwords.compose(words, own),
        subwords=subwords,
        outputs=data.draw(st.none() | st.just(own[::-1])),
    )
    path = tmp_path / "m.bin"
    write_vectors(vectors, path, format="fasttext", overwrite=True)
    model, found = fasttext.load_model(str(path)), read_vectors(path)
    both = [*words, *(word for word in OTHER_WORDS if word not in words)]
    assert bits_equal(vectors[both], [model.get_word_vector(word) for word in both])
    assert bits_equal(found[both], vectors[both])
    assert found.vocabulary == vectors.vocabulary
    model.save_model(str(tmp_path / "again.bin"))
    assert (tmp_path / "again.bin").read_bytes() == path.read_bytes()
    keyed = load_facebook_vectors(str(path))
    assert keyed.index_to_key == list(words)
    assert close(keyed.vectors, vectors.matrix)
