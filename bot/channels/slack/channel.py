"""Slack as a channel: receives by Socket Mode or HTTP, sends by the Web API.

Bolt sorts payloads and says what Slack is to be answered; ``process_before_response`` makes it
wait for the handler, so that Slack is told only after the turn is committed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltError
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.channels.slack import blocks as kit
from bot.channels.slack import forms, inbound
from bot.channels.slack.bolt import bolt_app
from bot.channels.slack.errors import NETWORK
from bot.channels.slack.logs import library_logger
from bot.channels.slack.people import Order, People
from bot.channels.slack.places import Kind
from bot.channels.slack.sender import NONE, SlackSender
from bot.channels.slack.setup import app_token_error, check_bot_token
from bot.channels.slack.socket_mode import SocketMode
from bot.channels.slack.tiers import LimitedClient
from bot.incoming import Handle, Incoming, Opened
from bot.outgoing import Outgoing, SendError
from bot.pictures import Pictures

log = structlog.get_logger(__name__)
# What bolt makes of bodies that are no payload, or none that it knows.
UNLIKE_SLACK = (
    inbound.Unreadable, AttributeError, BoltError, IndexError, KeyError, RecursionError, TypeError,
    ValueError,
)  # fmt: skip
API_URL = "https://slack.com/api/"
CAN = frozenset({"edit", "form", "home", "file"})
START_WAIT = 2.0  # seconds; Slack gives up after 3
TIMEOUT = aiohttp.ClientTimeout(total=20, sock_connect=5)


# What is looked up, and what was typed -> labels and keys.
Suggest: TypeAlias = Callable[[str, str], Sequence[tuple[str, str]]]


def nothing(_what: str, _typed: str) -> Sequence[tuple[str, str]]:
    """Where nothing is looked up."""
    return ()


class SlackChannel:
    """One app in one workspace. ``handle`` is called for each event, a person's in order.

    ``suggest`` gives what fits the words that somebody types into a menu, as label and key.
    With ``app_token`` events come by Socket Mode once started; with ``signing_secret`` by HTTP,
    through :meth:`http`. ``api_url`` is the Web API's root ("https://slack.com/api/").
    """

    channel = "slack"

    def __init__(
        self,
        bot_token: str,
        handle: Handle,
        *,
        app_token: str | None = None,
        signing_secret: str | None = None,
        api_url: str | None = None,
        pictures: Pictures = NONE,
        suggest: Suggest = nothing,
    ) -> None:
        self._pictures = pictures
        self._suggest = suggest
        self.account = ""  # the workspace's id, known once started
        self.last_contact: datetime | None = None
        self._bot_token, self._app_token = bot_token, app_token
        self._verifier = SignatureVerifier(signing_secret) if signing_secret else None
        self._handle = handle
        self._api_url = api_root(api_url)
        self._log = library_logger((bot_token, app_token, signing_secret))
        self._order = Order()
        self._started = asyncio.Event()
        self._session: aiohttp.ClientSession | None = None
        self._socket: SocketMode | None = None

    async def start(self) -> None:
        """Check the tokens and open the connection.

        Raises SlackSetupError naming the setting that is wrong, SlackUnavailable when Slack
        cannot be reached.
        """
        self._session = aiohttp.ClientSession(timeout=TIMEOUT)
        try:
            await self._start(self._session)
        except BaseException:
            await self.stop()
            raise

    async def _start(self, session: aiohttp.ClientSession) -> None:
        client = self._client(session, self._bot_token)
        found = await check_bot_token(client)
        self._contact()
        self.account = str(found["team_id"])
        self._people = People(client)
        self._sender = SlackSender(client, self._people, self.account, self._pictures)
        self._bot_user = str(found["user_id"])
        identity = AuthorizeResult(
            enterprise_id=None,
            team_id=self.account,
            bot_user_id=found["user_id"],
            bot_id=found["bot_id"],
            bot_token=self._bot_token,
        )
        self._app = bolt_app(self._client(session, None), identity, self._take, self._log)
        self._started.set()
        if self._app_token:
            plain = self._client(session, None)
            self._socket = SocketMode(
                plain, session, self._app_token, self._envelope, self._contact
            )
            try:
                await self._socket.start()
            except SlackApiError as error:
                raise app_token_error(error) from None

    async def stop(self) -> None:
        """Hang up, once what is being played was acknowledged (3 s at most)."""
        try:
            if self._socket is not None:
                await self._socket.stop()
        finally:
            if self._session is not None:
                await self._session.close()

    @property
    def connected(self) -> bool:
        """Whether events can arrive: a Socket Mode connection is open, or HTTP is used."""
        return self._socket.connected if self._socket is not None else self._verifier is not None

    # sending

    async def send(self, outgoing: Outgoing) -> str:
        """As :class:`bot.outgoing.Sender`. Message ids are "channel:ts"."""
        sent = await self._sender.send(outgoing)
        self._contact()
        return sent

    async def probe(self) -> None:
        """Ask Slack whether it knows the app: Socket Mode stays open when the bot's token was
        revoked. Raises a SendError when it doesn't say yes."""
        await self._sender.probe()
        self._contact()

    def parts(self, outgoing: Outgoing) -> int:
        """How many messages it will be, for the limits."""
        return self._sender.parts(outgoing)

    def spare(self, outgoing: Outgoing) -> bool:
        """Whether an edit that only tidies up may go now: Slack counts them for the workspace."""
        return self._sender.spare(outgoing)

    async def settle(self, chat: str, delivery_id: int) -> bool | None:
        """Whether the new message of delivery ``delivery_id`` is in ``chat``; None when Slack
        doesn't tell. For SEND alone: edits, windows and home pages may simply be sent again."""
        return await self._sender.settle(chat, delivery_id)

    # receiving

    async def http(
        self, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer a POST to /slack/events (events, interactions, commands): status, headers, body.

        401 without a right signature of the last five minutes, 400 for what is no payload of
        Slack's, 503 while the tokens are not checked yet and when the turn could not be committed,
        so that Slack brings the event again.
        https://docs.slack.dev/authentication/verifying-requests-from-slack
        """
        if self._verifier is None:
            return 404, {}, b""
        # Before bolt, which reads the body first and logs what it refuses.
        if not _is_signed(self._verifier, headers, body):
            log.warning("slack.wrong_signature")
            return 401, {}, b""
        if not await self._is_started():
            return 503, {}, b""
        self._contact()
        try:
            request = AsyncBoltRequest(body=body.decode(), headers=dict(headers))
            inbound.read(request.body)
            answer = await self._app.async_dispatch(request)
        except UNLIKE_SLACK as error:  # signed, and yet nothing that Slack sends
            log.warning("slack.unreadable", error=type(error).__name__)
            return 400, {}, b""
        status = 503 if answer.status == 500 else answer.status
        return status, answer.first_headers(), (answer.body or "").encode()

    async def _is_started(self) -> bool:
        """The web server listens before Slack's tokens are checked. Slack does not repeat presses
        and commands: they wait for it, as long as Slack does."""
        if not self._started.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(START_WAIT):
                    await self._started.wait()
        return self._started.is_set()

    async def _envelope(self, request: SocketModeRequest) -> dict[str, Any] | None:
        """With what the envelope may be acknowledged; None when it may not be."""
        answer = await run_async_bolt_app(self._app, request)
        if answer.status != 200:
            return None
        return dict(json.loads(answer.body)) if answer.body else {}

    async def _take(self, body: dict[str, Any]) -> Mapping[str, Any] | None:
        """One payload, whatever its kind. Returns when it is committed: with what it is to be
        acknowledged."""
        typed = inbound.wanted(body)
        if typed is not None:
            return {"options": [kit.option(*each) for each in self._suggest(*typed)[: kit.SELECT]]}
        lifecycle = inbound.lifecycle(body)
        if lifecycle:
            log.error("slack.removed", what=lifecycle, account=self.account)
        try:
            heard = inbound.read(body)
        except inbound.Unreadable as error:  # from Slack itself: it would only come again
            log.warning("slack.unreadable", error=str(error))
            return None
        if heard is None or inbound.joined(body) not in (None, self._bot_user):
            log.debug("slack.nothing_for_us", type=inbound.kind(body))
            return None
        if heard.chat:
            self._people.met(heard.user, heard.chat)
        heard = await self._at_home(heard)
        window = inbound.stays(body)
        async with self._order.of(heard.user):
            if heard.said == Opened("chat") and not await self._sender.untouched(heard.chat):
                return None  # whoever looks at a chat gets nothing that stands there already
            with self._sender.answering(window) as shown:
                wrong = await self._handle(await self._incoming(heard))
                if heard.chat and heard.said != Opened("home"):
                    self._people.spoken(heard.chat)
                if wrong:
                    errors = forms.errors_at(wrong, inbound.inputs(body))
                    return {"response_action": "errors", "errors": errors}
                view = await shown()
                return {"response_action": "update", "view": view} if view else None

    async def _at_home(self, heard: inbound.Heard) -> inbound.Heard:
        """A command typed in the chat with the bot is answered there like anything else."""
        place = heard.place
        if place is None or not place.channel.startswith("D") or place.kind is not Kind.WHISPER:
            return heard
        try:
            chat = await self._sender.direct(heard.user)
        except (SlackApiError, SendError, *NETWORK):
            return heard
        if chat != place.channel or place.replace:
            return heard
        return replace(heard, chat=chat, place=None)

    async def _incoming(self, heard: inbound.Heard) -> Incoming:
        profile = await self._people.profile(heard.user)
        return Incoming(
            channel=self.channel,
            account=self.account,
            user=heard.user,
            chat=heard.chat or self._people.chat(heard.user) or heard.user,
            event_id=heard.event_id,
            at=heard.at or datetime.now(UTC),
            said=heard.said,
            locale=profile.locale,
            username=profile.username,
            message=heard.message,
            trigger=heard.trigger,
            timezone=profile.timezone,
            can=CAN,
            where=heard.place.where if heard.place else "chat",
            place=str(heard.place) if heard.place else None,
            name=profile.name,
        )

    def _contact(self) -> None:
        self.last_contact = datetime.now(UTC)

    # the libraries

    def _client(self, session: aiohttp.ClientSession, token: str | None) -> LimitedClient:
        """Without retries: after a broken connection the library would post a message twice."""
        client = LimitedClient(
            token=token,
            base_url=self._api_url,
            session=session,
            retry_handlers=[],
            logger=self._log,
        )
        if not self._api_url.startswith("https:"):
            client.proxy = None  # HTTPS_PROXY of the environment is not for this
        return client


def api_root(url: str | None) -> str:
    """The Web API's root with a slash at its end; a bare server gets "/api/"."""
    if not url:
        return API_URL
    whole = url.rstrip("/") + "/"
    return whole if urlsplit(whole).path not in ("", "/") else whole + "api/"


def _is_signed(verifier: SignatureVerifier, headers: Mapping[str, str], body: bytes) -> bool:
    try:
        return verifier.is_valid_request(body, dict(headers))
    except (TypeError, ValueError):  # a timestamp that is no number, a signature not ASCII
        return False
