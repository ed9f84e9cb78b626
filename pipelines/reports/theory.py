"""What the commands of `wordlab theory` print."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipelines import console

if TYPE_CHECKING:
    from wordlab.vision_theory.theory.convexity import Check
    from wordlab.vision_theory.theory.critical_points import CriticalPoint
    from wordlab.vision_theory.theory.descent import Descent
    from wordlab.vision_theory.theory.functions import Landscape
    from wordlab.vision_theory.theory.vanishing import LayerNorms

_LAYERS = 10
_PROOFS = {
    "second derivative": "sympy proves the second derivative not negative",
    "diagonal Hessian": "sympy proves the Hessian, which is diagonal, not negative",
    "constant Hessian": "sympy proves the Hessian, which is constant, positive semidefinite",
}


def descent_facts(landscape: Landscape, runs: Mapping[float, Descent]) -> dict[str, Any]:
    """What `theory descent` reports of its descents, by learning rate."""
    return {
        "function": landscape.name,
        "formula": landscape.formula,
        "variables": list(landscape.variables),
        "start": next(iter(runs.values())).points[0].tolist(),
        "minima": [list(point) for point in landscape.minima],
        "runs": [
            {
                "learning_rate": rate,
                "outcome": run.outcome,
                "sentence": descent_remark(run),
                "num_steps": run.num_steps,
                "end": run.points[-1].tolist(),
                "value": float(run.values[-1]),
                "points": run.points.tolist(),
                "values": run.values.tolist(),
            }
            for rate, run in runs.items()
        ],
    }


def descent_remark(run: Descent) -> str:
    """What came of a descent, in a sentence, and what to change."""
    verdict, first, last = run.verdict, f"{run.values[0]:.4g}", f"{run.values[-1]:.4g}"
    after = f"after {run.num_steps} step" + ("" if run.num_steps == 1 else "s")
    stopped = f"stopped {after}, far outside the domain: " if verdict.stopped else f"{after} "
    match verdict.outcome:
        case "undefined":
            return f"stopped {after}, at {last}: the next would lead where the function has no finite value"
        case "leaving":
            return f"{stopped}the value has fallen to {last}"
        case "diverging":
            return f"{stopped}the value has grown from {first} to {last}; the learning rate is too large"
        case "oscillating":
            return f"the steps go to and fro; {after} the value is {last}"
        case "hovering":
            low, high = verdict.late_values or (run.values[-1], run.values[-1])
            return (
                f"the value has gone from {first} to between {low:.4g} and {high:.4g} in the last quarter "
                f"of {run.num_steps} steps: estimated gradients do not let it rest"
            )
        case "too slow":
            return (
                f"still on the way: {after} the value has fallen from {first} to {last}, "
                f"and the gradient is {verdict.slope:.2g}; take more steps or a larger learning rate"
            )
    return _arrival_remark(run, after, verdict.critical_point)


def _arrival_remark(run: Descent, after: str, point: CriticalPoint | None) -> str:
    if run.outcome == "converged" or point is None:
        flat = "; the Hessian is singular there" if point and point.kind == "degenerate" else ""
        return f"converged: {after} the value is {run.values[-1]:.4g}{flat}"
    if run.outcome == "local minimum":
        lowest = run.verdict.lowest
        return f"stuck {after} in a local minimum of {point.value:.4g}; there is one of {lowest:.4g}"
    curvature = f"the Hessian has the eigenvalue {point.eigenvalues[0]:.4g}"
    return f"the gradient all but vanishes {after}, but at a {point.kind}: {curvature}"


def gradient_remark(norms: LayerNorms) -> str:
    """What became of the gradients and outputs of a deep network, in a sentence."""
    share = f"the first layer has {norms.ratio:.2g}"
    match norms.outcome:
        case "vanishing":
            return f"the gradient vanishes: {share} of the last one's"
        case "exploding":
            return f"the gradient explodes: {share} times the last one's"
        case "fading":
            return (
                f"the outputs fade, to {norms.fading:.2g} of the first layer's, and all gradients with them"
            )
    return f"the gradient survives: {share} times the last one's"


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


def check_remark(check: Check) -> str:
    """Why a property of convex functions holds or fails."""
    from wordlab.vision_theory.theory import convexity as checks

    if check.proof is not None:
        return _PROOFS[check.proof]
    if not check.holds:
        return _failure_remark(check)
    if check.name == checks.SECOND_ORDER:
        return f"no negative eigenvalue at {check.num_samples:,} points"
    if check.name != checks.LOCAL_MINIMA:
        return f"no counterexample in {check.num_samples:,} segments"
    if check.num_samples == 0:
        return "no minimum with positive curvature was found in the domain"
    minima = "1 minimum was" if check.num_samples == 1 else f"{check.num_samples} minima, equally deep, were"
    return f"{minima} found in the domain, and nothing lower"


def _failure_remark(check: Check) -> str:
    from wordlab.vision_theory.theory.convexity import JENSEN, Curvature
    from wordlab.vision_theory.theory.critical_points import CriticalPoint

    match check.witness:
        case CriticalPoint(value=value):
            return f"a local minimum has the value {value:.4g}, another point {check.lowest:.4g}"
        case Curvature(point=point, eigenvalue=eigenvalue):
            noun = "second derivative is" if len(point) == 1 else "Hessian has the eigenvalue"
            return f"the {noun} {eigenvalue:.4g}"
    if check.excess == math.inf:
        return "the function has no value between two points where it has one"
    limit = "the chord" if check.name == JENSEN else "both ends"
    return f"between them the function is {check.excess:.4g} above {limit}"


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
    """Print the results of mini-batches of several sizes."""
    examples, epochs = facts["num_examples"], facts["num_epochs"]
    console.print_facts(
        {
            "examples": f"{examples:,}, {console.plural(epochs, 'epoch')}",
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
    console.print_table(("batch size", "steps", "gradient error", "loss above the minimum"), rows, left=0)


def print_vanishing(facts: dict[str, Any]) -> None:
    """Print the gradients of the layers, or of some where there are many."""
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
