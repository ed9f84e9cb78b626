"""What to install where an optional package is missing."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from wordlab.errors import MissingExtraError
from wordlab.extras import need

ROOT = Path(__file__).parents[1]


def test_a_missing_package_names_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(MissingExtraError) as caught, need("umap-learn", extra="umap"):
        importlib.import_module("umap")
    assert str(caught.value) == "umap-learn is not installed; pip install 'wordlab[umap]' brings it"
    assert isinstance(caught.value.__cause__, ImportError)
    message = r"umap is not installed; pip install 'wordlab\[umap\]' brings it"
    with pytest.raises(MissingExtraError, match=message), need("umap"):
        importlib.import_module("umap")


def test_other_errors_pass():
    with pytest.raises(MissingExtraError, match=r"^inner$"), need("outer"):
        raise MissingExtraError("inner")
    with pytest.raises(ZeroDivisionError), need("outer"):
        raise ZeroDivisionError
    with need("json"):
        import json
    assert json


SPINS = """
import os
os.environ.pop("GOMP_SPINCOUNT", None), os.environ.pop("OMP_WAIT_POLICY", None)
os.environ.update({given!r})
from wordlab.extras import need
with need("torch"):
    print(os.environ.get("GOMP_SPINCOUNT"), os.environ.get("OMP_WAIT_POLICY"))
print(os.environ.get("GOMP_SPINCOUNT"))
"""


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "10000 None\nNone\n"),
        ({"OMP_WAIT_POLICY": "active"}, "None active\nNone\n"),
        ({"GOMP_SPINCOUNT": "5"}, "5 None\n5\n"),
    ],
)
def test_threads_of_torch_soon_sleep_unless_the_user_says_how(given, expected):
    script = SPINS.format(given=given)
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert found.stdout == expected, found.stderr
