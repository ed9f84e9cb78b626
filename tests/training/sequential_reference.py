"""The sequential path written out in plain Python and float32, one number after the other.

It follows word2vec.c and gensim line by line and shares no code with wordlab.
"""

import math

import numpy as np

F = np.float32


def lookup(logit):
    """The sigmoid by the table of 1,000 entries."""
    entry = int((float(logit) + 6) * 83)
    share = float(F(entry) / F(1000))
    exponential = float(F(math.exp((share * 2 - 1) * 6)))
    return F(exponential / (exponential + 1))


def draw(noise, state):
    sought = (state >> 16) % int(noise[-1])
    return next(word for word, bound in enumerate(noise) if bound >= sought)


def train(lines, reaches, inputs, outputs, *, rate, model, mean, saturation, negative, noise, state, walks):
    """Update inputs and outputs; `walks` (points, codes) of each word for hierarchical softmax, or None.

    Returns (the generator's state, how many logits were beyond the table).
    """
    rate, num_saturated = F(rate), 0
    for line, line_reaches in zip(lines, reaches, strict=True):
        for i, (center, reach) in enumerate(zip(line, line_reaches, strict=True)):
            context = [line[j] for j in range(max(0, i - reach), min(len(line), i + reach + 1)) if j != i]
            for group in [context] if model == "cbow" else [[word] for word in context]:
                if walks is None:
                    targets = [(center, 1)]
                    for _ in range(negative):
                        word = draw(noise, state)
                        state = (state * 25214903917 + 11) % 2**48
                        if word != center:
                            targets.append((word, 0))
                else:
                    targets = [(point, 1 - code) for point, code in zip(*walks[center], strict=True)]
                x = np.zeros(inputs.shape[1], F)
                for word in group:
                    x += inputs[word]
                if mean and group:
                    x = x * (F(1) / F(len(group)))
                change = np.zeros_like(x)
                for target, label in targets:
                    logit = F(sum(F(a) * F(b) for a, b in zip(x, outputs[target], strict=True)))
                    if abs(logit) > 6:
                        num_saturated += 1
                        if saturation == "skip" or walks is not None:
                            continue
                        step = (F(label) - F(logit > 0)) * rate
                    else:
                        step = (F(label) - lookup(logit)) * rate
                    change += step * outputs[target]
                    outputs[target] += step * x
                if model == "cbow" and not mean and group:
                    change = change * (F(1) / F(len(group)))
                for word in group:
                    inputs[word] += change
    return state, num_saturated
