"""Parts of compiled functions: never called from Python, and made into machine code only with their callers.

numba compiles each function that another one calls as if it stood alone: it optimises it, makes machine code
of it and gives it an entry for Python, which unpacks arrays by the dozen. Whatever LLVM then puts into its
caller has been for nothing: that was two thirds of the time of a first training. A part is
typed, and its code is handed to the caller as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba._dynfunc import make_function
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.registry import CPUDispatcher
from numba.core.typed_passes import NativeLowering
from numba.core.untyped_passes import InlineInlinables, RewriteSemanticConstants

from wordlab.compiled.constants import ConstantFields
from wordlab.compiled.jit import SEPARATE


def inlined(function: Callable[..., Any]) -> _Part:
    """A part that LLVM puts into its callers, with what is constant there.

    numba can inline as well (`njit(inline="always")`), but copies the whole caller each time, which once took
    most of the time of compiling. It is left to functions that return an array.
    """
    return _Part(function, {**SEPARATE, "forceinline": True}, _PartCompiler)


def exact(function: Callable[..., Any]) -> _Part:
    """The same, for a result that may not depend on what LLVM makes of the callers.

    Of a product and a sum it makes one instruction, which rounds once, in one caller and not in another.
    """
    return _Part(function, {**SEPARATE, "forceinline": True, "fastmath": False}, _PartCompiler)


def settled(function: Callable[..., Any]) -> _Part:
    """The same, optimised before it is put into its callers, as sums of many products must be.

    Which of two products makes one instruction with their sum is then decided once, and not by each caller.
    """
    return _Part(function, {**SEPARATE, "forceinline": True}, _SettledCompiler)


def called(function: Callable[..., Any]) -> _Part:
    """A part that stays a function of its own within the code of its caller, for what is done once a span."""
    # To leave `forceinline` out would be to inherit it from the caller.
    return _Part(function, {**SEPARATE, "forceinline": False}, _PartCompiler)


class _Part(CPUDispatcher):
    """A function that only compiled functions can call."""

    def __init__(
        self, function: Callable[..., Any], options: dict[str, Any], pipeline: type[CompilerBase]
    ) -> None:
        super().__init__(
            py_func=function,
            targetoptions={**options, "nopython": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True},
            pipeline_class=pipeline,
        )

    def add_overload(self, compiled: Any) -> None:
        """Keep what is compiled where callers find it, and not where Python would."""
        self.overloads[tuple(compiled.signature.args)] = compiled

    def _compile_for_args(self, *args: Any, **kws: Any) -> Any:
        raise TypeError(f"{self.py_func.__name__} is a part of compiled functions: Python cannot call it")


class _PartLibrary(JITCodeLibrary):
    """The code of a part, which is linked into its callers and never run by itself."""

    def add_ir_module(self, ir_module: Any) -> None:
        """Take the functions of a module, of which LLVM puts those into their callers that say so."""
        for function in ir_module.functions:
            if not function.is_declaration and "alwaysinline" not in function.attributes:
                function.attributes.add("noinline")
        super().add_ir_module(ir_module)

    def _optimize_functions(self, module: Any) -> None:
        module.data_layout = self._codegen._data_layout

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


class _SettledLibrary(_PartLibrary):
    """The same, optimised."""

    _optimize_functions = JITCodeLibrary._optimize_functions
    _optimize_final_module = JITCodeLibrary._optimize_final_module


@register_pass(mutates_CFG=True, analysis_only=False)
class _PartLowering(NativeLowering):
    """Makes LLVM's code of a typed function, and no machine code."""

    _name = "part_lowering"
    library: type[_PartLibrary] = _PartLibrary

    def run_pass(self, state: Any) -> bool:
        """Leave the code in `state`; callers know it by an entry for Python, which nobody can reach."""
        state.library = self.library(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        name = state.func_id.func_name
        entry = make_function(state.func_id.module, name, "", 0, state.cr.env, (state.library,))
        state.targetctx.insert_user_function(entry, state.cr.fndesc, [state.library])
        state.cr = state.cr._replace(cfunc=entry)
        return True


@register_pass(mutates_CFG=True, analysis_only=False)
class _SettledLowering(_PartLowering):
    """The same with optimised code."""

    _name = "settled_lowering"
    library = _SettledLibrary


class _PartCompiler(CompilerBase):
    """numba's compiler with other steps."""

    lowering: type[_PartLowering] = _PartLowering

    def define_pipelines(self) -> list[PassManager]:
        """numba's passes, one more, and another in the place of that which makes machine code."""
        passes = PassManager("part")
        usual = DefaultPassBuilder.define_nopython_pipeline(self.state)
        for each, why in usual.passes:
            passes.add_pass(self.lowering if each is NativeLowering else each, why)
            if each in (RewriteSemanticConstants, InlineInlinables):
                passes.add_pass(ConstantFields, "put constants in their places")
        passes.finalize()
        return [passes]


class _SettledCompiler(_PartCompiler):
    """The same for optimised code."""

    lowering = _SettledLowering
