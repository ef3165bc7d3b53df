"""``python -m tests.fakes.telegram``: the server as a process. Prints its port, then serves.

``--script module:function`` runs ``async def function(server)`` in this process (people who
chat, for measurements) and ends when it returns.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib

from tests.fakes.telegram.limits import RateLimits
from tests.fakes.telegram.server import TOKEN, TelegramServer


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.fakes.telegram", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--rate-limits", action="store_true", help="1/s a chat, 30/s overall")
    parser.add_argument("--chats", type=int, default=0, help="open chats 1…N at once")
    parser.add_argument("--script", help="module:function to run with the server")
    return parser.parse_args()


async def serve(options: argparse.Namespace) -> None:
    server = TelegramServer(
        token=options.token,
        latency=options.latency_ms / 1000,
        rate_limits=RateLimits() if options.rate_limits else None,
        record=False,
        port=options.port,
    )
    server.open_chats(options.chats)
    async with server:
        print(server.port, flush=True)
        if not options.script:
            await asyncio.Event().wait()
        module, _, function = options.script.partition(":")
        await getattr(importlib.import_module(module), function)(server)


def main() -> None:
    try:
        import uvloop
    except ImportError:
        run = asyncio.run
    else:
        run = uvloop.run
    try:
        run(serve(_options()))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
