"""Requests as they come in, and connections cut on purpose."""

from __future__ import annotations

import asyncio
import json
from typing import Any, NoReturn

from aiohttp import web

JSON_ARGUMENTS = ("blocks", "metadata", "view", "files")


async def arguments(request: web.Request) -> tuple[dict[str, Any], str | None]:
    """Arguments from query, form or JSON, and the token from the header or among them."""
    args: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        args |= await request.json()
    elif request.method == "POST":
        args |= dict(await request.post())
    for name in JSON_ARGUMENTS:
        if isinstance(args.get(name), str):
            args[name] = json.loads(args[name])
    given = args.pop("token", None)
    header = request.headers.get("Authorization", "")
    token = header.removeprefix("Bearer ") if header.startswith("Bearer ") else given
    return args, token


def drop(request: web.Request) -> NoReturn:
    if request.transport is not None:
        request.transport.abort()
    raise asyncio.CancelledError
