"""Functions and spaCy pipelines as tokenizers, texts that are cut already, and given vocabularies."""

import copy
import json
import pickle
import re

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.errors import ArtifactError, ConfigError, CorpusError
from wordlab.sentiment import DocumentVectors, WordVectorVectorizer, train_baseline
from wordlab.text import Corpus, Tokenizer, Vocabulary
from wordlab.text.phrases.config import PhraseConfig
from wordlab.text.tokenizers.own import OwnTokenizer, as_tokenizer

LINES = ["The-cat sat", "the-cat  ran", "a-dog sat\nthe-dog ran"]
WORDS = ("cat", "sat", "ran", "dog", "The", "the", "a")
CALLED = f"{__name__}.by_hyphens"
WHY = (
    f"tokenizer: expected one by name, or the function itself, found the record of '{CALLED}', "
    "which is code that no file holds"
)


def by_hyphens(line):
    return re.split(r"[- ]", line)


def test_a_function():
    corpus = Corpus.from_lines(LINES, tokenizer=by_hyphens)
    assert list(corpus.lines()) == [
        ["The", "cat", "sat"], ["the", "cat", "ran"], ["a", "dog", "sat"], ["the", "dog", "ran"],
    ]  # fmt: skip
    assert corpus.tokenizer("so-so") == ["so", "so"]
    assert corpus.tokenizer.to_dict() == {"name": "own", "called": CALLED}


def test_a_method_of_a_built_in_type():
    corpus = Corpus.from_lines(LINES, tokenizer=str.split)
    assert corpus.tokenizer.to_dict() == {"name": "own", "called": "builtins.str.split"}
    assert corpus.tokenizer("so-so it is") == ["so-so", "it", "is"]


@pytest.mark.parametrize("threads", [1, 4])
def test_it_builds_the_same_on_any_number_of_threads(tmp_path, threads):
    (tmp_path / "x.txt").write_text("\n".join(80_000 * LINES))  # in four blocks
    built = Corpus.build([tmp_path / "x.txt"], tmp_path / "c", tokenizer=by_hyphens, threads=threads)
    whole = Corpus.from_lines(LINES, tokenizer=by_hyphens)
    assert built.num_tokens == 80_000 * whole.num_tokens
    assert built.vocabulary.words == whole.vocabulary.words
    assert built.notes == ()


def test_the_file_holds_its_name_alone(tmp_path):
    Corpus.from_lines(LINES, tokenizer=by_hyphens).save(tmp_path / "c")
    loaded = Corpus.load(tmp_path / "c")
    assert loaded.tokenizer == OwnTokenizer(called=CALLED)
    with pytest.raises(ConfigError) as caught:
        loaded.tokenizer("a text")
    assert str(caught.value) == WHY
    manifest = tmp_path / "c" / "manifest.json"
    facts = json.loads(manifest.read_text())
    for wrong in ({"name": "own"}, {"name": "own", "called": 1}):
        facts["details"]["tokenizer"] = wrong
        manifest.write_text(json.dumps(facts))
        with pytest.raises(ArtifactError, match="tokenizer"):
            Corpus.load(tmp_path / "c", verify=False)


def test_later_steps_need_it_again(tmp_path):
    matrix = np.random.default_rng(1).normal(size=(len(WORDS), 4))
    tokenizer = Corpus.from_lines(LINES, tokenizer=by_hyphens).tokenizer
    made = WordVectors(Vocabulary(WORDS, range(9, 2, -1)), matrix, tokenizer=tokenizer)
    assert WordVectorVectorizer(made).fit(LINES).coverage_ == 1
    made.save(tmp_path / "v")
    vectors = WordVectors.load(tmp_path / "v")
    assert vectors.nearest("cat", k=1)
    texts, labels = ["cat-sat", "dog-ran"] * 8, ["a", "b"] * 8
    for fails in (
        lambda: WordVectorVectorizer(vectors).fit(LINES),
        lambda: DocumentVectors.encode(LINES, vectors, pooling="mean"),
        lambda: train_baseline(texts, labels, vectors=vectors),
    ):
        with pytest.raises(ConfigError) as caught:
            fails()
        assert str(caught.value) == WHY
    model = train_baseline(texts, labels, vectors=vectors, tokenizer=by_hyphens)
    assert model.predict(["dog-ran"]) == ["b"]
    assert pickle.loads(pickle.dumps(model)).predict(["dog-ran"]) == ["b"]  # noqa: S301 - our own bytes
    with pytest.raises(ConfigError, match=f"by name to be saved with the classifier, found {CALLED}, which"):
        model.save(tmp_path / "m")
    assert not (tmp_path / "m").exists()


def test_phrases_are_joined_by_it(tmp_path):
    corpus = Corpus.from_lines(40 * ["new-york city", "the-new car", "york-the town"], tokenizer=by_hyphens)
    joined = corpus.join_phrases(tmp_path / "j", PhraseConfig(threshold=1e-3, min_count=1))
    assert joined.tokenizer.called == CALLED
    assert joined.tokenizer.phrases


def test_a_spacy_pipeline():
    spacy = pytest.importorskip("spacy")
    nlp = spacy.blank("en")
    corpus = Corpus.from_lines(["Don't stop,  please!", "I can't."], tokenizer=nlp)
    assert corpus.line(0) == ["Do", "n't", "stop", ",", "please", "!"]
    assert corpus.tokenizer.called == "spacy.lang.en.English"
    assert copy.deepcopy(corpus.tokenizer) is corpus.tokenizer
    assert Corpus.from_lines(["Don't stop"], tokenizer=nlp.tokenizer).line(0) == ["Do", "n't", "stop"]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            lambda line: line,
            "expected a list of strings from test_own_tokenizers.<lambda>, found str",
        ),
        (lambda line: None, "<lambda>, found NoneType"),
        (lambda line: [1], "expected tokens that are strings from .*<lambda>, found int"),
        ("word", r"a spaCy pipeline, found str; Tokenizer\('word'\) is one"),
        (3, "a spaCy pipeline, found int$"),
    ],
)
def test_what_is_no_tokenizer(function, message):
    with pytest.raises(TypeError, match=message):
        Corpus.from_lines(LINES, tokenizer=function)


def test_options_are_for_tokenizers_by_name():
    assert as_tokenizer(None) == Tokenizer()
    with pytest.raises(ConfigError, match=r"lowercase: expected a tokenizer by name with it, found x\.f"):
        OwnTokenizer(called="x.f", lowercase=True)


def test_lists_of_tokens():
    tokens = [["New York", "is", "big"], ("big", "big", "", " "), []]
    corpus = Corpus.from_lines(tokens)
    assert list(corpus.lines()) == [["New York", "is", "big"], ["big", "big"]]
    assert corpus.vocabulary.words == ("big", "New York", "is")
    with pytest.raises(ConfigError, match="found the record of 'lists of tokens'"):
        corpus.tokenizer("a text")
    assert Corpus.from_lines(iter(tokens), tokenizer=Tokenizer("whitespace")).tokenizer.name == "whitespace"
    with pytest.raises(CorpusError, match="not a single word"):
        Corpus.from_lines([[], []])


def test_a_given_vocabulary(tmp_path):
    (tmp_path / "x.txt").write_text("the cat sat\nthe dog\na cat\n")
    vocabulary = Vocabulary(["dog", "cat", "bird"], [5, 4, 3])
    built = Corpus.build([tmp_path / "x.txt"], tmp_path / "c", vocabulary=vocabulary)
    assert built.vocabulary == Vocabulary(["cat", "dog"], [2, 1])
    assert list(built.lines()) == [["cat"], ["dog"], ["cat"]]
    assert built.notes == ("1 of 3 words of the vocabulary are not in the corpus",)
    assert built.details["num_given_words"] == 3
    assert Corpus.load(tmp_path / "c").details["min_count"] == 1
    assert list(Corpus.from_lines(["the cat", "a dog"], vocabulary={"dog"}).lines()) == [["dog"]]
    rare = Corpus.build([tmp_path / "x.txt"], tmp_path / "d", vocabulary=vocabulary, min_count=2)
    assert rare.vocabulary.words == ("cat",)
    with pytest.raises(CorpusError, match="vocabulary: expected words that occur in the text, found none"):
        Corpus.from_lines(["the cat"], vocabulary=["bird"])
    with pytest.raises(TypeError, match="a set of words, found a single one"):
        Corpus.from_lines(["the cat"], vocabulary="cat")
