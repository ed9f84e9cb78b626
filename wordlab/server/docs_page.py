"""/docs: the routes on one page, made from /openapi.json, which needs neither scripts nor a network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

router = APIRouter()
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color-scheme:light dark}code{font-size:.9em}table{border-collapse:collapse}"
    "td,th{text-align:left;vertical-align:top;padding:.1rem 1rem .1rem 0}h2{margin-bottom:0}"
)
_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    """The page of all routes."""
    return HTMLResponse("\n".join(_page(request.app.openapi())), headers=_HEADERS)


def _page(schema: Mapping[str, Any]) -> Iterator[str]:
    info = schema["info"]
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(info["title"])}</title>'
    yield f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
    yield f"<h1>{escape(info['title'])} {escape(info['version'])}</h1><p>{escape(info['description'])}</p>"
    yield '<p>For programs: <a href="openapi.json">openapi.json</a>.</p>'
    for path, methods in schema["paths"].items():
        for method, route in methods.items():
            yield f"<h2><code>{method.upper()} {escape(path)}</code></h2>"
            yield f"<p>{escape(route.get('summary', ''))}. {escape(route.get('description', ''))}</p>"
            yield from _fields(schema, route)
    yield "</html>"


def _fields(schema: Mapping[str, Any], route: Mapping[str, Any]) -> Iterator[str]:
    """A table of a route's parameters and of its body's fields."""
    rows = [
        (each["name"], each["schema"], each.get("required", False)) for each in route.get("parameters", ())
    ]
    body = route.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if "$ref" in body:
        model = schema["components"]["schemas"][body["$ref"].rsplit("/", 1)[-1]]
        needed = model.get("required", ())
        rows += [(name, each, name in needed) for name, each in model["properties"].items()]
    if not rows:
        return
    yield "<table><tr><th>field</th><th>type</th><th>default</th></tr>"
    for name, each, required in rows:
        default = "needed" if required else escape(_default(each))
        yield f"<tr><td><code>{escape(name)}</code></td><td>{escape(_type(each))}</td><td>{default}</td></tr>"
    yield "</table>"


def _default(field: Mapping[str, Any]) -> str:
    value = field.get("default")
    return {None: "none", True: "true", False: "false"}.get(value, str(value))


def _type(field: Mapping[str, Any]) -> str:
    """A field's type in words."""
    if "anyOf" in field:
        kinds = [_type(each) for each in field["anyOf"] if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "enum" in field:
        return " or ".join(map(str, field["enum"]))
    if field.get("type") == "array":
        return f"list of {_type(field.get('items', {}))}"
    kind = {"integer": "whole number", "boolean": "true or false"}.get(field.get("type", ""))
    limits = [
        f"{name} {field[key]:,g}" for key, name in (("minimum", "from"), ("maximum", "to")) if key in field
    ]
    return " ".join([kind or field.get("type", "value"), *limits])
