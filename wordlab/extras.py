"""Optional packages, and what to install if one is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wordlab.errors import MissingExtraError


@contextmanager
def need(package: str, *, extra: str | None = None) -> Iterator[None]:
    """Inside, an import that fails raises MissingExtraError, which names the extra that installs `package`.

    `extra` is the extra's name where it differs from the package's. At the top of a module::

        with need("torch"):
            import torch
    """
    try:
        yield
    except MissingExtraError:
        raise
    except ImportError as error:
        raise MissingExtraError(
            f"{package} is not installed; pip install 'wordlab[{extra or package}]' brings it"
        ) from error
