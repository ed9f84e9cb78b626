"""`wordlab theory`: what is printed, what is drawn, and the exact text of errors."""

import json
import math
import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from pipelines.plots.theory.descent import Paths
from pipelines.reports.theory import check_remark, descent_remark
from pipelines.theory.convexity import convexity
from pipelines.theory.descent import descent
from pipelines.theory.vanishing import vanishing
from wordlab.vision_theory.theory.convexity import check_convexity
from wordlab.vision_theory.theory.deep_net import ACTIVATIONS, INITIALS
from wordlab.vision_theory.theory.descent import descend
from wordlab.vision_theory.theory.functions import landscape
from wordlab.vision_theory.theory.optimisers import GradientDescent
from wordlab.vision_theory.theory.optimisers.names import RULES
from wordlab.vision_theory.theory.point_sets import SETS
from wordlab.vision_theory.theory.schedules import NAMED

from .conftest import everything_in, run


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def facts(*words):
    result = run("theory", *words, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))
    assert result.stderr == ""
    return found


def fails(folder, words, message, code=2, command="descent"):
    """A usage error says where help is to be had; others do not."""
    before = everything_in(folder)
    result = run("theory", command, *words)
    hint = f" (see wordlab theory {command} --help)" if code == 2 else ""
    assert result.stderr == f"Error: {message}{hint}\n"
    assert result.exit_code == code
    assert result.stdout == ""
    assert everything_in(folder) == before


COURSE = ("--learning-rate", 0.05, "--learning-rate", 0.2, "--learning-rate", 1.1)


def test_descent_prints_a_sentence_for_each_rate():
    result = run("theory", "descent", "--function", "quadratic", *COURSE)
    assert result.exit_code == 0
    assert result.stdout == (
        "function   quadratic: x**2\n"
        "optimiser  sgd\n"
        "start      x = 10\n"
        "minimum    x = 0\n"
        "\n"
        "learning rate  outcome    steps        x     value\n"
        "0.05           too slow      10    3.487     12.16\n"
        "0.2            converged     10  0.06047  0.003656\n"
        "1.1            diverging     10    61.92      3834\n"
        "\n"
        "0.05: still on the way: after 10 steps the value has fallen from 100 to 12.16, and the gradient "
        "is 7; take more steps or a larger learning rate\n"
        "0.2: converged: after 10 steps the value is 0.003656\n"
        "1.1: after 10 steps the value has grown from 100 to 3834; the learning rate is too large\n"
    )


def test_descent_as_json():
    found = facts("descent", "--function", "quadratic", *COURSE)
    assert [run["outcome"] for run in found["runs"]] == ["too slow", "converged", "diverging"]
    assert [x for (x,) in found["runs"][1]["points"]] == pytest.approx([10 * 0.6**k for k in range(11)])
    assert found["start"] == [10]


@pytest.mark.parametrize("optimiser", RULES)
def test_every_optimiser_goes_down(optimiser):
    found = facts(
        "descent", "--function", "x**2 + y**2/2", "--optimiser", optimiser, "--start", "2,1", "--steps", 20
    )
    (run,) = found["runs"]
    assert run["values"][-1] < run["values"][0]
    assert run["learning_rate"] == (
        1.0 if optimiser in ("adadelta", "newton", "newton-absolute", "backtracking") else 0.1
    )


@pytest.mark.parametrize("schedule", NAMED)
def test_every_schedule_is_followed(schedule):
    """f = x**2: a step at rate r multiplies x by 1 - 2 r, so that the points tell the rates."""
    words = ("descent", "--function", "x**2", "--schedule", schedule, "--warm-up", 2, "--steps", 10)
    points = [point[0] for point in facts(*words)["runs"][0]["points"]]
    rates = [(1 - after / before) / 2 for before, after in pairwise(points)]
    assert rates[:3] == pytest.approx([0.1 / 3, 0.2 / 3, 0.1])
    last = {
        "constant": 0.1, "steps": 0.1 * 0.5**3, "exponential": 0.1 * 0.01 ** (7 / 8),
        "inverse-sqrt": 0.1 / 8**0.5, "cosine": 0.05 * (1 + math.cos(math.pi * 7 / 8)),
    }[schedule]  # fmt: skip
    assert rates[9] == pytest.approx(last)


def test_noise_is_seeded():
    def points(*words):
        return facts("descent", "--function", "bowl", "--noise", 1, *words)["runs"][0]["points"]

    assert points() == points("--seed", 1)
    assert points() != points("--seed", 2)


def test_landscape():
    found = facts("landscape", "--function", "saddle")
    assert found["critical_points"] == [
        {"point": [0.0, 0.0], "value": 0.0, "kind": "saddle point", "eigenvalues": [-2.0, 2.0]}
    ]
    result = run("theory", "landscape", "--function", "exp(x)", "--domain", -1, 1)
    assert result.stdout == (
        "function  exp(x)\ndomain    x from -1 to 1\n\nNo critical point was found in the domain.\n"
    )


def test_convexity():
    convex = facts("convexity", "--function", "x**2")
    assert convex["convex"]
    assert [check["holds"] for check in convex["checks"]] == [True] * 4
    assert convex["jensen"]["gap"] == pytest.approx(3, abs=0.08)  # the variance of X; see test_convexity.py
    other = facts("convexity", "--function", "cosine")
    assert [check["holds"] for check in other["checks"]] == [False] * 4
    assert all(check["witness"] for check in other["checks"])
    assert facts("convexity", "--set", "annulus")["witness"]["between"]
    assert facts("convexity", "--set", "lens")["holds"]
    shown = run("theory", "convexity", "--function", "cubic").stdout
    assert "convex    no\n" in shown
    assert "Witnesses\n" in shown
    shown = run("theory", "convexity", "--set", "ball").stdout
    assert shown == "set     ball\nconvex  no counterexample in 20,000 segments\n"


@pytest.mark.parametrize(
    ("function", "details"),
    {
        "x**2": {
            "Jensen's inequality": "no counterexample in 20,000 segments",
            "no local minimum but global ones": "1 minimum was found in the domain, and nothing lower",
            "second-order condition": "sympy proves the second derivative not negative",
        },
        "x**2 + y**4": {
            "second-order condition": "sympy proves the Hessian, which is diagonal, not negative"
        },
        "x**2 + x*y + y**2": {
            "second-order condition": "sympy proves the Hessian, which is constant, positive semidefinite"
        },
        "himmelblau": {
            "no local minimum but global ones": "4 minima, equally deep, were found in the domain, "
            "and nothing lower"
        },
        "-log(x)": {
            "no local minimum but global ones": "no minimum with positive curvature was found in the domain"
        },
    }.items(),
)
def test_why_checks_of_convexity_hold_or_fail(function, details):
    found = {check["name"]: check["detail"] for check in facts("convexity", "--function", function)["checks"]}
    assert details.items() <= found.items()


def test_why_a_hole_in_the_domain_fails():
    jensen, *_ = check_convexity(landscape("sqrt(x**2 - 1)"))
    assert check_remark(jensen) == "the function has no value between two points where it has one"


def test_batches():
    found = facts("batches", "--batch-size", 1, "--batch-size", 100, "--epochs", 2)
    assert [study["num_steps"] for study in found["studies"]] == [2_000, 20]
    assert not any(study["diverged"] for study in found["studies"])
    wild = facts("batches", "--batch-size", 1, "--learning-rate", 5)
    assert wild["studies"][0]["diverged"]
    assert "diverged" in run("theory", "batches", "--batch-size", 1, "--learning-rate", 5).stdout


def test_vanishing():
    found = facts("vanishing", "--activation", "sigmoid", "--depth", 5, "--width", 8)
    assert len(found["activations"][0]["gradients"]) == 5
    shown = run("theory", "vanishing", "--depth", 30, "--width", 8).stdout
    assert shown.startswith("network  30 layers of 8 units\nweights  xavier, seed 1\n")
    assert [name for name in ACTIVATIONS if f"\n{name}: the " in shown] == list(ACTIVATIONS)


PICTURES = [
    ("descent", "--function", "quadratic", *COURSE),
    ("descent", "--function", "log(x)", "--steps", 40),
    ("descent", "--function", "saddle", "--steps", 60),
    ("descent", "--function", "1/(x**2 + y**2)", "--learning-rate", 1),
    ("landscape", "--function", "himmelblau"),
    ("landscape", "--function", "beale"),
    ("landscape", "--function", "x*log(x)"),
    ("landscape", "--function", "log(x*y)"),
    ("landscape", "--function", "x + 0*y + y - y**1"),
    ("convexity", "--function", "x**2"),
    ("convexity", "--function", "log(x)"),
    ("convexity", "--function", "sqrt(x**2 - 1)"),
    ("convexity", "--function", "x**2*log(y)"),
    ("convexity", "--function", "5*x + y"),
    ("convexity", "--set", "annulus"),
    ("batches", "--batch-size", 1000, "--epochs", 1),
    ("vanishing", "--depth", 1, "--activation", "relu"),
    ("vanishing", "--depth", 100, "--activation", "sigmoid", "--width", 8),
]


@pytest.mark.parametrize("words", PICTURES, ids=lambda words: " ".join(map(str, words[:3])))
def test_pictures(words, folder):
    """Drawn, without a warning: they are errors here."""
    result = run("theory", *words, "--plot", "one.png")
    assert result.exit_code == 0, result.output
    assert (folder / "one.png").stat().st_size > 5_000
    assert everything_in(folder) == ["one.png"]


@pytest.mark.parametrize("words", [PICTURES[0], PICTURES[4]], ids=lambda words: words[0])
def test_equal_pictures_have_equal_bytes(words, folder):
    for name in ("one.png", "two.png"):
        assert run("theory", *words, "--plot", name).exit_code == 0
    assert (folder / "one.png").read_bytes() == (folder / "two.png").read_bytes()


def test_animation(folder):
    for name in ("one.gif", "two.gif"):
        words = ("--function", "bowl", "--steps", 3, "--learning-rate", 0.1, "--animate", name)
        assert run("theory", "descent", *words).exit_code == 0
    assert (folder / "one.gif").read_bytes() == (folder / "two.gif").read_bytes()
    with Image.open(folder / "one.gif") as image:
        assert image.n_frames == 4  # the start and three steps; the last frame's repetitions are one
        image.seek(3)
        assert image.info["duration"] == 1_000
    assert everything_in(folder) == ["one.gif", "two.gif"]


def test_long_animations_have_sixty_frames():
    found = landscape("quadratic")
    run = descend(found, GradientDescent(learning_rate=0.001), num_steps=300)
    paths = Paths(found, {0.001: run}, "sgd")
    assert paths.num_frames == 60
    paths.show_frame(59)
    (line, path), _ = paths._lines
    assert len(line.get_xdata()) == len(path) == 301


PRODUCT = "a product is written with *, as in x*cos(pi*x)"


def test_bad_functions(folder):
    fails(
        folder, ["--function", "x cos(pi x)"],
        f"--function: expected an expression such as x**2, found 'x cos(pi x)'; {PRODUCT}",
    )  # fmt: skip
    fails(
        folder, ["--function", "a*x"],
        "--function: expected the variables x, y, z or x1 to x9, or the constants pi and e, found 'a'",
    )  # fmt: skip
    fails(
        folder, ["--function", "4"],
        "--function: expected a function of the variables x, y, z or x1 to x9, found the constant '4'",
    )  # fmt: skip
    fails(folder, ["--function", "9**9**9**9*x"],
          "--function: expected exponents from -64 to 64, found one in '9**9**9**9*x'")  # fmt: skip
    fails(
        folder, ["--function", "log(x - 9)"],
        "--function: expected finite values in the domain, found 0 in 40,000 points", command="convexity",
    )  # fmt: skip


def test_bad_options(folder):
    function = ("--function", "bowl")
    fails(folder, [*function, "--start", "1,a"], "--start: expected numbers with commas between, found '1,a'")
    fails(folder, [*function, "--start", "1"], "--start: expected 2 numbers (x,y), found 1")
    fails(folder, [*function, "--steps", 0], "--steps: expected a whole number from 1 to 100000, found 0")
    fails(
        folder, [*function, "--learning-rate", -1],
        "--learning-rate: expected a number from 1e-12 to 1000000.0, found -1.0",
    )  # fmt: skip
    fails(
        folder, [*function, "--momentum", 0.5],
        "--momentum: expected the optimiser momentum or nesterov, found sgd",
    )  # fmt: skip
    fails(folder, [*function, "--warm-up", 10], "--warm-up: expected fewer steps than 10 in all, found 10")
    fails(folder, [*function, "--noise", -1], "--noise: expected a number from 0.0 to 1000000.0, found -1.0")
    fails(
        folder, ["--function", "x*y*z", "--plot", "a.png"],
        "--plot: expected a function of one or two variables to draw, found x, y, z",
    )  # fmt: skip
    fails(
        folder, ["--function", "x", "--domain", 2, 1],
        "--domain: expected two ends from -1e6 to 1e6, the lower first, found 2 1",
    )  # fmt: skip
    fails(folder, [], "expected either --function or --set", command="convexity")
    fails(folder, [*function, "--set", "ball"], "expected either --function or --set", command="convexity")
    fails(
        folder,
        ["--epochs", 0],
        "--epochs: expected a whole number from 1 to 1000, found 0",
        command="batches",
    )
    fails(
        folder, ["--batch-size", 0], "--batch-size: expected a whole number from 1 to 1000, found 0",
        command="batches",
    )  # fmt: skip
    fails(
        folder,
        ["--depth", 0],
        "--depth: expected a whole number from 1 to 1000, found 0",
        command="vanishing",
    )


def test_bad_files(folder):
    function = ("--function", "bowl")
    fails(folder, [*function, "--animate", "a.png"], "a.png: expected a picture's name, which ends in .gif")
    fails(
        folder,
        [*function, "--plot", "a.gif"],
        "a.gif: expected a picture's name, which ends in .png, .svg, .pdf",
    )
    (folder / "there.gif").touch()
    fails(
        folder, [*function, "--animate", "there.gif"],
        "there.gif: exists already; choose another name or use --overwrite", code=1,
    )  # fmt: skip
    assert (
        run("theory", "descent", *function, "--steps", 1, "--animate", "there.gif", "--overwrite").exit_code
        == 0
    )


def test_choices_are_those_of_the_library():
    def choices(command):
        return {
            param.name: tuple(param.type.choices)
            for param in command.params
            if hasattr(param.type, "choices")
        }

    assert choices(convexity)["point_set"] == tuple(SETS)
    assert choices(vanishing) == {"activation": ACTIVATIONS, "initial": tuple(INITIALS)}
    assert choices(descent) == {"optimiser": tuple(RULES), "schedule": tuple(NAMED)}


def remark(function, rate, steps, **options):
    return descent_remark(
        descend(landscape(function), GradientDescent(learning_rate=rate), num_steps=steps, **options)
    )


def test_remarks_on_descents():
    assert remark("slow-cosine", 2.0, 10) == (
        "stuck after 10 steps in a local minimum of -1.191; there is one of -6.978"
    )
    assert remark("quadratic", 1.1, 1_000) == (
        "stopped after 14 steps, far outside the domain: the value has grown from 100 to 1.648e+04; "
        "the learning rate is too large"
    )
    assert remark("saddle", 0.1, 200) == (
        "stopped after 51 steps, far outside the domain: the value has fallen to -119.3"
    )
    assert remark("log(x)", 0.1, 50).startswith("stopped after 37 steps, at ")
    assert remark("x**4", 0.03, 5_000).endswith("; the Hessian is singular there")
    assert remark("saddle", 0.1, 100, start=(0.9, 0.0)) == (
        "the gradient all but vanishes after 100 steps, but at a saddle point: "
        "the Hessian has the eigenvalue -2"
    )


def shown_commands():
    """(command, what is shown below it) of the pages on theory."""
    docs = Path(__file__).parents[2] / "docs"
    for page in (docs / "how-to" / "theory.md", docs / "explanation" / "optimisation.md"):
        for block in re.findall(
            r"^```console\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
        ):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                yield command, output


SHOWN = dict(shown_commands())


@pytest.mark.parametrize("command", SHOWN)
def test_the_pages_show_what_happens(command):
    result = run(*shlex.split(command)[1:])
    assert result.stdout + result.stderr == SHOWN[command]
    assert result.exit_code == (2 if result.stderr else 0)
