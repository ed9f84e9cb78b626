"""What is known of a function's work when it is compiled: what it rules out is never compiled.

LLVM leaves out what constants rule out as well, but only after numba has found the types of all of it and
written its code.
"""

from __future__ import annotations

from typing import Any

from numba.core import ir, types
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.imputils import lower_constant
from numba.core.ir_utils import get_definition, guard
from numba.extending import models, register_model, typeof_impl


class Constants:
    """The base of a frozen dataclass whose fields compiled functions know, as numba's type of it holds them.

    It is made outside of compiled code, and handed to parts as an argument: their `if constants.field:`
    compiles one branch.
    """


class ConstantsType(types.Opaque):
    """The numba type of some constants; its name tells their values."""

    def __init__(self, value: Constants) -> None:
        self.value = value
        super().__init__(name=repr(value))


register_model(ConstantsType)(models.OpaqueModel)


@typeof_impl.register(Constants)
def _typeof(value: Constants, context: Any) -> ConstantsType:
    return ConstantsType(value)


@lower_constant(ConstantsType)
def _lower(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    return context.get_dummy_value()


@register_pass(mutates_CFG=False, analysis_only=False)
class ConstantFields(FunctionPass):
    """Puts the values of fields in their places, before numba prunes branches."""

    _name = "constant_fields"

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        """Replace each `argument.field`; returns whether there was one."""
        found = False
        for block in state.func_ir.blocks.values():
            for statement in block.body:
                if not isinstance(statement, ir.Assign):
                    continue
                before = statement.value
                if not isinstance(before, ir.Expr) or before.op != "getattr":
                    continue
                source = guard(get_definition, state.func_ir, before.value)
                kind = state.args[source.index] if isinstance(source, ir.Arg) else None
                if isinstance(kind, ConstantsType):
                    statement.value = ir.Const(getattr(kind.value, before.attr), statement.loc)
                    definitions = state.func_ir._definitions[statement.target.name]
                    definitions[definitions.index(before)] = statement.value
                    found = True
        return found
