"""The compiled step of the linear classifier against torch, on any number of threads."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch.nn import functional

from wordlab.compiled.barrier import new_barrier
from wordlab.compiled.rows import padded_zeros
from wordlab.sentiment.models.linear import kernel, prediction
from wordlab.sentiment.models.linear.tree import class_paths

NUM_ROWS, NUM_CLASSES = 12, 4
COUNTS = np.array([3, 9, 1, 5])
BY_COUNT = np.array([1, 3, 0, 2])
KINDS = {"softmax": kernel.SOFTMAX, "ova": kernel.ONE_AGAINST_REST, "hierarchical": kernel.TREE}


def examples(num_texts, longest, seed=0):
    random = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(random.integers(1, longest + 1, num_texts))])
    rows = random.integers(0, NUM_ROWS, offsets[-1]).astype(np.uint32)
    return one_each(rows, offsets, random.integers(0, NUM_CLASSES, num_texts))


def one_each(rows, offsets, classes):
    return kernel.Examples(rows, offsets, np.array(classes, np.int32), np.arange(len(offsets)))


def weights(dim, loss, seed=0):
    random = np.random.default_rng(seed)
    found = kernel.Weights(
        padded_zeros(NUM_ROWS, dim), padded_zeros(NUM_CLASSES - (loss == "hierarchical"), dim)
    )
    for matrix in found:
        matrix[:, :dim] = random.normal(0, 0.5, (len(matrix), dim))
    return found


def targets(loss, of_class=(1, 1, 1, 1)):
    points, labels, offsets = class_paths(COUNTS, BY_COUNT)
    return kernel.Targets(KINDS[loss], points, labels, offsets, np.array(of_class, np.float32))


def train(texts, goals, found, rate, *, slope=0.0, threads=1, order=None):
    dim, longest = found.inputs.shape[1], max(NUM_CLASSES, len(found.outputs))
    room = kernel.empty_room(dim, longest, threads)
    barrier = new_barrier()
    order = np.arange(len(texts.classes)) if order is None else order
    with ThreadPoolExecutor(threads) as pool:
        rates = np.float32(rate), np.float32(slope)
        calls = [
            pool.submit(kernel.train_texts, t, threads, barrier, order, texts, goals, found, *rates, room)
            for t in range(threads)
        ]
        for call in calls:
            call.result()
    return room.result


def torch_loss(hidden, outputs, label, loss):
    if loss == "softmax":
        return functional.cross_entropy((outputs @ hidden)[None], torch.tensor([label]))
    if loss == "ova":
        wanted = torch.zeros(NUM_CLASSES)
        wanted[label] = 1
        return functional.binary_cross_entropy_with_logits(outputs @ hidden, wanted, reduction="sum")
    points, labels, offsets = class_paths(COUNTS, BY_COUNT)
    path = slice(*offsets[label : label + 2])
    logits = outputs[torch.from_numpy(points[path].astype(np.int64))] @ hidden
    return functional.binary_cross_entropy_with_logits(
        logits, torch.from_numpy(labels[path]), reduction="sum"
    )


def torch_round(texts, found, dim, loss, rate, of_class):
    """One round by torch: outputs move from text to text, rows only at the end; returns the losses."""
    inputs = torch.tensor(found.inputs[:, :dim], requires_grad=True)
    outputs = torch.tensor(found.outputs[:, :dim])
    losses = []
    for text, label in enumerate(texts.classes.tolist()):
        rows = torch.from_numpy(texts.rows[slice(*texts.offsets[text : text + 2])].astype(np.int64))
        moving = outputs.clone().requires_grad_()
        value = torch_loss(inputs[rows].mean(dim=0), moving, label, loss)
        (of_class[label] * value).backward()
        outputs -= rate * moving.grad
        losses.append(float(value.detach()))
    return (inputs - rate * inputs.grad).detach().numpy(), outputs.numpy(), losses


@pytest.mark.parametrize("loss", KINDS)
@pytest.mark.parametrize("dim", [5, 100])
@pytest.mark.parametrize("num_texts", [1, kernel.MAX_TEXTS])
def test_a_round_is_what_torch_does(loss, dim, num_texts):
    texts, found = examples(num_texts, 6), weights(dim, loss)
    of_class = (1.0, 0.5, 2.0, 1.0)
    inputs, outputs, losses = torch_round(texts, found, dim, loss, 0.3, of_class)
    result = train(texts, targets(loss, of_class), found, 0.3)
    np.testing.assert_allclose(found.outputs[:, :dim], outputs, atol=2e-6)
    np.testing.assert_allclose(found.inputs[:, :dim], inputs, atol=2e-6)
    assert not found.inputs[:, dim:].any()
    assert result[0] == pytest.approx(sum(losses), rel=1e-5)


@pytest.mark.parametrize("loss", KINDS)
def test_texts_found_are_those_of_the_largest_logit(loss):
    texts, found = examples(1, 6), weights(20, loss)
    goals = targets(loss)
    hidden = found.inputs[texts.rows].mean(axis=0)
    logits = (found.outputs @ hidden)[None].astype(float)
    label = int(texts.classes[0])
    if loss == "softmax":
        expected = logits[0].argmax() == label
    elif loss == "ova":
        expected = all((logits[0] > 0) == (np.arange(NUM_CLASSES) == label))
    else:
        path = slice(*goals.offsets[label : label + 2])
        expected = all((logits[0, goals.points[path]] > 0) == (goals.labels[path] > 0))
    assert train(texts, goals, found, 0.0)[1] == expected


@pytest.mark.parametrize("loss", KINDS)
@pytest.mark.parametrize("dim", [16, 100, 300])
def test_any_number_of_threads_gives_the_same_bytes(loss, dim):
    texts = examples(200, 60)
    order = np.random.default_rng(1).permutation(200)
    results = []
    for threads in (1, 2, 3):
        found = weights(dim, loss)
        result = train(texts, targets(loss), found, 0.5, slope=1e-4, threads=threads, order=order)
        results.append((found.inputs.tobytes(), found.outputs.tobytes(), result.tobytes()))
    assert results[0] == results[1] == results[2]


def test_the_step_size_falls_with_each_row():
    """One text at a time with the rate that is left gives what a single call gives."""
    texts = examples(3, 200)
    texts = texts._replace(rows=np.resize(texts.rows, 900), offsets=np.array([0, 300, 600, 900]))
    together, apart = weights(16, "softmax"), weights(16, "softmax")
    train(texts, targets("softmax"), together, 0.6, slope=0.6 / 900)
    for text, rate in enumerate((0.6, 0.4, 0.2)):
        train(texts, targets("softmax"), apart, rate, slope=0.6 / 900, order=np.array([text]))
    np.testing.assert_allclose(together.inputs, apart.inputs, atol=1e-5)
    np.testing.assert_allclose(together.outputs, apart.outputs, atol=1e-5)


def test_a_text_without_rows_changes_nothing_but_counts():
    texts = one_each(np.zeros(0, np.uint32), np.array([0, 0]), [2])
    found = weights(10, "softmax")
    before = found.inputs.copy(), found.outputs.copy()
    assert train(texts, targets("softmax"), found, 1.0)[0] == pytest.approx(np.log(NUM_CLASSES))
    np.testing.assert_array_equal(found.inputs, before[0])
    np.testing.assert_array_equal(found.outputs, before[1])


def test_draws_depend_on_the_number_of_a_row_only():
    some, others = padded_zeros(3, 10), padded_zeros(2, 10)
    kernel.draw_rows(0, 3, np.array([5, 7, 9]), 10, np.uint64(3), some)
    kernel.draw_rows(0, 2, np.array([9, 5]), 10, np.uint64(3), others)
    np.testing.assert_array_equal(some[[2, 0]], others)
    assert 0.09 < np.abs(some[:, :10]).max() <= 0.1
    assert not some[:, 10:].any()


def test_paths_are_followed_as_sigmoids_multiply():
    random = np.random.default_rng(0)
    logits = random.normal(0, 2, (5, NUM_CLASSES - 1))
    paths = class_paths(COUNTS, BY_COUNT)
    found = np.empty((5, NUM_CLASSES))
    prediction.follow_paths(logits, *paths, found)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    for c in range(NUM_CLASSES):
        path = slice(*paths.offsets[c : c + 2])
        signs = 2 * paths.labels[path] - 1
        turns = 1 / (1 + np.exp(-signs * logits[:, paths.points[path]]))
        np.testing.assert_allclose(found[:, c], turns.prod(axis=1))
