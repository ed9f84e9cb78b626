"""ResNet-18 as in the course (He et al. 2016a, table 1)."""

from __future__ import annotations

from wordlab.extras import need
from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.networks.residual import Norm
from wordlab.vision_theory.vision.networks.resnet import ResNet

with need("torch"):
    from torch import nn

_LARGE = 96  # from this side on, images get the large stem


def resnet18(
    in_channels: int, num_classes: int, *, stem: str = "large", norm: Norm = nn.BatchNorm2d,
    pre_activation: bool = False, zero_last_scale: bool = False,
) -> ResNet:  # fmt: skip
    """ResNet-18: 1x1 convolutions without normalisation in the shortcuts, biases in all convolutions.

    The course also uses it with the small stem, for small images.
    """
    return ResNet(
        in_channels, num_classes, blocks=(2, 2, 2, 2), channels=(64, 128, 256, 512), stem=stem, bias=True,
        norm=norm, pre_activation=pre_activation, zero_last_scale=zero_last_scale,
    )  # fmt: skip


def build(config: VisionConfig, shape: tuple[int, int, int], num_classes: int) -> ResNet:
    """ResNet-18 for images of `shape` (channel, height, width).

    Images with a side below 96 get the small stem: the large one would leave 2x2 pixels of an 8x8 image
    before the first block.
    """
    channels, *sides = shape
    return resnet18(
        channels, num_classes, stem="large" if min(sides) >= _LARGE else "small",
        pre_activation=config.pre_activation, zero_last_scale=config.zero_last_scale,
    )  # fmt: skip
