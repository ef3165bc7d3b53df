"""The web application: chat page, what the platforms call, health and figures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.preview.access import host_name, is_loopback
from bot.channels.preview.channel import PreviewChannel
from bot.channels.preview.routes import routes as preview_routes
from bot.metrics import Metrics

MAX_BODY = 1_000_000  # bytes; Telegram's and Slack's largest events are far below
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name
PROBE_TIMEOUT = 5.0  # seconds

Probe = Callable[[], Awaitable[None]]
Endpoint = Callable[[Request], Awaitable[Response]]


class TelegramWebhook(Protocol):
    """The receiving half of a Telegram channel that has a webhook."""

    async def webhook(self, body: bytes, secret: str | None) -> int | tuple[int, bytes]: ...


class SlackHttp(Protocol):
    """The receiving half of a Slack channel that is called over HTTP."""

    async def http(
        self, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]: ...


class Contacted(Protocol):
    """Whatever remembers when its platform last answered."""

    last_contact: datetime | None


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class WebParts:
    """What the web application is put together from.

    ``probe`` asks the database something small and raises when there is no answer.
    ``telegram`` and ``slack`` are None where the platform doesn't call us (polling, Socket Mode).
    ``channels`` are all running channels by name, for /healthz; ``watched`` names those that
    are in touch all the time (polling, Socket Mode), so that their silence means trouble. At
    night nobody writes: a webhook's silence means nothing. /healthz and /metrics answer under the
    names of ``hosts`` and this machine's own (None: under any). ``refused`` names the channels
    whose platform refuses the bot itself. ``pages`` are further ones, for everybody.
    """

    probe: Probe
    preview: PreviewChannel | None = None
    telegram: TelegramWebhook | None = None
    slack: SlackHttp | None = None
    channels: Mapping[str, Contacted] = field(default_factory=dict)
    watched: frozenset[str] = frozenset()
    metrics: Metrics = field(default_factory=Metrics)
    version: str = ""
    quiet_after: float = 300.0  # seconds without contact until a channel is called quiet
    now: Callable[[], datetime] = _now
    hosts: frozenset[str] | None = None
    refused: Callable[[], set[str]] = set
    pages: Sequence[Route] = ()


def create_app(parts: WebParts) -> Starlette:
    """The application for uvicorn. Routes exist only for the parts that are there."""
    web = Web(parts)
    table = [Route("/healthz", web.health), Route("/metrics", web.metrics)]
    if parts.telegram is not None:
        table.append(
            Route("/telegram/webhook", telegram_endpoint(parts.telegram), methods=["POST"])
        )
    if parts.slack is not None:
        table.append(Route("/slack/events", slack_endpoint(parts.slack), methods=["POST"]))
    if parts.preview is not None:
        table += preview_routes(parts.preview)
    table += parts.pages
    paths: dict[object, str] = {route.endpoint: route.path for route in table}
    return Starlette(
        routes=table,
        middleware=[Middleware(Counting, metrics=parts.metrics, paths=paths)],
        exception_handlers={HTTPException: _refused, Exception: _failed},
        max_body_size=MAX_BODY,
    )


def telegram_endpoint(channel: TelegramWebhook) -> Endpoint:
    """Where Telegram delivers updates."""

    async def telegram(request: Request) -> Response:
        answer = await channel.webhook(await request.body(), request.headers.get(SECRET_HEADER))
        status, body = answer if isinstance(answer, tuple) else (answer, b"")
        media_type = "application/json" if body else None
        return Response(body, status_code=status, media_type=media_type)

    return telegram


def slack_endpoint(channel: SlackHttp) -> Endpoint:
    """Where Slack delivers events, commands and interactions."""

    async def slack(request: Request) -> Response:
        status, headers, body = await channel.http(request.headers, await request.body())
        return Response(body, status_code=status, headers=headers)

    return slack


class Web:
    """The endpoints beside the platforms' and the chat page's."""

    def __init__(self, parts: WebParts) -> None:
        self.parts = parts
        self.started = time.monotonic()

    async def metrics(self, request: Request) -> Response:
        self._known(request)
        metrics = self.parts.metrics
        return Response(metrics.text(), headers={"Content-Type": metrics.content_type})

    def _known(self, request: Request) -> None:
        """A page of somebody else's, whose name leads to this machine (DNS rebinding), reads
        nothing here. Raises HTTPException."""
        hosts, name = self.parts.hosts, host_name(request.headers.get("host"))
        if hosts is not None and name not in hosts and not is_loopback(name):
            raise HTTPException(421)

    async def health(self, request: Request) -> Response:
        self._known(request)
        database = await self._database()
        channels = {name: self._channel(one) for name, one in self.parts.channels.items()}
        refused = self.parts.refused() & set(channels)
        for name in refused:
            channels[name]["status"] = "refused"
        degraded = bool(refused) or any(
            channels[name]["status"] != "ok" for name in self.parts.watched & set(channels)
        )
        down = database["status"] != "ok"
        report = {
            "status": "down" if down else "degraded" if degraded else "ok",
            "process": {
                "version": self.parts.version,
                "uptime_s": round(time.monotonic() - self.started),
            },
            "database": database,
            "channels": channels,
        }
        return JSONResponse(report, 503 if down else 200, headers={"Cache-Control": "no-store"})

    async def _database(self) -> dict[str, object]:
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(PROBE_TIMEOUT):
                await self.parts.probe()
        except Exception as problem:
            # The reason goes to the log; an address or a password must not go to the internet.
            structlog.get_logger().error("health.database", problem=type(problem).__name__)
            return {"status": "down", "ms": None}
        return {"status": "ok", "ms": round((time.perf_counter() - begun) * 1000, 1)}

    def _channel(self, channel: Contacted) -> dict[str, object]:
        last = channel.last_contact
        if last is None:
            return {"status": "waiting", "last_contact": None, "seconds_ago": None}
        ago = (self.parts.now() - last).total_seconds()
        return {
            "status": "ok" if ago <= self.parts.quiet_after else "quiet",
            "last_contact": last.isoformat(timespec="seconds"),
            "seconds_ago": round(ago),
        }


class Counting:
    """Counts answers by route. Unknown paths share one label, so nobody can make up more."""

    def __init__(self, app: ASGIApp, metrics: Metrics, paths: Mapping[object, str]) -> None:
        self.app = app
        self.metrics = metrics
        self.paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = self.paths.get(scope.get("endpoint"), "other")
                self.metrics.request(route, message["status"])
            await send(message)

        await self.app(scope, receive, counted)


WORDS = {
    404: "There is nothing here. The chat page is at /, the program's health at /healthz.",
    405: "This address doesn't take that method.",
    421: "Not under this name: set HEALTH_HOSTS to those that may ask.",
    413: f"Too large: at most {MAX_BODY:,} bytes.",
    500: "Something went wrong here. Please try again; the log says what it was.",
}


async def _refused(_: Request, problem: Exception) -> Response:
    status = problem.status_code if isinstance(problem, HTTPException) else 500
    headers = problem.headers if isinstance(problem, HTTPException) else None
    return PlainTextResponse(f"{WORDS.get(status, problem)}\n", status, headers=headers)


async def _failed(_: Request, __: Exception) -> Response:
    return PlainTextResponse(f"{WORDS[500]}\n", 500)
