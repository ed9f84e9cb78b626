"""Phrases: scores by hand, what joins and what does not, and that every artefact remembers them."""

import json
import math
import pickle
import tempfile
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from sklearn.base import clone

from wordlab.embeddings import WordVectors
from wordlab.errors import ArtifactError, ConfigError, CorpusError, FormatError, SourceError
from wordlab.sentiment import ClassifierConfig, TfidfClassifier, load_classifier
from wordlab.sentiment.models.baseline_config import BaselineConfig
from wordlab.sentiment.models.names import trainer
from wordlab.text import (
    ENGLISH_CONNECTOR_WORDS,
    Corpus,
    PhraseConfig,
    Phrases,
    Tokenizer,
    Vocabulary,
    subsampling_report,
)
from wordlab.text.phrases.counting import Work
from wordlab.text.phrases.passes import run_passes
from wordlab.text.phrases.scorers import SCORERS, Counts
from wordlab.text.phrases.storage import write_list
from wordlab.text.phrases.text import Text
from wordlab.text.phrases.value import Phrase, PhrasePass
from wordlab.text.word_lines import read_words
from wordlab.training import Word2VecConfig, train

LINES = [
    "new york is new", "the bank of america in new york", "a new day", "bank of the america",
    "bank of america is",
] * 6  # fmt: skip
LOW = PhraseConfig(threshold=0.1, min_count=6, connector_words=ENGLISH_CONNECTOR_WORDS)
"""Two pairs of LINES occur twelve times, the others six times, which makes their score 0."""
FOUND = Phrases(
    (
        PhrasePass("npmi", 0.5, 2, ("of",), (
            Phrase("new", "", "york", 12, 0.9), Phrase("bank", "of", "america", 6, 0.8),
        )),
        PhrasePass("default", 10.0, 5, (), (Phrase("new_york", "", "city", 7, 11.5),)),
    )
)  # fmt: skip


def text_of(corpus):
    return Text.of(corpus.token_ids, corpus.line_offsets, corpus.vocabulary)


@pytest.fixture
def joined(tmp_path):
    return Corpus.from_lines(LINES).join_phrases(tmp_path / "joined", LOW)


# ------------------------------------------------------------------ scores by hand


def counts(first, second, pair, num_tokens=1000, num_strings=400):
    return Counts(*(np.array([number]) for number in (first, second, pair)), num_tokens, num_strings)


@pytest.mark.parametrize(
    ("scorer", "numbers", "min_count", "expected"),
    [
        ("default", (20, 10, 8), 5, (8 - 5) / (20 * 10) * 400),
        ("default", (20, 10, 3), 5, -2 / 200 * 400),
        ("npmi", (20, 10, 8), 5, math.log(0.008 / (0.02 * 0.01)) / -math.log(0.008)),
        ("npmi", (20, 10, 4), 5, -math.inf),
        ("word2phrase", (20, 10, 8), 5, (8 - 5) * 1000 / (20 * 10)),
        ("word2phrase", (20, 4, 4), 5, -math.inf),
        ("word2phrase", (4, 20, 4), 5, -math.inf),
        ("default", (3_100_000_000, 3_100_000_000, 9), 5, 4 / 9.61e18 * 400),
    ],
)
def test_scores_by_hand(scorer, numbers, min_count, expected):
    (score,) = SCORERS[scorer].score(counts(*numbers), min_count)
    assert score == pytest.approx(expected, rel=1e-15)


def test_word2phrase_on_a_text():
    text = ["a b a b c"] * 4 + ["c a"]
    config = PhraseConfig("word2phrase", threshold=0.5, min_count=3)
    found = Corpus.from_lines(text, tokenizer=Tokenizer("whitespace")).find_phrases(config)
    # 22 tokens: a 9, b 8, c 5; a b 8, b a 4, b c 4, c a 1
    expected = {"a_b": (8 - 3) * 22 / (9 * 8), "b_c": (4 - 3) * 22 / (8 * 5)}
    assert {phrase.joined: phrase.score for _, phrase in found.best()} == pytest.approx(expected)
    assert [phrase.joined for _, phrase in found.best()] == ["a_b", "b_c"]


# ------------------------------------------------------------------ what is joined


def test_a_corpus_is_joined_and_counted_again(joined):
    assert joined.line(1) == ["the", "bank_of_america", "in", "new_york"]
    assert joined.line(3) == ["bank", "of", "the", "america"]
    assert joined.vocabulary.num_tokens == joined.num_tokens == 6 * (3 + 4 + 3 + 4 + 2)
    assert sorted(joined.vocabulary.counts.tolist(), reverse=True) == joined.vocabulary.counts.tolist()
    assert "york" not in joined.vocabulary
    assert joined.details["phrases"] == [
        {"num_phrases": 2, "num_tokens_before": 6 * 22, "num_words_before": 10}
    ]


def test_new_text_is_joined_likewise(joined):
    tokens = joined.tokenizer("From New York to the Bank of America!")
    assert tokens == ["from", "new_york", "to", "the", "bank_of_america"]
    assert [joined.tokenizer(line) for line in LINES] == list(joined.lines())
    assert list(Corpus.from_lines(LINES, tokenizer=joined.tokenizer).lines()) == list(joined.lines())


def test_from_left_to_right():
    phrases = PhrasePass(
        "npmi", 0.0, 1, ("of",), (Phrase("a", "", "a", 1, 0.5), Phrase("b", "of", "c", 1, 0.5))
    )
    for text, expected in {
        "a a a a a": "a_a a_a a",
        "of b of c of c b of": "of b_of_c of c b of",
        "b of of c": "b of of c",
        "": "",
    }.items():
        assert phrases.join(text.split()) == expected.split()


@pytest.mark.parametrize(
    ("threads", "piece", "most_pairs"),
    [(2, 10**6, 10**6), (1, 7, 10**6), (3, 5, 10**6), (1, 50, 11), (5, 50, 60), (2, 20, 1)],
)
def test_neither_threads_nor_pieces_change_anything(threads, piece, most_pairs):
    corpus = Corpus.from_lines([*LINES, " ".join(LINES)])
    expected = run_passes(text_of(corpus), replace(LOW, passes=2), tempfile.gettempdir(), Work())
    found = run_passes(
        text_of(corpus), replace(LOW, passes=2), tempfile.gettempdir(), Work(threads, piece, most_pairs)
    )
    assert found.phrases == expected.phrases
    assert found.text.token_ids.tolist() == expected.text.token_ids.tolist()
    assert found.text.words.to_pylist() == expected.text.words.to_pylist()


def test_equal_inputs_give_equal_bytes(tmp_path, joined):
    Corpus.from_lines(LINES).join_phrases(tmp_path / "again", LOW, threads=3)
    for file in (tmp_path / "joined").iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()


def test_no_phrase_leaves_the_corpus_as_it_is(tmp_path, caplog):
    corpus = Corpus.from_lines(LINES)
    corpus.save(tmp_path / "before")
    same = Corpus.load(tmp_path / "before").join_phrases(tmp_path / "after", PhraseConfig(passes=3))
    assert same.tokenizer == corpus.tokenizer
    assert same.vocabulary == corpus.vocabulary
    assert np.array_equal(same.token_ids, corpus.token_ids)
    assert caplog.messages == [
        "no phrase found in pass 1: the best pair, bank_of, scores 0.923, which is not above 10"
    ]
    caplog.clear()
    assert not corpus.find_phrases(PhraseConfig(min_count=100))
    assert caplog.messages == ["no phrase found: no pair of words occurs 100 times or more"]


def test_passes_follow_each_other(tmp_path, joined):
    again = joined.join_phrases(tmp_path / "again", PhraseConfig(threshold=0.4, min_count=2))
    assert [one.threshold for one in again.tokenizer.phrases.passes] == [0.1, 0.4]
    assert again.line(0)[0].startswith("new_york_")
    assert [again.tokenizer(line) for line in LINES] == list(again.lines())
    assert len(again.details["phrases"]) == 2
    assert json.loads((tmp_path / "again" / "manifest.json").read_text())["parents"] == {
        "corpus": joined.digest
    }


def test_a_text_without_anything_to_count(caplog):
    config = PhraseConfig("npmi", -1, 1, connector_words=("the", "of"))
    assert not Corpus.from_lines(["the of", "the"]).find_phrases(config)
    assert not Corpus(np.zeros(0), np.zeros(1), Vocabulary([], []), Tokenizer()).find_phrases()
    assert not Corpus.from_lines(["one", "word", "a", "line"]).find_phrases(PhraseConfig("npmi", -1, 1))


def test_words_spelled_like_phrases_are_one_word(tmp_path):
    corpus = Corpus.from_lines(["a b", "a_b", "a_b c"] * 3, tokenizer=Tokenizer("whitespace"))
    joined = corpus.join_phrases(tmp_path / "j", PhraseConfig("npmi", -1, 1))
    assert dict(zip(joined.vocabulary.words, joined.vocabulary.counts.tolist(), strict=True)) == {
        "a_b": 6, "a_b_c": 3,
    }  # fmt: skip


def test_what_comes_of_a_joined_corpus_keeps_the_phrases(tmp_path, joined):
    thin = joined.subsample(tmp_path / "thin", threshold=0.05)
    assert thin.tokenizer == joined.tokenizer
    assert thin.details["phrases"] == joined.details["phrases"]
    joined.save(tmp_path / "saved")
    assert Corpus.load(tmp_path / "saved").tokenizer == joined.tokenizer
    assert subsampling_report(joined, words=["new_york"]).words[0].count == 12


def test_connector_words_of_another_case_are_noted(caplog):
    corpus = Corpus.from_lines(["The Bank Of America"] * 9, tokenizer=Tokenizer("whitespace"))
    corpus.find_phrases(PhraseConfig(threshold=0.1, connector_words=ENGLISH_CONNECTOR_WORDS))
    assert caplog.messages[0] == "none of the 15 connector words occurs in the corpus"


def test_too_many_runs_of_connector_words_are_an_error(monkeypatch):
    corpus = Corpus.from_lines(["a of b", "a the b", "a of the b"])
    monkeypatch.setattr("wordlab.text.phrases.pairs._KEYS", 50)
    with pytest.raises(CorpusError, match="expected at most 3 different runs of connector words"):
        corpus.find_phrases(PhraseConfig("npmi", -1, 1, connector_words=("of", "the")))


# ------------------------------------------------------------------ settings


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"scorer": "pmi"}, "scorer: expected one of default, npmi, word2phrase, found 'pmi'"),
        ({"threshold": 0}, "threshold: expected a number above 0 with the scorer default, found 0"),
        ({"threshold": math.inf}, "threshold: expected a number above 0 with the scorer default, found inf"),
        ({"threshold": math.nan}, "threshold: expected a number above 0 with the scorer default, found nan"),
        ({"threshold": True}, "threshold: expected a number above 0 with the scorer default, found True"),
        ({"scorer": "npmi", "threshold": 1.5},
         "threshold: expected a number from -1 to 1 with the scorer npmi, found 1.5"),
        ({"scorer": "word2phrase", "threshold": -1},
         "threshold: expected a number above 0 with the scorer word2phrase, found -1"),
        ({"min_count": 0}, "min_count: expected a whole number from 1 to 1000000000000, found 0"),
        ({"passes": 0}, "passes: expected a whole number from 1 to 100, found 0"),
        ({"connector_words": "of"}, "connector_words: expected a list of words, found 'of'"),
        ({"connector_words": 3}, "connector_words: expected a list of words, found 3"),
        ({"connector_words": ["of", ""]}, "connector_words: expected words, found ''"),
    ],
)  # fmt: skip
def test_settings_are_checked(settings, message):
    with pytest.raises(ConfigError) as caught:
        PhraseConfig(**settings)
    assert str(caught.value) == message


def test_settings_are_settled():
    assert [PhraseConfig(scorer).threshold for scorer in SCORERS] == [10.0, 0.5, 100.0]
    assert PhraseConfig("npmi", -1).threshold == -1.0
    assert PhraseConfig(connector_words={"of", "a"}) == PhraseConfig(connector_words=["of", "a", "of"])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"of\r\n\n  the \nof", ("of", "the")),
        (b"\xef\xbb\xbfvon\n", ("von",)),
        ("der\u00a0\n".encode(), ("der",)),
    ],
)
def test_connector_words_of_a_file(tmp_path, content, expected):
    (tmp_path / "words.txt").write_bytes(content)
    assert read_words(tmp_path / "words.txt", "connector word") == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "words.txt: expected connector words, one a line, found none"),
        (b" \n\n", "words.txt: expected connector words, one a line, found none"),
        (b"of\nof the\n", "words.txt:2: expected one connector word a line, found 'of the'"),
        (b"%PDF-1.7", "words.txt: expected text, found a PDF"),
        (b"of\n\xff\n", "words.txt: byte 3: expected"),
        (b"x" * 9_000, "words.txt: byte 0: expected the end of a line within 4096 bytes, found none"),
        ("\n".join(map(str, range(20_000))).encode(), "words.txt: expected at most 10,000 connector words"),
    ],
)
def test_odd_files_of_connector_words(tmp_path, monkeypatch, content, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.txt").write_bytes(content)
    with pytest.raises(FormatError) as caught:
        read_words("words.txt", "connector word")
    assert str(caught.value).startswith(message)


def test_a_file_of_connector_words_that_is_missing(tmp_path):
    with pytest.raises(SourceError, match=r"none: cannot be opened: No such file or directory"):
        read_words(tmp_path / "none", "connector word")


# ------------------------------------------------------------------ remembered


def test_tokenizers_with_other_phrases_differ():
    plain, joining = Tokenizer(), Tokenizer(phrases=FOUND)
    assert plain != joining == Tokenizer(phrases=Phrases(FOUND.passes))
    assert "phrases" not in plain.to_dict()
    assert joining.to_dict()["phrases"] == FOUND.settings()
    assert hash(joining) == hash(Tokenizer(phrases=Phrases(FOUND.passes)))
    assert len(repr(joining)) < 200
    assert repr(joining) != repr(Tokenizer(phrases=Phrases(FOUND.passes[:1])))
    assert Phrases.of(FOUND.settings(), FOUND.rows()) == FOUND


def test_pickles_and_clones_join(joined):
    again = pickle.loads(pickle.dumps(joined.tokenizer))  # noqa: S301 - our own bytes
    assert again == joined.tokenizer
    estimator = clone(TfidfClassifier(tokenizer=joined.tokenizer))
    assert estimator.tokenizer("new york") == ["new_york"]


def test_workers_join(joined):
    lines = [f"{line} {'x' * 200}" for line in LINES * 700]  # several blocks of a tokenizer in Python
    text = "\n".join(lines)
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/text.txt", "w") as file:
            file.write(text)
        built = Corpus.build([f"{folder}/text.txt"], f"{folder}/c", tokenizer=joined.tokenizer, threads=2)
        assert built.vocabulary.counts[built.vocabulary.id("new_york")] == 12 * 700
        assert built.line(1)[:-1] == ["the", "bank_of_america", "in", "new_york"]
        assert built.tokenizer == joined.tokenizer


def test_long_lines_are_joined_in_one_piece(tmp_path):
    phrases = Phrases((PhrasePass("npmi", 0.5, 1, (), (Phrase("a", "", "b", 1, 0.9),)),))
    (tmp_path / "one.txt").write_text("a b " * 700_000)
    tokenizer = Tokenizer("whitespace", phrases=phrases)
    built = Corpus.build([tmp_path / "one.txt"], tmp_path / "c", tokenizer=tokenizer, threads=2)
    assert built.vocabulary.words == ("a_b",)


def test_vectors_remember(tmp_path, joined):
    vectors = train(joined, Word2VecConfig(dim=4, epochs=1, threads=1, subsample=0))
    vectors.save(tmp_path / "v")
    loaded = WordVectors.load(tmp_path / "v")
    assert loaded.tokenizer == joined.tokenizer
    again = pickle.loads(pickle.dumps(loaded))  # noqa: S301 - our own bytes
    assert again.tokenizer == joined.tokenizer
    loaded.subset(["new_york"]).save(tmp_path / "w", precision="int8")
    assert WordVectors.load(tmp_path / "w").tokenizer == joined.tokenizer
    with pytest.raises(CorpusError, match=r"the tokenizer of the vectors to start from, .*<phrases"):
        train(Corpus.from_lines(LINES), start=vectors)


@pytest.mark.parametrize("model", ["nbsvm", "tfidf", "mean-vectors", "textcnn", "birnn"])
def test_classifiers_remember(tmp_path, joined, model):
    vectors = train(joined, Word2VecConfig(dim=4, epochs=1, threads=1, subsample=0))
    settings = {"threads": 1, "epochs": 1} if model in ("textcnn", "birnn") else {"min_count": 1}
    kind = ClassifierConfig if model in ("textcnn", "birnn") else BaselineConfig
    texts = ["new york is good", "a bad day"] * 8
    made = trainer(model)(
        texts, ["pos", "neg"] * 8, kind(model=model, **settings),
        vectors=vectors if model == "mean-vectors" else None, tokenizer=joined.tokenizer,
    )  # fmt: skip
    made.save(tmp_path / "m")
    loaded = load_classifier(tmp_path / "m")
    assert loaded.tokenizer == joined.tokenizer
    assert np.array_equal(loaded.predict_proba(texts), made.predict_proba(texts))
    words = {word for reason in loaded.explain("new york is good").reasons for word in reason.words}
    assert any("new_york" in word for word in words)
    assert "york" not in words


def test_onnx_files_hold_the_phrases(tmp_path, joined):
    onnx = pytest.importorskip("onnx")
    config = ClassifierConfig(model="textcnn", threads=1, epochs=1, dim=4)
    made = trainer("textcnn")(["new york", "a day"] * 8, ["p", "n"] * 8, config, tokenizer=joined.tokenizer)
    made.export(tmp_path / "m.onnx")
    facts = {prop.key: json.loads(prop.value) for prop in onnx.load(tmp_path / "m.onnx").metadata_props}
    assert facts["tokenizer"] == joined.tokenizer.to_dict()
    assert Phrases.of(facts["tokenizer"]["phrases"], facts["phrases"]) == joined.tokenizer.phrases


def test_artefacts_without_phrases_say_nothing_of_them(tmp_path):
    Corpus.from_lines(LINES).save(tmp_path / "c")
    assert "phrases" not in (tmp_path / "c" / "manifest.json").read_text()
    assert not (tmp_path / "c" / "phrases.parquet").exists()


def table(**columns):
    """A payload of one phrase, with some columns replaced."""
    good = {
        "pass": pa.array([1], pa.int64()), "first": ["new"], "between": [""], "second": ["york"],
        "count": pa.array([2], pa.int64()), "score": [0.5],
    }  # fmt: skip
    return pa.table({**good, **columns})


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (None, "manifest.json: expected a payload 'phrases.parquet', found none"),
        (b"PAR1", "phrases.parquet: expected phrases, found a damaged file"),
        (table(second=pa.array([1])), "phrases.parquet: second: expected string, found int64"),
        (table(score=[None]), "phrases.parquet: expected phrases, found"),
        (table(score=[math.nan]), "phrases.parquet: score: expected finite numbers, found NaN or infinity"),
        (table(count=pa.array([0], pa.int64())), "phrases.parquet: count: expected 1 or more, found 0"),
        (table(first=[""]), "phrases.parquet: first: expected words, found an empty one"),
        (table(**{"pass": pa.array([2], pa.int64())}),
         "phrases.parquet: pass: expected passes from 1 to 1, found 2"),
    ],
)  # fmt: skip
def test_damaged_payloads(tmp_path, joined, payload, message):
    from tests.test_sealed_artefacts import sealed

    drop = () if payload is not None else ("phrases.parquet",)
    payloads = {} if payload is None else {"phrases.parquet": payload}
    sealed(tmp_path / "joined", payloads, drop=drop)
    with pytest.raises(ArtifactError) as caught:
        Corpus.load(tmp_path / "joined")
    assert message.split(": expected phrases, found")[0] in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("all", "phrases: expected a list, found 'all'"),
        ([{"scorer": "npmi"}], "phrases: 0: expected 'threshold', found an object with 'scorer'"),
        ([{**FOUND.settings()[0], "connector_words": [1]}],
         "phrases: 0: connector_words: 0: expected text, found 1"),
    ],
)  # fmt: skip
def test_damaged_settings(tmp_path, joined, settings, message):
    from tests.test_sealed_artefacts import sealed

    tokenizer = {**joined.tokenizer.to_dict(), "phrases": settings}
    sealed(tmp_path / "joined", details={"tokenizer": tokenizer})
    with pytest.raises(ArtifactError) as caught:
        Corpus.load(tmp_path / "joined")
    assert str(caught.value).endswith(f"manifest.json: details: tokenizer: {message}")


# ------------------------------------------------------------------ the list


def test_the_list_is_best_first(tmp_path):
    write_list(FOUND, tmp_path / "phrases.tsv")
    assert (tmp_path / "phrases.tsv").read_text() == (
        "pass\tphrase\tcount\tscore\n"
        "2\tnew_york_city\t7\t11.5\n1\tnew_york\t12\t0.9\n1\tbank_of_america\t6\t0.8\n"
    )
    odd = Phrases((PhrasePass("npmi", 0.5, 2, (), (Phrase("a\tb", "", "c", 1, 0.5),)),))
    with pytest.raises(FormatError, match=r"expected phrases without tabs and line breaks, found 'a\\tb_c'"):
        write_list(odd, tmp_path / "odd.tsv")
    assert not (tmp_path / "odd.tsv").exists()
