"""What bodies have in common: they are strict, and one item may stand for a list of one."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

MAX_K = 1_000


class Body(BaseModel):
    """A body whose fields are all known, and of the type that is expected."""

    model_config = ConfigDict(extra="forbid", strict=True)


class OpenBody(BaseModel):
    """A body of another program's clients, who may send more than is used here."""

    model_config = ConfigDict(strict=True)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _texts(value: Any) -> Any:
    """The texts of an input; ValueError for token ids."""
    if isinstance(value, str):
        return [value]
    first = value[0] if isinstance(value, list) and value else None
    if isinstance(first, int) or (isinstance(first, list) and first and isinstance(first[0], int)):
        raise ValueError("expected a text or a list of texts, found ids of tokens, whose texts are not known")
    return value


Strings = Annotated[list[str], BeforeValidator(_listed, json_schema_input_type=str | list[str])]
Texts = Annotated[list[str], BeforeValidator(_texts, json_schema_input_type=str | list[str])]
K = Annotated[int, Field(ge=1, le=MAX_K)]
