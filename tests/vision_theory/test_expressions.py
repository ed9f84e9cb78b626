"""What is read, what is refused, and that nothing is ever run."""

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordlab.errors import ConfigError
from wordlab.vision_theory.theory.parsing import FUNCTIONS, MAX_LENGTH, parse


def value(text, **variables):
    expression = parse(text)
    return float(expression.value(np.array([variables[name] for name in expression.variables])))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x**2", 9.0),
        ("x*cos(pi*x)", -3.0),
        ("-x**2 + 2*x - 1", -4.0),
        ("+x/4", 0.75),
        ("2**x", 8.0),
        ("x**-1", 1 / 3),
        ("e**x", math.e**3),
        ("sqrt(x) + abs(-x)", math.sqrt(3) + 3),
        ("exp(log(x) + 0)", 3.0),
        ("sin(x)**2 + cos(x)**2 + 0*x", 1.0),
        ("tanh(x) + sinh(x) + cosh(x)", math.tanh(3) + math.sinh(3) + math.cosh(3)),
        ("tan(x) + atan(x)", math.tan(3) + math.atan(3)),
        ("  x  ", 3.0),
        ("x*1e-3", 0.003),
    ],
)
def test_values(text, expected):
    assert value(text, x=3.0) == pytest.approx(expected, rel=1e-14)


def test_variables_are_those_that_occur():
    assert parse("z + x*y").variables == ("x", "y", "z")
    assert parse("x1*x3").variables == ("x1", "x3")
    assert parse("y**2").variables == ("y",)
    assert value("x1 - 2*x3", x1=5.0, x3=1.0) == 3.0


def test_shapes():
    expression = parse("x**2*y")
    points = np.arange(12.0).reshape(2, 3, 2)
    assert expression.value(points).shape == (2, 3)
    assert expression.gradient(points).shape == (2, 3, 2)
    assert expression.hessian(points).shape == (2, 3, 2, 2)
    with pytest.raises(ValueError, match=r"points: expected shape \(\.\.\., 2\), found \(3,\)"):
        expression.value(np.zeros(3))


def test_where_there_is_no_value_there_is_no_number():
    assert np.isnan(value("log(x)", x=-1.0))
    assert np.isnan(value("sqrt(x)", x=-1.0))
    assert not np.isfinite(value("1/x", x=0.0))


PRODUCT = "a product is written with *, as in x*cos(pi*x)"
EXPRESSION = "function: expected an expression such as x**2, found"
ALLOWED = "function: expected numbers, variables, + - * / ** and functions, found"
REAL = "function: expected real numbers, found none for"
NAMES = "sin, cos, tan, atan, sinh, cosh, tanh, exp, log, sqrt, abs"
EXPONENT = "function: expected exponents from -64 to 64, found one in"
CONSTANT = "function: expected constants up to 1e+15, of moderate length, found others in"
REFUSED = {
    "": "function: expected an expression such as x**2, found nothing",
    "x cos(pi x)": f"{EXPRESSION} 'x cos(pi x)'; {PRODUCT}",
    "2x": f"{EXPRESSION} '2x'; {PRODUCT}",
    "(x": f"{EXPRESSION} '(x'; {PRODUCT}",
    "x; y": f"{EXPRESSION} 'x; y'; {PRODUCT}",
    "x\0": f"{EXPRESSION} 'x\\x00'; {PRODUCT}",
    "x # + 1": "function: expected an expression without remarks, found 'x # + 1'",
    "x^2": "function: expected a power written with **, as in x**2, found ^",
    "x(x + 1)": f"function: expected the name of a function before a bracket, found 'x'; {PRODUCT}",
    "gamma(x)": f"function: expected one of the functions {NAMES}, found 'gamma'",
    "log(x, 2)": "function: expected one argument of log, found 'log(x, 2)'",
    "sin(*x)": "function: expected one argument of sin, found 'sin(*x)'",
    "sin": "function: expected an argument in brackets, as in sin(x), found 'sin'",
    "a*x": "function: expected the variables x, y, z or x1 to x9, or the constants pi and e, found 'a'",
    "x10": "function: expected the variables x, y, z or x1 to x9, or the constants pi and e, found 'x10'",
    "3": "function: expected a function of the variables x, y, z or x1 to x9, found the constant '3'",
    "x - x": "function: expected a function of the variables x, y, z or x1 to x9, found the constant 'x - x'",
    "x + x1": "function: expected variables x, y, z or x1 to x9, not both kinds, found x, x1",
    "x if x else y": f"{ALLOWED} 'x if x else y'",
    "x < y": f"{ALLOWED} 'x < y'",
    "x // 2": f"{ALLOWED} 'x // 2'",
    "True*x": f"{ALLOWED} 'True'",
    "1j*x": f"{ALLOWED} '1j'",
    "'x'": f"""{ALLOWED} "'x'\"""",
    "x.real": f"{ALLOWED} 'x.real'",
    "[x][0]": f"{ALLOWED} '[x][0]'",
    "lambda: x": f"{ALLOWED} 'lambda: x'",
    "(y := x)": f"{ALLOWED} 'y := x'",
    "1/0 + x": f"{REAL} '1/0'",
    "x/0": f"{REAL} 'x/0'",
    "sqrt(-1)*x": f"{REAL} 'sqrt(-1)'",
    "log(0)*x": f"{REAL} 'log(0)'",
    "(-8)**(1/3)*x": f"{REAL} '(-8)**(1/3)'",
    "tan(pi/2)*x": f"{REAL} 'tan(pi/2)'",
    "0**x": "function: expected a function with derivatives, found '0**x'",
    "9**9**9**9*x": f"{EXPONENT} '9**9**9**9*x'",
    "x**100": f"{EXPONENT} 'x**100'",
    "(x**64)**64": f"{EXPONENT} '(x**64)**64'",
    "(9**9)**9*x": f"{CONSTANT} '(9**9)**9*x'",
    "(1/3**60)**60*x": f"{CONSTANT} '(1/3**60)**60*x'",
    "exp(1000)*x": f"{CONSTANT} 'exp(1000)*x'",
    "1e400*x": "function: expected numbers from 1e-15 to 1e+15, found 1e400",
    "1e-300*x": "function: expected numbers from 1e-15 to 1e+15, found 1e-300",
    "x" * 301: "function: expected an expression of at most 300 characters, found 301",
    "-" * 290 + "x": "function: expected at most 20 levels within each other, found more",
    "sin(" * 30 + "x" + ")" * 30: "function: expected at most 20 levels within each other, found more",
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_a_function_is_refused(text):
    with pytest.raises(ConfigError) as raised:
        parse(text)
    assert str(raised.value) == REFUSED[text]


def test_nothing_is_run(tmp_path):
    trace = tmp_path / "trace"
    for text in (
        f"open('{trace}', 'w')",
        f"__import__('pathlib').Path('{trace}').touch()",
        f"x + (lambda: open('{trace}', 'w'))()",
        f"[open('{trace}', 'w') for i in x]",
        f"sin(open('{trace}', 'w'))",
    ):
        with pytest.raises(ConfigError):
            parse(text)
    assert not trace.exists()


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9**9 + x",
        "sin(" * 20 + "x" + ")" * 20,
        "**".join("x" * 20),
        "+".join("x" * 150),
        "*".join(["(x+1)"] * 50),
        "sin(exp(exp(3.5)))*x",
        "(1 + 1/3)**64*x" + "*(1 + 1/7)**64" * 10,
        "(" * 90 + "x" + ")" * 90,
    ],
)
def test_hard_texts_end_soon(text):
    """Calibration: the slowest, twenty nested sines, takes 0.1 s on an idle core."""
    began = time.process_time()
    try:
        expression = parse(text)
        expression.hessian(np.full((100, len(expression.variables)), 0.5))
    except ConfigError:
        pass
    assert time.process_time() - began < 5


ATOMS = st.sampled_from(["x", "y", "2", "0.5", "pi", "e"])
TREES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(sorted(FUNCTIONS)), inner).map(lambda p: f"{p[0]}({p[1]})"),
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**"]), inner).map(
            lambda p: f"({p[0]}{p[1]}{p[2]})"
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=120)
@given(TREES)
def test_values_are_those_of_python(text):
    """Where Python's own arithmetic has a finite real value, ours has the same."""
    point = {"x": 0.7, "y": 1.3}
    try:
        expression = parse(text[:MAX_LENGTH])
    except ConfigError:
        return
    known = {name: getattr(math, name) for name in FUNCTIONS if name != "abs"}
    try:
        expected = eval(text, {"abs": abs, "pi": math.pi, "e": math.e, **known, **point})  # noqa: S307
    except (ArithmeticError, TypeError, ValueError):  # math refuses complex numbers
        return
    if isinstance(expected, complex) or not abs(expected) < 1e100:
        return
    found = float(expression.value(np.array([point[name] for name in expression.variables])))
    if abs(expected) > 1e-6 and np.isfinite(found):  # nearly cancelled sums differ in the last bits
        assert found == pytest.approx(expected, rel=1e-6)


@settings(max_examples=200)
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    message = "function: expected "
    try:
        parse(text)
    except ConfigError as error:
        message = str(error)
    assert message.startswith("function: expected ")
