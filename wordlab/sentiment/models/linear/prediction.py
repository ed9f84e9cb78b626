"""The compiled part of prediction: what rows add to the logits, and its mean for each text."""

from __future__ import annotations

import numpy as np

from wordlab.compiled.jit import PLAIN, SEPARATE, cached_njit


@cached_njit(**SEPARATE)
def multiply(inputs, outputs, table):
    """Fill `table`, float32 (num_rows, num_outputs), with inputs . outputs.

    Not by a library whose sums depend on its number of threads.
    """
    for row in range(len(inputs)):
        for k in range(len(outputs)):
            summed = np.float32(0)
            for d in range(inputs.shape[1]):
                summed += inputs[row, d] * outputs[k, d]
            table[row, k] = summed


@cached_njit(**PLAIN)
def average(table, rows, offsets, end, means, says):
    """Fill `means`, float64 (num_texts, width), with the mean of the rows that each text has in `table`.

    `says`, int64 (num_texts,), is 1 where one of them says something: that is neither `end` nor the last of
    the table, which stands for those that training did not meet.
    """
    width, missing = table.shape[1], len(table) - 1
    for text in range(len(means)):
        first, stop = offsets[text], offsets[text + 1]
        says[text] = 0
        for member in range(first, stop):
            row = np.int64(rows[member])
            if row != missing and row != end:
                says[text] = 1
            for k in range(width):
                means[text, k] += table[row, k]
        for k in range(width):
            means[text, k] /= max(1, stop - first)


@cached_njit(**PLAIN)
def follow_paths(logits, points, labels, offsets, probabilities):
    """Fill `probabilities`, float64 (num_texts, num_classes): the product of the turns on each class's path.

    `logits` are (num_texts, num_nodes); paths are those of `tree.Paths`.
    """
    for text in range(len(logits)):
        for c in range(len(offsets) - 1):
            product = 1.0
            for place in range(offsets[c], offsets[c + 1]):
                z = logits[text, points[place]]
                product /= 1.0 + np.exp(-z if labels[place] > 0 else z)
            probabilities[text, c] = product
