"""AutotuneConfig: how long settings are searched for, and what they are to fit into."""

from __future__ import annotations

from dataclasses import dataclass

from wordlab.checks import check_number
from wordlab.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class AutotuneConfig:
    """Limits of a search: of time, in seconds, or of `trials`, or of both; the first trial is always made.

    `size` is that of fastText's `.ftz` in bytes, into which the result is to fit; None for no limit, and no
    quantisation. `share` of the texts is held out to judge by, unless there are others; to `retrain` is to
    train the best on these as well, else it is the very model that was judged. `fixed` are fields of
    LinearConfig that are not to change. Raises ConfigError.
    """

    time_limit: float | None = 300.0
    trials: int | None = None
    size: int | None = None
    share: float = 0.1
    retrain: bool = True
    fixed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.time_limit is None and self.trials is None:
            raise ConfigError("trials: expected a limit of time or a number of trials, found neither")
        if self.time_limit is not None:
            check_number(self, "time_limit", float, 1e-3, 1e9)
        if self.trials is not None:
            check_number(self, "trials", int, 1, 1_000_000)
        if self.size is not None:
            check_number(self, "size", int, 1, 2**62)
        check_number(self, "share", float, 0.001, 0.9)
