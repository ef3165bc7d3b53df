"""python-telegram-bot's own send_message: ``send_ptb URL TOKEN NUMBER AT_ONCE [limited]``.

``limited`` sends through its AIORateLimiter (30 a second), which then decides how many at once.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator

from telegram import Bot
from telegram.constants import ParseMode
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from bench.peers.broadcasting import recipients


async def worker(bot: Bot, todo: Iterator[tuple[int, str]]) -> None:
    for chat, text in todo:
        await bot.send_message(chat, text, parse_mode=ParseMode.HTML)


async def main() -> None:
    url, token, number, at_once, *limited = sys.argv[1:]
    request = HTTPXRequest(connection_pool_size=int(at_once))
    bot: Bot
    if limited:
        bot = ExtBot(token, f"{url}/bot", request=request, rate_limiter=AIORateLimiter(30, 1))
    else:
        bot = Bot(token, f"{url}/bot", request=request)
    async with bot:
        todo = recipients(int(number))
        await asyncio.gather(*(worker(bot, todo) for _ in range(int(at_once))))


if __name__ == "__main__":
    try:
        import uvloop as loops
    except ImportError:
        loops = asyncio
    loops.run(main())
