"""The network of a config, and torch's state kept as the caller had it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from wordlab.devices import torch_threads
from wordlab.sentiment.models.birnn import BiRNN
from wordlab.sentiment.models.channels import WordChannels
from wordlab.sentiment.models.config import ClassifierConfig
from wordlab.sentiment.models.textcnn import TextCNN

Network = TextCNN | BiRNN


def build_network(config: ClassifierConfig, matrix: Tensor, num_classes: int, *, pretrained: bool) -> Network:
    """The network that `config` describes, its words beginning with the rows of `matrix`.

    Without pretrained vectors there is nothing to hold on to: the one channel is trained.
    """
    channels = config.channels if pretrained else "tuned"
    words = WordChannels(matrix, channels, word_dropout=config.word_dropout)
    if config.model == "textcnn":
        return TextCNN(
            words,
            num_classes,
            kernel_widths=config.kernel_widths,
            num_channels=config.num_channels,
            dropout=config.dropout,
        )
    return BiRNN(
        words,
        num_classes,
        cell=config.cell,
        hidden=config.hidden,
        num_layers=config.num_layers,
        dropout=config.dropout,
    )


@contextmanager
def own_torch_state(threads: int, device: str = "cpu") -> Iterator[None]:
    """Inside, torch has so many threads and its random draws are ours; afterwards all is as before."""
    devices = [torch.device(device)] if device.startswith("cuda") else []
    with torch_threads(threads), torch.random.fork_rng(devices=devices):
        yield


def seed_torch(seed: int, epoch: int, device: str) -> None:
    """Begin the draws of an epoch; they depend on nothing that was drawn before."""
    mixed = (seed * 1_000_003 + epoch) % 2**63
    torch.default_generator.manual_seed(mixed)  # torch.manual_seed would seed every GPU, too
    if device.startswith("cuda"):
        with torch.cuda.device(device):
            torch.cuda.manual_seed(mixed)
