"""The state of torch training on disk, from which it resumes to the same result; nothing is pickled.

A state is what ``state_dict()`` of modules, optimisers and schedules returns, and what generators
hold: dicts, lists and tuples of tensors, numbers, strings and None. Tensors go to a safetensors
file, everything else to JSON, where ``{"tensor": "3"}`` stands for the tensor called 3.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wordlab.artifact import Artifact, Draft
from wordlab.errors import ArtifactError

if TYPE_CHECKING:
    from torch import Tensor


def write_tensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Write `tensors` as the safetensors file `path`; OSError, as of any file, if the system refuses."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    try:
        save_file(dict(tensors), path)
    except SafetensorError as error:  # its writer tells of a full disk in words
        number = re.search(r"\(os error (\d+)\)", str(error))
        if number is None:
            raise
        raise OSError(int(number[1]), os.strerror(int(number[1])), str(path)) from error


def write_state(draft: Draft, name: str, state: Any) -> None:
    """Write `state` as the payloads NAME.safetensors and NAME.json; TypeError for any other value."""
    tensors: dict[str, Tensor] = {}
    structure = _take_apart(state, tensors)
    write_tensors(tensors, draft.payload(f"{name}.safetensors"))
    draft.libraries += ["safetensors", "torch"]
    draft.payload(f"{name}.json").write_text(json.dumps(structure), encoding="utf-8")


def read_state(source: Artifact, name: str) -> Any:
    """The state that `write_state` wrote, equal in structure, types and every bit.

    Raises ArtifactError if it is damaged.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    path = source.payload(f"{name}.json")
    try:
        tensors = load_file(source.payload(f"{name}.safetensors"))
        return _put_together(json.loads(path.read_bytes()), tensors)
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ArtifactError(f"{path}: expected a training state, found a damaged one ({error})") from error


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
