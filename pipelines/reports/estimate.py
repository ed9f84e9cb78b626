"""What `wordlab embeddings train --dry-run` prints."""

from __future__ import annotations

from typing import Any

from pipelines import console

_PARTS = {
    "matrices": "input and output vectors",
    "temporary": "temporary copies of them at the end",
    "base": "interpreter, libraries, compiled kernels",
    "vocabulary": "words and counts",
    "targets": "noise table or Huffman paths",
}
_PARTS_OF_GLOVE = {
    **_PARTS,
    "temporary": "counting, or copies at the end",
    "targets": "pairs, in their order",
}


def print_estimate(facts: dict[str, Any], preset: str | None = None) -> None:
    """Print what a training run would take, and what is available; before it, what a `preset` sets."""
    pairs = facts.get("num_pairs")
    memory, disk, time = facts["memory"], facts["disk"], facts["time"]
    shown = {} if time is None else _durations(time)
    console.print_facts(
        {
            "preset": preset,
            "vectors": console.size(facts),
            "memory": f"{_bytes(memory['peak'])} of {_bytes(memory['available'])} available",
            "disk": f"{_bytes(disk['needed'])} of {_bytes(disk['free'])} free",
            "pairs": f"about {console.magnitude(pairs)}" if pairs else None,
            **shown,
            "each worker": f"{_bytes(facts['per_worker'])} of memory" if "per_worker" in facts else None,
        }
    )
    console.print_heading("Memory at the peak")
    rows = [
        (meaning, _bytes(memory[name])) for name, meaning in (_PARTS_OF_GLOVE if pairs else _PARTS).items()
    ]
    console.print_table(("part", "bytes"), [*rows, ("all", _bytes(memory["peak"]))])
    console.line(f"Mapped files, which the system drops when memory is short: {_bytes(memory['mapped'])}")


def _durations(time: dict[str, Any]) -> dict[str, str | None]:
    compiled = f"{console.duration(time['compilation'])}, once" if time["compilation"] else None
    return {
        "time": f"about {console.duration(time['training'])}, training at {console.speed(time)}",
        "counting": f"about {console.duration(time['counting'])} before" if "counting" in time else None,
        "compiled": compiled,
    }


def _bytes(number: int | None) -> str:
    return "an unknown amount" if number is None else f"{console.magnitude(number)}B"
