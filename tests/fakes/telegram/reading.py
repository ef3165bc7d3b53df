"""Parameters of a call, in each of the ways the Bot API takes them.

https://core.telegram.org/bots/api#making-requests
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import orjson
from aiohttp import web

from tests.fakes.telegram.errors import ApiError
from tests.fakes.telegram.schema import Upload


async def parameters(request: web.BaseRequest) -> dict[str, Any]:
    """What a call was given: query string, JSON, form or multipart (files as Upload).

    Raises:
        ApiError: 400, the body cannot be read.
    """
    params: dict[str, Any] = dict(request.query) if request.query_string else {}
    kind = request.content_type
    if kind == "application/json":
        body = await request.read()
        try:
            given = orjson.loads(body) if body else {}
        except ValueError:
            raise ApiError(400, "Bad Request: can't parse JSON") from None
        if not isinstance(given, dict):
            raise ApiError(400, "Bad Request: can't parse JSON: not an object")
        params.update(given)
    elif kind == "multipart/form-data":
        params.update(await _multipart(request))
    elif body := await request.read():
        params.update(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
    return params


async def _multipart(request: web.BaseRequest) -> dict[str, Any]:
    params: dict[str, Any] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            with value.file as file:
                params[name] = Upload(value.filename, value.content_type, file.read())
        else:
            params[name] = value
    for name, value in list(params.items()):
        if isinstance(value, str) and value.startswith("attach://"):
            params[name] = params.pop(value.removeprefix("attach://"), value)
    return params
