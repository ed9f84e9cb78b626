"""Tokenizers made by files: SentencePiece models and tokenizer.json, which travel with what they made."""

import copy
import io
import json
import pickle
import sys

import pytest
import sentencepiece
import tokenizers

from wordlab.embeddings import WordVectors
from wordlab.errors import ArtifactError, ConfigError, FormatError, MissingExtraError, SourceError
from wordlab.sentiment.base import load_classifier
from wordlab.sentiment.models.baseline_config import BaselineConfig
from wordlab.sentiment.models.baseline_model import train_baseline
from wordlab.text import Corpus, Tokenizer
from wordlab.text.hints import text_notes
from wordlab.text.phrases.config import PhraseConfig
from wordlab.text.stop_words import StopWords
from wordlab.text.tokenizers import pieces
from wordlab.text.tokenizers.pieces import Pieces
from wordlab.training.cooccurrences import Cooccurrences

TEXTS = [
    "the cat sat on the mat",
    "a dog ate the cat's food",
    "kar yağıyor İzmir'de",
    "我爱北京天安门",
    "กินปลา",
] * 20
FILES = {"sentencepiece": "sentencepiece.model", "tokenizers": "tokenizer.json"}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A file of each kind, trained on a few lines."""
    folder = tmp_path_factory.mktemp("pieces")
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS), model_writer=model, model_type="bpe", vocab_size=150, minloglevel=2,
        hard_vocab_limit=False,
    )  # fmt: skip
    (folder / "small.model").write_bytes(model.getvalue())
    trained = tokenizers.Tokenizer(tokenizers.models.BPE())
    trained.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel()
    trained.train_from_iterator(
        TEXTS,
        tokenizers.trainers.BpeTrainer(
            vocab_size=400, special_tokens=["[CLS]"], show_progress=False,
            initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        ),
    )  # fmt: skip
    trained.enable_truncation(3)
    trained.enable_padding(length=8)
    trained.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A", special_tokens=[("[CLS]", 0)]
    )
    trained.save(str(folder / "small.json"))
    return {"sentencepiece": folder / "small.model", "tokenizers": folder / "small.json"}


@pytest.fixture(params=FILES)
def name(request):
    return request.param


@pytest.fixture
def tokenizer(name, files):
    return Tokenizer(name, pieces=files[name])


def contents(directory):
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_sentencepiece(files):
    tokenizer = Tokenizer("sentencepiece", pieces=files["sentencepiece"])
    assert tokenizer("the cat") == ["▁the", "▁cat"]
    assert "".join(tokenizer("我爱 the กินปลา 😀")) == "▁我爱▁the▁กินปลา▁😀"
    assert Tokenizer("sentencepiece", True, pieces=files["sentencepiece"])("The CAT") == ["▁the", "▁cat"]


def test_tokenizers(files):
    tokenizer = Tokenizer("tokenizers", pieces=files["tokenizers"])
    assert tokenizer("the cat sat on the mat") == ["Ġthe", "Ġcat", "Ġsat", "Ġon", "Ġthe", "Ġmat"]


@pytest.mark.parametrize("text", ["", " ", "😀", "\u0301", "שלום", "a\ud800b", "\x00", "e\u0301" * 3_000])
def test_odd_lines(tokenizer, text):
    tokens = tokenizer(text)
    assert all(tokens)
    assert bool(tokens) == bool(text.strip()) or text in " "
    block = tokenizer.encode_block(f"{text}\n".encode("utf-8", "replace"))
    assert [block.words[id] for id in block.ids.tolist()] == tokens


def test_values(tokenizer, name, files, monkeypatch):
    same = Tokenizer(name, pieces=str(files[name]))
    assert same == tokenizer == copy.deepcopy(tokenizer)
    assert hash(same) == hash(tokenizer)
    assert pickle.loads(pickle.dumps(tokenizer))("the cat") == tokenizer("the cat")  # noqa: S301
    assert tokenizer != Tokenizer(name, pieces=Pieces("small", b"other"))
    facts = tokenizer.to_dict()
    assert facts == {"name": name, "lowercase": False, "pieces": tokenizer.pieces.facts()}
    assert facts["pieces"]["name"] == files[name].name
    assert str(files[name].parent) not in repr(tokenizer)
    assert len(repr(tokenizer)) < 400
    assert Tokenizer.from_dict({**facts, "pieces": tokenizer.pieces}) == tokenizer


def test_no_note_about_scripts_without_spaces(tokenizer):
    assert text_notes(["我爱北京天安门天安门上太阳升"], tokenizer) == []


def test_a_corpus_is_whole_without_the_file(tmp_path, tokenizer, name, monkeypatch):
    monkeypatch.setattr(type(tokenizer.splitter), "block_size", 400)
    (tmp_path / "x.txt").write_text("\n".join([*TEXTS, "the cat " * 500]), encoding="utf-8")
    expected = Corpus.from_lines([*TEXTS, "the cat " * 500], tokenizer=tokenizer)
    for threads in (1, 2):
        built = Corpus.build(
            [tmp_path / "x.txt"], tmp_path / f"{threads}", tokenizer=tokenizer, min_count=1, threads=threads
        )
        assert list(built.lines()) == list(expected.lines())
    found = contents(tmp_path / "1")
    assert found == contents(tmp_path / "2")
    assert found[FILES[name]] == tokenizer.pieces.content
    corpus = Corpus.load(tmp_path / "1")
    assert corpus.tokenizer == tokenizer
    corpus.save(tmp_path / "saved")
    assert contents(tmp_path / "saved") == found
    corpus.subsample(tmp_path / "thinned", threshold=0.1)
    assert Corpus.load(tmp_path / "thinned").tokenizer == tokenizer
    joined = corpus.join_phrases(tmp_path / "joined", PhraseConfig(threshold=0.01, min_count=1))
    assert joined.tokenizer.pieces == tokenizer.pieces
    assert joined.tokenizer("the cat sat") == joined.tokenizer.phrases.join(tokenizer("the cat sat"))
    assert any("_" in token for token in joined.tokenizer("the cat sat"))
    Cooccurrences.count(corpus, tmp_path / "counts")
    assert Cooccurrences.load(tmp_path / "counts").tokenizer == tokenizer


def test_stop_words_are_whole_words(files):
    tokenizer = Tokenizer("sentencepiece", pieces=files["sentencepiece"])
    stop = StopWords("mine", ("the", "a", "mats")).found_by(tokenizer)
    assert [stop(token) for token in ("▁the", "▁a", "a", "the", "▁mat")] == [True, True, False, False, False]


def test_vectors_and_classifiers_split_as_before(tmp_path, tokenizer):
    corpus = Corpus.from_lines(TEXTS, tokenizer=tokenizer)
    words = corpus.vocabulary
    WordVectors(words, [[float(i), 1.0] for i in range(len(words))], tokenizer=tokenizer).save(tmp_path / "v")
    vectors = WordVectors.load(tmp_path / "v")
    assert vectors.tokenizer == tokenizer
    model = train_baseline(
        ["the cat", "a dog"] * 5, ["cat", "dog"] * 5, BaselineConfig(model="mean-vectors"), vectors=vectors
    )
    model.save(tmp_path / "m")
    loaded = load_classifier(tmp_path / "m")
    assert loaded.tokenizer("the cat sat") == tokenizer("the cat sat")
    assert loaded.predict(["the cat", "a dog"]) == ["cat", "dog"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda facts: facts.update(pieces={"name": "x"}),
            "pieces: expected 'sha256', found an object with 'name'",
        ),
        (lambda facts: facts.update(pieces="/etc/passwd"), "pieces: expected an object, found '/etc/passwd'"),
        (lambda facts: facts["pieces"].update(sha256="0"), "expected SHA-256 0…, found"),
        (lambda facts: facts.update(name="word"), "expected no pieces with the tokenizer 'word', found some"),
        (lambda facts: facts.update(name=3), "tokenizer: name: expected text, found 3"),
        (lambda facts: facts.pop("pieces"), "pieces: expected a file with the tokenizer"),
    ],
)
def test_manifests_that_lie(tmp_path, tokenizer, change, message):
    Corpus.from_lines(TEXTS, tokenizer=tokenizer).save(tmp_path / "c")
    manifest = json.loads((tmp_path / "c/manifest.json").read_text())
    change(manifest["details"]["tokenizer"])
    (tmp_path / "c/manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ArtifactError) as caught:
        Corpus.load(tmp_path / "c")
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "c"))


def test_a_payload_that_is_gone(tmp_path, tokenizer, name):
    Corpus.from_lines(TEXTS, tokenizer=tokenizer).save(tmp_path / "c")
    (tmp_path / "c" / FILES[name]).unlink()
    with pytest.raises(ArtifactError, match=r"expected a payload of .* bytes, found no file"):
        Corpus.load(tmp_path / "c")


@pytest.mark.parametrize(
    "damage", [lambda data: b"", lambda data: data[: len(data) // 2], lambda data: b"\xff" * 99]
)
def test_a_damaged_file_is_one_clear_line(tmp_path, name, files, damage):
    (tmp_path / "bad").write_bytes(damage(files[name].read_bytes()))
    tokenizer = Tokenizer(name, pieces=tmp_path / "bad")
    (tmp_path / "x.txt").write_text("the cat")
    for work in (
        lambda: Corpus.build([tmp_path / "x.txt"], tmp_path / "c", tokenizer=tokenizer),
        lambda: tokenizer("a"),
    ):
        with pytest.raises(
            FormatError, match=r"^bad: expected a (SentencePiece model|tokenizer.json file), found"
        ):
            work()
    assert not (tmp_path / "c").exists()


def test_a_file_that_is_missing_or_not_asked_for(tmp_path, name):
    with pytest.raises(SourceError, match=r"none.model: cannot be read: No such file or directory"):
        Tokenizer(name, pieces=tmp_path / "none.model")
    with pytest.raises(SourceError, match="cannot be read: Is a directory"):
        Tokenizer(name, pieces=tmp_path)
    with pytest.raises(SourceError, match="cannot be read"):
        Tokenizer(name, pieces="a\0b")
    for nothing in (None, "", 3):
        with pytest.raises(ConfigError, match=f"pieces: expected a file with the tokenizer '{name}', found"):
            Tokenizer(name, pieces=nothing)
    with pytest.raises(ConfigError, match="pieces: expected the tokenizer 'sentencepiece' or 'tokenizers'"):
        Tokenizer("word", pieces=tmp_path / "none.model")


def test_a_huge_file(tmp_path, name, monkeypatch):
    monkeypatch.setattr(pieces, "_LARGEST", 1)
    (tmp_path / "huge").write_bytes(bytes((1 << 20) + 1))
    with pytest.raises(FormatError, match="huge: expected at most 1 MiB, found a larger file"):
        Tokenizer(name, pieces=tmp_path / "huge")


def test_pieces_with_line_breaks_are_refused(tmp_path):
    broken = tokenizers.Tokenizer(tokenizers.models.WordLevel({"a\nb": 0}))
    broken.normalizer = tokenizers.normalizers.Replace(" ", "\n")
    broken.save(str(tmp_path / "broken.json"))
    with pytest.raises(
        FormatError, match=r"broken.json: expected pieces without line breaks, found one in 'a b'"
    ):
        Tokenizer("tokenizers", pieces=tmp_path / "broken.json")("a b")


def test_missing_packages(tokenizer, name, monkeypatch):
    pieces._loaded.cache_clear()
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match=r"pip install 'wordlab\[pieces\]'"):
        tokenizer.check_installed()
