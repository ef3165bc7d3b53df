"""Telegram as a channel of the bot: receives by polling or webhook, sends, answers presses."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
import ssl
from collections.abc import Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram.errors import TokenRefusedError, outgoing_error
from bot.channels.telegram.inbound import ALLOWED, CHANNEL
from bot.channels.telegram.outbound import NONE, Outbound
from bot.channels.telegram.polling import FINISH, Polling
from bot.channels.telegram.profile import Profile, register
from bot.channels.telegram.receiving import Receiving, unexpected
from bot.channels.telegram.request import Request
from bot.channels.telegram.staff_commands import StaffChats, StaffCommands
from bot.incoming import Command, Handle, Incoming
from bot.outgoing import Outgoing
from bot.pictures import Pictures
from storage.errors import StorageError

_log = logging.getLogger(__name__)

API_URL = "https://api.telegram.org"
POLL_GRACE = 10.0  # seconds over the long poll's own time before it is given up
UNANSWERED = 500  # presses whose answer is on its way; more are left to time out by themselves
ANSWERED_WITHIN = 0.25  # seconds that confirming presses waits for their answers
WEBHOOK_CONNECTIONS = 100  # at once; https://core.telegram.org/bots/api#setwebhook
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
STAFF_EVERY = 60.0  # seconds until it is looked up again who of the staff is known here


class WebhookAnswer(NamedTuple):
    """What to answer to Telegram: status and JSON body (a method call, or empty)."""

    status: int
    body: bytes = b""


class TelegramChannel:
    """One bot.

    ``token`` from @BotFather; ``api_url`` the Bot API server's root. With ``webhook_url`` (the
    public address of ``POST /telegram/webhook``) and ``webhook_secret`` (1–256 of A–Z a–z 0–9
    _ -) Telegram delivers to :meth:`webhook`; without, the channel polls. ``commands`` (name,
    description), ``description``, ``short_description``, ``name`` and ``group_commands`` by
    language code: see Profile. ``staff_commands`` are offered in ``staff_chats``.
    """

    channel = CHANNEL

    def __init__(
        self,
        token: str,
        api_url: str,
        handle: Handle,
        *,
        webhook_url: str | None = None,
        webhook_secret: str | None = None,
        commands: Mapping[str, Sequence[tuple[str, str]]] | None = None,
        description: Mapping[str, str] | None = None,
        short_description: Mapping[str, str] | None = None,
        name: Mapping[str, str] | None = None,
        group_commands: Mapping[str, Sequence[tuple[str, str]]] | None = None,
        staff_commands: Mapping[str, Sequence[tuple[str, str]]] | None = None,
        staff_chats: StaffChats | None = None,
        menu_button: bool = False,
        connections: int = 256,
        read_timeout: float = 10.0,
        tls: ssl.SSLContext | None = None,
        pictures: Pictures = NONE,
    ) -> None:
        if bool(webhook_url) != bool(webhook_secret):
            raise ValueError("a webhook needs both its address and its secret")
        self.account = token.partition(":")[0]
        self.last_contact: datetime | None = None
        self.username: str | None = None
        self._request = Request(token, connections, read_timeout=read_timeout, tls=tls)
        self._polls = Request(token, 2, tls=tls)
        root = api_url.rstrip("/")
        self.bot = Bot(
            self._request.stand_in,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=self._request,
            get_updates_request=self._polls,
        )
        self._method_url = f"{root}/bot{self._request.stand_in}/"
        self._profile = Profile(
            commands or {}, description or {}, short_description or {}, name or {},
            group_commands or {}, menu_button,
        )  # fmt: skip
        self._staff_commands = (
            StaffCommands(self.bot, staff_commands or {}, staff_chats) if staff_chats else None
        )
        self._staff_spoke = asyncio.Event()
        self._staff_told = asyncio.Event()
        self._webhook_url = webhook_url
        self._webhook_secret = (webhook_secret or "").encode()
        self._outbound = Outbound(
            self._call, self.bot, self.account, pictures, lambda: self.username
        )
        answer = self._answered_by_reply if webhook_url else self._answer_press
        self._handle = handle
        self._receiving = Receiving(self.bot, self.account, self._heard, answer)
        self._polling: Polling | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._answering: set[asyncio.Task[None]] = set()
        self._registered = asyncio.Event()
        self._receiver: asyncio.Task[None] | None = None

    # ---- life ----

    async def start(self) -> None:
        """Say hello and begin to receive. Without a connection it begins as soon as there is
        one.

        Raises:
            TokenRefusedError: Telegram does not know this bot.
        """
        try:
            await self._hello()
        except TokenRefusedError:
            raise
        except TelegramError as error:
            _log.warning("Telegram cannot be reached yet: %s", error.message)
        self._receiver = asyncio.create_task(self._receive(), name="telegram")

    async def stop(self) -> None:
        """Finish the batch in hand and close the connections; these also when cancelled."""
        try:
            if self._receiver:
                if self._polling:
                    await self._polling.stop()
                else:
                    self._receiver.cancel()
                await asyncio.wait([self._receiver], timeout=FINISH)
        finally:
            await _cancelled({*self._tasks, *([self._receiver] if self._receiver else [])})
            await self._request.shutdown()
            await self._polls.shutdown()

    async def registered(self) -> None:
        """Until Telegram was told how to deliver, and commands and descriptions were offered."""
        await self._registered.wait()

    async def staff_told(self) -> None:
        """Until all staff who are known here are offered their commands."""
        await self._staff_told.wait()

    async def _hello(self) -> None:
        try:
            me = await self.bot.get_me()
        except InvalidToken:
            raise TokenRefusedError(
                "Telegram does not know this bot: check TELEGRAM_BOT_TOKEN"
            ) from None
        self.username = me.username
        self._contact()

    async def _receive(self) -> None:
        """Choose webhook or polling with Telegram, then receive."""
        await self._insisting(self._choose)
        self._background(self._register())
        how = "by webhook" if self._webhook_url else "by polling"
        _log.info("Telegram: @%s receives %s", self.username, how)
        if not self._webhook_url:
            self._polling = Polling(self._fetch, self._receiving.batch)
            await self._polling.run()

    async def _register(self) -> None:
        wait = FIRST_WAIT
        while not await register(self.bot, self._profile):
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)
        self._registered.set()
        if self._staff_commands is not None:
            await self._offer_to_staff(self._staff_commands)

    async def _offer_to_staff(self, commands: StaffCommands) -> None:
        """Now, whenever somebody has written /staff, and every so often: roles end elsewhere."""
        while True:
            self._staff_spoke.clear()
            try:
                await commands.bring_up_to_date()
            except StorageError as problem:
                _log.warning("the staff's chats could not be looked up: %s", problem)
            if not self._staff_spoke.is_set():
                self._staff_told.set()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._staff_spoke.wait(), STAFF_EVERY)

    async def _heard(self, incoming: Incoming) -> Mapping[str, str] | None:
        answer = await self._handle(incoming)
        if isinstance(incoming.said, Command) and incoming.said.name == "staff":
            self._staff_told.clear()
            self._staff_spoke.set()
        return answer

    async def _choose(self) -> None:
        if self.username is None:
            await self._hello()
        if not self._webhook_url:
            await self.bot.delete_webhook()
            return
        # Not through the library: at DEBUG it would log the secret.
        await self._call(
            "setWebhook",
            {
                "url": self._webhook_url,
                "secret_token": self._webhook_secret.decode(),
                "max_connections": WEBHOOK_CONNECTIONS,
                "allowed_updates": ALLOWED,
            },
        )

    async def _insisting(self, step: Any) -> None:
        wait = FIRST_WAIT
        while True:
            try:
                await step()
                return
            except (TelegramError, TokenRefusedError) as error:
                _log.warning("Telegram: %s; trying again in %g s", error, wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _call(self, method: str, parameters: dict[str, Any]) -> Any:
        return await self._request.call(self._method_url + method, parameters)

    def _contact(self) -> None:
        self.last_contact = datetime.now(UTC)

    # ---- receiving ----

    async def _fetch(self, offset: int, seconds: int, limit: int) -> Sequence[dict[str, Any]]:
        """One getUpdates; unparsed, so that one strange update doesn't spoil its batch. It confirms
        what came before, so the presses in that are answered first: killed in between, they come
        again, and no button spins for ever."""
        if self._answering:
            await asyncio.wait(self._answering, timeout=ANSWERED_WITHIN)
        batch: list[dict[str, Any]] = await self._polls.call(
            self._method_url + "getUpdates",
            {"offset": offset, "timeout": seconds, "limit": limit, "allowed_updates": ALLOWED},
            seconds + POLL_GRACE,
        )
        self._contact()
        return batch

    async def webhook(self, body: bytes, secret_header: str | None) -> WebhookAnswer:
        """What Telegram posted. ``secret_header`` is X-Telegram-Bot-Api-Secret-Token.

        200 after the turn is committed; 403 wrong secret; 400 not an update; 503 the turn could
        not be stored (Telegram delivers again).
        """
        given = (secret_header or "").encode()
        if not self._webhook_url or not hmac.compare_digest(given, self._webhook_secret):
            return WebhookAnswer(403)
        try:
            raw = orjson.loads(body)
        except ValueError:
            return WebhookAnswer(400)
        if not isinstance(raw, dict) or type(raw.get("update_id")) is not int:
            return WebhookAnswer(400)
        self._contact()
        try:
            press = await self._receiving.one(raw)
        except Exception as error:
            _log.error(
                "update %s could not be stored", raw["update_id"], exc_info=unexpected(error)
            )
            return WebhookAnswer(503)
        if press is None:
            return WebhookAnswer(200)
        reply = {"method": "answerCallbackQuery", "callback_query_id": press}
        return WebhookAnswer(200, orjson.dumps(reply))

    def _answered_by_reply(self, query: str) -> None:
        """The webhook's own reply answers the press."""

    def _answer_press(self, query: str) -> None:
        """Stop the button's spinning. Nobody waits for it; a late one is refused, harmlessly."""
        if len(self._tasks) < UNANSWERED:
            task = self._background(self._say_answered(query))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def _say_answered(self, query: str) -> None:
        try:
            await self._call("answerCallbackQuery", {"callback_query_id": query})
        except TelegramError as error:
            _log.debug("a press was not answered: %s", error.message)

    def _background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # ---- sending ----

    def parts(self, outgoing: Outgoing) -> int:
        """How many messages it will be, for the limits."""
        return self._outbound.parts(outgoing)

    async def probe(self) -> None:
        """Ask Telegram whether it knows the bot. Raises a SendError when it doesn't say yes."""
        try:
            await self._call("getMe", {})
        except TelegramError as error:
            raise outgoing_error(error) from None
        self._contact()

    async def send(self, outgoing: Outgoing) -> str:
        """See bot.outgoing.Sender."""
        sent = await self._outbound.send(outgoing)
        self._contact()
        return sent


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    """Nobody awaits background work: what goes wrong there shall be seen in the log."""
    try:
        await work
    except Exception:
        _log.exception("background work for Telegram failed")


async def _cancelled(tasks: set[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
