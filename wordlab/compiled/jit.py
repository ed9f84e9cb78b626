"""numba's compiler with a cache on disk that can only ever save time.

The machine code is kept where numba keeps it: beside the source, else in the user's cache directory. Where
neither can be written, the code is compiled in each process; where what is kept is damaged or stale, it is
compiled again.
"""

from __future__ import annotations

import gc
import hashlib
import importlib.util
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

import numba
from numba import njit
from numba.core import dispatcher
from numba.core.caching import CompileResultCacheImpl, FunctionCache, IndexDataCacheFile, NullCache
from numba.core.compiler import Compiler
from numba.core.runtime import rtsys
from numba.np.ufunc import ufuncbuilder

from wordlab.progress import compiling

FAST = {"contract", "reassoc", "nsz", "arcp"}  # reorder sums, but keep NaN and infinity meaningful

PLAIN: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
"""Options for a function whose sums keep their order.

It counts no references (`_nrt`): its caller makes and holds all arrays. Two threads that count on one cache
line wait long for it, and the part of numba that makes arrays takes 30 ms to load.
"""

SEPARATE: dict[str, Any] = {**PLAIN, "fastmath": FAST}
"""Options for a function that threads call from Python; what it calls itself is made of parts (parts.py)."""

_LOGGER = logging.getLogger(__name__)


def cached_njit(function: Callable[..., Any] | None = None, **options: Any) -> Any:
    """The function compiled by ``numba.njit(**options)``, its machine code kept on disk where possible.

    >>> @cached_njit(fastmath=True)
    ... def double(x):
    ...     return 2 * x
    >>> double(1.5)
    3.0
    """
    if function is None:
        return lambda function: cached_njit(function, **options)
    compiled = njit(pipeline_class=_Compiler, no_cfunc_wrapper=True, **options)(function)  # C never calls it
    try:
        compiled._cache = _Cache(function)
    except (OSError, RuntimeError):  # no directory can be written, or the source has no file
        _warn_once()
    return compiled


def keep_all(*distributions: str) -> None:
    """From now on numba keeps, where possible, all that it compiles, though packages do not ask for that.

    numba itself raises RuntimeError where one asks and nothing can be kept. `distributions` are those whose
    functions go into each other: in other versions they are compiled again. For a process of our own: of a
    function that is compiled with several options, parallel and not, numba would keep but one.
    """
    versions = " ".join(f"{name} {version(name)}" for name in distributions)

    def cache_or_none(function: Callable[..., Any]) -> FunctionCache | NullCache:
        try:
            return _OthersCache(function, versions)
        except (OSError, RuntimeError):
            return NullCache()

    modules: tuple[Any, ...] = (dispatcher, ufuncbuilder)
    for module in modules:
        module.FunctionCache = cache_or_none
    numba.njit = lambda *arguments, **options: njit(*arguments, **{"cache": True, **options})


@cache
def _warn_once() -> None:
    _LOGGER.warning(
        "compiled code cannot be cached: neither the installation nor the user's cache directory is "
        "writable, so that each start compiles for some seconds (NUMBA_CACHE_DIR names another directory)"
    )


@cache
def _load_numba_without_scipy() -> None:
    """Load the part of numba that imports scipy.linalg only to see whether there is a BLAS.

    That takes as long as all else that numba does before its first function runs. Functions that need BLAS
    still look for it when they are compiled.
    """
    if "scipy.linalg" in sys.modules or importlib.util.find_spec("scipy") is None:
        return
    from numba.np import linalg

    ensure_blas = linalg.ensure_blas
    linalg.ensure_blas = lambda: None
    try:
        importlib.import_module("numba.np.arraymath")
    finally:
        linalg.ensure_blas = ensure_blas


class _Compiler(Compiler):
    """numba's compiler, which says that it compiles.

    It makes little garbage, and to look for it takes a tenth of its time.
    """

    _is_busy: ClassVar = False  # with a function, for which it compiles others; numba lets one thread compile

    def compile_extra(self, func: Callable[..., Any]) -> Any:
        """The function compiled, and all that it calls, before garbage is collected."""
        if _Compiler._is_busy:
            return super().compile_extra(func)
        collects = gc.isenabled()
        gc.disable()
        _Compiler._is_busy = True
        try:
            with compiling():
                return super().compile_extra(func)
        finally:
            _Compiler._is_busy = False
            if collects:
                gc.enable()


class _Places(CompileResultCacheImpl):
    """Where the code may be kept; not in ``./~``, which is what a user without a home would get."""

    _locator_classes: ClassVar = [
        locator
        for locator in CompileResultCacheImpl._locator_classes
        if "UserWide" not in locator.__name__
        or os.path.isabs(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~"))
    ]


class _CheckedFile(IndexDataCacheFile):
    """numba's files with a digest at the end, which unpickling ignores: damaged machine code never runs."""

    def _dump(self, obj: Any) -> bytes:
        content: bytes = super()._dump(obj)
        return content + hashlib.sha256(content).digest()

    def _load_data(self, name: str) -> Any:
        content = Path(self._data_path(name)).read_bytes()
        if hashlib.sha256(content[:-32]).digest() != content[-32:]:
            raise ValueError(f"{name} is damaged")
        return super()._load_data(name)


class _Cache(FunctionCache):
    """numba's cache of a function, whose failures are never fatal."""

    _impl_class = _Places

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        stamp = _source_digest(Path(function.__code__.co_filename).parent)
        self._cache_file = _CheckedFile(self._cache_path, self._impl.filename_base, stamp)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled function for a signature; None if none is kept, or only a damaged one.

        numba would load all that it can compile first, and only then look for what is compiled already: that
        takes as long as importing numba. What machine code calls is there without it, but for the part that
        makes arrays. To compile, numba loads the rest itself.
        """
        rtsys.initialize(target_context)
        try:
            with self._guard_against_spurious_io_errors():
                found = self._load_overload(sig, target_context)
        except Exception:  # damaged pickles raise anything
            found = None
            with suppress(Exception):
                self.flush()
        if found is None:
            _load_numba_without_scipy()
        return found

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep a compiled function, unless the disk is full or what is kept cannot be mended."""
        with suppress(Exception):
            super().save_overload(sig, data)


class _OthersCache(_Cache):
    """The same of a function of another package, whose code may call anything that numba has.

    Its files have names of their own: by those of numba, each would find the other's stale and replace them.
    """

    def __init__(self, function: Callable[..., Any], versions: str) -> None:
        super().__init__(function)
        stamp = f"{_source_digest(Path(function.__code__.co_filename).parent)} {versions}"
        self._cache_file = _CheckedFile(self._cache_path, f"{self._impl.filename_base}.kept", stamp)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled function for a signature, once numba has loaded all of itself."""
        target_context.refresh()
        return super().load_overload(sig, target_context)


@cache
def _source_digest(directory: Path) -> str:
    """The digest of the sources in `directory` and here, which a function may have inlined.

    numba itself looks at the function's own file only, and would run old machine code after a change of
    the others.
    """
    found = hashlib.sha256()
    for path in sorted({*directory.glob("*.py"), *Path(__file__).parent.glob("*.py")}):
        found.update(path.read_bytes())
    return found.hexdigest()
