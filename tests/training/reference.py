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
    token_ids, line_offsets, first, stop, keep, drawn_from, config, rates, key, inputs, outputs, length=1,
    *, members=None, stretch=None, positions=None,
):  # fmt: skip
    """Update inputs and outputs in place; returns (sum of losses, number of pairs).

    `drawn_from` is (accept, alias) of the noise words, or Huffman codes. The steps of `length` windows
    are found before the first of them is made. With `members`, a list of rows for each word, words are the
    means of these, made for `stretch` windows at a time. `positions` (2 * window, dim) are position weights.
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
        around = [j for j in range(max(0, i - reach), min(len(line), i + reach + 1)) if j != i]
        places = [j - i + config.window - (j > i) for j in around]
        rate = rates[0] + (rates[1] - rates[0]) * number / len(centres)
        windows.append(([line[j] for j in around], places, groups, rate))
    loss, num_pairs = 0.0, 0
    stretch = stretch or max(1, len(windows))
    for begin in range(0, len(windows), stretch):
        together = windows[begin : begin + stretch]
        found = train_stretch(
            token_ids, together, config, inputs, outputs, length, members=members, positions=positions
        )
        loss, num_pairs = loss + found[0], num_pairs + found[1]
    return loss, num_pairs


def train_stretch(token_ids, windows, config, inputs, outputs, length, *, members, positions):
    rows, row_of = inputs, token_ids  # the row of the word at each position of the corpus
    if members is not None:
        used = sorted({position for context, *_ in windows for position in context})
        rows = np.array([inputs[members[token_ids[position]]].mean(axis=0) for position in used])
        before, row_of = rows.copy(), {position: row for row, position in enumerate(used)}
    loss, num_pairs = 0.0, 0
    for begin in range(0, len(windows), length):
        together = [window for window in windows[begin : begin + length] if window[0]]
        found = []
        for context, places, groups, rate in together:
            ids = [row_of[position] for position in context]
            sizes = np.array([1 if members is None else len(members[token_ids[p]]) for p in context], float)
            weights = (sizes / (sizes.sum() if config.cbow_mean else 1))[:, None]
            factors = weights if positions is None else weights * positions[places]
            found.append(
                (ids, weights, sizes.sum(), *find(rows[ids], factors, groups, rate, config, outputs))
            )
        for (_, places, groups, _), (ids, weights, size, hidden, steps, window_loss) in zip(
            together, found, strict=True
        ):
            if config.model == "skipgram":
                change_skipgram(ids, groups, steps, rows, outputs)
            else:
                change = change_targets(groups, hidden, steps, outputs)
                scale = 1 if config.cbow_mean else 1 / size
                change_members(ids, weights, places, scale, change, rows, positions)
            loss += window_loss
            num_pairs += len(hidden)
    if members is not None:
        for position, row in row_of.items():
            inputs[members[token_ids[position]]] += rows[row] - before[row]
    return loss, num_pairs


def find(rows, factors, groups, rate, config, outputs):
    """What a window's targets are multiplied with, the steps of each group, and the loss."""
    if config.model == "cbow":
        rows = (factors * rows).sum(axis=0, keepdims=True)
    steps, loss = [], 0.0
    for targets, labels in groups:
        logits = rows @ outputs[targets].T
        steps.append(rate * (labels - 1 / (1 + np.exp(-logits))))
        loss += (np.logaddexp(0, logits) - labels * logits).sum()
    return rows, steps, loss


def change_skipgram(context, groups, steps, rows, outputs):
    for (targets, _), group_steps in zip(groups, steps, strict=True):
        row_changes = group_steps @ outputs[targets]
        target_changes = np.zeros((len(targets), rows.shape[1]))
        for row_steps, word, change in zip(group_steps, context, row_changes, strict=True):
            target_changes += np.outer(row_steps, rows[word])  # a word seen twice has moved by then
            rows[word] += change
        np.add.at(outputs, targets, target_changes)


def change_targets(groups, hidden, steps, outputs):
    """Change the targets of CBOW; returns the change of the window."""
    hidden_change = np.zeros(hidden.shape[1])
    for (targets, _), group_steps in zip(groups, steps, strict=True):
        hidden_change = hidden_change + (group_steps @ outputs[targets])[0]
        np.add.at(outputs, targets, group_steps.T @ hidden)
    return hidden_change


def change_members(ids, weights, places, scale, change, rows, positions):
    for id, weight, place in zip(ids, weights, places, strict=True):
        word = rows[id].copy()
        rows[id] += scale * change * (1 if positions is None else positions[place])
        if positions is not None:
            positions[place] += weight * word * change
