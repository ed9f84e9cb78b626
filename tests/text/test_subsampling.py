"""Keep probabilities, what a report says, and the corpus that is written."""

import numpy as np
import pytest

from wordlab.errors import ConfigError, CorpusError, UnknownWordError
from wordlab.text import Corpus, storage, subsampling_effect
from wordlab.text.subsampling import keep_probabilities
from wordlab.text.subsampling_effect import subsampling_report


@pytest.fixture(scope="module")
def corpus():
    rng = np.random.default_rng(0)
    words = np.array([f"w{i}" for i in range(300)])
    shares = 1 / np.arange(1, 301)
    lines = [" ".join(rng.choice(words, size, p=shares / shares.sum())) for size in rng.integers(1, 60, 800)]
    return Corpus.from_lines(lines)


def test_keep_probabilities_by_hand():
    counts = np.array([50, 49, 1])
    # f = .5, .49, .01 and t = .02: sqrt(t / f) = .2, .20203, 1.41; t / f = .04, .040816, 2
    np.testing.assert_allclose(keep_probabilities(counts, 0.02, form="paper"), [0.2, 0.2020305, 1])
    np.testing.assert_allclose(keep_probabilities(counts, 0.02), [0.24, 0.2428468, 1], rtol=1e-6)
    np.testing.assert_array_equal(keep_probabilities(counts, 0), [1, 1, 1])
    np.testing.assert_array_equal(keep_probabilities(np.array([3, 0]), 1e-9)[1], 1)
    assert keep_probabilities(np.zeros(0, dtype=np.int64), 1e-3).shape == (0,)
    # of 400 tokens read f = .125, .1225, .0025: sqrt(t / f) = .4, .404061; t / f = .16, .163265
    found = keep_probabilities(counts, 0.02, form="fasttext", num_tokens_read=400)
    np.testing.assert_allclose(found, [0.56, 0.567326, 1], rtol=1e-5)


def test_the_form_of_fasttext_needs_to_know_what_was_read():
    with pytest.raises(CorpusError, match="expected a corpus that records how many tokens were read"):
        keep_probabilities(np.array([3, 1]), 0.1, form="fasttext")
    with pytest.raises(ConfigError, match="num_tokens_read: expected 4 or more, found -3"):
        keep_probabilities(np.array([3, 1]), 0.1, form="fasttext", num_tokens_read=-3)


def test_what_a_corpus_knows_of_what_was_read(tmp_path):
    corpus = Corpus.from_lines(["a a b", "a once", "", "never"] * 3 + ["lone"], min_count=4)
    assert corpus.vocabulary.words == ("a",)
    # 9 of a, 13 rarer words, and the ends of the 6 lines that have a word
    assert corpus.num_tokens_read == 9 + 10 + 6
    corpus.save(tmp_path / "c")
    assert Corpus.load(tmp_path / "c").num_tokens_read == corpus.num_tokens_read
    thin = Corpus.load(tmp_path / "c").subsample(tmp_path / "thin", threshold=0.1)
    assert thin.num_tokens_read == thin.num_tokens + 10 + thin.num_lines  # rare words are not thinned
    bare = Corpus(corpus.token_ids, corpus.line_offsets, corpus.vocabulary, corpus.tokenizer)
    assert bare.num_tokens_read is None


def test_gensim_agrees():
    from gensim.models import Word2Vec

    texts = [["a"] * 900 + ["b"] * 90 + ["c"] * 10]
    model = Word2Vec(texts, min_count=1, sample=0.02, vector_size=2, epochs=1)
    ours = keep_probabilities(np.array([900, 90, 10]), 0.02)
    theirs = [model.wv.get_vecattr(word, "sample_int") / 2**32 for word in "abc"]
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize("threshold", [-1e-3, float("nan"), float("inf")])
def test_nonsense_threshold(threshold):
    with pytest.raises(ConfigError, match="threshold: expected 0"):
        keep_probabilities(np.array([1]), threshold)


def test_nonsense_form_and_seed(corpus, tmp_path):
    with pytest.raises(ConfigError, match="form: expected one of word2vec, paper, fasttext, found 'gensim'"):
        keep_probabilities(np.array([1]), 1e-3, form="gensim")
    with pytest.raises(ConfigError, match="seed: expected 0 or more, found -1"):
        corpus.subsample(tmp_path / "out", seed=-1)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("form", ["word2vec", "paper", "fasttext"])
def test_subsample_keeps_about_as_many_as_expected(corpus, tmp_path, form):
    thin = corpus.subsample(tmp_path / "thin", threshold=1e-3, form=form, seed=3)
    keep = corpus.keep_probabilities(1e-3, form=form)
    expected = float((keep * corpus.vocabulary.counts).sum())
    deviation = float((keep * (1 - keep) * corpus.vocabulary.counts).sum()) ** 0.5
    assert abs(thin.num_tokens - expected) < 5 * deviation
    # Nothing but the ids is new: the text of what is left, counted afresh, is the same corpus.
    again = Corpus.from_lines([" ".join(line) for line in thin.lines()])
    assert again.vocabulary == thin.vocabulary
    np.testing.assert_array_equal(again.token_ids, thin.token_ids)
    np.testing.assert_array_equal(again.line_offsets, thin.line_offsets)


def test_subsample_is_a_subsequence(corpus, tmp_path):
    thin = corpus.subsample(tmp_path / "thin", threshold=1e-4, seed=1)
    old = iter(word for line in corpus.lines() for word in line)
    assert all(word in old for line in thin.lines() for word in line)


def test_equal_seeds_give_equal_bytes_whatever_the_chunks(corpus, tmp_path, monkeypatch):
    def files(name):
        return {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}

    corpus.subsample(tmp_path / "one", seed=5)
    report = subsampling_report(corpus, seed=5)
    monkeypatch.setattr(storage, "CHUNK", 777)
    monkeypatch.setattr(subsampling_effect, "CHUNK", 777)
    corpus.subsample(tmp_path / "two", seed=5)
    assert files("one") == files("two")
    chunked = subsampling_report(corpus, seed=5)
    assert chunked.words == report.words
    np.testing.assert_array_equal(chunked.lines_after, report.lines_after)
    np.testing.assert_array_equal(chunked.length_edges, report.length_edges)
    corpus.subsample(tmp_path / "three", seed=6)
    assert files("one") != files("three")


def test_report_tells_what_subsample_does(corpus, tmp_path):
    report = subsampling_report(corpus, threshold=1e-4, seed=2)
    thin = corpus.subsample(tmp_path / "thin", threshold=1e-4, seed=2)
    assert (report.num_kept, report.num_lines_kept) == (thin.num_tokens, thin.num_lines)
    assert report.share_kept == thin.num_tokens / corpus.num_tokens
    assert [sample.rank for sample in report.words] == [*range(10), 19, 49, 99, 199]
    for sample in report.words:
        kept = thin.vocabulary.get(sample.word)
        assert sample.num_kept == (0 if kept is None else thin.vocabulary.counts[kept])
        assert sample.count == corpus.vocabulary.counts[sample.rank]
    for lengths, counted in [
        (np.diff(corpus.line_offsets), report.lines_before),
        (np.diff(thin.line_offsets), report.lines_after * (report.length_edges[:-1] > 0)),
    ]:
        np.testing.assert_array_equal(np.histogram(lengths, report.length_edges)[0], counted)
    assert report.lines_before.sum() == report.lines_after.sum() == corpus.num_lines


def test_report_of_chosen_words(corpus):
    report = subsampling_report(corpus, words=["w200", "w0"])
    assert [sample.word for sample in report.words] == ["w200", "w0"]
    with pytest.raises(UnknownWordError):
        subsampling_report(corpus, words=["W0"])


def test_subsampled_manifest(corpus, tmp_path):
    corpus.save(tmp_path / "whole")
    thin = Corpus.load(tmp_path / "whole").subsample(tmp_path / "thin", threshold=1e-3, seed=9)
    assert thin.details["subsampling"] == {
        "threshold": 1e-3, "form": "word2vec", "seed": 9, "num_tokens_before": corpus.num_tokens,
    }  # fmt: skip
    assert thin.details["num_tokens"] == thin.num_tokens < corpus.num_tokens
    assert thin.details["tokenizer"] == corpus.tokenizer.to_dict()


def test_nothing_left(tmp_path):
    with pytest.raises(CorpusError, match="leaves not a single token of 1"):
        Corpus.from_lines(["word"]).subsample(tmp_path / "thin", threshold=1e-12)
    assert not list(tmp_path.iterdir())
