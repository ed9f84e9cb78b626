"""Training against gensim's, number by number; and planted faults, none of which may pass."""

import dataclasses
import importlib.util
import itertools
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from gensim.models import Word2Vec
from gensim.test.utils import datapath

from wordlab.errors import ConfigError, CorpusError, ResourceError
from wordlab.text import Corpus, Tokenizer
from wordlab.training.crosscheck import exact as crosscheck
from wordlab.training.crosscheck import gensim_draws, replay, sequential
from wordlab.training.crosscheck.blas import OWN_LOOPS
from wordlab.training.crosscheck.excerpt import Excerpt
from wordlab.training.crosscheck.replay import SequentialConfig, SequentialSubwordConfig
from wordlab.training.crosscheck.statistical import statistical_grid

SUBWORDS = {"subwords": True, "buckets": 300, "max_ngram": 5}  # so few that many n-grams share a row
SMALL = {"dim": 12, "epochs": 2, "max_tokens": 12_000, "subsample": 1e-3}


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    with open(datapath("lee_background.cor"), encoding="utf-8") as file:
        return Corpus.from_lines(file, min_count=2)


@pytest.fixture(scope="module", params=[{}, SUBWORDS], ids=["words", "subwords"])
def results(request, corpus):
    events = []
    found = crosscheck.exact(corpus, **SMALL, **request.param, on_progress=events.append)
    assert (events[-1].done, events[-1].task) == (events[-1].total, "crosscheck")
    return found


def test_all_combinations_are_equal_bit_by_bit(results):
    assert len({result.name for result in results}) == 24
    for result in results:
        assert result.passed, result.name
        assert 10_000 < result.num_tokens <= 12_000
        # Nothing but rounding could differ, and with gensim's own routines that is equal, too.
        assert (result.input_error, result.output_error) == (0, 0), result.name
        assert result.sentence_error < 1e-7, result.name


def test_results_are_plain_values(results):
    value = json.loads(json.dumps(results[0].to_dict()))
    assert value["passed"] is True
    subwords = "subwords, " if "buckets" in value["config"] else ""
    assert value["name"] == f"skipgram, negative, {subwords}shrunken windows, subsampling"
    assert value["config"]["dim"] == 12


def test_other_seeds_give_other_vectors(corpus):
    """The comparison would be worth little if all runs were alike."""
    texts = Excerpt.of(corpus, 12_000)
    first, second = (
        replay.replay(texts.token_ids, texts.line_offsets, SequentialConfig(dim=12, epochs=1, seed=seed))
        for seed in (1, 2)
    )
    assert crosscheck._relative_error(first.inputs, second.inputs) > 0.5


def test_our_own_arithmetic_drifts_by_rounding_only(corpus, monkeypatch):
    """Rounding decides now and then on a neighbouring entry of the sigmoid table, and that grows."""
    monkeypatch.setattr(crosscheck, "gensims_blas", lambda: OWN_LOOPS)
    for result in crosscheck.exact(corpus, **SMALL):
        assert max(result.input_error, result.output_error) < 1e-3
        assert min(result.input_cosine, result.output_cosine) > 0.999


def test_long_lines_are_read_as_gensim_reads_them():
    """An empty job before a first line that is too long, and nothing after its 10,000th word."""
    rng = np.random.default_rng(1)
    lengths = [11_000, 3_000, 25_000, 10]
    tokens = rng.zipf(1.4, sum(lengths)).clip(max=500) - 1
    offsets = np.cumsum([0, *lengths])
    lines = [[str(id) for id in tokens[a:b]] for a, b in itertools.pairwise(offsets)]
    config = SequentialConfig(dim=8, epochs=2, subsample=1e-2)
    ours = replay.replay(tokens.astype(np.int32), offsets, config, blas=crosscheck.gensims_blas())
    theirs = Word2Vec(
        lines, vector_size=8, min_count=1, sample=1e-2, sg=1, epochs=2, workers=1, alpha=0.025, seed=1
    )
    assert [str(id) for id in ours.order] == theirs.wv.index_to_key
    assert np.array_equal(ours.inputs, theirs.wv.vectors)
    assert np.array_equal(ours.outputs, theirs.syn1neg)


def test_lines_longer_than_gensim_reads_are_cut_and_nothing_is_lost():
    text = " ".join(f"word{number % 50}" for number in range(23_000))
    texts = Excerpt.of(Corpus.from_lines([text, "word1 word2"]), 10**6)
    assert texts.line_offsets.tolist() == [0, 10_000, 20_000, 23_000, 23_002]
    assert [len(line) for line in texts.lines] == [10_000, 10_000, 3_000, 2]
    assert texts.sentence().line_offsets.tolist() == [0, 100]


def test_a_first_line_longer_than_max_tokens():
    texts = Excerpt.of(Corpus.from_lines(["a b c d e f"]), 3)
    assert texts.lines == [["a", "b", "c"]]


@pytest.mark.parametrize("check", [crosscheck.exact, statistical_grid])
def test_hashes_that_gensim_lacks(corpus, check):
    with pytest.raises(ConfigError, match="hashes: expected 0, as gensim hashes like fastText, found 2"):
        check(corpus, subwords=True, hashes=2)


def test_the_smallest_words_have_no_ngrams():
    """gensim divides by their number only where there are any."""
    lines = ["a b naïve 東京 a", "b a 😀"] * 3
    options = {"subwords": True, "min_ngram": 4, "max_ngram": 64, "buckets": 1}
    assert all(
        result.passed for result in crosscheck.exact(Corpus.from_lines(lines), dim=3, epochs=1, **options)
    )


# ---------------------------------------------------------------------------- planted faults


def only(monkeypatch, kind=SequentialConfig, **fields):
    """Leave one combination: the faults are looked for one by one."""
    kept = kind(**{"dim": 12, "epochs": 2, "subsample": 1e-3, **fields})
    monkeypatch.setattr(crosscheck, "_combinations", lambda base: [kept])


def mutant(tmp_path, monkeypatch, right, wrong):
    """Replay with the compiled path, `right` replaced by `wrong` in its source."""
    source = Path(sequential.__file__).read_text(encoding="utf-8")
    assert source.count(right) == 1
    path = tmp_path / "mutant.py"
    path.write_text(source.replace(right, wrong), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("mutant", path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "mutant", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(replay, "sequential", module)


def assert_fails(corpus):
    (result,) = crosscheck.exact(corpus, **SMALL)
    assert not result.passed
    # With room to spare: no fault hides behind a bound that is merely tight.
    assert max(result.input_error, result.output_error) > 10 * crosscheck.MATRIX_BOUND


@pytest.mark.parametrize("model", ["skipgram", "cbow"])
def test_wrong_noise_exponent(corpus, monkeypatch, model):
    only(monkeypatch, model=model)
    right = gensim_draws.noise_table
    monkeypatch.setattr(gensim_draws, "noise_table", lambda counts, exponent: right(counts, 1.0))
    assert_fails(corpus)


@pytest.mark.parametrize("loss", ["negative", "hierarchical"])
@pytest.mark.parametrize("model", ["skipgram", "cbow"])
def test_window_not_shrunk(corpus, monkeypatch, model, loss):
    only(monkeypatch, model=model, loss=loss)

    def full(generator, n, window, *, shrink):
        return np.full(n, window, dtype=np.int64)

    monkeypatch.setattr(gensim_draws, "window_reaches", full)
    assert_fails(corpus)


@pytest.mark.parametrize("loss", ["negative", "hierarchical"])
@pytest.mark.parametrize("model", ["skipgram", "cbow"])
def test_learning_rate_not_decayed(corpus, monkeypatch, model, loss):
    only(monkeypatch, model=model, loss=loss)
    monkeypatch.setattr(gensim_draws, "learning_rate", lambda start, stop, progress: np.float32(start))
    assert_fails(corpus)


def test_negatives_equal_to_the_positive_not_skipped(corpus, monkeypatch, tmp_path):
    mutant(tmp_path, monkeypatch, "        if word == center:\n            continue\n", "")
    for model in ("skipgram", "cbow"):
        only(monkeypatch, model=model)
        assert_fails(corpus)


def test_off_by_one_context(corpus, monkeypatch, tmp_path):
    mutant(
        tmp_path,
        monkeypatch,
        "= window_bounds(i, draws.reaches[i],",
        "= window_bounds(i, draws.reaches[i] - 1,",
    )
    for loss in ("negative", "hierarchical"):
        for model in ("skipgram", "cbow"):
            only(monkeypatch, model=model, loss=loss)
            assert_fails(corpus)


@pytest.mark.parametrize(
    ("model", "right", "wrong"),
    [
        ("skipgram", "counts_own=not subwords or cbow", "counts_own=True"),
        ("skipgram", "from_center=subwords", "from_center=False"),
        ("cbow", "counts_own=not subwords or cbow", "counts_own=False"),
        (
            "cbow",
            "+ 1]):\n            add_scaled(weights.inputs",
            "]):\n            add_scaled(weights.inputs",
        ),
    ],
)
def test_other_rules_for_subwords(corpus, monkeypatch, tmp_path, model, right, wrong):
    mutant(tmp_path, monkeypatch, right, wrong)
    only(monkeypatch, SequentialSubwordConfig, model=model, buckets=300)
    assert_fails(corpus)


def test_an_unchanged_mutant_passes(corpus, monkeypatch, tmp_path):
    """The faults fail because of what was changed, not because of how."""
    mutant(tmp_path, monkeypatch, "        if word == center:\n", "        if center == word:\n")
    only(monkeypatch)
    (result,) = crosscheck.exact(corpus, **SMALL)
    assert result.passed


# ---------------------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dim": 0}, "dim: expected a whole number from 1"),
        ({"subsample": 0.0}, "subsample: expected more than 0"),
        ({"seed": 2**32}, "seed: expected at most 4294967295"),
        ({"max_tokens": 1}, "max_tokens: expected 2 or more, found 1"),
        ({"subwords": True, "buckets": 0}, "buckets: expected a whole number from 1"),
    ],
)
def test_options_out_of_range(corpus, options, message):
    with pytest.raises(ConfigError, match=message):
        crosscheck.exact(corpus, **options)


@pytest.mark.parametrize(
    ("lines", "message"),
    [(["no no no"], "two different words or more"), (["yes", "no"], "a line of two words or more")],
)
def test_nothing_to_learn_from(lines, message):
    with pytest.raises(CorpusError, match=message):
        crosscheck.exact(Corpus.from_lines(lines))


def test_what_gensim_does_otherwise_or_cannot_hold():
    with pytest.raises(
        CorpusError, match="expected no word </s>, which gensim takes apart and fastText does not"
    ):
        crosscheck.exact(Corpus.from_lines(["a </s> b"], tokenizer=Tokenizer("whitespace")), **SUBWORDS)
    message = "buckets: expected 858,993 MB of memory for 2147483647 as gensim holds them, found"
    with pytest.raises(ResourceError, match=message):
        crosscheck.exact(Corpus.from_lines(["a b"]), subwords=True, buckets=2**31 - 1)


def test_the_smallest_corpora():
    for lines in (["yes no"], ["no no no no no", "yes"]):
        assert all(result.passed for result in crosscheck.exact(Corpus.from_lines(lines), dim=1, epochs=1))


def test_not_a_number_does_not_pass(results):
    for field in ("input_error", "output_error", "input_cosine", "output_cosine", "sentence_error"):
        assert not dataclasses.replace(results[0], **{field: float("nan")}).passed, field
