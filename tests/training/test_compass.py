"""Parts of a text trained towards the outputs of vectors of the whole."""

import dataclasses

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.embeddings.queries import cosines
from wordlab.errors import ConfigError, CorpusError
from wordlab.text import Corpus, Tokenizer
from wordlab.training import GloveConfig, SubwordConfig, Word2VecConfig, estimate, train

VARIANTS = [{}, {"model": "cbow"}, {"buckets": 300}, {"line_end": True}]


def config(**options):
    kind = SubwordConfig if "buckets" in options else Word2VecConfig
    return kind(**{"dim": 20, "subsample": 0.0, "threads": 1, "window": 2, "epochs": 2, **options})


def corpus_of(lines):
    return Corpus.from_lines(lines, tokenizer=Tokenizer("whitespace"))


@pytest.fixture(scope="module")
def lines():
    """Words of four topics that stand together; 30 of each."""
    rng = np.random.default_rng(1)
    return [
        " ".join(f"{topic}{id}" for id in rng.integers(0, 30, 12))
        for topic in rng.choice(["salt", "wheel", "tune", "leaf"], 2_000)
    ]


@pytest.fixture(scope="module")
def compasses(lines):
    return {str(options): train(corpus_of(lines), config(**options)) for options in VARIANTS}


def arrays_of(vectors):
    """The bytes of all arrays."""
    ngrams = [] if vectors.subwords is None else [vectors.subwords.matrix, vectors.subwords.own]
    return [array.tobytes() for array in (vectors.matrix, vectors.outputs, *ngrams)]


def rows(vectors, words, matrix="matrix"):
    return getattr(vectors, matrix)[vectors.vocabulary.find(words)]


@pytest.mark.parametrize("options", VARIANTS, ids=str)
def test_outputs_stay_and_words_and_counts_are_those_of_the_part(lines, compasses, options):
    compass, part = compasses[str(options)], corpus_of([line for line in lines[:900] if "tune" not in line])
    vectors = train(part, config(**options, compass=True), start=compass)
    words = vectors.vocabulary.words
    assert set(words) == {*part.vocabulary.words, *(["</s>"] if "line_end" in options else [])}
    assert not any(word.startswith("tune") for word in words)
    known = part.vocabulary.words
    np.testing.assert_array_equal(vectors.vocabulary.counts[vectors.vocabulary.find(known)],
                                  part.vocabulary.counts)  # fmt: skip
    np.testing.assert_array_equal(rows(vectors, words, "outputs"), rows(compass, words, "outputs"))
    assert (rows(vectors, words) != rows(compass, words)).any(axis=1).all()


@pytest.mark.parametrize("options", [*VARIANTS, {"shards": 3}], ids=str)
def test_threads_change_no_byte(lines, compasses, options):
    compass = compasses[str({name: value for name, value in options.items() if name != "shards"})]
    part = corpus_of(lines[:300])
    settings = [config(**{**options, "compass": True, "threads": threads}) for threads in (1, 2, 4)]
    found = {tuple(arrays_of(train(part, each, start=compass))) for each in settings}
    assert len(found) == 1


def test_torch_keeps_the_outputs_too(lines, compasses):
    part = corpus_of(lines[:200])
    vectors = train(part, config(compass=True), start=compasses["{}"], engine="torch")
    words = vectors.vocabulary.words
    np.testing.assert_array_equal(rows(vectors, words, "outputs"), rows(compasses["{}"], words, "outputs"))
    compiled = train(part, config(compass=True), start=compasses["{}"])
    assert cosines(vectors.matrix, compiled.matrix).mean() > 0.95


def test_parts_lie_in_one_space_and_a_word_whose_use_changed_does_not_stay(lines, compasses):
    """Without a compass the same word of two trainings has a cosine of about 0."""
    changed = [line.replace("salt1 ", "leaf1 ") if i % 2 else line for i, line in enumerate(lines[1000:])]
    one, other = corpus_of(lines[:1000]), corpus_of(changed)
    settings = config(epochs=10)
    compass = train(corpus_of(lines), settings)
    guided = dataclasses.replace(settings, compass=True)
    by_compass = [train(corpus, guided, start=compass) for corpus in (one, other)]
    apart = [train(one, settings), train(other, dataclasses.replace(settings, seed=2))]
    words = [f"wheel{id}" for id in range(30)]
    assert cosines(*(rows(vectors, words) for vectors in by_compass)).mean() > 0.9
    assert abs(cosines(*(rows(vectors, words) for vectors in apart)).mean()) < 0.4
    (changed,) = cosines(*(rows(vectors, ["leaf1"]) for vectors in by_compass))
    usual = cosines(*(rows(vectors, [f"leaf{id}" for id in range(2, 30)]) for vectors in by_compass))
    assert changed < usual.min()


def test_a_word_that_the_compass_lacks_is_placed_by_its_contexts(lines, compasses):
    part = corpus_of([line.replace("wheel7 ", "hub ") for line in lines])
    compass = train(corpus_of(lines), config(epochs=10))
    vectors = train(part, config(epochs=10, compass=True), start=compass)
    assert not rows(vectors, ["hub"], "outputs").any()
    assert all(word.startswith("wheel") for word, _ in vectors.nearest(["hub"], k=5)[0])


def test_the_result_says_how_it_was_made_and_goes_on(lines, compasses, tmp_path):
    compasses["{}"].save(tmp_path / "compass")
    compass = WordVectors.load(tmp_path / "compass")
    vectors = train(corpus_of(lines[:500]), config(compass=True), start=compass)
    assert vectors.details["config"]["compass"] is True
    assert [run["start"] for run in vectors.details["runs"]] == [None, compass.digest]
    assert "compass" not in compass.details["config"]
    further = train(corpus_of(lines), config(), start=vectors)
    assert set(further.vocabulary.words) == set(corpus_of(lines).vocabulary.words)
    assert (further.outputs != 0).any(axis=1).all()


def test_an_interrupted_run_ends_with_the_bytes_of_a_whole_one(lines, compasses, tmp_path):
    part, settings = corpus_of(lines[:500]), config(compass=True, epochs=30)
    whole = train(part, settings, start=compasses["{}"])

    def stop(event):
        if event.task == "train" and event.done > 10 * part.num_tokens:
            raise KeyboardInterrupt

    checkpoint = {"checkpoint": tmp_path / "state", "start": compasses["{}"]}
    with pytest.raises(KeyboardInterrupt):
        train(part, settings, **checkpoint, on_progress=stop)
    assert arrays_of(train(part, settings, **checkpoint, resume=True)) == arrays_of(whole)


def test_the_estimate_counts_the_words_of_the_part(lines, compasses):
    part = corpus_of(lines[:20])
    found = estimate(part, config(compass=True), start=compasses["{}"])
    assert found.num_words == len(part.vocabulary) < len(compasses["{}"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"loss": "hierarchical"}, "compass: expected the loss negative, found hierarchical"),
        ({"model": "cbow", "position_weights": True}, "compass: expected no position_weights, found them"),
    ],
)
def test_configs_that_have_no_compass(options, message):
    with pytest.raises(ConfigError) as error:
        config(compass=True, **options)
    assert str(error.value) == message


def test_what_cannot_guide_is_refused(lines, compasses):
    corpus, compass = corpus_of(lines[:100]), compasses["{}"]
    counted = train(corpus, GloveConfig(dim=20, epochs=1, threads=1))
    for start, options, kind, message in (
        (None, {}, ConfigError,
         "compass: expected vectors to start from, whose outputs are kept, found none"),
        (compass, {"model": "cbow"}, ConfigError, "model: expected skipgram, as the compass has, found cbow"),
        (compass, {"dim": 8}, ConfigError,
         "dim: expected 20, as the vectors to start from have, found 8"),
        (compass, {"buckets": 300}, ConfigError,
         "subwords: expected vectors with subwords to start from, found vectors without"),
        (counted, {}, ConfigError, "model: expected glove, as the compass has, found skipgram"),
        (WordVectors(compass.vocabulary, compass.matrix), {}, ConfigError,
         "compass: expected vectors with output vectors, as training saves them, found none"),
    ):  # fmt: skip
        with pytest.raises(kind) as error:
            train(corpus, config(**{**options, "compass": True}), start=start)
        assert str(error.value) == message
    with pytest.raises(
        CorpusError, match=r"^expected a corpus with words of the compass, found none of them$"
    ):
        train(corpus_of(["other words than these"] * 9), config(compass=True), start=compass)
