"""The small networks for CIFAR of He et al. 2016a, section 4.2, residual and plain."""

from __future__ import annotations

from wordlab.errors import ConfigError
from wordlab.extras import need
from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.models import NETWORKS
from wordlab.vision_theory.vision.networks.residual import Norm
from wordlab.vision_theory.vision.networks.resnet import ResNet

with need("torch"):
    from torch import nn


def small_resnet(
    depth: int, in_channels: int = 3, num_classes: int = 10, *, residual: bool = True, width: int = 16,
    norm: Norm = nn.BatchNorm2d, pre_activation: bool = False, zero_last_scale: bool = False,
) -> ResNet:  # fmt: skip
    """The network of 6n + 2 layers: 20, 32, 44, 56, 110.

    It has three stages of n blocks with `width`, twice and four times as many channels, and shortcuts
    without parameters (option A). Without `residual` it is the plain network, which has no shortcuts.
    """
    if depth < 8 or (depth - 2) % 6:
        raise ConfigError(f"depth: expected 6n + 2 layers (8, 14, 20, ...), found {depth}")
    return ResNet(
        in_channels, num_classes, blocks=((depth - 2) // 6,) * 3, channels=(width, 2 * width, 4 * width),
        shortcut="padding" if residual else "none", norm=norm,
        pre_activation=pre_activation, zero_last_scale=zero_last_scale,
    )  # fmt: skip


def build(config: VisionConfig, shape: tuple[int, int, int], num_classes: int) -> ResNet:
    """The network of the depth in the model's name, for images of `shape` (channel, height, width)."""
    return small_resnet(
        int(config.depth or 0), shape[0], num_classes, residual=NETWORKS[config.model].residual,
        pre_activation=config.pre_activation, zero_last_scale=config.zero_last_scale,
    )  # fmt: skip
