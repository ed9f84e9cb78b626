"""The networks against the course's listings (d2l, sections 16.2 and 16.3), written here once more.

The listings know no lengths: on texts without padding, with equal weights, all layers must agree.
"""

import pytest
import torch
from torch import nn

from wordlab.sentiment.models.birnn import BiRNN
from wordlab.sentiment.models.channels import WordChannels
from wordlab.sentiment.models.textcnn import TextCNN

NUM_IDS, DIM, CLASSES = 30, 7, 2


class CourseTextCNN(nn.Module):
    def __init__(self, vocab_size, embed_size, kernel_sizes, num_channels):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_size)
        self.constant_embedding = nn.Embedding(vocab_size, embed_size)
        self.dropout = nn.Dropout(0.5)
        self.decoder = nn.Linear(sum(num_channels), 2)
        self.pool = nn.AdaptiveMaxPool1d(1)  # the listing averages; its text, and Kim, say maximum
        self.relu = nn.ReLU()
        self.convs = nn.ModuleList()
        for c, k in zip(num_channels, kernel_sizes, strict=True):
            self.convs.append(nn.Conv1d(2 * embed_size, c, k))

    def forward(self, inputs):
        embeddings = torch.cat((self.embedding(inputs), self.constant_embedding(inputs)), dim=2)
        embeddings = embeddings.permute(0, 2, 1)
        encoding = torch.cat(
            [torch.squeeze(self.relu(self.pool(conv(embeddings))), dim=-1) for conv in self.convs], dim=1
        )
        return self.decoder(self.dropout(encoding))


class CourseBiRNN(nn.Module):
    def __init__(self, vocab_size, embed_size, num_hiddens, num_layers, cell):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_size)
        self.encoder = cell(embed_size, num_hiddens, num_layers=num_layers, bidirectional=True)
        self.decoder = nn.Linear(4 * num_hiddens, 2)

    def forward(self, inputs):
        embeddings = self.embedding(inputs.T)
        self.encoder.flatten_parameters()
        outputs, _ = self.encoder(embeddings)
        encoding = torch.cat((outputs[0], outputs[-1]), dim=1)
        return self.decoder(encoding)


@pytest.fixture
def batch():
    return torch.randint(1, NUM_IDS, (5, 9), generator=torch.Generator().manual_seed(3))


@pytest.fixture(autouse=True)
def _own_draws():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        yield


def compare_gradients(ours, theirs, pairs):
    for mine, its in pairs:
        torch.testing.assert_close(mine.grad, its.grad, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


def test_textcnn_layer_by_layer(batch):
    theirs = CourseTextCNN(NUM_IDS, DIM, (2, 3, 5), (4, 3, 2)).eval()
    matrix = torch.randn(NUM_IDS, DIM)
    words = WordChannels(matrix, "both")
    ours = TextCNN(words, CLASSES, kernel_widths=(2, 3, 5), num_channels=(4, 3, 2), dropout=0.5).eval()
    with torch.no_grad():
        words.static.copy_(theirs.embedding.weight)  # the order of the channels is only a name
        words.tuned.weight.copy_(theirs.constant_embedding.weight)
        for mine, its in zip(ours.convolutions, theirs.convs, strict=True):
            mine.load_state_dict(its.state_dict())
        ours.output.load_state_dict(theirs.decoder.state_dict())
    lengths = torch.full((5,), 9)
    vectors = words(batch)
    torch.testing.assert_close(
        vectors, torch.cat((theirs.embedding(batch), theirs.constant_embedding(batch)), dim=2)
    )
    maxima = ours.maxima(vectors, lengths).values
    pooled = [theirs.pool(conv(vectors.permute(0, 2, 1)))[:, :, 0] for conv in theirs.convs]
    torch.testing.assert_close(maxima, torch.cat(pooled, dim=1), rtol=1e-5, atol=1e-6)
    mine, its = ours(batch, lengths), theirs(batch)
    mine.square().sum().backward()
    its.square().sum().backward()
    pairs = [(words.tuned.weight, theirs.constant_embedding.weight)]
    pairs += zip(ours.convolutions.parameters(), theirs.convs.parameters(), strict=True)
    compare_gradients(mine, its, [*pairs, (ours.output.weight, theirs.decoder.weight)])


@pytest.mark.parametrize("num_layers", [1, 2])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_birnn_layer_by_layer(batch, cell, num_layers):
    theirs = CourseBiRNN(NUM_IDS, DIM, 4, num_layers, {"lstm": nn.LSTM, "gru": nn.GRU}[cell]).eval()
    words = WordChannels(torch.randn(NUM_IDS, DIM), "tuned")
    ours = BiRNN(words, CLASSES, cell=cell, hidden=4, num_layers=num_layers, dropout=0.5).eval()
    with torch.no_grad():
        words.tuned.weight.copy_(theirs.embedding.weight)
    ours.encoder.load_state_dict(theirs.encoder.state_dict())
    ours.output.load_state_dict(theirs.decoder.state_dict())
    mine, its = ours(batch, torch.full((5,), 9)), theirs(batch)
    mine.square().sum().backward()
    its.square().sum().backward()
    pairs = [(words.tuned.weight, theirs.embedding.weight), (ours.output.weight, theirs.decoder.weight)]
    pairs += zip(ours.encoder.parameters(), theirs.encoder.parameters(), strict=True)
    compare_gradients(mine, its, pairs)


@pytest.mark.parametrize("num_layers", [1, 2])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_birnn_reads_as_torch_reads_packed_sequences(cell, num_layers):
    words = WordChannels(torch.randn(NUM_IDS, DIM), "tuned")
    network = BiRNN(words, CLASSES, cell=cell, hidden=4, num_layers=num_layers, dropout=0.0).double()
    vectors = torch.randn(5, 9, DIM, dtype=torch.float64)
    lengths = torch.tensor([9, 3, 1, 9, 7])
    inside = (torch.arange(9) < lengths[:, None]).unsqueeze(2)
    results = []
    for read in (network.read, lambda given, lengths: read_packed(network.encoder, given, lengths)):
        network.zero_grad()
        given = vectors.clone().requires_grad_()
        states = read(given, lengths) * inside
        states.square().sum().backward()
        results.append(
            (states, given.grad, *[weight.grad.clone() for weight in network.encoder.parameters()])
        )
    for mine, its in zip(*results, strict=True):
        torch.testing.assert_close(mine, its)


def read_packed(encoder, vectors, lengths):
    packed = nn.utils.rnn.pack_padded_sequence(vectors, lengths, batch_first=True, enforce_sorted=False)
    return nn.utils.rnn.pad_packed_sequence(encoder(packed)[0], batch_first=True)[0]
