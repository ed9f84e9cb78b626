"""The network that a VisionConfig names."""

from __future__ import annotations

from wordlab.errors import MissingExtraError
from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.lenet import LeNet
from wordlab.vision_theory.vision.resnet import resnet18, small_resnet

try:
    from torch import nn, random
except ImportError as error:
    raise MissingExtraError("torch is not installed; pip install 'wordlab[torch]' brings it") from error

_LARGE = 96  # from this side on, ResNet-18 has its large stem


def build_model(config: VisionConfig, shape: tuple[int, int, int], num_classes: int) -> nn.Module:
    """The network of `config` for images of `shape` (channel, height, width), its weights drawn by its seed.

    ResNet-18 has the small stem for images of less than 96 pixels: the large one would leave 2x2 of an
    image of 8x8 before the first block.
    """
    channels, height, width = shape
    with random.fork_rng(devices=[]):
        random.manual_seed(config.seed)
        if config.model == "lenet":
            return LeNet(
                channels, num_classes, size=(height, width), batch_norm=config.batch_norm,
                activation=str(config.activation),
            )  # fmt: skip
        if config.model == "resnet18":
            return resnet18(
                channels, num_classes, stem="large" if min(height, width) >= _LARGE else "small",
                pre_activation=config.pre_activation, zero_last_scale=config.zero_last_scale,
            )  # fmt: skip
        return small_resnet(
            int(config.depth or 0), channels, num_classes, residual=config.model.startswith("resnet"),
            pre_activation=config.pre_activation, zero_last_scale=config.zero_last_scale,
        )  # fmt: skip
