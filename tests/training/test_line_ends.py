"""The end of a line as a word, and subsampling by shares of all tokens read, as fastText has both."""

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.errors import ConfigError, CorpusError
from wordlab.text import Corpus, Tokenizer, Vocabulary
from wordlab.training import Word2VecConfig, estimate, train
from wordlab.training.history import History, describe_corpus
from wordlab.training.objectives.word2vec.objective import Word2Vec

LINES = ["a b a c", "a", "b c b once", "d a d b"]


def config(**options):
    plain = {"dim": 20, "window": 3, "subsample": 0.0, "threads": 1, "epochs": 2, "line_end": True}
    return Word2VecConfig(**{**plain, **options})


def corpus_of(lines, **options):
    return Corpus.from_lines(lines, tokenizer=Tokenizer("whitespace"), **options)


@pytest.fixture(scope="module")
def corpus():
    return corpus_of([*LINES * 30, *(f"rare{n} a" for n in range(50))], min_count=2)


def begun(corpus, config, start=None):
    return Word2Vec.begin(corpus, config, start, History.of(start, describe_corpus(corpus)))


def test_all_that_is_read_counts(corpus):
    assert corpus.num_tokens_read == 30 * 13 + 2 * 50 + corpus.num_lines
    assert corpus.num_lines == 170


@pytest.mark.parametrize("line_end", [True, False])
def test_tokens_are_kept_as_by_fasttext(corpus, line_end):
    objective = begun(corpus, config(subsample=0.01, subsample_form="fasttext", line_end=line_end))
    keep = objective.text.keep
    names = [*corpus.vocabulary.words, *(["</s>"] if line_end else [])]
    counts = {"a": 4 * 30 + 50, "b": 4 * 30, "c": 2 * 30, "d": 2 * 30, "once": 30, "</s>": 170}
    assert set(names) <= set(counts)
    for name, found in zip(names, keep, strict=True):  # Dictionary::initTableDiscard
        f = counts[name] / corpus.num_tokens_read
        assert found == pytest.approx(min(1, np.sqrt(0.01 / f) + 0.01 / f), rel=1e-6), name
    assert objective.facts == {"num_tokens_read": corpus.num_tokens_read}


def test_the_end_of_a_line_is_a_word_of_its_count(corpus):
    vectors = train(corpus, config())
    found = dict(zip(vectors.vocabulary.words, vectors.vocabulary.counts.tolist(), strict=True))
    assert found == {"a": 170, "</s>": 170, "b": 120, "c": 60, "d": 60, "once": 30}
    assert vectors.vocabulary.words[:3] == ("a", "</s>", "b")  # the text's own words come first
    assert "num_tokens_read" not in vectors.details
    plain = train(corpus, config(line_end=False))
    assert "</s>" not in plain
    assert "line_end" not in plain.details["config"]
    words = list(plain.vocabulary.words)
    assert (vectors[words] != plain[words]).any()


def test_a_text_may_have_the_word_itself():
    vectors = train(corpus_of(["x y </s>", "y x"] * 40), config())
    assert dict(zip(vectors.vocabulary.words, vectors.vocabulary.counts.tolist(), strict=True)) == {
        "</s>": 120, "x": 80, "y": 80
    }  # fmt: skip


def test_lines_of_one_word_have_something_to_predict():
    corpus = corpus_of(["x", "y", "x"] * 30)
    with pytest.raises(CorpusError, match="found single words only"):
        train(corpus, config(line_end=False))
    assert set(train(corpus, config()).vocabulary.words) == {"x", "y", "</s>"}


@pytest.mark.parametrize("loss", ["negative", "hierarchical"])
def test_torch_sees_the_same_windows(corpus, loss):
    pytest.importorskip("torch")
    options = config(loss=loss, subsample=0.05, deterministic=False)  # both go window by window
    compiled, torch = train(corpus, options), train(corpus, options, engine="torch", batch_size=1)
    assert torch.vocabulary == compiled.vocabulary
    assert torch.details["losses"] == pytest.approx(compiled.details["losses"], rel=1e-3)
    assert torch.matrix == pytest.approx(compiled.matrix, abs=1e-3)


def test_two_epochs_and_two_more_are_four(corpus):
    options = {"subsample": 0.05, "subsample_form": "fasttext", "learning_rate": 0.03,
               "min_learning_rate": 0.03}  # fmt: skip
    whole = train(corpus, config(epochs=4, **options))
    more = train(corpus, start=train(corpus, config(epochs=2, **options)))
    assert more.matrix.tobytes() == whole.matrix.tobytes()
    assert more.details["num_tokens_read"] == whole.details["num_tokens_read"] == corpus.num_tokens_read


def test_another_text_adds_what_was_read_of_it(corpus, tmp_path):
    share = {"subsample": 0.05, "subsample_form": "fasttext"}
    other = corpus_of(["a z z"] * 10 + ["lone"], min_count=2)
    train(corpus, config(**share)).save(tmp_path / "v")
    more = train(other, start=WordVectors.load(tmp_path / "v"))
    assert more.details["num_tokens_read"] == corpus.num_tokens_read + 31 + 10
    assert more.vocabulary.counts[more.vocabulary.id("</s>")] == 170 + 10
    by_counts = train(other, config(), start=more)  # which has no use for it
    assert "num_tokens_read" not in by_counts.details
    with pytest.raises(ConfigError, match="do not record how many tokens were read for their counts"):
        train(corpus, config(**share), start=by_counts)


def test_vectors_without_line_ends_get_them_and_keep_them(corpus):
    first = train(corpus, config(line_end=False))
    second = train(corpus, config(), start=first)
    assert second.vocabulary.counts[second.vocabulary.id("</s>")] == 170
    third = train(corpus, config(line_end=False), start=second)
    assert third["</s>"].tobytes() == second["</s>"].tobytes()


def test_counts_that_nobody_knows_are_no_shares(corpus):
    start = WordVectors(Vocabulary(["a", "q"], [0, 0]), np.ones((2, 20)))
    found = train(corpus, config(subsample=0.05, subsample_form="fasttext"), start=start)
    assert found.details["num_tokens_read"] == corpus.num_tokens_read


def test_a_corpus_that_does_not_know_says_so(corpus):
    unknown = Corpus(corpus.token_ids, corpus.line_offsets, corpus.vocabulary, corpus.tokenizer)
    share = config(subsample=0.05, subsample_form="fasttext")
    for task in (train, estimate):
        with pytest.raises(CorpusError) as error:
            task(unknown, share)
        assert str(error.value) == (
            "the form fasttext of subsampling: expected a corpus that records how many tokens were read, "
            "rare ones included, found none recorded"
        )
    train(unknown, config(subsample=0.0, subsample_form="fasttext"))  # nothing is dropped


def test_an_estimate_counts_the_word(corpus):
    assert estimate(corpus, config(), calibration=False).num_words == 6
    assert estimate(corpus, config(line_end=False), calibration=False).num_words == 5


def test_a_run_is_resumed_with_or_without_as_it_began(corpus, tmp_path):
    def stop(progress):
        if progress.task == "train":
            raise KeyboardInterrupt

    for line_end in (True, False):
        state = tmp_path / str(line_end)
        with pytest.raises(KeyboardInterrupt):
            train(corpus, config(line_end=line_end, epochs=90_000), checkpoint=state, on_progress=stop)
        with pytest.raises(ConfigError) as error:
            train(corpus, config(line_end=not line_end, epochs=90_000), checkpoint=state, resume=True)
        assert str(error.value) == (
            f"line_end: expected {line_end}, as the training in {state} began with, found {not line_end}"
        )
