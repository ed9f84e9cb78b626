"""What to install where an optional package is missing."""

import importlib
import sys

import pytest

from wordlab.errors import MissingExtraError
from wordlab.extras import need


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
