"""A Bot API server on 127.0.0.1 that refuses what Telegram refuses.

async with TelegramServer() as server:
    ...  # run a bot with server.url and server.token
    anna = server.user(id=7, first_name="Anna", language_code="sk")
    await anna.send("/start")
    assert "Vitajte" in (await anna.expect()).text
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from types import TracebackType
from typing import Any

import orjson
from aiohttp import web

from tests.fakes.telegram.bots import Bot, Call
from tests.fakes.telegram.chat import Chat
from tests.fakes.telegram.delivery import Delivery
from tests.fakes.telegram.errors import ApiError, conflict, too_fast
from tests.fakes.telegram.faults import Fault, Trouble
from tests.fakes.telegram.limits import RateLimits
from tests.fakes.telegram.methods import METHODS
from tests.fakes.telegram.reading import parameters
from tests.fakes.telegram.schema import checked, method_names
from tests.fakes.telegram.user import User
from tests.waiting import PATIENCE

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
_BEFORE = {
    Trouble.DROP_BEFORE,
    Trouble.HANG_BEFORE,
    Trouble.STATUS,
    Trouble.TOO_FAST,
    Trouble.ERROR,
}
_NOT_FOUND = ApiError(404, "Not Found")


class TelegramServer:
    """The server; one bot with ``token`` to begin with, more by :meth:`add_bot`.

    ``latency`` seconds go by before each call is carried out. ``rate_limits`` None: no limits.
    ``record`` False keeps only the counts (benchmarks).
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        username: str = "domov_test_bot",
        latency: float = 0.0,
        rate_limits: RateLimits | None = None,
        query_lifetime: float = 15.0,
        record: bool = True,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.token = token
        self.latency = latency
        self.record = record
        self.calls: list[Call] = []
        self.counts: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self.bots: dict[str, Bot] = {}
        self.bot = self.add_bot(token, username)
        self.bot.rate_limits = rate_limits
        self.bot.query_lifetime = query_lifetime
        self.delivery = Delivery(self._webhook_reply)
        self._host, self._port = host, port
        self._web: web.Server | None = None
        self._listening: asyncio.Server | None = None

    # ---- life ----

    async def __aenter__(self) -> TelegramServer:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def port(self) -> int:
        return self._port

    @property
    def url(self) -> str:
        """The server's root, what TELEGRAM_API_URL holds."""
        return f"http://{self._host}:{self._port}"

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._web = web.Server(self._handle, access_log=None, handler_cancellation=True)
        self._listening = await loop.create_server(
            self._web, self._host, self._port, reuse_address=True, backlog=1024
        )
        self._port = self._listening.sockets[0].getsockname()[1]

    async def go_offline(self) -> None:
        """Refuse connections and break the open ones, until :meth:`start` on the same port."""
        if self._listening:
            self._listening.close()
            self._listening = None
        if self._web:
            for connection in list(self._web.connections):
                if connection.transport:
                    connection.transport.abort()
            await self._web.shutdown(0.1)
            self._web = None

    async def stop(self) -> None:
        await self.delivery.close()
        await self.go_offline()
        await asyncio.sleep(0)

    # ---- what tests use ----

    def add_bot(self, token: str, username: str) -> Bot:
        bot = self.bots[token] = Bot(token, username)
        return bot

    def user(self, id: int = 7, first_name: str = "Anna", **profile: Any) -> User:
        """A person; ``language_code``, ``username``, ``last_name`` as in the Bot API's User."""
        person = {"id": id, "is_bot": False, "first_name": first_name, **profile}
        return User(self, self.bot, person)

    def group(self, id: int = -1001, title: str = "Expats in Vienna") -> Chat:
        """A group that the bot was added to."""
        chat = self.bot.chats.setdefault(id, Chat({"id": id, "title": title}))
        chat.open = True
        return chat

    def open_chats(self, number: int) -> None:
        """Chats 1…number, as if these people had written before."""
        for each in range(1, number + 1):
            self.user(each, f"User {each}").open()

    def inject(self, trouble: Trouble | str, **conditions: Any) -> Fault:
        """Trouble for the next calls: see :class:`Fault` for ``method``, ``chat``, ``times``, …"""
        fault = Fault(Trouble(trouble), **conditions)
        self.faults.append(fault)
        return fault

    def clear_faults(self) -> None:
        self.faults.clear()

    def redeliver(self, times: int = 1, *, shuffled: bool = False, bot: Bot | None = None) -> None:
        """Hand each update out ``times`` times, in random order when ``shuffled``."""
        updates = (bot or self.bot).updates
        updates.times, updates.shuffled = times, shuffled

    def push(
        self, kind: str, content: dict[str, Any], *, bot: Bot | None = None, sender: int = 0
    ) -> int | None:
        """An update of any kind; its id, None where the bot did not ask for the kind."""
        bot = bot or self.bot
        key = ("user" if kind == "callback_query" else "chat", sender)
        pending = bot.updates.add(kind, key, content)
        self.delivery.pump(bot)
        return pending.id if pending else None

    async def all_taken(self) -> None:
        """Until the bot has confirmed every update. Raises TimeoutError."""
        updates = self.bot.updates
        if updates.pending:
            async with asyncio.timeout(PATIENCE):
                await updates.emptied.wait()

    def called(self, *methods: str) -> list[Call]:
        """The calls recorded, of these methods only when any are named."""
        return [call for call in self.calls if not methods or call.method in methods]

    # ---- HTTP ----

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            bot, method = self._route(request.path)
            params = await parameters(request)
        except ApiError as error:
            return self._answer(error.code, error.body())
        fault = self._fault(method, params.get("chat_id"))
        if fault:
            return await self._troubled(request, fault, bot, method, params)
        return self._answer(*await self._carry_out(bot, method, params))

    def _route(self, path: str) -> tuple[Bot, str]:
        _, start, method = (*path.split("/"), "", "")[:3]
        name = method_names().get(method.lower())
        if not start.startswith("bot") or ":" not in start or path.count("/") != 2:
            raise _NOT_FOUND
        bot = self.bots.get(start[3:])
        if bot is None:
            raise ApiError(401, "Unauthorized")
        if name is None:
            raise ApiError(404, "Not Found: method not found")
        if name not in METHODS and name != "getUpdates":
            raise ApiError(501, f"Not Implemented: this server does not play {name}")
        return bot, name

    @staticmethod
    def _answer(code: int, body: dict[str, Any]) -> web.Response:
        return web.Response(status=code, body=orjson.dumps(body), content_type="application/json")

    # ---- calls ----

    async def _carry_out(
        self, bot: Bot, method: str, given: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        params = given
        try:
            params = checked(method, given)
            if method == "getUpdates":
                result: Any = await self._get_updates(bot, params)
            if self.latency:
                await asyncio.sleep(self.latency)
            if method != "getUpdates":
                result = METHODS[method](bot, params)
        except ApiError as error:
            self._note(bot, method, params, error.code, error.description)
            return error.code, error.body()
        if method == "setWebhook":
            self.delivery.pump(bot)
        self._note(bot, method, params, 200)
        return 200, {"ok": True, "result": result}

    async def _get_updates(self, bot: Bot, params: dict[str, Any]) -> list[dict[str, Any]]:
        if bot.webhook:
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        bot.updates.allow(params.get("allowed_updates"))
        return await bot.updates.get(
            params.get("offset", 0), params.get("limit", 100), params.get("timeout", 0)
        )

    def _note(
        self, bot: Bot, method: str, params: dict[str, Any], code: int, description: str = ""
    ) -> None:
        self.counts[method] += 1
        if code != 200:
            self.counts[f"{method} {code}"] += 1
        if self.record:
            self.calls.append(Call(method, params, bot.id, time.monotonic(), code, description))

    async def _webhook_reply(self, bot: Bot, reply: dict[str, Any]) -> None:
        name = method_names().get(str(reply.pop("method", "")).lower())
        if name in METHODS:
            await self._carry_out(bot, str(name), reply)

    # ---- trouble ----

    def _fault(self, method: str, chat: object) -> Fault | None:
        return next((fault for fault in self.faults if fault.strikes(method, chat)), None)

    async def _troubled(
        self, request: web.BaseRequest, fault: Fault, bot: Bot, method: str, params: dict[str, Any]
    ) -> web.StreamResponse:
        code, body = 0, dict[str, Any]()
        if fault.trouble in _BEFORE:
            self._note(bot, method, params, fault.status, fault.trouble)
        else:
            code, body = await self._carry_out(bot, method, params)
        match fault.trouble:
            case Trouble.SLOW:
                await asyncio.sleep(fault.seconds)
                return self._answer(code, body)
            case Trouble.TOO_FAST:
                return self._answer(429, too_fast(int(fault.seconds)).body())
            case Trouble.STATUS | Trouble.STATUS_AFTER:
                return web.Response(status=fault.status, text="<html>trouble</html>")
            case Trouble.ERROR:
                error = ApiError(fault.status, fault.description, fault.parameters)
                return self._answer(fault.status, error.body())
            case Trouble.GARBAGE:
                return web.Response(text="<html>not JSON</html>")
            case Trouble.HANG_BEFORE | Trouble.HANG_AFTER:
                await asyncio.Event().wait()
            case Trouble.CUT:
                await self._cut(request, orjson.dumps(body))
        if request.transport:
            request.transport.close()
        return web.Response(status=500)

    @staticmethod
    async def _cut(request: web.BaseRequest, body: bytes) -> None:
        assert request.transport
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        request.transport.write(head + body[: len(body) // 2])
        await asyncio.sleep(0.01)
