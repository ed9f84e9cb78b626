"""The state of torch training on disk, from which it resumes to the same result; nothing is pickled.

A state is what ``state_dict()`` of modules, optimisers and schedules returns, and what generators
hold: dicts, lists and tuples of tensors, numbers, strings and None. Tensors go to a safetensors
file, everything else to JSON, where ``{"tensor": "3"}`` stands for the tensor called 3.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wordlab.artifact import Artifact, Draft
from wordlab.errors import ArtifactError
from wordlab.payloads import json_value
from wordlab.visible import first_line

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.optim import Optimizer

_ADAM = {"step", "exp_avg", "exp_avg_sq"}
_KEPT = {
    "SGD": {"momentum_buffer"},
    "Adadelta": {"step", "square_avg", "acc_delta"},
    "AdamW": _ADAM,
    "SparseAdam": _ADAM,
}
"""What each optimiser that wordlab uses keeps for a parameter."""


def write_state(draft: Draft, name: str, state: Any) -> None:
    """Write `state` as the payloads NAME.safetensors and NAME.json; TypeError for any other value."""
    from safetensors.torch import save_file

    tensors: dict[str, Tensor] = {}
    structure = _take_apart(state, tensors)
    save_file(tensors, draft.payload(f"{name}.safetensors"))
    draft.libraries += ["safetensors", "torch"]
    draft.payload(f"{name}.json").write_text(json.dumps(structure), encoding="utf-8")


def read_state(source: Artifact, name: str) -> Any:
    """The state that `write_state` wrote, equal in structure, types and every bit.

    Raises ArtifactError if it is damaged.
    """
    path = source.payload(f"{name}.json")
    tensors = read_tensors(source, f"{name}.safetensors")
    try:
        return _put_together(json_value(source, f"{name}.json"), tensors)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, ArtifactError):
            raise
        raise ArtifactError(f"{path}: expected a training state, found a damaged one ({error})") from error


def read_tensors(source: Artifact, name: str) -> dict[str, Tensor]:
    """The tensors in the safetensors payload `name`; ArtifactError if it is damaged, or one holds NaN."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    path = source.payload(name)
    try:
        tensors: dict[str, Tensor] = load_file(path)
    except (SafetensorError, OSError, RuntimeError, ValueError, KeyError, TypeError) as error:
        raise ArtifactError(
            f"{path}: expected tensors, found a damaged file ({first_line(error)})"
        ) from error
    for key, tensor in tensors.items():
        if tensor.is_floating_point() and not bool(tensor.ravel().isfinite().all()):
            raise ArtifactError(f"{path}: {key}: expected finite numbers, found NaN or infinity")
    return tensors


def check_weights(module: nn.Module, weights: Any, where: str) -> None:
    """Raise ArtifactError unless `weights` are those of `module`, by name, type and shape.

    Only then does ``load_state_dict`` neither fail nor convert anything.
    """
    expected = module.state_dict()
    found = weights if isinstance(weights, Mapping) else {}
    for key in [*expected, *found]:
        sides = [_describe(tensors.get(key)) for tensors in (expected, found)]
        if sides[0] != sides[1]:
            raise ArtifactError(f"{where}: {key}: expected {sides[0]}, found {sides[1]}")


def load_optimizer(optimizer: Optimizer, state: Any, where: str) -> None:
    """Give the optimiser the state of an earlier run of the same training; ArtifactError for any other."""
    try:
        for own, found in zip(optimizer.state_dict()["param_groups"], state["param_groups"], strict=True):
            _check_group(own, found)
        optimizer.load_state_dict(state)
        for parameter, part in optimizer.state.items():
            _check_part(type(optimizer).__name__, parameter, part)
    except (KeyError, TypeError, ValueError, AttributeError, RuntimeError, IndexError) as error:
        reason = first_line(error)
        raise ArtifactError(f"{where}: expected an optimiser's state, found another ({reason})") from error


def _check_group(own: dict[str, Any], found: dict[str, Any]) -> None:
    """Raise ValueError unless the settings are the same; the learning rate may be any number."""
    if not isinstance(found["lr"], int | float) or {**found, "lr": own["lr"]} != own:
        raise ValueError("other settings")


def _check_part(name: str, parameter: Tensor, part: dict[str, Any]) -> None:
    """Raise ValueError unless `part` is what the optimiser called `name` keeps for a parameter."""
    if part.keys() != _KEPT.get(name, part.keys()):
        raise ValueError(f"{', '.join(map(str, part)) or 'nothing'} for a parameter")
    for key, value in part.items():
        whole = key != "step" and value is not None
        if (whole or hasattr(value, "shape")) and value.shape != (parameter.shape if whole else ()):
            raise ValueError(f"{key} of shape {tuple(value.shape)}")


def _describe(tensor: Any) -> str:
    if tensor is None:
        return "none"
    if not hasattr(tensor, "dtype"):
        return f"a {type(tensor).__name__}"
    return f"{str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}"


def _take_apart(value: Any, tensors: dict[str, Tensor]) -> Any:
    import torch

    if isinstance(value, torch.Tensor):
        key = str(len(tensors))
        # a copy: safetensors refuses tensors that share memory, as tied weights do
        tensors[key] = value.detach().cpu().clone(memory_format=torch.contiguous_format)
        return {"tensor": key}
    if isinstance(value, dict):
        # pairs, because keys may be numbers: an optimiser's parameters are
        return {"dict": [[key, _take_apart(part, tensors)] for key, part in value.items()]}
    if isinstance(value, list | tuple):
        kind = "list" if isinstance(value, list) else "tuple"
        return {kind: [_take_apart(part, tensors) for part in value]}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(
        f"expected tensors, numbers and strings in a training state, found {type(value).__name__}"
    )


def _put_together(value: Any, tensors: dict[str, Tensor]) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "tensor":
        return tensors[content]
    if kind == "dict":
        return {key: _put_together(part, tensors) for key, part in content}
    parts = [_put_together(part, tensors) for part in content]
    return tuple(parts) if kind == "tuple" else parts
