"""Replies of JSON: valid, with no more digits than a float32 has, and made in a thread if they are long."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from wordlab.server.served import Served

UNKNOWN_WORDS = "X-Wordlab-Unknown-Words"
"""The header that says how many words of all texts of a request have no vector."""
_MANY_NUMBERS = 10_000  # take some milliseconds to write


async def json_reply(
    served: Served,
    content: Any,
    *,
    num_numbers: int = 0,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """`content` as JSON; a thread writes it if it holds many numbers."""
    body = await served.threads.run(dump, content) if num_numbers > _MANY_NUMBERS else dump(content)
    return Response(body, status, headers, "application/json")


def dump(content: Any) -> bytes:
    """`content` as JSON without needless blanks; ValueError for NaN."""
    # escapes of lone surrogates are valid; NaN would not be, and is no result of any route
    return json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode()
