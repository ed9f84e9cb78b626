"""The shape of the code, read from the code: sizes of functions, circles of imports, copied choices."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAX_ARGUMENTS = 12
MAX_LINES = 60


def parsed_files(*packages):
    """{module name: (path from the root, syntax tree)} of all modules of the packages."""
    found = {}
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            relative = path.relative_to(ROOT)
            name = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
            found[name] = (relative.as_posix(), ast.parse(path.read_text(encoding="utf-8")))
    return found


# ------------------------------------------------------------------ functions


def large_functions(path, tree):
    """A line for each function that takes too many arguments or is too long."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        arguments = [argument for argument in arguments if argument.arg not in ("self", "cls")]
        num_lines = node.end_lineno - node.lineno + 1
        if len(arguments) > MAX_ARGUMENTS:
            yield f"{path}:{node.lineno}: {node.name} takes {len(arguments)} arguments"
        if num_lines > MAX_LINES:
            yield f"{path}:{node.lineno}: {node.name} has {num_lines} lines"


def test_functions_of_the_library_are_small():
    found = [line for path, tree in parsed_files("wordlab").values() for line in large_functions(path, tree)]
    assert not found, "\n".join(["", *found])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(a, b, /, c, d, e, f, g, h, i, j, *, k, l, **m): pass", []),
        ("def f(a, b, /, c, d, e, f, g, h, i, j, *, k, l, m): pass", ["x.py:1: f takes 13 arguments"]),
        ("class C:\n  def f(self, a, b, c, d, e, f, g, h, i, j, k, l): pass", []),
        ("@cache\ndef f():\n" + 59 * "    pass\n", []),
        ("class C:\n  def f():\n" + 60 * "    pass\n", ["x.py:2: f has 61 lines"]),
    ],
)
def test_large_functions_are_found(source, expected):
    assert list(large_functions("x.py", ast.parse(source))) == expected


# ------------------------------------------------------------------ circles


def lazy_names(tree):
    """{name: submodule that defines it} of a package that attaches its names by lazy_loader."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "submod_attrs" and isinstance(node.value, ast.Dict):
            try:
                by_module = ast.literal_eval(node.value)
            except ValueError:  # made of a table
                return {}
            return {name: module for module, names in by_module.items() for name in names}
    return {}


def imported_by(tree, known):
    """The modules among `known` that a module imports, also in functions and only for types.

    Lazy names lead to their module.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            for alias in node.names:
                inner = known[node.module].get(alias.name, alias.name)
                name = f"{node.module}.{inner}"
                yield name if name in known else node.module


def import_graph(files):
    lazy = {name: lazy_names(tree) for name, (_, tree) in files.items()}
    return {name: set(imported_by(tree, lazy)) - {name} for name, (_, tree) in files.items()}


def circles(graph):
    """The strongly connected components of two or more modules (Tarjan 1972), each in order."""
    order, lowest, stack, found = {}, {}, [], []

    def visit(module):
        order[module] = lowest[module] = len(order)
        stack.append(module)
        for other in sorted(graph[module]):
            if other not in order:
                visit(other)
                lowest[module] = min(lowest[module], lowest[other])
            elif other in stack:
                lowest[module] = min(lowest[module], order[other])
        if lowest[module] == order[module]:
            place = stack.index(module)
            component, stack[place:] = stack[place:], []
            if len(component) > 1:
                found.append(sorted(component))

    for module in sorted(graph):
        if module not in order:
            visit(module)
    return sorted(found)


def test_no_modules_import_each_other():
    found = circles(import_graph(parsed_files("wordlab", "pipelines")))
    assert not found, "\n".join(["", *(" <-> ".join(circle) for circle in found)])


def test_circles_are_found():
    sources = {
        "p": "import lazy_loader\n__getattr__ = lazy_loader.attach(__name__, submod_attrs={'c': ['C']})",
        "p.a": "from p import b",
        "p.b": "def f():\n    from p import C",
        "p.c": "if TYPE_CHECKING:\n    import p.a",
        "p.d": "from p.a import x",
    }
    files = {name: (name, ast.parse(source)) for name, source in sources.items()}
    assert circles(import_graph(files)) == [["p.a", "p.b", "p.c"]]


# ------------------------------------------------------------------ commands

MAY_IMPORT = {"console": {"console"}, "plots": {"plots"}, "reports": {"console", "reports"}}
"""What the shared parts of the command line import of it: reports print, plots draw."""


def test_reports_print_and_plots_draw():
    found = []
    for name, others in import_graph(parsed_files("pipelines")).items():
        allowed = MAY_IMPORT.get(name.removeprefix("pipelines.").split(".")[0])
        for other in sorted(others):
            if allowed is not None and other.removeprefix("pipelines.").split(".")[0] not in allowed:
                found.append(f"{name} imports {other}")
    assert not found, "\n".join(["", *found])


# ------------------------------------------------------------------ choices


def names_in(node):
    """The names in quotes that make up a tuple, a list, a set, a Literal or a dict's keys; else None."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        values = node.elts
    elif isinstance(node, ast.Dict):
        values = node.keys
    else:
        return None
    names = [getattr(value, "value", None) for value in values]
    return frozenset(names) if names and all(isinstance(name, str) for name in names) else None


def copied_choices(path, tree, of_the_library):
    """A line for each click.Choice whose names are written out although the library has a list of them."""
    named = {
        node.targets[0].id: names_in(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "click.Choice":
            choices = node.args[0]
            names = named.get(choices.id) if isinstance(choices, ast.Name) else names_in(choices)
            if names in of_the_library:
                yield f"{path}:{node.lineno}: {', '.join(sorted(names))}"


def test_commands_take_their_choices_from_the_library():
    library, commands = parsed_files("wordlab"), parsed_files("pipelines")
    known = {names_in(node) for _, tree in library.values() for node in ast.walk(tree)} - {None}
    found = [line for path, tree in commands.values() for line in copied_choices(path, tree, known)]
    assert not found, "\n".join(["", *found])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("click.Choice(('b', 'a'))", ["x.py:1: a, b"]),
        ("AB = ('a', 'b')\nclick.Choice(AB)", ["x.py:2: a, b"]),
        ("click.Choice(['a', 'c'])", []),
        ("from wordlab import AB\nclick.Choice(AB)", []),
    ],
)
def test_copied_choices_are_found(source, expected):
    assert list(copied_choices("x.py", ast.parse(source), {frozenset("ab")})) == expected


# ------------------------------------------------------------------ clocks


def test_durations_come_from_clocks_that_never_go_back():
    files = parsed_files("wordlab", "pipelines").values()
    calls = {
        ast.unparse(node.func) for _, tree in files for node in ast.walk(tree) if isinstance(node, ast.Call)
    }
    assert not calls & {
        "time.time",
        "time.time_ns",
        "datetime.now",
        "datetime.datetime.now",
        "datetime.utcnow",
    }
