"""A step of training after its gradient: AdamW or Adadelta, clipping and max-norm."""

from __future__ import annotations

import torch
from torch import nn

from wordlab.sentiment.models.config import ClassifierConfig
from wordlab.sentiment.models.network import Network

_RHO = 0.95  # Zeiler 2012 and Kim 2014


def make_optimizer(network: Network, config: ClassifierConfig) -> torch.optim.Optimizer:
    """AdamW, which decays all weights but word vectors, or Adadelta without any decay."""
    rate = float(config.learning_rate or 0.0)
    if config.optimizer == "adadelta":
        return torch.optim.Adadelta(network.parameters(), lr=rate, rho=_RHO)
    vectors = [] if network.words.tuned is None else [network.words.tuned.weight]
    others = [p for p in network.parameters() if not any(p is vector for vector in vectors)]
    groups = [{"params": others, "weight_decay": config.weight_decay}]
    if vectors:
        groups.append({"params": vectors, "weight_decay": 0.0})
    fused = next(network.parameters()).device.type == "cpu"
    return torch.optim.AdamW(groups, lr=rate, fused=fused or None)


def take_step(network: Network, optimizer: torch.optim.Optimizer, config: ClassifierConfig) -> None:
    """Clip the gradient, take the step, and restore the limit of the output's rows (Kim 2014, 2.1)."""
    if config.clip_norm:
        nn.utils.clip_grad_norm_(network.parameters(), config.clip_norm)
    optimizer.step()
    if config.max_norm:
        with torch.no_grad():
            network.output.weight.renorm_(2, 0, config.max_norm)
