"""Whether a training came to nothing, by its loss."""

from __future__ import annotations

import math

_BAD = 2.0  # times the loss of guessing


def loss_notes(
    what: str, loss: float, num_classes: int, hint: str, *, one_against_rest: bool = False
) -> list[str]:
    """A sentence if a loss, which is `what`, is far above that of guessing; it ends with `hint`.

    With `one_against_rest` it is a sum over the classes, each of which is guessed.
    """
    guessing = num_classes * math.log(2) if one_against_rest else math.log(max(2, num_classes))
    if loss < _BAD * guessing:
        return []
    return [f"{what} is {loss:.3g}, that of guessing {guessing:.3g}{hint}"]
