"""No file of the wing imports itself through others, not even from inside a function."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
WING = "wordlab.vision_theory."


def imports(path):
    """The modules of the wing that a file imports, at whatever depth, unless only for types."""
    nodes = [ast.parse(path.read_text(encoding="utf-8"))]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.ImportFrom) and node.module.startswith(WING):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        if not (isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"):
            nodes.extend(ast.iter_child_nodes(node))


def test_there_are_no_circles():
    files = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path
        for path in (ROOT / "wordlab" / "vision_theory").rglob("*.py")
    }
    graph = {name: {other for other in imports(path) if other in files} for name, path in files.items()}
    assert sum(map(len, graph.values())) > 50
    TopologicalSorter(graph).prepare()  # CycleError names the circle
