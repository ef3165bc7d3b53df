"""A Slack workspace on 127.0.0.1: the Web API, Socket Mode, uploads and response URLs."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.fakes.slack.blockkit import check_message
from tests.fakes.slack.check import Json
from tests.fakes.slack.delivery import ACK_SECONDS, Post
from tests.fakes.slack.errors import Refused
from tests.fakes.slack.faults import Fault, Faults
from tests.fakes.slack.payloads import changed_event, event, message_event
from tests.fakes.slack.shared import Call, message_json, with_ids
from tests.fakes.slack.state import BOT_USER, Person, Posted, ResponseUrl, Workspace
from tests.fakes.slack.tiers import Tiers
from tests.fakes.slack.user import FakeUser
from tests.fakes.slack.web_api import METHODS
from tests.fakes.slack.wire import arguments, drop

BOT_TOKEN = "xoxb-1111-2222-fakeBotTokenForTests"
APP_TOKEN = "xapp-1-A0DOMOV-3333-fakeAppTokenForTests"
SIGNING_SECRET = "0123456789abcdef-fake-signing-secret"
SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:read",
        "chat:write",
        "commands",
        "files:write",
        "groups:read",
        "im:history",
        "im:write",
        "users:read",
    }
)


@dataclass(frozen=True)
class Recorded:
    """A call that reached the Web API: what was asked and what was answered."""

    method: str
    args: dict[str, Any]
    answer: Json | None


class SlackServer:
    """The server. ``async with SlackServer() as server:`` listens on a free port.

    ``url`` is its root (the API is under ``/api/``); ``calls`` all that it was asked;
    ``faults`` what shall go wrong; ``tiers`` how often it may be called; ``post.events_url``
    where HTTP deliveries go (None: Socket Mode).
    """

    def __init__(
        self,
        *,
        bot_token: str = BOT_TOKEN,
        app_token: str = APP_TOKEN,
        signing_secret: str = SIGNING_SECRET,
        scopes: frozenset[str] = SCOPES,
        ack_seconds: float = ACK_SECONDS,
        retry_after: tuple[float, ...] = (0.0, 0.3, 1.0),
        record: bool = True,
        echo: bool = True,
    ) -> None:
        self.bot_token, self.app_token = bot_token, app_token
        self.signing_secret, self.scopes = signing_secret, scopes
        self.workspace = Workspace()
        self.faults = Faults()
        self.tiers = Tiers()
        self.post = Post(
            self.faults, signing_secret, ack_seconds=ack_seconds, retry_after=retry_after
        )
        self.calls: list[Recorded] = []
        self.counts: Counter[str] = Counter()
        self.changed = asyncio.Condition()
        self.users: dict[str, FakeUser] = {}
        self._record, self._echo = record, echo
        self._tickets: set[str] = set()
        self._released = asyncio.Event()
        self.app = web.Application(client_max_size=50 * 1024 * 1024)
        self.app.add_routes(
            [
                web.route("*", "/api/{method}", self._api),
                web.post("/upload/v1/{key}", self._upload),
                web.post("/response/{key}", self._response_url),
                web.get("/link", self._socket),
            ]
        )
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> SlackServer:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> str:
        """Listen; the root address."""
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        host, number = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{number}"
        return self.url

    async def stop(self) -> None:
        self._released.set()
        await self.post.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    def user(
        self,
        user_id: str,
        *,
        locale: str = "en-GB",
        tz: str = "Europe/London",
        name: str = "",
        real_name: str = "",
    ) -> FakeUser:
        """A member of the workspace, the same one for the same id."""
        if user_id not in self.users:
            person = Person(user_id, locale, tz, name or user_id.lower(), real_name=real_name)
            self.workspace.people[user_id] = person
            self.users[user_id] = FakeUser(self, person)
        return self.users[user_id]

    async def tell(self) -> None:
        """Wake everybody who waits for something to appear."""
        async with self.changed:
            self.changed.notify_all()

    def called(self, method: str) -> list[Json]:
        """The arguments of every call of a method that was answered with ok."""
        return [c.args for c in self.calls if c.method == method and (c.answer or {}).get("ok")]

    # the Web API

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        args, token = await arguments(request)
        fault = self.faults.take(method)
        if self.faults.latency:
            await asyncio.sleep(self.faults.latency)
        if fault is not None and fault.kind != "drop_after":
            early = await self._before(request, fault)
            if early is not None:
                return early
        answer, status, headers = self._answer(method, args, token)
        self.counts[method] += 1
        if self._record:
            self.calls.append(Recorded(method, args, answer))
        await self.tell()
        if answer.get("ok"):
            self._tell_app_of_its_own(method, answer)
        if fault is not None and fault.kind == "drop_after":
            drop(request)
        return web.json_response(answer, status=status, headers=headers)

    async def _before(self, request: web.Request, fault: Fault) -> web.Response | None:
        match fault.kind:
            case "drop_before":
                drop(request)
            case "hang":
                await self._released.wait()
            case "429":
                wait = {"Retry-After": f"{max(1, round(fault.seconds))}"}
                body = {"ok": False, "error": "ratelimited"}
                return web.json_response(body, status=429, headers=wait)
            case "500" | "503":
                return web.Response(status=int(fault.kind), text="<html>oops</html>")
            case _:
                await asyncio.sleep(fault.seconds)
        return None

    def _answer(
        self, method: str, args: dict[str, Any], token: str | None
    ) -> tuple[Json, int, dict[str, str]]:
        headers = {"X-OAuth-Scopes": ",".join(sorted(self.scopes))}
        try:
            if method == "apps.connections.open":
                return self._open_connection(token), 200, headers
            if method not in METHODS:
                raise Refused("unknown_method", req_method=method)
            self._authorise(method, token)
            wait = self.tiers.too_fast(method, str(args.get("channel")))
            if wait is not None:
                return {"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(wait)}
            return (
                {"ok": True, **METHODS[method][0](Call(self.workspace, args, self.url))},
                200,
                headers,
            )
        except Refused as no:
            return no.body(), 200, headers

    def _tell_app_of_its_own(self, method: str, answer: Json) -> None:
        """Slack sends an app subscribed to message.im its own messages, too."""
        if not self._echo or not (self.post.connections or self.post.events_url):
            return
        if method == "chat.postMessage":
            message = self.workspace.messages[answer["channel"]][answer["ts"]]
            self.post.deliver("events_api", event(self, message_event(message)))
        elif method == "chat.update":
            message = self.workspace.messages[answer["channel"]][answer["ts"]]
            before = {**message_json(message), "text": "as it was before"}
            self.post.deliver("events_api", event(self, changed_event(message, before)))

    def uninstall(self) -> None:
        """The workspace throws the app out."""
        revoked = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}}
        self.post.deliver("events_api", event(self, revoked))
        self.post.deliver("events_api", event(self, {"type": "app_uninstalled"}))

    def _authorise(self, method: str, token: str | None) -> None:
        if token is None:
            raise Refused("not_authed")
        if token == self.app_token:
            raise Refused("not_allowed_token_type")
        if token != self.bot_token:
            raise Refused("invalid_auth")
        scope = METHODS[method][1]
        if scope and scope not in self.scopes:
            raise Refused("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))

    def _open_connection(self, token: str | None) -> Json:
        if token is None:
            raise Refused("not_authed")
        if token == self.bot_token:
            raise Refused("not_allowed_token_type")
        if token != self.app_token:
            raise Refused("invalid_auth")
        if len(self.post.connections) >= 10:
            raise Refused("too_many_websockets")
        ticket = f"ticket-{self.workspace.number()}"
        self._tickets.add(ticket)
        root = self.url.replace("http://", "ws://")
        return {"ok": True, "url": f"{root}/link?ticket={ticket}&app_id=A0DOMOV"}

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=401, text="invalid ticket")
        self._tickets.discard(ticket)
        return await self.post.serve_socket(request)

    # uploads and response URLs

    async def _upload(self, request: web.Request) -> web.Response:
        upload = self.workspace.uploads.get(request.match_info["key"])
        if upload is None:
            return web.Response(status=404, text="not found")
        if request.content_type.startswith("multipart/"):
            form = await request.post()
            part = next(iter(form.values()))
            data = part.file.read() if isinstance(part, web.FileField) else str(part).encode()
        else:
            data = await request.read()
        if len(data) != upload.length:
            return web.Response(status=400, text="wrong length")
        upload.data = data
        return web.Response(text=f"OK - {len(data)}")

    def _at(self, url: ResponseUrl) -> Posted | None:
        """The message that a response_url came with: in the channel, or one person's."""
        shown = self.workspace.messages.get(url.channel, {}).get(url.ts or "")
        private = self.workspace.whispers.get(url.user, [])
        return shown or next((each for each in private if each.ts == url.ts), None)

    async def _response_url(self, request: web.Request) -> web.Response:
        try:
            url = self.workspace.use_response_url(request.match_info["key"])
            body = await request.json()
            blocks = body.get("blocks") or []
            check_message(blocks)
        except Refused as no:
            return web.json_response(no.body(), status=404 if "url" in no.error else 200)
        message = self._at(url) if body.get("replace_original") else None
        if message is not None:
            message.text = body.get("text", "")
            message.blocks = with_ids(blocks, self.workspace)
            message.seq = self.workspace.next_seq()
        elif body.get("response_type") == "in_channel":
            self.workspace.post(url.channel, BOT_USER, body.get("text", ""), blocks=blocks)
        else:
            self.workspace.whisper(
                url.channel, url.user, body.get("text", ""), with_ids(blocks, self.workspace),
                thread=str(body.get("thread_ts") or ""),
            )  # fmt: skip
        await self.tell()
        return web.Response(text="ok")
