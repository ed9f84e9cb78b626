"""A moving average of a network's weights (Polyak & Juditsky 1992; Tarvainen & Valpola 2017)."""

from __future__ import annotations

import copy

import torch

from wordlab.sentiment.models.network import Network


class AveragedNetwork:
    """A network whose weights are the moving average of another one's.

    The decay grows with the number of steps until it has its full size, so that the random start is soon
    forgotten. torch's own AveragedModel would copy the buffers, here the frozen word vectors, at every
    step, and would take the weights after the first step for the average.
    """

    def __init__(self, network: Network, decay: float) -> None:
        self.network = copy.deepcopy(network).requires_grad_(False).eval()
        self.decay = decay

    @torch.no_grad()
    def update(self, network: Network, step: int) -> None:
        """Take the weights after step `step`, counted from 1, into the average."""
        decay = min(self.decay, (1 + step) / (10 + step))
        for averaged, weight in zip(self.network.parameters(), network.parameters(), strict=True):
            averaged.lerp_(weight, 1 - decay)
