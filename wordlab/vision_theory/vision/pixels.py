"""From pixels to what a network reads: standardised, shuffled, shifted and mirrored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wordlab.extras import need
from wordlab.vision_theory.vision.images import Images

with need("torch"):
    import torch
    from torch import Tensor
    from torch.nn import functional as F  # noqa: N812 - torch's own name for it

if TYPE_CHECKING:
    import numpy as np


class PixelScaler:
    """Turns pixels into input of mean 0 and standard deviation 1, channel by channel."""

    def __init__(self, mean: Sequence[float], std: Sequence[float]) -> None:
        self._mean = torch.tensor(mean, dtype=torch.float32).view(1, -1, 1, 1)  # (1, channel, 1, 1)
        self._std = torch.tensor(std, dtype=torch.float32).view(1, -1, 1, 1)  # (1, channel, 1, 1)

    def __call__(self, pixels: Tensor) -> Tensor:
        """(batch, channel, height, width) from uint8 to float32, in the layout that convolutions prefer."""
        x = (pixels.float() - self._mean) / self._std  # (batch, channel, height, width)
        return x.contiguous(memory_format=torch.channels_last)

    def in_order(self, pixels: np.ndarray, batch_size: int) -> Iterator[Tensor]:
        """All images, in order and in batches."""
        for start in range(0, len(pixels), batch_size):
            chosen = pixels[start : start + batch_size]  # (batch, channel, height, width)
            yield self(torch.from_numpy(chosen))


def num_batches(num_images: int, batch_size: int) -> int:
    """The number of batches that `shuffled` makes."""
    whole, rest = divmod(num_images, batch_size)
    return whole + (rest > 1) or 1


def shuffled(
    images: Images, batch_size: int, generator: torch.Generator, *, shift: int = 0, flip: bool = False
) -> Iterator[tuple[Tensor, Tensor]]:
    """Pixels (batch, channel, height, width) and labels (batch,) of all images, in a new random order.

    A single image left over joins the batch before it, as a batch of one cannot be normalised.
    """
    pixels, labels = torch.from_numpy(images.pixels), torch.from_numpy(images.labels)
    order = torch.randperm(len(images), generator=generator)  # (num_images,)
    batches = num_batches(len(images), batch_size)
    for index in range(batches):
        stop = (index + 1) * batch_size if index + 1 < batches else len(images)
        chosen = order[index * batch_size : stop]  # (batch,)
        x = pixels[chosen]  # (batch, channel, height, width)
        if shift:
            x = shifted(x, shift, generator)
        if flip:
            mirrored = torch.rand(len(x), generator=generator) < 0.5  # (batch,)
            x = torch.where(mirrored.view(-1, 1, 1, 1), x.flip(3), x)
        yield x, labels[chosen]


def shifted(pixels: Tensor, most: int, generator: torch.Generator) -> Tensor:
    """Each image moved down and right by -most .. most pixels, with zeros where it was; same shape."""
    num_images, _, height, width = pixels.shape
    padded = F.pad(pixels, (most, most, most, most))  # (batch, channel, height + 2 most, width + 2 most)
    down, right = torch.randint(0, 2 * most + 1, (2, num_images), generator=generator)  # (batch,) each
    rows = down.view(-1, 1, 1) + torch.arange(height).view(1, -1, 1)  # (batch, height, 1)
    columns = right.view(-1, 1, 1) + torch.arange(width).view(1, 1, -1)  # (batch, 1, width)
    image = torch.arange(num_images).view(-1, 1, 1)  # (batch, 1, 1)
    return padded[image, :, rows, columns].permute(0, 3, 1, 2)  # (batch, channel, height, width)
