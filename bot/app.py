"""The program: the one place where the parts are put together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
import uvicorn
from starlette.applications import Starlette

from blueprints.schema import Blueprint
from bot import __version__
from bot.channels.preview.access import Access, Mode
from bot.channels.preview.channel import PreviewChannel
from bot.channels.preview.render import Renderer, Site
from bot.channels.slack.channel import SlackChannel
from bot.channels.telegram.channel import TelegramChannel
from bot.dispatcher import Dispatcher
from bot.errors import BotError
from bot.house import build_house, now
from bot.housekeeping import Housekeeping
from bot.listener import Listener
from bot.metrics import Metrics
from bot.outgoing import Channel
from bot.settings import Settings
from bot.turn.commands import REGISTERED_COMMANDS
from bot.turn.context import House
from bot.web import WebParts, create_app
from flows.understand import places
from messages import web
from messages.words import Words
from storage.database import Database
from storage.errors import StorageError
from storage.leases import Leases
from storage.statements import sql
from storage.transaction import Transaction

log = structlog.get_logger(__name__)

LEAD_EVERY = 5.0  # seconds between two looks whether the lead is free or still ours
_ALIVE = sql("SELECT 1")


@dataclass(slots=True)
class App:
    """Everything that runs. ``channels`` by name; ``polled`` are those that only one process at
    a time may serve (they ask the platform for events)."""

    settings: Settings
    database: Database
    leases: Leases
    dispatcher: Dispatcher
    housekeeping: Housekeeping
    web: Starlette
    channels: Mapping[str, Channel]
    polled: frozenset[str] = field(default_factory=frozenset)


def build(settings: Settings, *, clock: Callable[[], datetime] = now) -> App:
    """Put the parts together. Raises BotError, BlueprintError, StorageError: nothing runs yet."""
    url = settings.database_url.get_secret_value()
    database = Database.open(url)
    try:
        database.exclusive()
        leases = Leases(url)
        leases.live()
        house = build_house(settings, leases.owner)
        metrics = Metrics()
        dispatcher = Dispatcher(database, leases.owner, metrics, clock)
        listener = Listener(database, house, dispatcher, metrics, clock)
        channels = _channels(settings, house, listener)
    except BaseException:
        database.close()
        raise
    polled = _polled(settings)
    parts = WebParts(
        probe=lambda: _probe(database),
        preview=_of(channels, PreviewChannel),
        telegram=_of(channels, TelegramChannel) if settings.webhook_url else None,
        slack=_of(channels, SlackChannel) if settings.slack_signing_secret else None,
        channels=channels,
        watched=polled,
        metrics=metrics,
        version=__version__,
    )
    housekeeping = Housekeeping(database, house.blueprint.timings, clock)
    return App(
        settings, database, leases, dispatcher, housekeeping, create_app(parts), channels, polled
    )


def _polled(settings: Settings) -> frozenset[str]:
    """Platforms that are asked for events. Slack's Socket Mode shares events among connections
    by itself, so every process may hold one."""
    polls = settings.telegram and settings.webhook_url is None
    return frozenset({"telegram"} if polls else set())


def _channels(settings: Settings, house: House, listener: Listener) -> dict[str, Channel]:
    channels: dict[str, Channel] = {}
    if settings.preview != "off":
        channels["preview"] = _preview(settings, house, listener)
    if settings.telegram_bot_token is not None:
        channels["telegram"] = _telegram(settings, house, listener)
    if settings.slack_bot_token is not None:
        channels["slack"] = SlackChannel(
            settings.slack_bot_token.get_secret_value(),
            listener,
            app_token=_secret(settings.slack_app_token),
            signing_secret=_secret(settings.slack_signing_secret),
            api_url=settings.slack_api_url,
        )
    return channels


def _secret(value: Any) -> str | None:
    return None if value is None else str(value.get_secret_value())


def _preview(settings: Settings, house: House, listener: Listener) -> PreviewChannel:
    programme = house.blueprint.programme
    site = Site(programme.name.root, programme.funding_statement.root, house.blueprint.languages)
    renderer = Renderer(house.words, web.html, site)
    access = Access(Mode(settings.preview), settings.public_url)
    return PreviewChannel(listener, renderer, access=access)


def _telegram(settings: Settings, house: House, listener: Listener) -> TelegramChannel:
    token = settings.telegram_bot_token
    assert token is not None  # noqa: S101 - asked by the caller
    commands = registered_commands(house.words, house.blueprint)
    programme = house.blueprint.programme
    return TelegramChannel(
        token.get_secret_value(),
        settings.telegram_api_url,
        listener,
        webhook_url=settings.webhook_url,
        webhook_secret=_secret(settings.telegram_webhook_secret) if settings.webhook_url else None,
        commands=commands,
        description={code: programme.purpose[code] for code in house.blueprint.languages},
        short_description={code: programme.name[code] for code in house.blueprint.languages},
    )


def registered_commands(words: Words, blueprint: Blueprint) -> dict[str, Sequence[tuple[str, str]]]:
    """The commands with their descriptions by language; "" is for readers of any other."""

    def described(language: str) -> list[tuple[str, str]]:
        return [(name, words.text(f"command.{name}", language)) for name in REGISTERED_COMMANDS]

    others = "en" if "en" in blueprint.languages else blueprint.language
    return {"": described(others), **{code: described(code) for code in blueprint.languages}}


def _of(channels: Mapping[str, Channel], kind: type[Any]) -> Any:
    return next((channel for channel in channels.values() if isinstance(channel, kind)), None)


async def _probe(database: Database) -> None:
    await database.read(_alive)


def _alive(tx: Transaction) -> None:
    tx.run(_ALIVE).fetchone()


async def run(app: App, ready: Callable[[str], None]) -> None:
    """Run until a signal says stop. ``ready`` is told the address of the chat page."""
    settings = app.settings
    config = uvicorn.Config(
        app.web, host=settings.host, port=settings.port, log_config=None, lifespan="off",
        access_log=False, timeout_graceful_shutdown=3, server_header=False,
    )  # fmt: skip
    server = Server(config, ready)
    warming = asyncio.create_task(asyncio.to_thread(places.warm_up), name="warm up")
    app.dispatcher.start()
    app.housekeeping.start()
    starters = [
        asyncio.create_task(_start(app, name), name=f"start {name}") for name in app.channels
    ]
    serving = asyncio.create_task(server.serve())
    try:
        await _until(serving, starters)
    finally:
        server.should_exit = True
        await asyncio.gather(serving, warming, return_exceptions=True)
        await _stop(app, starters)


async def _until(serving: asyncio.Task[None], starters: list[asyncio.Task[None]]) -> None:
    """Wait for the end of the server; a channel that is refused for good ends everything."""
    pending: set[asyncio.Task[None]] = {serving, *starters}
    while serving in pending:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()


async def _start(app: App, name: str) -> None:
    """Start a channel; one that only one process may serve waits for its turn."""
    channel = app.channels[name]
    if name in app.polled:
        await _lead(app.leases, f"{name}:{channel.account}")
    await channel.start()
    app.dispatcher.add(channel)


async def _lead(leases: Leases, what: str) -> None:
    waited = False
    while True:
        try:
            if await asyncio.to_thread(leases.lead, what):
                return
        except StorageError as problem:
            log.warning("the database does not answer", reason=str(problem))
        if not waited:
            log.info("another process does this at present, waiting", what=what.partition(":")[0])
            waited = True
        await asyncio.sleep(LEAD_EVERY)


async def _stop(app: App, starters: list[asyncio.Task[None]]) -> None:
    for task in starters:
        task.cancel()
    await asyncio.gather(*starters, return_exceptions=True)
    for channel in app.channels.values():
        with contextlib.suppress(Exception):
            await channel.stop()
    await app.housekeeping.stop()
    await app.dispatcher.stop()
    app.database.close()
    app.leases.close()


class Server(uvicorn.Server):
    """Tells when it listens, and on which port."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[str], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            self._ready(f"http://{shown}:{port}/")


__all__ = ["App", "BotError", "build", "registered_commands", "run"]
