"""The two networks by hand: the course's worked example, padding, short and empty texts."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from wordlab.sentiment.models.birnn import BiRNN
from wordlab.sentiment.models.channels import WordChannels
from wordlab.sentiment.models.textcnn import TextCNN

NUM_IDS, DIM = 12, 6


@pytest.fixture(autouse=True)
def _own_draws():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        yield


def words(channels="both"):
    return WordChannels(torch.randn(NUM_IDS, DIM), channels)


def make_textcnn(kernel_widths=(2, 4), num_channels=(4, 5), channels="both"):
    return TextCNN(
        words(channels), 2, kernel_widths=kernel_widths, num_channels=num_channels, dropout=0.5
    ).eval()


def make_birnn(cell="lstm", num_layers=2, states="ends"):
    return BiRNN(words(), 3, cell=cell, hidden=5, num_layers=num_layers, dropout=0.5, states=states).eval()


def make_birnn_of_largest():
    return make_birnn("lstm", 1, "max")


def logits(network, ids, *, padding=0):
    padded = torch.tensor([[*ids, *[0] * max(padding, 1 - len(ids))]])
    with torch.no_grad():
        return network(padded, torch.tensor([len(ids)]))


def test_the_worked_example_of_the_course():
    """11 words of 6 dimensions, kernels of width 2 and 4 with 4 and 5 channels (d2l, section 16.3)."""
    network = make_textcnn(channels="static")
    shapes = []
    for convolution in network.convolutions:
        convolution.register_forward_hook(lambda module, given, result: shapes.append(result.shape))
    encodings = []
    network.output.register_forward_hook(lambda module, given, result: encodings.append(given[0].shape))
    ids = torch.arange(1, 12).unsqueeze(0)
    assert network.words(ids).shape == (1, 11, 6)
    vectors = network.words(ids)
    assert network.classify(vectors, torch.tensor([11])).shape == (1, 2)
    assert shapes == [(1, 4, 10), (1, 5, 8)]
    assert encodings == [(1, 9)]
    torch.testing.assert_close(
        network(ids, torch.tensor([11])), network.classify(vectors, torch.tensor([11]))
    )


def test_activations_by_hand():
    network = make_textcnn(kernel_widths=(2,), num_channels=(1,), channels="static")
    with torch.no_grad():
        network.words.static[:] = 0
        network.words.static[1, 0], network.words.static[2, 0] = 1.0, 10.0
        network.convolutions[0].weight[:] = 0
        network.convolutions[0].weight[0, 0] = torch.tensor([2.0, 3.0])
        network.convolutions[0].bias[:] = 0.5
    maxima = network.maxima(network.words(torch.tensor([[1, 2, 1, 1]])), torch.tensor([4]))
    assert maxima.values.item() == pytest.approx(32.5)  # 2 * 1 + 3 * 10 + 0.5, before 23.5 and 5.5
    assert maxima.positions.item() == 0


def test_padding_cannot_win_the_maximum():
    network = make_textcnn(kernel_widths=(2,), num_channels=(1,), channels="static")
    with torch.no_grad():
        network.words.static[1:] = 1.0
        network.convolutions[0].weight[:] = -1.0
        network.convolutions[0].bias[:] = 20.0
    # a window of two words gives 20 - 12, one that reaches into the padding would give 14 or 20
    maxima = network.maxima(network.words(torch.tensor([[1, 2, 0, 0, 0]])), torch.tensor([2]))
    assert maxima.values.item() == pytest.approx(8.0)


texts = st.lists(st.integers(1, NUM_IDS - 1), max_size=9)


@settings(max_examples=40)
@given(ids=texts, padding=st.integers(0, 12), others=st.lists(texts, max_size=3))
@pytest.mark.parametrize(
    "make", [make_textcnn, make_birnn, make_birnn_of_largest, lambda: make_birnn("gru", 1)]
)
def test_padding_and_company_never_change_a_result(make, ids, padding, others):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2)
        network = make()
    alone = logits(network, ids)
    torch.testing.assert_close(logits(network, ids, padding=padding), alone, rtol=1e-5, atol=1e-6)
    batch = [ids, *others]
    longest = max(1, *map(len, batch)) + padding
    padded = torch.tensor([text + [0] * (longest - len(text)) for text in batch])
    with torch.no_grad():
        together = network(padded, torch.tensor([len(text) for text in batch]))[:1]
    torch.testing.assert_close(together, alone, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("make", [make_textcnn, make_birnn, make_birnn_of_largest])
@pytest.mark.parametrize("ids", [[], [3], [3, 4, 5]])
def test_texts_shorter_than_a_kernel_work(make, ids):
    assert torch.isfinite(logits(make(), ids)).all()


@pytest.mark.parametrize("make", [make_textcnn, make_birnn, make_birnn_of_largest])
def test_gradients_reach_the_tuned_channel_only(make):
    network = make().train()
    before = network.words.static.clone()
    network(torch.tensor([[1, 2, 3, 4, 0]]), torch.tensor([4])).sum().backward()
    gradient = network.words.tuned.weight.grad
    assert network.words.static.grad is None
    assert "words.static" not in dict(network.named_parameters())
    assert gradient[1:5].abs().sum() > 0
    assert gradient[0].abs().sum() == 0
    torch.optim.SGD(network.parameters(), lr=1.0).step()
    assert torch.equal(network.words.static, before)
    assert not torch.equal(network.words.tuned.weight, before)


@pytest.mark.parametrize("channels", ["static", "tuned", "both"])
def test_channels(channels):
    matrix = torch.randn(NUM_IDS, DIM)
    found = WordChannels(matrix, channels)
    vectors = found(torch.tensor([[1, 0]]))
    assert vectors.shape == (1, 2, found.num_features) == (1, 2, DIM * (1 + (channels == "both")))
    np.testing.assert_array_equal(vectors[0, 0, :DIM].detach(), matrix[1])
    assert vectors[0, 1].abs().sum() == 0  # padding, whatever the matrix held


def test_words_are_dropped_whole_and_the_others_scaled():
    found = WordChannels(torch.ones(NUM_IDS, DIM), "static", word_dropout=0.5)
    rows = found(torch.ones((1, 1000), dtype=torch.int64))[0]
    assert set(rows.unique().tolist()) == {0.0, 2.0}
    assert (rows.std(dim=1) == 0).all()
    assert 400 < (rows[:, 0] == 0).sum() < 600  # binomial, n = 1000: six standard deviations to each side


def test_more_words_can_be_appended():
    network = make_textcnn()
    network.words.extend(torch.ones(2, DIM))
    vectors = network.words(torch.tensor([[NUM_IDS, NUM_IDS + 1]]))
    assert torch.equal(vectors, torch.ones(1, 2, 2 * DIM))


@pytest.mark.parametrize("channels", ["static", "tuned", "both"])
def test_the_quick_way_is_the_convolution(channels):
    """Values, positions and all gradients, words several times in the batch and padding included."""
    network = make_textcnn(kernel_widths=(1, 2, 5), num_channels=(3, 4, 5), channels=channels)
    network.double()
    ids = torch.tensor([[1, 2, 1, 1, 3, 2], [4, 1, 2, 0, 0, 0], [0, 0, 0, 0, 0, 0], [5, 5, 5, 5, 5, 0]])
    lengths = torch.tensor([6, 3, 0, 5])
    gradients = []
    for result in (network(ids, lengths), network.classify(network.words(ids), lengths)):
        network.zero_grad()
        result.square().sum().backward()
        gradients.append({name: weight.grad.clone() for name, weight in network.named_parameters()})
    torch.testing.assert_close(network(ids, lengths), network.classify(network.words(ids), lengths))
    assert gradients[0].keys() == gradients[1].keys()
    for name, gradient in gradients[0].items():
        torch.testing.assert_close(gradient, gradients[1][name], msg=name)
    assert gradients[0]["convolutions.2.weight"].abs().sum() > 0


def test_the_quick_way_drops_the_same_words():
    network = make_textcnn().train()
    network.dropout.p, network.words.word_dropout = 0.0, 0.5
    ids, lengths = torch.tensor([[1, 2, 3, 4, 5, 6, 7]]), torch.tensor([7])
    results = []
    for forward in (network, lambda i, n: network.classify(network.words(i), n)):
        torch.manual_seed(3)
        results.append(forward(ids, lengths))
    torch.testing.assert_close(*results)
    assert not torch.allclose(results[0], network.eval()(ids, lengths))


def test_the_largest_states_are_those_of_a_loop():
    network = make_birnn_of_largest()
    ids, lengths = torch.tensor([[1, 2, 3, 4], [5, 6, 0, 0]]), torch.tensor([4, 2])
    with torch.no_grad():
        states = network.read(network.words(ids), lengths)
        largest = torch.stack(
            [torch.stack(list(row[:n])).max(dim=0).values for row, n in zip(states, lengths, strict=True)]
        )
        torch.testing.assert_close(network(ids, lengths), network.output(largest))


def test_an_lstm_begins_by_remembering():
    network = make_birnn()
    biases = [bias for name, bias in network.encoder.named_parameters() if "bias_hh" in name]
    assert len(biases) == 4  # two layers in two directions
    assert all((bias[5:10] == 1).all() for bias in biases)
    assert all((bias[:5].abs() < 1).all() for bias in biases)
