import itertools

import numpy as np
import pytest
import torch

from wordlab.errors import ConfigError

from .test_classifier_training import TEXTS, fit


@pytest.fixture(scope="module")
def classifier():
    return fit()


def test_the_order_is_that_of_the_texts(classifier):
    texts = [f"{'the film ' * (n % 9)}{'good' if n % 3 else 'bad'}" for n in range(400)]
    alone = np.concatenate([classifier.predict_proba([text], threads=1) for text in texts[:60]])
    together = classifier.predict_proba(texts, threads=1)
    np.testing.assert_allclose(together[:60], alone, rtol=1e-4, atol=1e-6)
    stream = list(classifier.predict_stream(texts, threads=1))
    assert [prediction.text for prediction in stream] == texts
    assert [p.label for p in stream] == classifier.predict(texts, threads=1)
    assert stream[0].label == max(stream[0].probabilities, key=stream[0].probabilities.get)


def test_a_stream_without_end_is_read_bit_by_bit(classifier):
    num_read = 0

    def endless():
        nonlocal num_read
        for text in itertools.cycle(TEXTS):
            num_read += 1
            yield text

    stream = classifier.predict_stream(endless(), threads=1)
    first = list(itertools.islice(stream, 5))
    assert [prediction.text for prediction in first] == TEXTS[:5]
    assert num_read < 100_000  # one block of a million characters
    stream.close()


def test_workers_and_threads_change_nothing(classifier):
    texts = TEXTS * 2_400  # three blocks
    one, two = (classifier.predict_proba(texts, threads=n) for n in (1, 2))
    np.testing.assert_array_equal(one, two)


def test_nothing_and_empty_texts(classifier):
    assert classifier.predict_proba([], threads=1).shape == (0, 2)
    assert np.isfinite(classifier.predict_proba(["", "\n", "?!"], threads=1)).all()
    assert list(classifier.predict_stream([])) == []


def test_torch_is_left_as_it_was(classifier):
    state = torch.get_num_threads(), torch.get_rng_state()
    stream = classifier.predict_stream(TEXTS, threads=state[0] + 1)
    next(stream)
    assert torch.get_num_threads() == state[0]
    list(stream)
    assert torch.equal(torch.get_rng_state(), state[1])


def test_threads_are_checked(classifier):
    for threads in (0, -1, 2**31):
        message = f"threads: expected a whole number from 1 to 1024, found {threads}"
        with pytest.raises(ConfigError, match=message):
            classifier.predict(TEXTS, threads=threads)
