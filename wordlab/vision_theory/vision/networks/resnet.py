"""ResNet: a stem, stages of blocks that halve the side and double the channels, a mean, a linear layer.

`resnet18` and `small_resnet` make the networks of He et al. 2016a from it.
"""

from __future__ import annotations

from collections.abc import Sequence

from wordlab.errors import ConfigError
from wordlab.extras import need
from wordlab.vision_theory.vision.networks.residual import Norm, ResidualBlock

with need("torch"):
    from torch import Tensor, nn
    from torch.nn import functional as F  # noqa: N812 - torch's own name for it

STEMS = ("small", "large")


class ResNet(nn.Module):
    """A residual network of `blocks[i]` blocks with `channels[i]` channels in stage i.

    The `small` stem is a 3x3 convolution that keeps the side, for images of up to about 64 pixels; the
    `large` one is a 7x7 convolution and a max-pooling, each with stride 2, for images of 224.

    >>> import torch
    >>> ResNet(1, 10, blocks=(1, 1), channels=(4, 8))(torch.zeros(2, 1, 8, 8)).shape
    torch.Size([2, 10])
    """

    def __init__(
        self,
        in_channels: int,
        num_classes: int,
        *,
        blocks: Sequence[int],
        channels: Sequence[int],
        stem: str = "small",
        shortcut: str = "convolution",
        pre_activation: bool = False,
        zero_last_scale: bool = False,
        bias: bool = False,
        norm: Norm = nn.BatchNorm2d,
    ) -> None:
        super().__init__()
        self.pre_activation = pre_activation
        self.stem = _stem(in_channels, channels[0], stem, bias=bias)
        self.norm = norm(channels[-1] if pre_activation else channels[0])
        self.pool = nn.MaxPool2d(3, stride=2, padding=1) if stem == "large" else nn.Identity()
        stages, width = [], channels[0]
        for stage, (num_blocks, out_channels) in enumerate(zip(blocks, channels, strict=True)):
            for index in range(num_blocks):
                stride = 2 if stage > 0 and index == 0 else 1
                block = ResidualBlock(
                    width, out_channels, stride=stride, shortcut=shortcut, norm=norm, bias=bias,
                    pre_activation=pre_activation, zero_last_scale=zero_last_scale,
                )  # fmt: skip
                stages.append(block)
                width = out_channels
        self.blocks = nn.Sequential(*stages)
        self.linear = nn.Linear(width, num_classes)
        initialise(self)

    def forward(self, x: Tensor) -> Tensor:
        """The logits (batch, class) of images (batch, channel, height, width)."""
        h = self.stem(x)  # (batch, channels[0], height, width), or half the side with the large stem
        if not self.pre_activation:
            h = F.relu(self.norm(h))  # the same
        h = self.blocks(self.pool(h))  # (batch, channels[-1], height / 2^s, width / 2^s)
        if self.pre_activation:
            h = F.relu(self.norm(h))  # the same
        return self.linear(h.mean(dim=(2, 3)))  # (batch, class)


def initialise(model: nn.Module) -> None:
    """Draw the weights of convolutions from He et al. 2015's normal distribution, equation 10."""
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def _stem(in_channels: int, out_channels: int, stem: str, *, bias: bool) -> nn.Conv2d:
    if stem not in STEMS:
        raise ConfigError(f"stem: expected one of {', '.join(STEMS)}, found {stem!r}")
    if stem == "large":
        return nn.Conv2d(in_channels, out_channels, 7, stride=2, padding=3, bias=bias)
    return nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=bias)
