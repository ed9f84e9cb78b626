"""Sphinx: MyST pages, the command line from Click, the library from its docstrings."""

from __future__ import annotations

import io
from html import escape
from importlib.metadata import version as installed_version
from typing import Any

from docutils import nodes
from matplotlib import rc_context
from matplotlib.mathtext import math_to_image

project = "wordlab"
author = "The wordlab authors"
copyright = "2026, the wordlab authors"
version = release = installed_version("wordlab")

extensions = [
    "myst_nb",  # which brings myst_parser
    "sphinx.ext.autodoc",
    "sphinx.ext.doctest",
    "sphinx_click",
]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}
nb_execution_mode = "off"  # outputs are kept in the notebooks, and tests run them
exclude_patterns = ["_build"]
nitpicky = False

html_theme = "furo"
html_title = f"wordlab {release}"
html_show_sphinx = False
html_math_renderer = "mathtext"

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

default_role = "code"  # docstrings write `name` for code
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 88
python_use_unqualified_type_names = True


def _examples_as_code(app: Any, context: Any, lines: list[str]) -> None:
    """Show the examples of a command as code: as prose their asterisks would be markup."""
    for start, line in enumerate(lines):
        if line.strip("| ") == "Example:":
            stop = start + 1
            while stop < len(lines) and lines[stop].startswith("|"):
                stop += 1
            commands = [f"   {command.lstrip('| ')}" for command in lines[start + 1 : stop]]
            lines[start:stop] = ["", ".. code-block:: console", "", *commands, ""]
            return


def _formula(latex: str) -> tuple[str, float]:
    """A formula as SVG in the colour of its text, and its depth below the line, both in em.

    Drawn by Matplotlib, so that pages are read without a network and without JavaScript.
    """
    image = io.StringIO()
    with rc_context({"mathtext.fontset": "cm", "svg.hashsalt": latex}):
        depth = math_to_image(f"${' '.join(latex.split())}$", image, dpi=72, format="svg", color="#010203")
    _, _, drawing = image.getvalue().partition("<svg ")
    for length in ("width", "height"):  # drawn at 10 points an em
        before, _, rest = drawing.partition(f' {length}="')
        points, _, rest = rest.partition('pt"')
        drawing = f'{before} {length}="{float(points) / 10 * 1.15:.3f}em"{rest}'
    return f'<svg role="img" aria-label="{escape(latex)}" {drawing}'.replace("#010203", "currentColor"), depth


def _inline_formula(translator: Any, node: Any) -> None:
    drawing, depth = _formula(node.astext())
    style = f"display:inline-block;line-height:0;vertical-align:{-depth / 10 * 1.15:.3f}em"
    translator.body.append(f'<span style="{style}">{drawing}</span>')
    raise nodes.SkipNode


def _formula_block(translator: Any, node: Any) -> None:
    style = "text-align:center;overflow-x:auto;margin:1em 0"
    translator.body.append(f'<div style="{style}">{_formula(node.astext())[0]}</div>')
    raise nodes.SkipNode


def setup(app: Any) -> None:
    """Hook into sphinx-click and into the drawing of formulas."""
    app.add_html_math_renderer("mathtext", (_inline_formula, None), (_formula_block, None))
    app.connect("sphinx-click-process-description", _examples_as_code)
