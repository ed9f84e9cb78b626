"""Optional packages, and what to install if one is missing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from wordlab.errors import MissingExtraError

_SPINS = "10000"  # tens of microseconds: threads that run side by side meet earlier, others go to sleep


@contextmanager
def need(package: str, *, extra: str | None = None) -> Iterator[None]:
    """Inside, an import that fails raises MissingExtraError, which names the extra that installs `package`.

    `extra` is the extra's name where it differs from the package's. At the top of a module::

        with need("torch"):
            import torch
    """
    try:
        with _SETTINGS.get(package, nullcontext)():
            yield
    except MissingExtraError:
        raise
    except ImportError as error:
        raise MissingExtraError(
            f"{package} is not installed; pip install 'wordlab[{extra or package}]' brings it"
        ) from error


def _patient_threads() -> AbstractContextManager[None]:
    """Inside, OpenMP is loaded with threads that soon sleep while they wait, unless the user says how.

    By default they spin for milliseconds. Where other programs have the cores, they take them from the
    very thread that they wait for: small layers on two threads then take ten times as long as on one.
    """
    return variable("GOMP_SPINCOUNT", _SPINS, unless="OMP_WAIT_POLICY")  # read once, as torch is imported


def _silent_messages() -> AbstractContextManager[None]:
    """Inside, Ray is loaded such that it prints nothing on standard output, where results go.

    It would print there that a worker was lost, although the work is done again.
    """
    return variable("RAY_DEDUP_LOGS_SKIP_REGEX", "^", unless="RAY_DEDUP_LOGS")


_SETTINGS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "torch": _patient_threads,
    "ray": _silent_messages,
}
"""What holds while a package is imported."""


@contextmanager
def variable(name: str, value: str, *, unless: str) -> Iterator[None]:
    """Inside, for an import, the variable `name` of the environment is `value`.

    It stays as it is if the user has set it, or the variable `unless`.
    """
    if {name, unless} & os.environ.keys():
        yield
        return
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]
