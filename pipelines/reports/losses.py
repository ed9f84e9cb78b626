"""Whether a training came to nothing, by its loss."""

from __future__ import annotations

import math

_BAD = 2.0  # times the loss of guessing


def loss_notes(what: str, loss: float, num_classes: int, hint: str) -> list[str]:
    """A sentence if a loss, which is `what`, is far above that of guessing; it ends with `hint`."""
    guessing = math.log(max(2, num_classes))
    if loss < _BAD * guessing:
        return []
    return [f"{what} is {loss:.3g}, that of guessing {guessing:.3g}{hint}"]
