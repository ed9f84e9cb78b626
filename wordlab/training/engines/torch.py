"""The torch engine: a plain loop over batches, on any device that has sparse gradients.

Windows, noise words, initial vectors, learning rate and loss are the compiled engine's; what differs
is that a step is made for a batch of windows at once. The loss of a batch is the sum over its pairs,
not the mean: the gradient of a sum is the sum of the steps that the compiled engine makes one after
the other, so that a learning rate means the same to both. With batches of one window they agree to
float rounding; `docs/explanation/torch.md` says what larger batches change.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from wordlab import schema
from wordlab.artifact import Artifact, Draft
from wordlab.checkpoint import load_optimizer, read_state, write_state
from wordlab.devices import check_device, torch_threads
from wordlab.errors import ArtifactError, ConfigError
from wordlab.extras import need
from wordlab.progress import OnProgress
from wordlab.training.engines.base import Engine, Worker
from wordlab.training.ledger import Piece
from wordlab.training.objectives.base import Objective

with need("torch"):
    import torch
    from torch import Tensor, nn

OPTIMIZERS = ("sgd", "sparse_adam")
BATCH_SIZE = 256

_STATE = "torch"  # the payloads of a checkpoint are named so


class Torch(Engine):
    """The objective's torch model, trained by `optimizer` on batches of `batch_size` windows.

    With 2,048 windows a step SGD overshoots badly, with 256 it does not. `config.threads` is the number of
    torch's threads on the CPU. There equal corpora, configs and seeds give equal bytes; a GPU adds in
    any order. Raises ConfigError for an option that makes no sense, or a device that is not there.
    """

    name = "torch"
    base_memory = 500_000_000
    num_copies = 1

    def __init__(self, *, device: str = "cpu", optimizer: str = "sgd", batch_size: int = BATCH_SIZE) -> None:
        if optimizer not in OPTIMIZERS:
            raise ConfigError(f"optimizer: expected one of {', '.join(OPTIMIZERS)}, found {optimizer!r}")
        if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
            raise ConfigError(f"batch_size: expected a whole number from 1, found {batch_size!r}")
        check_device(device)
        self._device, self._optimizer, self._batch_size = device, optimizer, batch_size

    @property
    def facts(self) -> dict[str, Any]:
        """The engine and its options."""
        return {
            "engine": self.name,
            "device": self._device,
            "optimizer": self._optimizer,
            "batch_size": self._batch_size,
        }

    @contextmanager
    def running(self, objective: Objective, on_progress: OnProgress | None) -> Iterator[list[Worker]]:
        """Ready once the model is on the device."""
        self._objective = objective
        self._model, self._reader = objective.torch_step(self._batch_size)
        self._copy_to_model()
        self._model.to(self._device)
        self._steps = _make_optimizer(self._model, self._optimizer)
        with torch_threads(objective.config.threads):
            yield [self._train]

    def _train(self, piece: Piece) -> tuple[float, int]:
        """Train on the batches that the windows of a piece fill; the last piece of an epoch leaves none.

        Reading a number from a GPU makes the program wait for it, so losses stay there to the end of the
        piece. They are added up in float64 on the CPU, as some devices have no float64.
        """
        losses: list[Tensor] = []
        num_pairs = 0
        for batch in self._reader.batches(piece):
            rate = self._objective.config.learning_rate_at(float(batch.progress.mean()))
            self._steps.param_groups[0]["lr"] = rate
            self._steps.zero_grad()
            loss = self._model.loss(**batch.tensors(self._device))  # ()
            loss.backward()
            self._steps.step()
            losses.append(loss.detach())
            num_pairs += self._model.num_pairs(batch.context_mask)
        total = float(torch.stack(losses).cpu().double().sum()) if losses else 0.0
        return total, num_pairs

    def collect(self) -> None:
        """Copy the model's weights into the objective's."""
        for matrix, weight in self._pairs():
            matrix[:, : weight.shape[1]] = weight.detach().cpu().numpy()

    def save(self, draft: Draft) -> None:
        """Write the optimiser's state, and how many windows wait for a batch to be full."""
        write_state(
            draft, _STATE, {"optimizer": self._steps.state_dict(), "waiting": self._reader.num_waiting}
        )

    def restore(self, source: Artifact, position: Piece) -> None:
        """Continue from the objective's weights, the optimiser's state and the windows that waited."""
        where = str(source.payload(f"{_STATE}.json"))
        state = schema.fields(read_state(source, _STATE), {"optimizer": dict, "waiting": int}, where)
        if not 0 <= state["waiting"] < self._batch_size:
            raise ArtifactError(
                f"{where}: waiting: expected 0 to {self._batch_size - 1} windows, found {state['waiting']}"
            )
        self._copy_to_model()
        load_optimizer(self._steps, state["optimizer"], f"{where}: optimizer")
        self._reader.refill(position, state["waiting"])

    def _copy_to_model(self) -> None:
        with torch.no_grad():
            for matrix, weight in self._pairs():
                weight.copy_(torch.from_numpy(matrix[:, : weight.shape[1]]))

    def _pairs(self) -> Iterator[tuple[Any, nn.Parameter]]:
        """Each matrix of the objective with the model's parameter of the same name."""
        for name, matrix in self._objective.weights.matrices.items():
            yield matrix, getattr(self._model, name).weight


def _make_optimizer(model: nn.Module, name: str) -> torch.optim.Optimizer:
    """The rate is a placeholder: the learning rate is set before each step."""
    if name == "sgd":
        return torch.optim.SGD(model.parameters(), lr=1.0)
    return torch.optim.SparseAdam(list(model.parameters()), lr=1.0)
