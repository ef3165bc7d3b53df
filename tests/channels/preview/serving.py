"""The chat page over a real web server on a free port, with any bot behind it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn

from bot.channels.preview.access import Access
from bot.channels.preview.channel import NONE, PreviewChannel
from bot.channels.preview.render import Renderer, Site
from bot.incoming import Handle
from bot.pictures import Pictures
from bot.web import WebParts, create_app
from messages.web import html
from messages.words import Words
from tests.waiting import until

LANGUAGES = ("en", "sk", "sl")
SITE = Site(
    name={"en": "Domov", "sk": "Domov", "sl": "Domov"},
    funding={
        "en": "Co-funded by the European Union",
        "sk": "Spolufinancovaný Európskou úniou",
        "sl": "Sofinancira Evropska unija",
    },
    languages=LANGUAGES,
)


async def nothing() -> None:
    """A probe that finds everything well."""


def preview(
    handle: Handle, access: Access | None = None, pictures: Pictures = NONE
) -> PreviewChannel:
    renderer = Renderer(Words(LANGUAGES), html, SITE)
    return PreviewChannel(handle, renderer, access=access, pictures=pictures)


@dataclass
class Served:
    """A running server. ``stop`` and ``start`` again to restart it on the same port."""

    channel: PreviewChannel
    port: int = 0
    _server: uvicorn.Server | None = None
    _task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", self.port))
        self.port = bound.getsockname()[1]
        app = create_app(WebParts(nothing, preview=self.channel))
        config = uvicorn.Config(app, log_config=None, ws="none", lifespan="off")
        self._server = uvicorn.Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[bound]))
        server = self._server
        await until(lambda: server.started)

    async def stop(self) -> None:
        assert self._server is not None
        assert self._task is not None
        await self.channel.stop()
        self._server.should_exit = True
        await self._task


@asynccontextmanager
async def serving(channel: PreviewChannel) -> AsyncIterator[Served]:
    """A server for as long as the block runs."""
    served = Served(channel)
    await served.start()
    try:
        yield served
    finally:
        await served.stop()
