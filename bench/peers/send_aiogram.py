"""aiogram's send_message: ``send_aiogram URL TOKEN NUMBER AT_ONCE``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bench.peers.broadcasting import recipients


async def worker(bot: Bot, todo: Iterator[tuple[int, str]]) -> None:
    for chat, text in todo:
        await bot.send_message(chat, text, parse_mode="HTML")


async def main() -> None:
    url, token, number, at_once = sys.argv[1:]
    session = AiohttpSession(api=TelegramAPIServer.from_base(url), limit=int(at_once))
    async with Bot(token, session=session) as bot:
        todo = recipients(int(number))
        await asyncio.gather(*(worker(bot, todo) for _ in range(int(at_once))))


if __name__ == "__main__":
    try:
        import uvloop as loops
    except ImportError:
        loops = asyncio
    loops.run(main())
