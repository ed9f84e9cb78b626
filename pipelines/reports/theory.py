"""What the commands of `wordlab theory` print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipelines import console

_LAYERS = 10


def print_descent(facts: dict[str, Any]) -> None:
    """Print where the descents of `theory descent` ended and what came of them."""
    names = facts["variables"]
    console.print_facts(
        {
            "function": _named(facts),
            "optimiser": facts["optimiser"],
            "schedule": None if facts["schedule"] == "constant" else facts["schedule"],
            "noise": f"{facts['noise']:g}, seed {facts['seed']}" if facts["noise"] else None,
            "start": _point(names, facts["start"]),
            "minimum": " or ".join(_point(names, point) for point in facts["minima"]) or None,
            "picture": facts["plot"],
            "animation": facts["animation"],
        }
    )
    console.line()
    rows = [
        (
            f"{run['learning_rate']:g}", run["outcome"], run["num_steps"],
            *(_number(c) for c in run["end"]), _number(run["value"]),
        )
        for run in facts["runs"]
    ]  # fmt: skip
    console.print_table(("learning rate", "outcome", "steps", *names, "value"), rows, left=2)
    console.line()
    for run in facts["runs"]:
        console.line(f"{run['learning_rate']:g}: {run['sentence']}")


def print_landscape(facts: dict[str, Any]) -> None:
    """Print the critical points of a function."""
    names = facts["variables"]
    console.print_facts(
        {
            "function": _named(facts),
            "about": facts["about"],
            "domain": _domain(names, facts["domain"]),
            "picture": facts["plot"],
        }
    )
    console.line()
    points = facts["critical_points"]
    if not points:
        console.line("No critical point was found in the domain.")
        return
    rows = [
        (
            p["kind"], *(_number(c) for c in p["point"]), _number(round(p["value"], 12)),
            " ".join(_number(value) for value in p["eigenvalues"]),
        )
        for p in points
    ]  # fmt: skip
    console.print_table(("kind", *names, "value", "eigenvalues of the Hessian"), rows)


def print_convexity(facts: dict[str, Any]) -> None:
    """Print the checks of a function, with their witnesses."""
    jensen = facts["jensen"]
    console.print_facts(
        {
            "function": _named(facts),
            "domain": _domain(facts["variables"], facts["domain"]),
            "convex": _verdict(facts),
            "Jensen": f"E f(X) - f(E X) = {_number(jensen['mean_of_values'])} - "
            f"{_number(jensen['value_of_mean'])} = {_number(jensen['gap'])} for uniform X",
            "picture": facts["plot"],
        }
    )
    console.line()
    rows = []
    for check in facts["checks"]:
        holds = "fails" if not check["holds"] else "holds" if check["proven"] else "holds in samples"
        rows.append((check["name"], holds, check["detail"]))
    console.print_table(("check", "", "why"), rows, left=3)
    witnesses = [(check["name"], check["witness"]) for check in facts["checks"] if check["witness"]]
    if witnesses:
        console.print_heading("Witnesses")
        console.print_facts({name: _witness(facts["variables"], witness) for name, witness in witnesses})


def _verdict(facts: dict[str, Any]) -> str:
    if not facts["convex"]:
        return "no"
    return "yes" if any(check["proven"] for check in facts["checks"]) else "as far as samples tell"


def print_set(facts: dict[str, Any]) -> None:
    """Print whether a set is convex."""
    holds = f"no counterexample in {facts['num_segments']:,} segments"
    witness = facts["witness"]
    console.print_facts(
        {
            "set": facts["set"],
            "convex": holds if facts["holds"] else "no",
            "witness": witness
            and f"{_witness(('x', 'y'), witness)} = {_plain(witness['between'])} is outside",
            "picture": facts["plot"],
        }
    )


def print_batches(facts: dict[str, Any]) -> None:
    """Print what batches of several sizes come to."""
    examples, rounds = facts["num_examples"], facts["num_rounds"]
    console.print_facts(
        {
            "examples": f"{examples:,}, {console.plural(rounds, 'round')}",
            "learning rate": f"{facts['learning_rate']:g}",
            "picture": facts["plot"],
        }
    )
    console.line()
    rows = []
    for study in facts["studies"]:
        loss = "diverged" if study["diverged"] else _number(study["excess_losses"][-1])
        rows.append(
            (
                study["batch_size"],
                f"{study['num_steps']:,}",
                _number(round(study["gradient_error"], 12)),
                loss,
            )
        )
    console.print_table(("batch size", "steps", "error of a gradient", "loss above the least"), rows, left=0)


def print_vanishing(facts: dict[str, Any]) -> None:
    """Print the gradients of layers, of many layers only some."""
    depth = facts["depth"]
    console.print_facts(
        {
            "network": f"{console.plural(depth, 'layer')} of {console.plural(facts['width'], 'unit')}",
            "weights": f"{facts['initial']}, seed {facts['seed']}",
            "picture": facts["plot"],
        }
    )
    console.print_heading("Norm of the gradient of a layer's weights")
    every = -(-depth // _LAYERS)
    layers = [*range(0, depth - 1, every), depth - 1]
    found = facts["activations"]
    rows = [(layer + 1, *(f"{one['gradients'][layer]:.3g}" for one in found)) for layer in layers]
    console.print_table(("layer", *(one["activation"] for one in found)), rows, left=0)
    console.line()
    for one in found:
        console.line(f"{one['activation']}: {one['sentence']}")


def _named(facts: dict[str, Any]) -> str:
    name, formula = facts["function"], facts["formula"]
    return name if name == formula else f"{name}: {formula}"


def _number(value: float) -> str:
    return f"{value:.4g}"


def _plain(point: Sequence[float]) -> str:
    return f"({', '.join(_number(c) for c in point)})"


def _point(names: Sequence[str], point: Sequence[float]) -> str:
    return ", ".join(f"{name} = {_number(c)}" for name, c in zip(names, point, strict=True))


def _domain(names: Sequence[str], domain: Sequence[Sequence[float]]) -> str:
    return ", ".join(
        f"{name} from {low:g} to {high:g}" for name, (low, high) in zip(names, domain, strict=True)
    )


def _witness(names: Sequence[str], witness: dict[str, Any]) -> str:
    if "weight" in witness:
        weight = witness["weight"]
        return f"{_number(weight)} * {_plain(witness['a'])} + {_number(1 - weight)} * {_plain(witness['b'])}"
    if "eigenvalue" in witness:
        return f"{_number(witness['eigenvalue'])} at {_point(names, witness['point'])}"
    return f"{_number(witness['value'])} at {_point(names, witness['point'])}"
