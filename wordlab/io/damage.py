"""One message for files that are damaged or hostile, whatever a library makes of them."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from wordlab.errors import FormatError, SourceError, WordlabError
from wordlab.visible import clipped, first_line

_LONGEST = 200  # characters of what a library says


@contextmanager
def damage(name: str, expected: str, errors: tuple[type[Exception], ...]) -> Iterator[None]:
    """Inside, any of `errors` becomes a FormatError: the file `name` is not what was `expected`.

    What the system refuses to read becomes a SourceError.
    """
    try:
        yield
    except WordlabError:
        raise
    except errors as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):  # EINVAL: a place below 0
            raise SourceError(f"{name}: cannot be read: {error.strerror}") from error
        reason = clipped(first_line(error), _LONGEST)
        raise FormatError(f"{name}: expected {expected}, found damage ({reason})") from error
