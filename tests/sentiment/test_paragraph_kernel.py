"""The compiled steps of paragraph vectors against torch's gradients and plain arithmetic."""

import dataclasses
import itertools

import numpy as np
import pytest
import torch
from scipy.special import expit

from wordlab.compiled.noise import noise_tables
from wordlab.compiled.rows import padded_zeros
from wordlab.errors import ResourceError, TrainingError
from wordlab.sentiment.models.paragraphs import kernel, training
from wordlab.sentiment.models.paragraphs.grams import TextGrams, find_grams
from wordlab.sentiment.models.paragraphs.settings import ParagraphSettings
from wordlab.sentiment.models.paragraphs.training import learn
from wordlab.text import Tokenizer

NUM_GRAMS, DIM, RATE, NEGATIVE = 300, 20, 0.05, 5.0
KEY = np.uint64(7)


def some_grams(sizes, seed=1):
    random = np.random.default_rng(seed)
    ids = random.integers(0, NUM_GRAMS, sum(sizes)).astype(np.uint32)
    return TextGrams(ids, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64))


def drawn_blocks(grams, weights):
    accept, alias = noise_tables(np.arange(1, NUM_GRAMS + 1), 0.75)
    keys = np.arange(len(grams), dtype=np.uint64)
    given = kernel.Grams(grams.ids, grams.offsets, keys, weights, accept, alias)
    blocks = kernel.empty_blocks(1, 40)
    notes = kernel.empty_notes(100, DIM, 1)
    order = np.arange(len(grams))
    kernel.draw_blocks(0, order, 0, len(grams), given, KEY, np.float32(NEGATIVE), blocks, notes.drawn)
    return blocks, notes


def some_rows(num_rows, seed):
    rows = padded_zeros(num_rows, DIM)
    rows[:, :DIM] = np.random.default_rng(seed).normal(size=(num_rows, DIM)) / 3
    return rows


def weights_of_grams():
    return np.random.default_rng(5).uniform(0.5, 3, NUM_GRAMS).astype(np.float32)


def test_blocks_hold_each_gram_once_and_as_much_noise():
    grams, weights = some_grams([35, 0, 16, 1]), weights_of_grams()
    blocks, _ = drawn_blocks(grams, weights)
    assert blocks.counts[0, 0] == 3 + 0 + 1 + 1
    assert blocks.counts[0, 8] == 52
    assert blocks.texts[0, :5].tolist() == [0, 0, 0, 2, 3]
    assert blocks.sizes[0, :5].tolist() == [16, 16, 3, 16, 1]
    for text in (0, 2, 3):
        rows = np.flatnonzero(blocks.texts[0, :5] == text)
        found = [gram for row in rows for gram in blocks.targets[0, row, : blocks.sizes[0, row]].tolist()]
        own = grams.ids[grams.offsets[text] : grams.offsets[text + 1]].tolist()
        assert sorted(found) == sorted(own)
        assert found != own or len(own) == 1  # shuffled
    for row in range(5):
        size = blocks.sizes[0, row]
        of_text, of_noise = blocks.weights[0, row, :16], blocks.weights[0, row, 16:]
        assert of_text[:size].tolist() == weights[blocks.targets[0, row, :size]].tolist()
        assert (of_text[size:] == 0).all()
        assert of_noise.sum() == pytest.approx(NEGATIVE * of_text.sum(), rel=1e-5)


def test_draws_depend_on_the_text_and_not_on_its_neighbours():
    grams, weights = some_grams([35, 20]), weights_of_grams()
    both, _ = drawn_blocks(grams, weights)
    first, _ = drawn_blocks(TextGrams(grams.ids[:35], grams.offsets[:2]), weights)
    np.testing.assert_array_equal(both.targets[0, :3], first.targets[0, :3])


def test_a_step_is_that_of_torchs_gradient():
    grams, weights = some_grams([11]), weights_of_grams()
    blocks, notes = drawn_blocks(grams, weights)
    targets = np.random.default_rng(3).permutation(NUM_GRAMS)[: kernel.TARGETS]  # each once
    blocks.targets[0, 0] = targets
    texts, matrix = some_rows(1, 1), some_rows(NUM_GRAMS, 2)
    x = torch.tensor(texts[0, :DIM], dtype=torch.float64, requires_grad=True)
    t = torch.tensor(matrix[targets, :DIM], dtype=torch.float64, requires_grad=True)
    signs = torch.tensor([1.0] * 16 + [-1.0] * 16, dtype=torch.float64)
    each = torch.nn.functional.softplus(-signs * (t @ x))
    (each * torch.tensor(blocks.weights[0, 0], dtype=torch.float64)).sum().backward()
    kernel.compile_training(32)(0, blocks, texts, matrix, np.float32(RATE), np.float32(NEGATIVE), notes)
    np.testing.assert_allclose(texts[0, :DIM], (x - RATE * x.grad).detach(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(matrix[targets, :DIM], (t - RATE * t.grad).detach(), rtol=1e-4, atol=1e-5)
    counted = each[:11].sum() + each[16:].mean() * NEGATIVE * 11
    assert blocks.losses[0, 0] == pytest.approx(counted.item(), rel=1e-4)


def trained_plainly(blocks, texts, matrix):
    """The blocks of shard 0 one after the other, in float64; rows that recur change one after the other."""
    signs = np.array([1.0] * 16 + [-1.0] * 16)
    for block in range(blocks.counts[0, 0]):
        text, targets = blocks.texts[0, block], blocks.targets[0, block]
        x = texts[text].copy()
        z = signs * (matrix[targets] @ x)
        steps = RATE * blocks.weights[0, block] * signs * expit(-z)
        for target, step in zip(targets.tolist(), steps.tolist(), strict=True):
            texts[text] += step * matrix[target]
            matrix[target] += step * x


def test_a_span_is_trained_as_plain_arithmetic_does():
    grams, weights = some_grams([35, 16, 3, 60]), weights_of_grams()
    blocks, notes = drawn_blocks(grams, weights)
    texts, matrix = some_rows(4, 1), some_rows(NUM_GRAMS, 2)
    plain_texts, plain_matrix = texts.astype(np.float64), matrix.astype(np.float64)
    trained_plainly(blocks, plain_texts, plain_matrix)
    kernel.compile_training(32)(0, blocks, texts, matrix, np.float32(RATE), np.float32(NEGATIVE), notes)
    np.testing.assert_allclose(texts, plain_texts, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(matrix, plain_matrix, rtol=1e-3, atol=1e-4)


# ------------------------------------------------------------------ training

TOPICS = [
    "the cat and the dog ate fish",
    "a dog chased the cat",
    "rain and wind and snow",
    "snow fell in wind",
]
SMALL = ParagraphSettings(dim=20, ngrams=2, min_count=1, epochs=3)


def learnt(settings=SMALL, texts=tuple(50 * TOPICS), **options):
    vocabulary, grams, counts = find_grams(
        texts, Tokenizer("word"), ngrams=settings.ngrams, min_count=settings.min_count
    )
    return vocabulary, learn(grams, counts, np.ones(len(counts), np.float32), settings, **options)


@pytest.mark.parametrize("shards", [1, 2, 3])
def test_any_number_of_threads_gives_the_same_bytes(shards, monkeypatch):
    monkeypatch.setattr(training, "_BLOCKS", 8)  # many periods
    settings = dataclasses.replace(SMALL, shards=shards)
    results = [learnt(settings, threads=threads)[1] for threads in (1, 2, 3)]
    for result in results[1:]:
        assert result.grams.tobytes() == results[0].grams.tobytes()
        assert result.texts.tobytes() == results[0].texts.tobytes()
        assert result.losses == results[0].losses
    other = learnt(dataclasses.replace(settings, seed=2))[1]
    assert other.grams.tobytes() != results[0].grams.tobytes()


def test_losses_fall_and_texts_find_their_topic(monkeypatch):
    monkeypatch.setattr(training, "_BLOCKS", 8)
    for shards in (1, 2):
        _, result = learnt(dataclasses.replace(SMALL, epochs=30, learning_rate=0.05, shards=shards))
        assert result.losses[-1] < 0.8 * result.losses[0]
        texts = result.texts / np.linalg.norm(result.texts, axis=1, keepdims=True)
        likeness = texts @ texts.T
        animals = np.arange(len(texts)) % 4 < 2
        within = likeness[np.ix_(animals, animals)].mean()
        assert within > likeness[np.ix_(animals, ~animals)].mean() + 0.1


def test_progress():
    events = []
    learnt(on_progress=events.append)
    assert events[-1].task == "train paragraph vectors"
    assert events[-1].done == events[-1].total
    assert events[-1].metrics["loss"] > 0


def test_what_is_not_finite_is_an_error():
    with pytest.raises(TrainingError, match=r"the loss of epoch \d: expected a finite number, found nan"):
        learnt(dataclasses.replace(SMALL, learning_rate=100.0, negative=1000.0, epochs=3))


def test_too_little_memory_is_said_before_any_is_taken(monkeypatch):
    monkeypatch.setattr(training, "available_memory", lambda: 1_000)
    with pytest.raises(ResourceError, match=r"memory: expected 0\.0 GB to train vectors of .* runs of words"):
        learnt()


def test_spans_hold_each_text_once():
    sizes = np.array([0, 3, 2000, 0, 1, 1024, 5, 0])
    starts, before = training._spans(sizes)
    assert starts[0] == 0
    assert starts[-1] == len(sizes)
    assert (np.diff(starts) > 0).all()
    assert before.tolist() == [int(sizes[:start].sum()) for start in starts[:-1]]
    for start, stop in itertools.pairwise(starts):
        assert sizes[start:stop].sum() < 1024 + sizes.max()
