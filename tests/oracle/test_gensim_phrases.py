"""Phrases as gensim finds and joins them: scores to the last digit, and sentences, pass after pass."""

import gzip
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wordlab.text import ENGLISH_CONNECTOR_WORDS, Corpus, PhraseConfig, Tokenizer
from wordlab.text.phrases.counting import Work
from wordlab.text.phrases.passes import run_passes
from wordlab.text.phrases.text import Text

gensim = pytest.importorskip("gensim.models.phrases")

PLAIN = Tokenizer("whitespace")


def gensim_passes(lines, config):
    """For each pass gensim's Phrases, and all scores above the threshold by parts; then the joined lines."""
    found = []
    for _ in range(config.passes):
        model = gensim.Phrases(
            lines, min_count=config.min_count, threshold=config.threshold, scoring=config.scorer,
            connector_words=frozenset(config.connector_words), max_vocab_size=10**9,
        )  # fmt: skip
        pairs = {pair for line in lines for pair in pairs_of(line, config.connector_words)}
        scores = {pair: model.score_candidate(pair[0], pair[2], list(pair[1]))[1] for pair in pairs}
        found.append((model, {pair: score for pair, score in scores.items() if score is not None}))
        lines = [model[line] for line in lines]
    return found, lines


def pairs_of(line, connector_words):
    first, between = None, ()
    for word in line:
        if word in connector_words:
            between += (word,)
        else:
            if first is not None:
                yield first, between, word
            first, between = word, ()


def by_parts(scores):
    """Scores by the parts as wordlab keeps them, the connector words joined."""
    return {(first, "_".join(between), second): score for (first, between, second), score in scores.items()}


def joined_lines(corpus, config, work):
    """The lines that wordlab makes of a corpus, and the phrases of each pass."""
    text = Text.of(corpus.token_ids, corpus.line_offsets, corpus.vocabulary)
    done = run_passes(text, config, tempfile.gettempdir(), work)
    words, offsets = done.text.words.to_pylist(), done.text.line_offsets
    ids = done.text.token_ids.tolist()
    lines = [[words[id] for id in ids[offsets[i] : offsets[i + 1]]] for i in range(len(offsets) - 1)]
    return lines, done.phrases


def check(lines, config, work):
    corpus = Corpus.from_lines([" ".join(line) for line in lines], tokenizer=PLAIN)
    ours, phrases = joined_lines(corpus, config, work)
    theirs, expected = gensim_passes(lines, config)
    assert ours == expected
    assert [phrases.join(line) for line in lines] == expected
    for one, (model, scores) in zip(phrases.passes, theirs, strict=False):
        assert {phrase[:3]: phrase.score for phrase in one.phrases} == by_parts(scores)
        assert all(model.vocab[phrase.joined] == phrase.count for phrase in one.phrases)
    assert not any(scores for _, scores in theirs[len(phrases.passes) :])


WORDS = ("a", "b", "a_b", "b_", "_", "of", "the", "of_the", "b_of")
LINES = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9), min_size=1, max_size=9)
CONNECTORS = st.sets(st.sampled_from(("of", "the", "of_the", "_", "unseen")))
SCORERS = st.one_of(
    st.tuples(st.just("default"), st.sampled_from((0.01, 0.5, 1.0, 3.0))),
    st.tuples(st.just("npmi"), st.sampled_from((-1.0, -0.2, 0.0, 0.4))),
)
WORK = st.builds(Work, st.integers(1, 3), st.sampled_from((1, 2, 5, 100)), st.sampled_from((1, 3, 7, 1000)))


def test_the_connector_words_are_gensims():
    assert set(ENGLISH_CONNECTOR_WORDS) == gensim.ENGLISH_CONNECTOR_WORDS


@settings(max_examples=150)
@given(LINES, CONNECTORS, SCORERS, st.integers(1, 3), st.integers(1, 3), WORK)
@example([["a", "b"], ["a_b"]], set(), ("default", 0.01), 1, 1, Work())
@example([["a", "of", "the", "b"], ["a", "of_the", "b"]], {"of", "the", "of_the"}, ("npmi", -1), 1, 1, Work())
@example([["of", "the"], ["the"]], {"of", "the"}, ("npmi", -1), 1, 2, Work())
@example([["a", *40 * ["of"], "b", "a"]], {"of"}, ("npmi", -1), 1, 1, Work(2, 3))
def test_equal_on_small_texts(lines, connectors, scorer, min_count, passes, work):
    name, threshold = scorer
    config = PhraseConfig(name, threshold, min_count, passes, tuple(connectors))
    check(lines, config, work)


@pytest.mark.data
@pytest.mark.skipif("WORDLAB_DATA" not in os.environ, reason="needs WORDLAB_DATA")
@pytest.mark.parametrize("passes", [1, 2])
@pytest.mark.parametrize("connector_words", [(), ENGLISH_CONNECTOR_WORDS], ids=["none", "english"])
@pytest.mark.parametrize("scorer", ["default", "npmi"])
def test_equal_on_real_text(wiki_lines, scorer, connector_words, passes):
    config = PhraseConfig(scorer, passes=passes, connector_words=connector_words)
    corpus = Corpus.from_lines([" ".join(line) for line in wiki_lines], tokenizer=PLAIN)
    ours, phrases = joined_lines(corpus, config, Work(threads=2, piece=30_000, most_pairs=60_000))
    theirs, expected = gensim_passes(wiki_lines, config)
    assert len(phrases) > 100
    assert ours == expected
    for one, (_, scores) in zip(phrases.passes, theirs, strict=True):
        assert {phrase[:3]: phrase.score for phrase in one.phrases} == by_parts(scores)
    exported = theirs[0][0].export_phrases()
    assert {phrase.joined: phrase.score for phrase in phrases.passes[0].phrases} == exported
    assert theirs[0][0].find_phrases(wiki_lines).items() <= exported.items()


@pytest.fixture(scope="module")
def wiki_lines():
    """The first 150,000 words or so of the text, in lines of 1,000."""
    with gzip.open(Path(os.environ["WORDLAB_DATA"], "wiki-17M.txt.gz"), "rt", encoding="utf-8") as file:
        words = file.read(900_000).split()[:-1]
    return [words[start : start + 1_000] for start in range(0, len(words), 1_000)]
