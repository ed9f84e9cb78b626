"""Directories for model2vec and sentence-transformers: what these make of texts, and our way back."""

import json
import sys

import numpy as np
import pytest

from wordlab.embeddings import WordVectors, read_vectors, write_vectors
from wordlab.embeddings.formats.format import find_format
from wordlab.errors import ArtifactError, FormatError, MissingExtraError, OutputExistsError, SourceError
from wordlab.sentiment.documents.baking import baked
from wordlab.sentiment.documents.encoder import TextEncoder
from wordlab.sentiment.documents.poolings.names import make_pooling
from wordlab.sentiment.features.encoding import tokenise
from wordlab.text import Vocabulary
from wordlab.text.tokenizers import Tokenizer

pytest.importorskip("tokenizers")

NAMES = ["model2vec", "sentence-transformers"]
# of one letter, with what tokenizers join, that others take for special, or that no text can have
WORDS = ["the", "king", "a", "don't", "mother-in-law", "3.14", "οδος", "[UNK]", "[[UNK]]", "▁the", "<s>",
         "##s", "été", "new york", "\u00a0x", " the", '"', "\\", "👑"]  # fmt: skip
TEXTS = [
    "The King’s axe: a KING, don’t; ΟΔΟΣ été ETE\u0301 3.14 mother‐in‐law",
    "unknown words only, xyz",
    "",
    "the [UNK] <s> ▁the the ##s new york 👑",
    "a\n\nb\ta  " + 600 * "king axe ",
    "thea athe kinga",
]


def make(words=WORDS, tokenizer=None, dim=5, seed=0):
    rng = np.random.default_rng(seed)
    counts = np.arange(len(words), 0, -1)
    return WordVectors(
        Vocabulary(words, counts), rng.normal(size=(len(words), dim)).astype(np.float32), tokenizer=tokenizer
    )


def encoder(vectors, pooling, texts=()):
    blocks = tokenise(texts, vectors.tokenizer or Tokenizer(), threads=1)
    return TextEncoder.fit(blocks, vectors, make_pooling(pooling))[0]


def load(name, directory):
    if name == "model2vec":
        return pytest.importorskip("model2vec").StaticModel.from_pretrained(directory)
    module = pytest.importorskip("sentence_transformers")
    return module.SentenceTransformer(str(directory), device="cpu")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("tokenizer", [None, Tokenizer("word", language="tr"), Tokenizer("whitespace")])
def test_a_text_is_the_mean_of_its_known_words(name, tokenizer, tmp_path):
    vectors = make(tokenizer=tokenizer)
    expected = encoder(vectors, "mean").encode(TEXTS)
    assert [row.any() for row in expected] == [True, False, False, True, True, False]
    write_vectors(vectors, tmp_path / "v", format=name)
    model = load(name, tmp_path / "v")
    assert np.allclose(model.encode(TEXTS), expected, atol=1e-6)
    assert not model.encode(["xyz"]).any()


def test_sentence_transformers_reads_model2vecs_directory_with_equal_directions(tmp_path):
    vectors = make()
    write_vectors(vectors, tmp_path / "v", format="model2vec")
    found = load("sentence-transformers", tmp_path / "v").encode(TEXTS)
    expected = encoder(vectors, "mean").encode(TEXTS)
    cosines = (found * expected).sum(1) / np.maximum(np.linalg.norm(found, axis=1), 1e-9)
    assert np.allclose(cosines, np.linalg.norm(expected, axis=1), atol=1e-6)


@pytest.mark.parametrize("pooling", ["sif", "idf", "usif"])
def test_weights_and_shared_components_in_the_rows(pooling, tmp_path):
    vectors = make(dim=12)
    fitted = encoder(vectors, pooling, TEXTS)
    write_vectors(baked(fitted), tmp_path / "v", format="model2vec")
    texts = [text for text in TEXTS if len(text) < 100]  # sums of many words depend on their order
    found, expected = load("model2vec", tmp_path / "v").encode(texts), fitted.encode(texts)
    assert np.allclose(found, expected, atol=1e-6)
    assert not np.allclose(encoder(vectors, "mean").encode(texts), expected, atol=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_round_trip(name, tmp_path):
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2**32, (len(WORDS), 3), dtype=np.uint32).view(np.float32)
    matrix = np.where(np.isfinite(bits), bits, np.float32(1))
    tokenizer = Tokenizer("word", hyphens="split", lowercase=False)
    vectors = WordVectors(Vocabulary(WORDS, [0] * len(WORDS)), matrix, tokenizer=tokenizer)
    write_vectors(vectors, tmp_path / "v", format=name)
    found = read_vectors(tmp_path / "v")
    assert found.words == vectors.words
    assert found.matrix.tobytes() == matrix.tobytes()
    assert found.tokenizer == tokenizer
    assert found.details["format"] == name
    assert read_vectors(tmp_path / "v", only=["a", "[UNK]"]).words == ("a", "[UNK]")
    write_vectors(found, tmp_path / "again", format=name)
    for path in (tmp_path / "v").iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_what_they_save_again(name, tmp_path):
    vectors = make()
    write_vectors(vectors, tmp_path / "v", format=name)
    model = load(name, tmp_path / "v")
    (model.save_pretrained if name == "model2vec" else model.save)(str(tmp_path / "w"))
    found = read_vectors(tmp_path / "w")
    assert found.details["format"] == name
    assert found.words == vectors.words
    assert found.matrix.tobytes() == vectors.matrix.tobytes()


def test_a_module_in_a_folder(tmp_path):
    write_vectors(make(), tmp_path / "0_StaticEmbedding", format="sentence-transformers")
    modules = [{"idx": 0, "name": "0", "path": "0_StaticEmbedding", "type": "x.StaticEmbedding"}]
    (tmp_path / "modules.json").write_text(json.dumps(modules))
    assert read_vectors(tmp_path).words == tuple(WORDS)
    for wrong, expected in (
        ("..", r"expected a folder of the first module, found '\.\.'"),
        (None, "expected a folder of the first module, found 'None'"),
        ("/etc", "expected a folder of the first module, found '/etc'"),
    ):
        (tmp_path / "modules.json").write_text(json.dumps([{**modules[0], "path": wrong}]))
        with pytest.raises(FormatError, match=expected):
            read_vectors(tmp_path, format="sentence-transformers")


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        ([], "modules.json: expected StaticEmbedding as the first module, found none"),
        ({}, "modules.json: expected StaticEmbedding as the first module, found none"),
        ([{"type": "x.Transformer"}], "as the first module, found x.Transformer"),
        ([{"type": 5}], "as the first module, found 5"),
    ],
)
def test_other_sentence_transformers(tmp_path, modules, expected):
    (tmp_path / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(FormatError, match=expected):
        read_vectors(tmp_path, format="sentence-transformers")


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"wordlab": {"tokenizer": {"name": "x"}}}, "config.json: wordlab: tokenizer: .*found 'x'"),
        ({"wordlab": {"tokenizer": ["word"]}}, "expected a name and options, found"),
        ({"wordlab": {"tokenizer": {"name": "word", "phrases": 1}}}, "expected a name and options, found"),
    ],
)
def test_damaged_records(tmp_path, config, expected):
    write_vectors(make(), tmp_path / "v", format="model2vec")
    (tmp_path / "v" / "config.json").write_text(json.dumps(config))
    with pytest.raises(FormatError, match=expected):
        read_vectors(tmp_path / "v")


@pytest.mark.parametrize("config", ["[]", "{}", '{"wordlab": 1}', '{"wordlab": {}}'])
def test_records_of_others(tmp_path, config):
    write_vectors(make(), tmp_path / "v", format="model2vec")
    (tmp_path / "v" / "config.json").write_text(config)
    assert read_vectors(tmp_path / "v").tokenizer is None


def test_damaged_tables(tmp_path):
    write_vectors(make(), tmp_path / "v", format="sentence-transformers")
    (tmp_path / "v" / "model.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{}      ")
    with pytest.raises(
        FormatError, match=r"expected 'embedding.weight', as sentence-transformers calls them"
    ):
        read_vectors(tmp_path / "v", format="sentence-transformers")
    (tmp_path / "v" / "model.safetensors").write_bytes(b"junk")
    with pytest.raises(FormatError, match="expected safetensors, found a damaged file"):
        read_vectors(tmp_path / "v")
    (tmp_path / "v" / "model.safetensors").unlink()
    with pytest.raises(SourceError, match=r"the files of .*, found no model.safetensors"):
        read_vectors(tmp_path / "v")


@pytest.mark.parametrize("name", NAMES)
def test_whole_or_not_at_all(name, tmp_path, monkeypatch):
    with pytest.raises(FormatError, match="found the tokenizer jieba"):
        write_vectors(make(tokenizer=Tokenizer("jieba")), tmp_path / "v", format=name)
    write_vectors(make(), tmp_path / "v", format=name)
    assert sorted(path.name for path in (tmp_path / "v").iterdir()) == sorted(
        find_format(name).directory.written
    )
    with pytest.raises(OutputExistsError, match="exists already"):
        write_vectors(make(), tmp_path / "v", format=name)
    write_vectors(make(["x"]), tmp_path / "v", format=name, overwrite=True)
    assert read_vectors(tmp_path / "v").words == ("x",)
    with pytest.raises(ArtifactError, match="cannot be written"):
        write_vectors(make(), tmp_path / "no" / "v", format=name)
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'wordlab\[hub\]' brings it"):
        write_vectors(make(), tmp_path / "w", format=name)
    assert [path.name for path in tmp_path.iterdir()] == ["v"]


def test_an_empty_word_would_answer_for_unknown_ones(tmp_path):
    with pytest.raises(FormatError, match="'' cannot be written as sentence-transformers: expected a word"):
        write_vectors(make(["a", ""]), tmp_path / "v", format="sentence-transformers")
    write_vectors(make(["a", ""]), tmp_path / "v", format="model2vec")
    assert read_vectors(tmp_path / "v").words == ("a", "")


def test_a_large_vocabulary_has_a_large_table(tmp_path, monkeypatch):
    monkeypatch.setattr("wordlab.io.json_files.LONGEST_JSON", 1000)
    words = [f"w{number}" for number in range(500)]
    write_vectors(make(words, dim=20), tmp_path / "v", format="model2vec")
    assert (tmp_path / "v" / "tokenizer.json").stat().st_size > 5000
    assert len(read_vectors(tmp_path / "v")) == 500
    write_vectors(make(words, dim=1), tmp_path / "w", format="model2vec")
    with pytest.raises(
        FormatError, match=r"tokenizer.json: expected JSON of at most .*, found a larger file"
    ):
        read_vectors(tmp_path / "w")
