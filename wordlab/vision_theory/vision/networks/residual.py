"""The residual block: a block learns what to add to its input, not its output as a whole.

y = relu(f(x) + shortcut(x)), He et al. 2016a, equations 1 and 2; pre-activated y = f(x) + shortcut(x),
He et al. 2016b, figure 4e. Where f changes the shape, the shortcut must follow: by a 1x1 convolution
(the paper's option B, and the course's choice), or by dropping every other pixel and padding with
channels of zeros (option A), which has no parameters.
"""

from __future__ import annotations

from collections.abc import Callable

from wordlab.errors import ConfigError
from wordlab.extras import need

with need("torch"):
    from torch import Tensor, nn
    from torch.nn import functional as F  # noqa: N812 - torch's own name for it

SHORTCUTS = ("convolution", "padding", "none")
Norm = Callable[[int], nn.Module]
"""Makes the normalisation for a number of channels: `nn.BatchNorm2d`, or our own BatchNorm."""


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions with normalisation, and a shortcut around them.

    `stride` is that of the first convolution. `shortcut` says how the shortcut follows where the
    shape changes: `convolution` or `padding`; with `none` there is no shortcut at all, and the block is
    a plain one. `bias` gives the convolutions a bias, as in the course; before a normalisation it has no
    effect. `zero_last_scale` starts the last normalisation's scale at 0, so that the block before its
    activation is the identity where its shortcut is (Goyal et al. 2017, section 5.1).

    >>> import torch
    >>> block = ResidualBlock(3, 6, stride=2)
    >>> block(torch.zeros(4, 3, 6, 6)).shape
    torch.Size([4, 6, 3, 3])
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        stride: int = 1,
        shortcut: str = "convolution",
        pre_activation: bool = False,
        zero_last_scale: bool = False,
        bias: bool = False,
        norm: Norm = nn.BatchNorm2d,
    ) -> None:
        super().__init__()
        _check_options(in_channels, out_channels, stride, shortcut)
        if zero_last_scale and pre_activation:
            raise ConfigError("zero_last_scale: expected False with pre_activation, found True")
        self.stride, self.pre_activation = stride, pre_activation
        self.extra_channels = out_channels - in_channels
        self.shortcut = shortcut
        self.norm1 = norm(in_channels if pre_activation else out_channels)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=bias)
        self.norm2 = norm(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=bias)
        changes = stride != 1 or in_channels != out_channels
        self.conv3 = (
            nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=bias)
            if changes and shortcut == "convolution"
            else None
        )
        if zero_last_scale:
            nn.init.zeros_(self.norm2.weight)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, in_channel, height, width) -> (batch, out_channel, height / stride, width / stride)."""
        if self.pre_activation:
            a = F.relu(self.norm1(x))  # (batch, in_channel, height, width)
            f = self.conv1(a)  # (batch, out_channel, height / stride, width / stride)
            f = self.conv2(F.relu(self.norm2(f)))  # the same
            # A convolution in the shortcut sees what f sees; an identity stays one.
            return self._add(f, x if self.conv3 is None else a)
        f = F.relu(self.norm1(self.conv1(x)))  # (batch, out_channel, height / stride, width / stride)
        f = self.norm2(self.conv2(f))  # the same
        return F.relu(self._add(f, x))

    def _add(self, f: Tensor, x: Tensor) -> Tensor:
        """f + shortcut(x), of the shape of f; f alone in a plain block."""
        if self.shortcut == "none":
            return f
        if self.conv3 is not None:
            return f + self.conv3(x)
        if self.stride != 1:
            x = x[:, :, :: self.stride, :: self.stride]  # (batch, in_channel, height / s, width / s)
        if self.extra_channels:
            before = self.extra_channels // 2
            x = F.pad(x, (0, 0, 0, 0, before, self.extra_channels - before))  # the shape of f
        return f + x


def _check_options(in_channels: int, out_channels: int, stride: int, shortcut: str) -> None:
    for name, value in (("in_channels", in_channels), ("out_channels", out_channels), ("stride", stride)):
        if value < 1:
            raise ConfigError(f"{name}: expected 1 or more, found {value}")
    if shortcut not in SHORTCUTS:
        raise ConfigError(f"shortcut: expected one of {', '.join(SHORTCUTS)}, found {shortcut!r}")
    if shortcut == "padding" and out_channels < in_channels:
        raise ConfigError(f"out_channels: expected {in_channels} or more with padding, found {out_channels}")
