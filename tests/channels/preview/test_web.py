"""The web application around the chat page: platforms' calls, health, figures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bot import web
from bot.web import WebParts, create_app
from tests.channels.preview.serving import nothing
from tests.waiting import idle, jump

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Contact:
    last_contact: datetime | None


class Telegram:
    def __init__(self) -> None:
        self.calls: list[tuple[bytes, str | None]] = []
        self.answer: int | tuple[int, bytes] = 200

    async def webhook(self, body: bytes, secret: str | None) -> int | tuple[int, bytes]:
        self.calls.append((body, secret))
        return self.answer


class Slack:
    async def http(
        self, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        return 200, {"Content-Type": "text/plain"}, headers["x-slack-signature"].encode() + body


@asynccontextmanager
async def client(parts: WebParts) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(parts), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://domov.example") as made:
        yield made


async def test_telegram_gets_body_and_secret() -> None:
    telegram = Telegram()
    async with client(WebParts(nothing, telegram=telegram)) as http:
        secret = {"X-Telegram-Bot-Api-Secret-Token": "s3cret"}
        first = await http.post("/telegram/webhook", content=b"{}", headers=secret)
        telegram.answer = (401, b'{"no": 1}')
        second = await http.post("/telegram/webhook", content=b"[]")
        assert (await http.get("/telegram/webhook")).status_code == 405
    assert telegram.calls == [(b"{}", "s3cret"), (b"[]", None)]
    assert (first.status_code, second.status_code, second.json()) == (200, 401, {"no": 1})


async def test_slack_gets_headers_and_raw_body() -> None:
    async with client(WebParts(nothing, slack=Slack())) as http:
        answer = await http.post(
            "/slack/events", content=b"a=%20b", headers={"X-Slack-Signature": "v0="}
        )
    assert (answer.status_code, answer.text) == (200, "v0=a=%20b")
    assert answer.headers["content-type"].startswith("text/plain")


async def test_routes_are_there_only_for_parts_that_are() -> None:
    async with client(WebParts(nothing)) as http:
        for path in ("/", "/telegram/webhook", "/slack/events", "/preview/send", "/nothing"):
            answer = await http.post(path, content=b"")
            assert answer.status_code == 404
            assert "There is nothing here" in answer.text


async def test_bodies_over_the_limit_are_refused() -> None:
    telegram = Telegram()
    async with client(WebParts(nothing, telegram=telegram)) as http:
        answer = await http.post("/telegram/webhook", content=b"x" * (web.MAX_BODY + 1))
    assert (answer.status_code, telegram.calls) == (413, [])


async def health(parts: WebParts) -> tuple[int, dict[str, Any]]:
    async with client(parts) as http:
        answer = await http.get("/healthz")
        return answer.status_code, answer.json()


async def test_health_tells_of_process_database_and_channels() -> None:
    channels = {
        "telegram": Contact(NOW - timedelta(seconds=9)),
        "preview": Contact(None),
        "slack": Contact(NOW - timedelta(hours=5)),
    }
    parts = WebParts(
        nothing,
        channels=channels,
        watched=frozenset({"telegram"}),
        version="1.2",
        now=lambda: NOW,
    )
    status, report = await health(parts)
    assert (status, report["status"], report["process"]["version"]) == (200, "ok", "1.2")
    assert report["database"]["status"] == "ok"
    assert report["database"]["ms"] >= 0
    assert report["channels"] == {
        "telegram": {
            "status": "ok",
            "last_contact": "2026-03-01T11:59:51+00:00",
            "seconds_ago": 9,
        },
        "preview": {"status": "waiting", "last_contact": None, "seconds_ago": None},
        "slack": {
            "status": "quiet",
            "last_contact": "2026-03-01T07:00:00+00:00",
            "seconds_ago": 18000,
        },
    }


async def test_health_is_degraded_when_a_platform_refuses_the_bot() -> None:
    """Whatever it was in touch a moment ago; and well again by itself."""
    channels = {name: Contact(NOW) for name in ("telegram", "slack")}
    refused = {"slack"}
    parts = WebParts(nothing, channels=channels, refused=lambda: {*refused}, now=lambda: NOW)
    status, report = await health(parts)
    found = {name: each["status"] for name, each in report["channels"].items()}
    assert (status, report["status"]) == (200, "degraded")
    assert found == {"telegram": "ok", "slack": "refused"}
    refused.clear()
    assert (await health(parts))[1]["status"] == "ok"


async def test_health_is_degraded_when_a_watched_channel_is_silent() -> None:
    channels = {"telegram": Contact(NOW - timedelta(hours=1))}
    parts = WebParts(
        nothing, channels=channels, watched=frozenset({"telegram", "slack"}), now=lambda: NOW
    )
    status, report = await health(parts)
    assert (status, report["status"]) == (200, "degraded")


async def test_health_is_down_without_a_database() -> None:
    async def probe() -> None:
        raise OSError("postgresql://me:secret@db")

    status, report = await health(WebParts(probe))
    assert (status, report["status"], report["database"]) == (
        503,
        "down",
        {"status": "down", "ms": None},
    )


async def test_health_does_not_wait_for_ever() -> None:
    begun = asyncio.Event()

    async def probe() -> None:
        begun.set()
        await asyncio.Event().wait()

    asked = asyncio.create_task(health(WebParts(probe)))
    await begun.wait()
    jump(web.PROBE_TIMEOUT)
    await idle()
    assert asked.done()
    assert (await asked)[0] == 503


async def test_metrics_count_without_telling_who() -> None:
    parts = WebParts(nothing, telegram=Telegram())
    parts.metrics.turn("telegram", "played", 0.02)
    parts.metrics.turn("telegram", "duplicate", 0.001)
    parts.metrics.turn("slack", "quarantined", 0.2)
    parts.metrics.delivery("slack", "sent")
    parts.metrics.watch("telegram", lambda: 7)
    async with client(parts) as http:
        for n in range(3):
            await http.post("/telegram/webhook")
            await http.get(f"/made-up-{n}")
        answer = await http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    for line in (
        'domov_turns_total{channel="telegram",outcome="played"} 1.0',
        'domov_turn_seconds_count{channel="telegram"} 2.0',
        'domov_events_duplicate_total{channel="telegram"} 1.0',
        'domov_events_quarantined_total{channel="slack"} 1.0',
        'domov_deliveries_total{channel="slack",state="sent"} 1.0',
        'domov_outbox_waiting{channel="telegram"} 7.0',
        'domov_http_requests_total{route="/telegram/webhook",status="200"} 3.0',
        'domov_http_requests_total{route="other",status="404"} 3.0',
    ):
        assert line in answer.text
    assert "made-up" not in answer.text


async def test_metrics_of_two_applications_are_apart() -> None:
    one, two = WebParts(nothing), WebParts(nothing)
    one.metrics.delivery("slack", "sent")
    assert b"slack" not in two.metrics.text()
