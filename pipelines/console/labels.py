"""Whose messages and progress are shown, where a command runs others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_label: ContextVar[str] = ContextVar("label", default="")


@contextmanager
def labelled(name: str) -> Iterator[None]:
    """Inside, messages on stderr and the tasks of progress begin with `name`."""
    token = _label.set(name)
    try:
        yield
    finally:
        _label.reset(token)


def with_label(text: str) -> str:
    """`text` after the label, if there is one."""
    return f"{_label.get()}: {text}" if _label.get() else text
