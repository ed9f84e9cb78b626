"""Encoded texts: streams, artefacts, and the nearest texts."""

import json
import mmap
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordlab import artifact
from wordlab.embeddings import WordVectors
from wordlab.embeddings.word_rows import compose
from wordlab.errors import ArtifactError, ConfigError, CorpusError, FormatError, UnknownWordError
from wordlab.sentiment import DocumentVectors, EncodingConfig, encode_documents
from wordlab.sentiment.documents import pooled, spool
from wordlab.sentiment.documents.components import Components
from wordlab.sentiment.documents.poolings.names import POOLINGS
from wordlab.sentiment.documents.poolings.sif import Sif
from wordlab.sentiment.features import encoding
from wordlab.sentiment.features.tally import Tally
from wordlab.text import Tokenizer, Vocabulary

from .test_subwords import PLAIN
from .test_subwords import TEXTS as TERRIBLE
from .test_subwords import VECTORS as SUBWORDS
from .test_vectorizer import random_texts, random_vectors

VECTORS = random_vectors()
TEXTS = random_texts(300)
DOCUMENTS = [(f"id {number}", text) for number, text in enumerate(TEXTS)]


def saved_vectors(path):
    VECTORS.save(path)
    return WordVectors.load(path)


def files(path):
    return {each.name: each.read_bytes() for each in sorted(Path(path).iterdir())}


def is_mapped(array):
    while isinstance(array, np.ndarray):
        array = array.base
    return isinstance(array, mmap.mmap)


def encoded(path, documents=DOCUMENTS, vectors=VECTORS, pooling="sif", **options):
    config = {name: options.pop(name) for name in ("output_format", "excerpt") if name in options}
    return encode_documents(
        iter(documents), vectors, path, EncodingConfig(pooling=pooling, **config), **options
    )


# ------------------------------------------------------------------ streams


@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_stream_is_what_is_encoded_at_once(tmp_path, pooling, monkeypatch):
    whole = DocumentVectors.encode(TEXTS, VECTORS, pooling=pooling)
    encoded(tmp_path / "one", pooling=pooling, threads=1)
    monkeypatch.setattr(encoding, "_BLOCK_CHARACTERS", 100)  # now of some texts each
    monkeypatch.setattr(pooled, "_TEXTS", 3)
    encoded(tmp_path / "cut", pooling=pooling, threads=1)
    matrix = DocumentVectors.load(tmp_path / "one").matrix
    assert matrix.tobytes() == whole.matrix.tobytes()
    cut = DocumentVectors.load(tmp_path / "cut").matrix
    if pooling in ("mean", "idf"):
        assert cut.tobytes() == matrix.tobytes()
    np.testing.assert_allclose(cut, matrix, atol=1e-6)  # moments are summed in another order


@pytest.mark.parametrize("output_format", ["npy", "parquet"])
@pytest.mark.parametrize("pooling", ["mean", "usif"])
def test_any_number_of_threads_gives_the_same_bytes(tmp_path, pooling, output_format, monkeypatch):
    monkeypatch.setattr(encoding, "_BLOCK_CHARACTERS", 500)
    for threads in (1, 2, 3):
        encoded(tmp_path / f"{threads}", pooling=pooling, output_format=output_format, threads=threads)
    assert files(tmp_path / "1") == files(tmp_path / "2") == files(tmp_path / "3")


def test_no_more_than_some_blocks_are_held(tmp_path, monkeypatch):
    monkeypatch.setattr(encoding, "_BLOCK_CHARACTERS", 100)
    held, most = [0], [0]

    def documents():
        for document in DOCUMENTS:
            held[0] += 1
            most[0] = max(most[0], held[0])
            yield document

    class Watched(spool.Spool):
        def add(self, block):
            held[0] -= len(block.ids)
            super().add(block)

    monkeypatch.setattr("wordlab.sentiment.documents.encode.Spool", Watched)
    encoded(tmp_path / "docs", documents(), threads=1)
    assert held[0] == 0
    assert most[0] < 100


def test_short_texts_fill_no_block_for_ever(monkeypatch):
    monkeypatch.setattr(encoding, "_BLOCK_CHARACTERS", 100)
    blocks = list(encoding.tokenise([""] * 1000, Tokenizer("word")))
    assert [len(block.line_ends) for block in blocks] == [100] * 10


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.sampled_from(["the", "film", "filmm", "q", "\0", "é", "\ud800"])).map(" ".join)))
def test_spooled_blocks_come_back(texts):
    documents = [(f"{number}\n", text) for number, text in enumerate(texts)]
    tally = Tally()
    blocks = list(
        spool.document_blocks(documents, SUBWORDS, Tokenizer("whitespace"), tally, excerpt=3, threads=1)
    )
    kept = spool.Spool(BytesIO(), SUBWORDS)
    for block in blocks:
        kept.add(block)
    for _ in range(2):
        for old, new in zip(blocks, kept, strict=True):
            assert (old.ids, old.excerpts) == (new.ids, new.excerpts)
            assert old.tokens.composed.row_of == new.tokens.composed.row_of
            assert old.tokens.composed.vectors.tobytes() == new.tokens.composed.vectors.tobytes()
            for name in ("ids", "line_ends", "numbers"):
                assert getattr(old.tokens, name).tolist() == getattr(new.tokens, name).tolist()


def test_what_is_counted_is_what_a_tally_counts():
    texts = ["The film, filmm", "THE q", "", "The The"]
    for vectors in (SUBWORDS, VECTORS, PLAIN):
        found, expected = Tally(), Tally()
        for block in encoding.tokenise(texts, Tokenizer("whitespace")):
            pooled.locate(block, vectors, found)
            composed = compose(block.words, vectors.vocabulary, vectors.subwords)
            expected.add(block, vectors.vocabulary, composed=composed)
        for name in ("num_texts", "num_tokens", "num_known", "num_known_lowercased", "num_composed"):
            assert getattr(found, name) == getattr(expected, name), name


@pytest.mark.parametrize("pooling", POOLINGS)
def test_words_of_n_grams_in_a_stream(tmp_path, pooling):
    texts = [*TERRIBLE, "the filmm", "terible filmm", "the film terible"]
    whole = DocumentVectors.encode(texts, SUBWORDS, pooling=pooling)
    documents = [(str(number), text) for number, text in enumerate(texts)]
    encoded(tmp_path / "docs", documents, SUBWORDS, pooling, threads=2)
    assert DocumentVectors.load(tmp_path / "docs").matrix.tobytes() == whole.matrix.tobytes()


# ------------------------------------------------------------------ what is reused


@pytest.mark.parametrize("pooling", POOLINGS)
def test_components_are_reused(tmp_path, pooling):
    vectors = saved_vectors(tmp_path / "v")
    encoded(tmp_path / "old", vectors=vectors, pooling=pooling)
    old = DocumentVectors.load(tmp_path / "old")
    encoded(tmp_path / "new", DOCUMENTS[:7], vectors=vectors, like=old)
    new = DocumentVectors.load(tmp_path / "new")
    assert new.matrix.tobytes() == old.matrix[:7].tobytes()
    assert new.fitted.pooling == old.fitted.pooling
    in_memory = DocumentVectors.encode(TEXTS[:7], vectors, like=old)
    assert in_memory.matrix.tobytes() == new.matrix.tobytes()
    manifest = json.loads((tmp_path / "new" / "manifest.json").read_text())
    assert manifest["parents"] == {"vectors": vectors.digest, "like": old.digest}


def test_the_tokenizer_is_reused(tmp_path):
    encoded(tmp_path / "old", tokenizer=Tokenizer("whitespace"), pooling="mean")
    old = DocumentVectors.load(tmp_path / "old")
    assert DocumentVectors.encode(["W1 w2,"], VECTORS, like=old).tokenizer.name == "whitespace"
    with pytest.raises(ConfigError, match="tokenizer: expected none beside other texts"):
        encoded(tmp_path / "new", like=old, tokenizer=Tokenizer("word"))


def test_other_vectors_are_refused(tmp_path):
    vectors = saved_vectors(tmp_path / "v")
    encoded(tmp_path / "docs", vectors=vectors)
    random_vectors(seed=9).save(tmp_path / "other")
    other = WordVectors.load(tmp_path / "other")
    message = r"vectors: expected those that encoded the texts \(digest \w+\.\.\.\), found digest"
    with pytest.raises(ArtifactError, match=message):
        DocumentVectors.load(tmp_path / "docs", other)
    documents = DocumentVectors.load(tmp_path / "docs")
    with pytest.raises(ArtifactError, match="found some that were loaded from no artefact"):
        documents.encoder_with(VECTORS)
    encoded(tmp_path / "loose")  # of vectors in memory no digest is known: sizes are compared
    with pytest.raises(ArtifactError, match="vectors: expected 40 words of 12 dimensions, found 8 of 3"):
        DocumentVectors.load(tmp_path / "loose", random_vectors(8, 3))
    with pytest.raises(ValueError, match=r"DocumentVectors\.load\(path, vectors=\.\.\.\)"):
        documents.nearest("w1")


# ------------------------------------------------------------------ the artefact


@pytest.mark.parametrize("output_format", ["npy", "parquet"])
def test_round_trip(tmp_path, output_format):
    documents = DocumentVectors.encode(TEXTS, VECTORS, pooling="usif", ids=[id for id, _ in DOCUMENTS])
    documents.save(tmp_path / "saved", output_format=output_format)
    report = encoded(tmp_path / "encoded", pooling="usif", output_format=output_format)
    loaded = DocumentVectors.load(tmp_path / "saved", VECTORS)
    for found in (loaded, DocumentVectors.load(tmp_path / "encoded", VECTORS)):
        assert found.matrix.tobytes() == documents.matrix.tobytes()
        assert (found.ids, found.excerpts) == (documents.ids, documents.excerpts)
        assert found.fitted.pooling == documents.fitted.pooling
        assert found.fitted.num_texts == 300
        assert found.nearest("w1 w2") == documents.nearest("w1 w2")
    assert is_mapped(loaded.matrix) == (output_format == "npy")
    assert report.num_without == int((~documents.matrix.any(axis=1)).sum()) > 0
    assert len(loaded) == report.num_texts == 300
    assert repr(loaded) == "DocumentVectors(300 texts, 12 dimensions, usif)"


def test_the_table_is_as_others_read_it(tmp_path):
    encoded(tmp_path / "docs", output_format="parquet", excerpt=4)
    table = pq.read_table(tmp_path / "docs" / "documents.parquet")
    assert table.column_names == ["id", "excerpt", "vector"]
    row = table.slice(5, 1).to_pylist()[0]
    assert row["id"] == "id 5"
    assert row["excerpt"] == TEXTS[5][:4]
    assert row["vector"] == pytest.approx(DocumentVectors.load(tmp_path / "docs").matrix[5].tolist())


def test_texts_leave_the_artefact_only_as_asked(tmp_path):
    encoded(tmp_path / "docs", [("a", "w1 secret w2"), ("b", "w3 w1")], excerpt=0)
    assert not any(b"secret" in content for content in files(tmp_path / "docs").values())
    found = DocumentVectors.load(tmp_path / "docs", VECTORS)
    assert found.excerpts is None
    assert found.nearest("w3", 1)[0].excerpt is None


@pytest.mark.parametrize("name", ["documents.parquet", "vectors.npy", "components.npy", "word_weights.npy"])
def test_damage_is_found(tmp_path, name):
    encoded(tmp_path / "docs")
    path = tmp_path / "docs" / name
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(ArtifactError, match=f"{name}: expected {len(whole)} bytes, found {len(whole) - 1}"):
        DocumentVectors.load(tmp_path / "docs")
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(ArtifactError, match="the file was changed or damaged"):
        DocumentVectors.load(tmp_path / "docs")


@pytest.mark.parametrize(
    ("details", "message"),
    [
        ({"num_texts": 299}, "documents.parquet: expected 299 texts, found 300"),
        ({"num_texts": "x"}, "details: num_texts: expected a whole number, found 'x'"),
        ({"dim": 11}, r"vectors.npy: expected float32 .*11.*, found float32"),
        ({"dim": 0}, "details: expected texts of 1 dimension or more, found 0"),
        ({"format": "csv"}, "details: format: expected one of npy, parquet, found 'csv'"),
        ({"pooling": None}, "details: pooling: expected an object, found null"),
        ({"pooling": {"name": "max", "num_texts": 3}}, "name: expected one of mean, idf, sif, usif, found"),
        ({"pooling": {"name": "sif", "num_texts": 3, "b": 1}}, "expected fields of Sif, found 'b'"),
        ({"pooling": {"name": "sif", "num_texts": 3, "a": 0}}, "a: expected a number from 1e-30"),
        ({"tokenizer": None}, "details: tokenizer: expected an object, found null"),
    ],
)  # fmt: skip
def test_sealed_nonsense(tmp_path, details, message):
    from tests.test_sealed_artefacts import sealed

    encoded(tmp_path / "docs")
    with pytest.raises(ArtifactError, match=message):
        DocumentVectors.load(sealed(tmp_path / "docs", details=details))


@pytest.mark.parametrize(
    ("payloads", "message"),
    [
        ({"vectors.npy": np.full((300, 12), np.nan, np.float32)}, "vectors.npy: expected finite numbers"),
        ({"vectors.npy": np.zeros((300, 12))}, "vectors.npy: expected float32"),
        ({"components.npy": np.zeros((2, 12), np.float32)}, "component_shares.npy: expected float32 .*2"),
        ({"word_weights.npy": np.zeros((3, 2), np.float32)}, "word_weights.npy: expected float32"),
        ({"documents.parquet": b"PAR1"}, "documents.parquet: expected encoded texts, found a damaged file"),
    ],
)
def test_sealed_payloads(tmp_path, payloads, message):
    from tests.test_sealed_artefacts import sealed

    encoded(tmp_path / "docs")
    with pytest.raises(ArtifactError, match=message):
        DocumentVectors.load(sealed(tmp_path / "docs", payloads))


def test_other_kinds_are_named(tmp_path):
    encoded(tmp_path / "docs")
    assert artifact.kind_of(tmp_path / "docs") == "documents"
    with pytest.raises(ArtifactError, match=r"found 'documents', which DocumentVectors\.load loads"):
        WordVectors.load(tmp_path / "docs")


# ------------------------------------------------------------------ odd texts


def test_texts_without_known_words_are_zero_and_counted(tmp_path):
    report = encoded(
        tmp_path / "docs", [("a", ""), ("b", "zz ?"), ("c", "w1\0w2"), ("d", "w3"), ("e", "\ud800")]
    )
    matrix = DocumentVectors.load(tmp_path / "docs").matrix
    assert matrix.any(axis=1).tolist() == [False, False, True, True, False]
    assert report.num_without == 3
    assert report.to_dict()["num_without_vector"] == 3
    assert report.tally.num_known == 3


def test_too_few_texts(tmp_path):
    with pytest.raises(FormatError, match="expected texts to encode, found none"):
        encoded(tmp_path / "docs", [], pooling="mean")
    with pytest.raises(CorpusError, match="pooling: expected two texts with known words, or more"):
        encoded(tmp_path / "docs", [("a", "w1")])
    assert not (tmp_path / "docs").exists()
    encoded(tmp_path / "docs", [("a", "w1")], pooling="idf")
    assert DocumentVectors.load(tmp_path / "docs").matrix.any()


def test_repeated_ids_are_counted(tmp_path):
    documents = [("a", "w1"), ("b", "w2 w3"), ("a", "w3"), ("a", "w3 w4")]
    assert encoded(tmp_path / "docs", documents).num_repeated_ids == 2


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"pooling": "max"}, "pooling: expected one of mean, idf, sif, usif, found 'max'"),
        ({"output_format": "csv"}, "output_format: expected one of npy, parquet, found 'csv'"),
        ({"excerpt": -1}, "excerpt: expected a whole number from 0 to 1000000, found -1"),
    ],
)
def test_settings(config, message):
    with pytest.raises(ConfigError, match=message):
        EncodingConfig(**config)


def test_wrong_use(tmp_path):
    documents = DocumentVectors.encode(TEXTS, VECTORS)
    with pytest.raises(ConfigError, match="output_format: expected one of npy, parquet, found 'csv'"):
        documents.save(tmp_path / "docs", output_format="csv")
    with pytest.raises(ValueError, match="expected 300 ids, one a text, found 1"):
        DocumentVectors.encode(TEXTS, VECTORS, ids=["a"])
    with pytest.raises(ValueError, match="ids and excerpts that are strings"):
        DocumentVectors.encode(["w1"], VECTORS, ids=[1], pooling="mean")
    with pytest.raises(ValueError, match=r"expected a matrix of one row or more, found shape \(0, 12\)"):
        DocumentVectors.encode([], VECTORS, pooling="mean")
    with pytest.raises(TypeError, match="expected a list of texts, found a single text"):
        DocumentVectors.encode("a text", VECTORS)


# ------------------------------------------------------------------ the nearest texts


def test_nearest_is_exact():
    documents = DocumentVectors.encode(TEXTS, VECTORS)
    (query,) = DocumentVectors.encode(["w3 w17"], VECTORS, like=documents).matrix
    rows = documents.matrix.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1)
    known = np.flatnonzero(lengths)
    cosines = rows[known] @ query / lengths[known] / np.linalg.norm(query)
    order = known[np.lexsort((known, -cosines.round(12)))][:9]
    answers = documents.nearest("w3 w17", 9)
    assert [answer.position for answer in answers] == order.tolist()
    assert [answer.similarity for answer in answers] == pytest.approx(np.sort(cosines)[::-1][:9])
    assert answers[0].excerpt == TEXTS[order[0]][:80]
    assert documents.nearest(np.array([query]), 9) == [answers]
    assert documents.nearest(["w3 w17", "w1"], 9)[0] == answers


def test_ties_keep_the_order_of_the_texts():
    documents = DocumentVectors.encode(
        ["w2", "w1 w1", "w1", "w1 w1 w1"], VECTORS, pooling="mean", ids=[*"dcba"]
    )
    assert [answer.id for answer in documents.nearest("w1", 3)] == ["c", "b", "a"]


def test_texts_without_a_vector_are_no_answers():
    vectors = WordVectors(Vocabulary(["up", "down"], [2, 1]), [[1, 0], [-1, 0.1]])
    documents = DocumentVectors.encode(["?", "down", "", "up", "down"], vectors, pooling="mean")
    assert [answer.position for answer in documents.nearest("up", 5)] == [3, 1, 4]
    assert [answer.position for answer in documents.nearest("up", 2)] == [3, 1]


@pytest.mark.parametrize(("query", "shown"), [("zz", "'zz'"), (["w1", ""], "''"), ("?" * 99, "'\\?+…")])
def test_a_query_without_known_words_is_an_error(query, shown):
    documents = DocumentVectors.encode(TEXTS, VECTORS)
    with pytest.raises(UnknownWordError, match=f"{shown}.*: expected a text with words that have a vector"):
        documents.nearest(query)


@pytest.mark.parametrize(
    ("query", "k", "error", "message"),
    [
        ("w1", 0, ValueError, "expected k of 1 or more, found 0"),
        ("w1", 1.5, TypeError, "expected k as a whole number, found 1.5"),
        (np.zeros((2, 3)), 1, ValueError, r"expected query vectors of shape \(n, 12\), found \(2, 3\)"),
        (np.full((1, 12), np.nan), 1, FormatError, "expected finite numbers in the query vectors"),
        ([3], 1, TypeError, "expected a text at position 0, found int"),
    ],
)
def test_wrong_questions(query, k, error, message):
    with pytest.raises(error, match=message):
        DocumentVectors.encode(TEXTS, VECTORS).nearest(query, k)


def test_removal_treats_each_row_alone():
    random = np.random.default_rng(1)
    rows = random.normal(size=(100, 30)).astype(np.float32)
    directions = np.linalg.qr(random.normal(size=(30, 5)))[0].T.astype(np.float32)
    components = Components(np.ascontiguousarray(directions), np.linspace(0.1, 1, 5, dtype=np.float32))
    whole = rows.copy()
    components.remove(whole)
    single = rows.copy()
    for row in range(100):
        components.remove(single[row : row + 1])
    assert single.tobytes() == whole.tobytes()
    expected = rows - (rows @ directions.T * components.shares) @ directions
    assert whole == pytest.approx(expected, abs=1e-5)


def test_a_pooling_with_settings_is_saved_with_them(tmp_path):
    encoded(tmp_path / "docs", pooling=Sif(a=0.5, num_components=3))
    found = DocumentVectors.load(tmp_path / "docs").fitted
    assert found.pooling == Sif(a=0.5, num_components=3)
    assert len(found.components) == 3
