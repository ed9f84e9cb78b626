"""What a server answers instead of a result: one line of JSON, in the form that the route's clients know."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import Response

from wordlab.errors import ConfigError, FormatError, UnknownWordError, WordlabError
from wordlab.visible import clipped, one_line

_LONGEST_FOUND = 60  # characters of a value that a message quotes
_OF_TEI = {"/", "/embed", "/info"}  # routes whose clients expect the errors of text-embeddings-inference
_KINDS = {401: "authentication_error", 403: "permission_error", 500: "server_error", 503: "server_error"}
_TEI_KINDS = {500: "Backend", 503: "Overloaded"}
_LENGTHS = {"too_short", "too_long"}
_EXPECTED = {
    "string_type": "a string",
    "string_unicode": "a string of Unicode",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
    "literal_error": "{expected}",
    "string_too_long": "{max_length} characters or fewer",
    "too_short": "{min_length} items or more",
    "too_long": "{max_length} items or fewer",
}
"""What pydantic's kinds of errors expected."""
_STATUS_CODES = {400: "invalid_body", 404: "not_found", 405: "method_not_allowed"}


class Refusal(Exception):  # noqa: N818 - it is an answer, and no fault of the program
    """An answer other than a result: its status, its code for programs, and one line."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(one_line(message))
        self.status, self.code = status, code

    def response(self, path: str, headers: Mapping[str, str] | None = None) -> Response:
        """The reply at `path`."""
        return error_response(path, self.status, self.code, str(self), headers)


def error_response(
    path: str, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> Response:
    """A reply that says `message`: as OpenAI's, or as text-embeddings-inference's on its routes."""
    body: dict[str, Any]
    if path in _OF_TEI:
        body = {"error": one_line(message), "error_type": _TEI_KINDS.get(status, "Validation")}
    else:
        kind = _KINDS.get(status, "invalid_request_error")
        body = {"error": {"message": one_line(message), "type": kind, "param": None, "code": code}}
    return Response(json.dumps(body, ensure_ascii=True), status, headers, "application/json")


def add_error_handlers(app: FastAPI) -> None:
    """Have `app` answer every exception by one line; what is none of these is a bug, and is logged."""

    async def refused(request: Request, error: Any) -> Response:
        reply: Response = error.response(_path(request))
        return reply

    async def invalid(request: Request, error: Any) -> Response:
        return error_response(_path(request), 422, "invalid_body", validation_line(error.errors()))

    async def unknown_word(request: Request, error: Any) -> Response:
        return error_response(_path(request), 404, "unknown_word", str(error))

    async def unfit(request: Request, error: Any) -> Response:
        return error_response(_path(request), 422, "invalid_value", str(error))

    async def http(request: Request, error: Any) -> Response:
        code = _STATUS_CODES.get(error.status_code, "error")
        return error_response(_path(request), error.status_code, code, _http_line(request, error))

    async def bug(request: Request, _: Any) -> Response:
        return error_response(_path(request), 500, "internal", "the server failed; its log says why")

    handlers: dict[type[Exception], Any] = {
        Refusal: refused,
        RequestValidationError: invalid,
        UnknownWordError: unknown_word,
        ConfigError: unfit,
        FormatError: unfit,
        WordlabError: unfit,
        HTTPException: http,
        StarletteHTTPException: http,
        Exception: bug,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def _path(request: Request) -> str:
    path: str = request.scope["path"]  # request.url would parse the header Host, which may be anything
    return path


def _http_line(request: Request, error: StarletteHTTPException) -> str:
    """What is wrong with a request that reached no handler."""
    if error.status_code == 404:
        return f"expected a route that /docs lists, found {_path(request)}"
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "another method")
        return f"{_path(request)}: expected {allowed}, found {clipped(request.method)}"
    if error.status_code == 400:
        return "body: expected JSON, found something that cannot be read"
    return str(error.detail)


def validation_line(errors: Sequence[Any]) -> str:
    """The first thing wrong with a body, as the library says it: where, what was expected, what was found."""
    error = errors[0]
    kind, message, found = error["type"], str(error["msg"]), error.get("input")
    if kind == "json_invalid":
        return f"body: expected JSON, found an error at character {error['loc'][-1]}: {error['ctx']['error']}"
    if error["loc"] == ("body",) and isinstance(found, bytes):
        return "body: expected Content-Type: application/json, found another or none"
    where = ".".join(str(part) for part in error["loc"][1:]) or str(error["loc"][0])
    if kind == "value_error":
        return f"{where}: {message.removeprefix('Value error, ')}"
    if kind == "missing":
        return f"{where}: expected a value, found none"
    if kind == "extra_forbidden":
        return f"{where}: expected only the fields that /docs lists, found this one"
    expected = _EXPECTED.get(kind, message).format_map(error.get("ctx", {}))
    shown = str(error["ctx"]["actual_length"]) if kind in _LENGTHS else _shown(found)
    return f"{where}: expected {expected}, found {clipped(shown, _LONGEST_FOUND)}"


def _shown(value: Any) -> str:
    """A value of a body; of long ones only the kind, as writing them out takes long."""
    if isinstance(value, str):
        return repr(value[: 2 * _LONGEST_FOUND])
    if isinstance(value, list | dict | bytes):
        return {list: "a list", dict: "an object", bytes: "bytes"}[type(value)]
    return "null" if value is None else json.dumps(value)
