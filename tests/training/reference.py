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


def draw_windows(token_ids, line_offsets, first, stop, keep, drawn_from, config, rates, key):
    """The windows of a span, as (centre, context, places, groups, rate)."""
    lines = [
        survivors(range(line_offsets[i], line_offsets[i + 1]), token_ids, keep, key)
        for i in range(len(line_offsets) - 1)
    ]
    centres = [(line, i) for line in lines for i, position in enumerate(line) if first <= position < stop]
    state = mix(key ^ mix(first))
    windows = []
    for number, (line, i) in enumerate(centres):
        words = token_ids[line]
        state, reach, _ = draw(state, config.window)
        reach = reach + 1 if config.shrink_windows else config.window
        if config.loss == "negative":
            groups, state = noise_groups(words[i], state, config, *drawn_from)
        else:
            groups = path_groups(words[i], drawn_from)
        around = [j for j in range(max(0, i - reach), min(len(line), i + reach + 1)) if j != i]
        places = [j - i + config.window - (j > i) for j in around]
        rate = rates[0] + (rates[1] - rates[0]) * number / len(centres)
        windows.append((words[i], words[around], places, groups, rate))
    return windows


def train_span(
    token_ids, line_offsets, first, stop, keep, drawn_from, config, rates, key, inputs, outputs, **more
):  # fmt: skip
    """Update inputs and outputs in place, window by window; returns (sum of losses, number of pairs).

    `drawn_from` is (accept, alias) of the noise words, or Huffman codes; `more` is as in `train_period`.
    """
    windows = draw_windows(token_ids, line_offsets, first, stop, keep, drawn_from, config, rates, key)
    return train_period([windows], config, inputs, outputs, **more)


def train_windows(windows, config, inputs, outputs, positions=None, sizes=None):
    """Update all in place; `sizes` are the numbers of members of the words, 1 if not given."""
    loss, num_pairs = 0.0, 0
    for _, context, places, groups, rate in windows:
        if not len(context):
            continue
        size = np.ones(len(context)) if sizes is None else sizes[context].astype(float)
        weights = (size / (size.sum() if config.cbow_mean else 1))[:, None]
        factors = weights if positions is None else weights * positions[places]
        changed = outputs.copy() if config.compass else outputs
        hidden, steps, window_loss = find(inputs[context], factors, groups, rate, config, outputs)
        if config.model == "skipgram":
            change_skipgram(context, groups, steps, inputs, changed)
        else:
            change = change_targets(groups, hidden, steps, changed)
            scale = 1 if config.cbow_mean else 1 / size.sum()
            change_members(context, weights, places, scale, change, inputs, positions)
        loss += window_loss
        num_pairs += len(hidden)
    return loss, num_pairs


def train_period(spans, config, inputs, outputs, positions=None, members=None):
    """Train a shard on each of `spans`, lists of windows, and merge what they change.

    With `members`, a list of rows for each word, words are the means of these.
    """
    if members is None:
        return train_shards(spans, config, [inputs, outputs, positions])
    words = np.array([inputs[rows].mean(axis=0) for rows in members])
    before, sizes = words.copy(), np.array([len(rows) for rows in members])
    result = train_shards(spans, config, [words, outputs, positions], sizes)
    for rows, change in zip(members, words - before, strict=True):
        np.add.at(inputs, rows, change)
    return result


def train_shards(spans, config, matrices, sizes=None):
    """Each shard on copies of all `matrices`, and all changes of a row merged."""
    loss, num_pairs, shards = 0.0, 0, []
    for windows in spans:
        copies = [None if matrix is None else matrix.copy() for matrix in matrices]
        found = train_windows(windows, config, *copies, sizes)
        loss, num_pairs = loss + found[0], num_pairs + found[1]
        shards.append((copies, touched_rows(windows, config)))
    for i, matrix in enumerate(matrices):
        for row in set().union(*(touched[i] for _, touched in shards)):
            matrix[row] += merged(
                [copies[i][row] - matrix[row] for copies, touched in shards if row in touched[i]]
            )
    return loss, num_pairs


def touched_rows(windows, config):
    """The rows of inputs, outputs and positions that a span touches."""
    inputs = {word for centre, context, *_ in windows for word in (centre, *context)}
    outputs = {row for *_, groups, _ in windows for targets, _ in groups for row in targets}
    return inputs, outputs, set(range(2 * config.window if windows and config.position_weights else 0))


def merged(changes):
    """Neighbours are merged, then neighbours of the results, until one is left."""
    while len(changes) > 1:
        changes = [adaptive_sum(*changes[i : i + 2]) for i in range(0, len(changes), 2)]
    return changes[0]


def adaptive_sum(a, b=0):
    """a (1 - a.b / 2 a.a) + b (1 - a.b / 2 b.b), Maleki et al. 2021."""
    if not np.any(a) or not np.any(b):
        return a + b
    return a * (1 - a @ b / (2 * a @ a)) + b * (1 - a @ b / (2 * b @ b))


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
