"""GloVe as Stanford's program trains it, pair by pair in float64, in the order of the kernel's blocks."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Role:
    """What is known of the words in one role: vectors (num_words, dim) with biases in the last column."""

    values: np.ndarray
    squares: np.ndarray


def roles(weights):
    """Both roles of the weights of an objective, as float64 copies."""
    words, contexts = (state.astype(np.float64) for state in weights.state.values())
    dim = weights.dim
    columns = [[*range(dim), dim], [*range(dim), dim + 1]]
    return [
        Role(*(state[:, place, own].copy() for place in (0, 1)))
        for state, own in zip((words, contexts), columns, strict=True)
    ]


def step(word, context, i, j, log, config):
    """Change both roles by one pair; returns its loss before."""
    w, c = word.values[i].copy(), context.values[j].copy()
    difference = w[:-1] @ c[:-1] + w[-1] + c[-1] - log
    weighted = min(1.0, np.exp(log) / config.x_max) ** config.alpha * difference
    for role, row, other in ((word, i, c), (context, j, w)):
        gradient = np.clip(weighted * other[:-1], -100, 100) * config.learning_rate
        change = np.append(gradient, weighted)
        role.values[row] -= change / np.sqrt(role.squares[row])
        role.squares[row] += change**2
    return 0.5 * weighted * difference


def pairs_in_order(objective, epoch):
    """Word, context and logarithm of each pair, as the kernel comes to them in an epoch."""
    source = objective._source
    groups, pairs = source.num_groups, source.pairs
    for stratum in objective.strata(epoch).tolist():
        for p in range(groups):
            block = stratum * groups + p
            q = (p + stratum) % groups
            for pair in range(pairs.starts[block], pairs.starts[block + 1]):
                i, j = int(pairs.word_places[pair]), int(pairs.context_places[pair])
                yield i * groups + p, j * groups + q, float(pairs.logs[pair])


def train_epoch(objective, epoch=0):
    """Both roles after an epoch, and the mean loss."""
    word, context = roles(objective.weights)
    losses = [
        step(word, context, i, j, log, objective.config) for i, j, log in pairs_in_order(objective, epoch)
    ]
    return word, context, float(np.mean(losses))
