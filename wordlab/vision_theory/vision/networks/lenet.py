"""LeNet as in the course, with or without batch normalisation, for images of any size from 4x4."""

from __future__ import annotations

from wordlab.errors import ConfigError
from wordlab.extras import need
from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.networks.batch_norm import BatchNorm

with need("torch"):
    from torch import Tensor, nn

ACTIVATIONS = {"sigmoid": nn.Sigmoid, "relu": nn.ReLU}


class LeNet(nn.Module):
    """Two convolutions and three linear layers (LeCun et al. 1998, with means for subsampling).

    Batch normalisation, the one written out in `batch_norm`, comes between each layer but the last and
    its activation. Images with a side below 12 are padded in the second convolution as well.

    >>> import torch
    >>> LeNet(1, 10, size=(28, 28))(torch.zeros(2, 1, 28, 28)).shape
    torch.Size([2, 10])
    """

    def __init__(
        self,
        in_channels: int,
        num_classes: int,
        *,
        size: tuple[int, int],
        batch_norm: bool = False,
        activation: str = "sigmoid",
    ) -> None:
        super().__init__()
        if activation not in ACTIVATIONS:
            raise ConfigError(f"activation: expected one of {', '.join(ACTIVATIONS)}, found {activation!r}")
        if min(size) < 4:
            raise ConfigError(f"size: expected images of 4x4 or more for LeNet, found {size[0]}x{size[1]}")
        act = ACTIVATIONS[activation]
        padding = 0 if min(size) >= 12 else 2
        height, width = ((side // 2 - 4 + 2 * padding) // 2 for side in size)

        def norm(num_features: int, dims: int) -> list[nn.Module]:
            return [BatchNorm(num_features, dims=dims)] if batch_norm else []

        self.layers = nn.Sequential(
            nn.Conv2d(in_channels, 6, 5, padding=2), *norm(6, 4), act(),  # (batch, 6, height, width)
            nn.AvgPool2d(2),  # (batch, 6, height / 2, width / 2)
            nn.Conv2d(6, 16, 5, padding=padding), *norm(16, 4), act(),  # (batch, 16, ...)
            nn.AvgPool2d(2),  # (batch, 16, half of that, half of that)
            nn.Flatten(),  # (batch, 16 * height * width) of the line above
            nn.Linear(16 * height * width, 120), *norm(120, 2), act(),  # (batch, 120)
            nn.Linear(120, 84), *norm(84, 2), act(),  # (batch, 84)
            nn.Linear(84, num_classes),  # (batch, class)
        )  # fmt: skip
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.xavier_uniform_(module.weight)  # as the course does; sigmoids need it

    def forward(self, x: Tensor) -> Tensor:
        """The logits (batch, class) of images (batch, channel, height, width)."""
        return self.layers(x)


def build(config: VisionConfig, shape: tuple[int, int, int], num_classes: int) -> LeNet:
    """LeNet for images of `shape` (channel, height, width)."""
    channels, height, width = shape
    return LeNet(
        channels, num_classes, size=(height, width), batch_norm=config.batch_norm,
        activation=str(config.activation),
    )  # fmt: skip
