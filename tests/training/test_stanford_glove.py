"""GloVe beside Stanford's own C programs: equal counts, and an equal epoch in the order of their file.

``stanford_glove.npz`` holds what the programs (version 52f7dbc) made of 60 lines, its `text`, all numbers as
they write them::

    vocab_count -min-count 1 < text.txt > vocab.txt
    cooccur -vocab-file vocab.txt -window-size 4 < text.txt > cooccur.bin
    shuffle -seed 1 < cooccur.bin > shuffled.bin
    glove -input-file shuffled.bin -vocab-file vocab.txt -save-file W -gradsq-file G -save-gradsq 1 \
          -save-init-param 1 -seed 3 -threads 1 -x-max 5 -iter 1 -vector-size 6 -binary 1

The programs compute in float64, the kernel in float32, in which an epoch's rounding exceeds 1e-6. So the
kernel's own lines are run twice: compiled as they are, and by Python in float64.
"""

from pathlib import Path
from types import FunctionType

import numpy as np
import pytest
from numba import njit

from wordlab.compiled.lanes import LANES
from wordlab.text import Corpus, Tokenizer
from wordlab.training import GloveConfig
from wordlab.training.cooccurrences import counting
from wordlab.training.history import History
from wordlab.training.objectives.glove import kernel, memory
from wordlab.training.objectives.glove.objective import Glove
from wordlab.training.objectives.glove.pairs import arranged
from wordlab.training.objectives.glove.weights import rates

from . import glove_reference as reference

CONFIG = GloveConfig(dim=6, window=4, x_max=5, threads=1)
RECORD = np.dtype([("word", "<i4"), ("context", "<i4"), ("value", "<f8")])


@pytest.fixture(scope="module")
def theirs():
    with np.load(Path(__file__).with_name("stanford_glove.npz")) as file:
        return dict(file)


@pytest.fixture(scope="module")
def corpus(theirs):
    lines = theirs["text"].tobytes().decode().splitlines()
    return Corpus.from_lines(lines, tokenizer=Tokenizer("whitespace"))


@pytest.fixture
def weights(corpus, theirs):
    """Our rows with the numbers that the program began with."""
    with arranged(corpus, CONFIG) as source:
        weights = Glove.begin(source, CONFIG, None, History.of(None, source.corpus)).weights
    ids = our_ids(corpus, theirs)
    for state, values, bias in zip(weights.state.values(), theirs["begun"], (6, 7), strict=True):
        state[ids, 0, :6] = values[:, :6]
        state[ids, 0, bias] = values[:, 6]
    return weights


def our_ids(corpus, theirs):
    """Our id of each of their words, which stand in another order where counts are equal."""
    return corpus.vocabulary.ids(theirs["words"].tolist())


def pairs_of(records, corpus, theirs):
    """Word, context and count of each record of a file, with our ids."""
    ids = our_ids(corpus, theirs)
    found = records.view(RECORD)
    return zip(ids[found["word"] - 1].tolist(), ids[found["context"] - 1].tolist(), found["value"].tolist(),
               strict=True)  # fmt: skip


def roles_after(corpus, theirs):
    """What the program ended with, as the reference holds it."""
    order = np.argsort(our_ids(corpus, theirs))
    return [
        reference.Role(values[order], squares[order])
        for values, squares in zip(theirs["trained"], theirs["squares"], strict=True)
    ]


def check(roles, wanted, rtol):
    for found, expected in zip(roles, wanted, strict=True):
        np.testing.assert_allclose(found.values, expected.values, rtol=rtol)
        np.testing.assert_allclose(found.squares, expected.squares, rtol=rtol)


def test_counts_are_those_of_the_program(corpus, theirs):
    """But for its first record, which it adds twice: reading its overflow file, which is empty here, leaves
    the record of the file before in place.
    """
    found = {}
    for rows in counting.count_rows(corpus, CONFIG.counting, memory=10**9, threads=2):
        words = np.repeat(np.arange(len(rows.lengths)), rows.lengths)
        pairs = zip(words.tolist(), rows.context_ids.tolist(), strict=True)
        found |= dict(zip(pairs, rows.values.tolist(), strict=True))
    wanted = {(i, j): value for i, j, value in pairs_of(theirs["counts"], corpus, theirs)}
    wanted[0, 0] /= 2
    assert found == pytest.approx(wanted, rel=1e-12)


def test_the_reference_is_the_program(corpus, theirs, weights):
    roles = reference.roles(weights)
    for role, values in zip(roles, theirs["begun"], strict=True):  # which float32 has rounded
        role.values[our_ids(corpus, theirs)] = values
    for i, j, value in pairs_of(theirs["shuffled"], corpus, theirs):
        reference.step(*roles, i, j, np.log(value), CONFIG)
    check(roles, roles_after(corpus, theirs), 1e-9)


def test_the_kernels_lines_are_the_program(corpus, theirs, weights):
    """In float64, from the same numbers: an epoch within 1e-6 of the program's own result."""
    rows = {name: matrix.astype(np.float64) for name, matrix in weights.matrices.items()}
    for matrix, values, bias in zip(rows.values(), theirs["begun"], (6, 7), strict=True):
        matrix[our_ids(corpus, theirs), :6] = values[:, :6]
        matrix[our_ids(corpus, theirs), bias] = values[:, 6]
    weighting = kernel.Weighting(np.log(CONFIG.x_max), CONFIG.alpha)
    columns = kernel.Rates(*(part.astype(np.float64) for part in rates(CONFIG)))
    columns.steps[:, :6] = CONFIG.learning_rate
    train_pair = interpreted(kernel.train_pair, step=interpreted(kernel.step))
    for i, j, value in pairs_of(theirs["shuffled"], corpus, theirs):
        train_pair(i, j, np.log(value), memory.width(6), *rows.values(), columns, weighting)
    check(parts(rows), roles_after(corpus, theirs), 1e-6)


def test_the_compiled_kernel_is_the_program(corpus, theirs, weights):
    """In float32, after 266 pairs: within 1e-5."""
    weighting = kernel.Weighting(np.float32(np.log(CONFIG.x_max)), np.float32(CONFIG.alpha))
    for i, j, value in pairs_of(theirs["shuffled"], corpus, theirs):
        compiled_pair(
            i, j, np.float32(np.log(value)), memory.width(6), weights.words, weights.contexts,
            rates(CONFIG), weighting,
        )  # fmt: skip
    for found, wanted in zip(reference.roles(weights), roles_after(corpus, theirs), strict=True):
        np.testing.assert_allclose(found.values, wanted.values, atol=1e-5)
        np.testing.assert_allclose(found.squares, wanted.squares, rtol=1e-5)


@njit
def compiled_pair(row, context, log, width, words, contexts, rates, weighting):
    return kernel.train_pair(row, context, log, width, words, contexts, rates, weighting)


def interpreted(function, **others):
    """A function of the kernel as Python runs it, blocks of lanes being arrays of any type."""
    lanes = {
        "load": lambda matrix, row, column: matrix[row, column : column + LANES].copy(),
        "store": store,
        "splat": lambda number: np.full(LANES, number),
        "total": np.sum,
        "square_root": np.sqrt,
        "where_greater": lambda a, b, then, otherwise: np.where(a > b, then, otherwise),
    }
    python = function.py_func
    return FunctionType(python.__code__, {**python.__globals__, **lanes, **others})


def store(matrix, row, column, value):
    matrix[row, column : column + LANES] = value


def parts(rows):
    """Both roles of rows in the kernel's layout."""
    half = memory.width(6)
    own = ([*range(6), 6], [*range(6), 7])
    return [
        reference.Role(matrix[:, columns], matrix[:, [half + column for column in columns]])
        for matrix, columns in zip(rows.values(), own, strict=True)
    ]
