"""Batch normalisation written out: Ioffe and Szegedy 2015, algorithm 1, for layers and images.

The formulas are in `BatchNorm.forward`, one line each. Parameters and buffers have torch's names,
so that state dicts can be exchanged with `torch.nn.BatchNorm1d` and `BatchNorm2d`; the paper
and the course call weight and bias gamma and beta.
"""

from __future__ import annotations

from wordlab.errors import ConfigError
from wordlab.extras import need

with need("torch"):
    import torch
    from torch import Tensor, nn

RUNNING_VARIANCES = ("unbiased", "biased")


class BatchNorm(nn.Module):
    """Batch normalisation of `num_features` features (dims=2) or channels (dims=4).

    The output (batch, feature) of a fully connected layer is normalised feature by feature over the
    batch; that of a convolution (batch, channel, height, width) channel by channel over batch and positions.

    Training uses the batch's own mean and variance and moves the running ones towards them by
    `momentum`; inference uses the running ones. A batch is always normalised by its biased variance.
    `running_variance` says which variance the running one follows: `unbiased`, as in torch and the
    paper (section 3.1), or `biased`, as in the course's listing.

    Raises ConfigError for invalid options, and ValueError for inputs of another shape and for a training
    batch with a single value per channel, whose variance would be 0.

    >>> layer = BatchNorm(2, dims=2)
    >>> layer(torch.tensor([[1.0, 10.0], [3.0, 30.0]])).detach().round(decimals=3)
    tensor([[-1., -1.],
            [ 1.,  1.]])
    """

    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor

    def __init__(
        self,
        num_features: int,
        *,
        dims: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        running_variance: str = "unbiased",
    ) -> None:
        super().__init__()
        _check_options(num_features, dims, eps, momentum, running_variance)
        self.num_features, self.dims = num_features, dims
        self.eps, self.momentum, self.running_variance = eps, momentum, running_variance
        self.weight = nn.Parameter(torch.ones(num_features))  # gamma
        self.bias = nn.Parameter(torch.zeros(num_features))  # beta
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x: Tensor) -> Tensor:
        """`x` normalised, scaled and shifted, of the same shape."""
        self._check_input(x)
        over = (0,) if self.dims == 2 else (0, 2, 3)
        if self.training:
            mean = x.mean(dim=over, keepdim=True)  # (1, channel) or (1, channel, 1, 1)
            var = ((x - mean) ** 2).mean(dim=over, keepdim=True)  # the same, biased
            self._track(mean, var, num_values=x.numel() // self.num_features)
        else:
            mean, var = self._spread(self.running_mean), self._spread(self.running_var)
        x_hat = (x - mean) / torch.sqrt(var + self.eps)  # (batch, channel, ...)
        return self._spread(self.weight) * x_hat + self._spread(self.bias)  # (batch, channel, ...)

    def extra_repr(self) -> str:
        """The options, as torch prints them."""
        return (
            f"{self.num_features}, dims={self.dims}, eps={self.eps}, momentum={self.momentum}, "
            f"running_variance={self.running_variance!r}"
        )

    def _spread(self, values: Tensor) -> Tensor:
        """(channel,) -> (1, channel) or (1, channel, 1, 1), so that it broadcasts along the right axis."""
        return values.view(1, -1, *(1,) * (self.dims - 2))

    @torch.no_grad()
    def _track(self, mean: Tensor, var: Tensor, *, num_values: int) -> None:
        """Move the running statistics towards those of a batch with `num_values` values per channel."""
        if self.running_variance == "unbiased":
            var = var * (num_values / (num_values - 1))  # (1, channel, ...)
        for running, found in ((self.running_mean, mean), (self.running_var, var)):
            running.mul_(1 - self.momentum).add_(found.flatten(), alpha=self.momentum)  # (channel,)
        self.num_batches_tracked.add_(1)

    def _check_input(self, x: Tensor) -> None:
        if x.dim() != self.dims or x.shape[1] != self.num_features:
            rest = ", height, width" if self.dims == 4 else ""
            raise ValueError(
                f"BatchNorm: expected an input of shape (batch, {self.num_features}{rest}), "
                f"found {tuple(x.shape)}"
            )
        if self.training and x.numel() <= self.num_features:
            raise ValueError(
                "BatchNorm: expected more than 1 value per channel in training, "
                f"found an input of shape {tuple(x.shape)}"
            )


def _check_options(num_features: int, dims: int, eps: float, momentum: float, running_variance: str) -> None:
    if num_features < 1:
        raise ConfigError(f"num_features: expected 1 or more, found {num_features}")
    if dims not in (2, 4):
        raise ConfigError(
            f"dims: expected 2 for (batch, feature) or 4 for (batch, channel, height, width), found {dims}"
        )
    if not eps > 0:
        raise ConfigError(f"eps: expected a number above 0, found {eps}")
    if not 0 <= momentum <= 1:
        raise ConfigError(f"momentum: expected a number from 0 to 1, found {momentum}")
    if running_variance not in RUNNING_VARIANCES:
        allowed = ", ".join(RUNNING_VARIANCES)
        raise ConfigError(f"running_variance: expected one of {allowed}, found {running_variance!r}")
