"""Whatever comes to /telegram/webhook and /slack/events is answered, and never by our own fault:
bytes, JSON of any shape, and what platforms send with any part of it changed."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from bot.channels.slack.channel import SlackChannel
from bot.channels.telegram.channel import TelegramChannel
from bot.listener import Listener
from bot.metrics import Metrics
from bot.sending.dispatcher import Dispatcher
from bot.turn.context import House
from storage.database import Database, sql
from tests.examples import examples
from tests.fakes.slack import BOT_TOKEN, SIGNING_SECRET, SlackServer
from tests.turn.conftest import house as house  # noqa: PLC0414 - a fixture

TOKEN, SECRET = "100001:a-token-that-is-nobodys-at-all-123456", "s3cret"
ANNA = {"id": 7, "is_bot": False, "first_name": "Anna", "language_code": "sk", "username": "anna"}
CHAT = {"id": 7, "type": "private"}
MESSAGE = {"message_id": 5, "from": ANNA, "chat": CHAT, "date": 1_700_000_000, "text": "Ahoj"}
UPDATES: list[dict[str, Any]] = [
    {"update_id": 1, "message": MESSAGE},
    {"update_id": 2, "message": {**MESSAGE, "photo": [{"file_id": "x"}], "caption": "me"}},
    {"update_id": 3, "edited_message": {**MESSAGE, "edit_date": 1_700_000_001}},
    {
        "update_id": 4,
        "callback_query": {"id": "9", "from": ANNA, "message": MESSAGE, "data": "m:=menu"},
    },
    {
        "update_id": 5,
        "my_chat_member": {
            "chat": CHAT,
            "from": ANNA,
            "date": 1_700_000_000,
            "old_chat_member": {"status": "member", "user": ANNA},
            "new_chat_member": {"status": "kicked", "until_date": 0, "user": ANNA},
        },
    },
]
USER = {"id": "U1", "team_id": "T0DOMOV"}
VALUES = {"b": {"b": {"type": "plain_text_input", "value": "words"}}}
PAYLOADS: list[dict[str, Any]] = [
    {
        "type": "event_callback",
        "event_id": "Ev1",
        "team_id": "T0DOMOV",
        "event": {
            "type": "message",
            "user": "U1",
            "channel": "D1",
            "channel_type": "im",
            "text": "Ahoj",
            "ts": "1700000000.000100",
            "blocks": [{"type": "rich_text", "elements": [{"type": "emoji", "unicode": "1f600"}]}],
            "files": [{"mimetype": "image/png"}],
        },
    },
    {"type": "event_callback", "event": {"type": "app_home_opened", "user": "U1", "tab": "home"}},
    {
        "type": "block_actions",
        "user": USER,
        "trigger_id": "1.2",
        "container": {"message_ts": "1.1", "channel_id": "D1"},
        "actions": [{"type": "button", "value": "m:=menu", "action_id": "press:1"}],
        "state": {"values": VALUES},
    },
    {
        "type": "view_submission",
        "user": USER,
        "view": {
            "id": "V1",
            "hash": "1",
            "type": "modal",
            "callback_id": "form",
            "private_metadata": "1",
            "state": {"values": VALUES},
        },
    },
    {"command": "/domov", "text": "menu", "user_id": "U1", "trigger_id": "1.3"},
]

LEAVES = (
    some.none()
    | some.booleans()
    | some.integers()
    | some.sampled_from([2**63, -(2**70), 1e300, "", "\x00", "\ud800", "x" * 9_000, "m:=menu"])
    | some.text(max_size=20)
)
JSON = some.recursive(
    LEAVES,
    lambda inner: (
        some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
HERE = settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@some.composite
def changed(draw: some.DrawFn, known: list[dict[str, Any]]) -> Any:
    """Something a platform sends, with a part of it replaced or left out."""
    whole = json.loads(json.dumps(draw(some.sampled_from(known))))
    whole.setdefault("salt", draw(some.integers(0, 10**9)))
    place: Any = whole
    while True:
        key = draw(some.sampled_from(sorted(place) if isinstance(place, dict) else [0]))
        inner = place[key]
        if not (isinstance(inner, dict | list) and inner) or draw(some.booleans()):
            break
        place = inner
    if isinstance(place, dict) and draw(some.integers(0, 4)) == 0:
        del place[key]
    else:
        place[key] = draw(JSON)
    return whole


def bodies(known: list[dict[str, Any]]) -> some.SearchStrategy[bytes]:
    deep = some.integers(500, 20_000).map(lambda depth: b"[" * depth + b"]" * depth)
    nested = some.integers(500, 5_000).map(lambda depth: b'{"event":' * depth + b"1" + b"}" * depth)
    made = (JSON | changed(known)).map(lambda value: json.dumps(value).encode())
    return some.binary(max_size=200) | deep | nested | made | made


@dataclass
class Doors:
    """Both channels with the real turn behind them, and a loop to knock in."""

    loop: asyncio.AbstractEventLoop
    telegram: TelegramChannel
    slack: SlackChannel
    database: Database

    def knock(self, body: bytes, form: bool) -> tuple[int, int]:
        """What Telegram's and Slack's door answer."""
        return self.loop.run_until_complete(self._knock(body, form))

    async def _knock(self, body: bytes, form: bool) -> tuple[int, int]:
        first = await self.telegram.webhook(body, SECRET)
        second, _, _ = await self.slack.http(*signed(body, form=form))
        return first.status, second


def signed(body: bytes, *, form: bool) -> tuple[dict[str, str], bytes]:
    """As Slack would post it."""
    kind = "application/json"
    if form:
        kind = "application/x-www-form-urlencoded"
        fields = json.loads(body) if body.startswith(b'{"command"') else None
        body = urlencode(fields or {"payload": body.decode(errors="replace")}).encode()
    stamp = str(int(time.time()))
    base = b"v0:" + stamp.encode() + b":" + body
    made = signature(base)
    return {
        "content-type": kind,
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": made,
    }, body


def signature(base: bytes) -> str:
    return "v0=" + hmac.new(SIGNING_SECRET.encode(), base, hashlib.sha256).hexdigest()


@pytest.fixture
def doors(database: Database, house: House) -> Iterator[Doors]:
    loop = asyncio.new_event_loop()
    server = SlackServer()

    async def opened() -> Doors:
        metrics = Metrics()

        def clock() -> datetime:
            return datetime(2026, 11, 22, 10, 0, tzinfo=UTC)

        dispatcher = Dispatcher(database, "17", metrics, clock)
        listener = Listener(database, house, dispatcher, metrics, clock)
        await server.start()
        server.tiers.a_minute.clear()
        slack = SlackChannel(
            BOT_TOKEN, listener, signing_secret=SIGNING_SECRET, api_url=server.api_url
        )
        await slack.start()
        telegram = TelegramChannel(
            TOKEN, server.url, listener, webhook_url="https://x.example/telegram/webhook",
            webhook_secret=SECRET,
        )  # fmt: skip
        return Doors(loop, telegram, slack, database)

    made = loop.run_until_complete(opened())
    yield made

    async def closed() -> None:
        await made.telegram.stop()
        await made.slack.stop()
        await server.stop()

    loop.run_until_complete(closed())
    loop.close()


def test_what_platforms_send_is_taken(doors: Doors) -> None:
    for update in UPDATES:
        assert doors.knock(json.dumps(update).encode(), form=False)[0] == 200
    for payload in PAYLOADS:
        assert doors.knock(json.dumps(payload).encode(), form="event" not in payload)[1] == 200


@HERE
@given(body=bodies(UPDATES), form=some.booleans())
def test_telegram_s_door_answers_anything(doors: Doors, body: bytes, form: bool) -> None:
    assert all(status in (200, 400, 401, 404) for status in doors.knock(body, form))


@HERE
@given(body=bodies(PAYLOADS), form=some.booleans())
def test_slack_s_door_answers_anything(doors: Doors, body: bytes, form: bool) -> None:
    assert all(status in (200, 400, 401, 404) for status in doors.knock(body, form))


@given(secret=some.text(max_size=20) | some.none(), stamp=some.text(max_size=12))
@HERE
def test_strangers_are_refused(doors: Doors, secret: str | None, stamp: str) -> None:
    headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": secret or ""}

    async def knock() -> tuple[int, int]:
        answer = await doors.telegram.webhook(b"{}", secret)
        status, _, _ = await doors.slack.http(headers, b"{}")
        return answer.status, status

    assert doors.loop.run_until_complete(knock()) == (403, 401)
    with doors.database.reading() as tx:
        assert tx.run(sql("SELECT count(*) FROM person")).fetchall() == [(0,)]
