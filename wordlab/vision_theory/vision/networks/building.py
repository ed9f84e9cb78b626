"""Build the network that a VisionConfig names, and count what it learns."""

from __future__ import annotations

from importlib import import_module

from wordlab.extras import need
from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.models import NETWORKS

with need("torch"):
    from torch import nn, random


def build_network(config: VisionConfig, shape: tuple[int, int, int], num_classes: int) -> nn.Module:
    """The network of `config` for images of `shape` (channel, height, width), weights drawn by its seed."""
    file = import_module(f"wordlab.vision_theory.vision.networks.{NETWORKS[config.model].file}")
    with random.fork_rng(devices=[]):
        random.manual_seed(config.seed)
        network: nn.Module = file.build(config, shape, num_classes)
    return network


def num_parameters(model: nn.Module) -> int:
    """The number of values in `model` that training learns."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
