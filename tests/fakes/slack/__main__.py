"""``python -m tests.fakes.slack``: the server as a process; prints its address and tokens.

Beside Slack's own interface it takes ``POST /control/{user}/{action}`` with JSON arguments, an
action being a method of :class:`FakeUser` ("send", "press", "tick", …), and answers with the
transcript; ``GET /control/{user}`` answers with the transcript alone, ``GET /control`` with
the number of calls of each method.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from typing import Any

from aiohttp import web

from tests.fakes.slack.server import SlackServer
from tests.fakes.slack.user import FakeUser

ACTIONS = frozenset(
    {
        "choose",
        "command",
        "edit",
        "expect",
        "multi",
        "open_chat",
        "open_home",
        "press",
        "send",
        "submit_modal",
        "tick",
        "upload",
    }
)


def add_control(server: SlackServer) -> None:
    """The extra routes."""

    def person(request: web.Request) -> FakeUser:
        query = request.query
        locale, tz = query.get("locale", "en-GB"), query.get("tz", "Europe/London")
        return server.user(request.match_info["user"], locale=locale, tz=tz)

    async def act(request: web.Request) -> web.Response:
        who, action = person(request), request.match_info["action"]
        if action not in ACTIONS:
            return web.json_response({"error": f"one of {sorted(ACTIONS)}"}, status=404)
        given: Any = await request.json() if request.can_read_body else []
        args, named = (given, {}) if isinstance(given, list) else ([], given)
        try:
            await getattr(who, action)(*args, **named)
        except AssertionError as failed:
            return web.json_response({"error": str(failed)}, status=409)
        return web.json_response({"transcript": who.transcript(), "screen": who.screen()})

    async def show(request: web.Request) -> web.Response:
        who = person(request)
        return web.json_response({"transcript": who.transcript(), "screen": who.screen()})

    async def counts(request: web.Request) -> web.Response:
        return web.json_response(dict(server.counts))

    server.app.add_routes(
        [
            web.post("/control/{user}/{action}", act),
            web.get("/control/{user}", show),
            web.get("/control", counts),
        ]
    )


async def serve(port: int, events_url: str | None, *, echo: bool) -> None:
    server = SlackServer(record=False, echo=echo)
    server.post.events_url = events_url
    add_control(server)
    await server.start(port)
    hello = {
        "url": server.url,
        "api_url": server.api_url,
        "bot_token": server.bot_token,
        "app_token": server.app_token,
        "signing_secret": server.signing_secret,
    }
    print(json.dumps(hello), flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.slack", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--events-url", help="deliver by HTTP to here instead of Socket Mode")
    parser.add_argument(
        "--no-echo", action="store_true", help="don't send the app its own messages"
    )
    given = parser.parse_args()
    try:
        asyncio.run(serve(given.port, given.events_url, echo=not given.no_echo))
    except KeyboardInterrupt:
        print("stopped")


if __name__ == "__main__":
    main()
