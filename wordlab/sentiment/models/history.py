"""How training went, epoch by epoch."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any

from wordlab import schema
from wordlab.errors import ArtifactError


@dataclass
class History:
    """Mean loss and accuracy of each epoch, in training (with dropout) and on the held-out texts.

    `seconds` is the time of each epoch; it is not saved, so that equal seeds give equal bytes.
    """

    losses: list[float] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)
    validation_losses: list[float] = field(default_factory=list)
    validation_accuracies: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def num_epochs(self) -> int:
        """Epochs trained."""
        return len(self.losses)

    @property
    def best_epoch(self) -> int:
        """The epoch, from 1, whose weights are kept: the best on held-out texts, else the last; 0 if none.

        Among equal accuracies the one of smaller loss, among equal losses the first.
        """
        if not self.validation_accuracies:
            return self.num_epochs
        scores = list(zip(self.validation_accuracies, self.validation_losses, strict=True))
        return 1 + min(range(len(scores)), key=lambda epoch: (-scores[epoch][0], scores[epoch][1]))

    @property
    def kept_loss(self) -> float:
        """The loss of the epoch that is kept: on held-out texts, else in training."""
        return (self.validation_losses or self.losses)[self.best_epoch - 1]

    def times_guessing(self, num_classes: int) -> float:
        """`kept_loss` as a multiple of the loss of uniform guessing."""
        return self.kept_loss / math.log(num_classes)

    def is_over(self, epochs: int, patience: int) -> bool:
        """Whether all epochs are done or the best one is `patience` epochs ago."""
        stale = bool(self.validation_accuracies) and self.num_epochs - self.best_epoch >= patience
        return self.num_epochs >= epochs or stale

    def to_dict(self) -> dict[str, Any]:
        """The fields for a manifest, and the best epoch."""
        facts = dataclasses.asdict(self)
        del facts["seconds"]
        return {**facts, "best_epoch": self.best_epoch}

    @classmethod
    def from_dict(cls, facts: Any, where: str) -> History:
        """The history that `to_dict` described; ArtifactError, beginning with `where`, for anything else."""
        names = [f.name for f in dataclasses.fields(cls) if f.name != "seconds"]
        found = schema.fields(facts, dict.fromkeys(names, list[float]), where)
        trained, right, held_out, right_held_out = (len(found[name]) for name in names)
        if trained != right or held_out != right_held_out or held_out not in (0, trained):
            raise ArtifactError(f"{where}: expected one value an epoch, found uneven lists")
        return cls(**found)
