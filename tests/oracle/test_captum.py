"""Integrated gradients against captum's."""

import pytest
import torch

from wordlab.sentiment.models.birnn import BiRNN
from wordlab.sentiment.models.channels import WordChannels
from wordlab.sentiment.models.gradients import integrated_gradients
from wordlab.sentiment.models.textcnn import TextCNN

captum = pytest.importorskip("captum.attr")


@pytest.mark.parametrize("model", ["textcnn", "lstm", "gru"])
@pytest.mark.parametrize("target", [0, 2])
def test_attributions_agree(model, target):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(6)
        words = WordChannels(torch.randn(20, 5), "both")
        if model == "textcnn":
            network = TextCNN(words, 3, kernel_widths=(2, 3), num_channels=(6, 6), dropout=0.5).eval()
        else:
            network = BiRNN(words, 3, cell=model, hidden=4, num_layers=2, dropout=0.5).eval()
    vectors = words(torch.tensor([[3, 4, 5, 6, 7, 8, 9]])).detach()
    lengths = torch.tensor([7])
    ours = integrated_gradients(network.classify, vectors, lengths, target, num_steps=64)
    oracle = captum.IntegratedGradients(lambda given: network.classify(given, lengths.expand(len(given))))
    theirs = oracle.attribute(vectors, target=target, n_steps=64, method="riemann_middle")
    torch.testing.assert_close(torch.tensor(ours), theirs.sum(dim=2)[0].float(), rtol=1e-4, atol=1e-5)
