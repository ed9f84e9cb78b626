"""word2vec written out in plain Python and float64, with the draws of the compiled kernel.

It follows the formulas at the top of wordlab/compiled/kernels.py one by one and shares no code
with them.
"""

import numpy as np

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(state):
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & MASK
    return state ^ (state >> 31)


def survivors(line_range, token_ids, keep, key):
    return [
        position
        for position in line_range
        if (mix((key + position * GOLDEN) & MASK) & 0xFFFFFF) * 2.0**-24 < keep[token_ids[position]]
    ]


def draw(state, limit):
    state = (state + GOLDEN) & MASK
    bits = mix(state)
    return state, ((bits >> 32) * limit) >> 32, (bits & 0xFFFFFF) * 2.0**-24


def noise_groups(centre, state, config, accept, alias):
    """The centre and its noise words as one group of (targets, labels), and the generator's state."""
    targets, labels = [centre], [1]
    for _ in range(config.negative):
        state, slot, coin = draw(state, len(alias))
        word = slot if coin < accept[slot] else alias[slot]
        if word != centre:
            targets.append(word)
            labels.append(0)
    return [(targets, np.array(labels))], state


def path_groups(centre, codes):
    """The centre's Huffman path in groups of six: code 0 has label 1, as in word2vec.c."""
    path = range(codes.offsets[centre], codes.offsets[centre + 1])
    groups = [list(path[start : start + 6]) for start in range(0, len(path), 6)]
    return [(codes.points[group].tolist(), 1 - codes.codes[group].astype(int)) for group in groups]


def train_span(
    token_ids, line_offsets, first, stop, keep, drawn_from, config, rates, key, inputs, outputs, length=1
):
    """Update inputs and outputs in place; returns (sum of losses, number of pairs).

    `drawn_from` is (accept, alias) of the noise words, or Huffman codes. The steps of `length` windows
    are found before the first of them is made.
    """
    lines = [
        survivors(range(line_offsets[i], line_offsets[i + 1]), token_ids, keep, key)
        for i in range(len(line_offsets) - 1)
    ]
    centres = [(line, i) for line in lines for i, position in enumerate(line) if first <= position < stop]
    state = mix(key ^ mix(first))
    windows = []
    for number, (line, i) in enumerate(centres):
        state, reach, _ = draw(state, config.window)
        reach = reach + 1 if config.shrink_windows else config.window
        if config.loss == "negative":
            groups, state = noise_groups(token_ids[line[i]], state, config, *drawn_from)
        else:
            groups = path_groups(token_ids[line[i]], drawn_from)
        context = [
            token_ids[line[j]] for j in range(max(0, i - reach), min(len(line), i + reach + 1)) if j != i
        ]
        rate = rates[0] + (rates[1] - rates[0]) * number / len(centres)
        windows.append((context, groups, rate))
    loss, num_pairs = 0.0, 0
    for begin in range(0, len(windows), length):
        together = [window for window in windows[begin : begin + length] if window[0]]
        found = [find(context, groups, rate, config, inputs, outputs) for context, groups, rate in together]
        for (context, groups, _), (rows, steps, window_loss) in zip(together, found, strict=True):
            change = change_skipgram if config.model == "skipgram" else change_cbow
            change(context, groups, rows, steps, config, inputs, outputs)
            loss += window_loss
            num_pairs += len(rows)
    return loss, num_pairs


def find(context, groups, rate, config, inputs, outputs):
    """What a window's targets are multiplied with, the steps of each group, and the loss."""
    rows = inputs[context]
    if config.model == "cbow":
        rows = rows.sum(axis=0, keepdims=True) / (len(context) if config.cbow_mean else 1)
    steps, loss = [], 0.0
    for targets, labels in groups:
        logits = rows @ outputs[targets].T
        steps.append(rate * (labels - 1 / (1 + np.exp(-logits))))
        loss += (np.logaddexp(0, logits) - labels * logits).sum()
    return rows, steps, loss


def change_skipgram(context, groups, rows, steps, config, inputs, outputs):
    for (targets, _), group_steps in zip(groups, steps, strict=True):
        row_changes = group_steps @ outputs[targets]
        target_changes = np.zeros((len(targets), inputs.shape[1]))
        for row_steps, word, change in zip(group_steps, context, row_changes, strict=True):
            target_changes += np.outer(row_steps, inputs[word])  # a word seen twice has moved by then
            inputs[word] += change
        np.add.at(outputs, targets, target_changes)


def change_cbow(context, groups, hidden, steps, config, inputs, outputs):
    hidden_change = 0.0
    for (targets, _), group_steps in zip(groups, steps, strict=True):
        hidden_change = hidden_change + group_steps @ outputs[targets]
        np.add.at(outputs, targets, group_steps.T @ hidden)
    np.add.at(inputs, context, hidden_change / (1 if config.cbow_mean else len(context)))
