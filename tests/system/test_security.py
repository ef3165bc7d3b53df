"""Who is not a platform is turned away; what is secret stays so; what is asked is answered."""

from __future__ import annotations

import json
import time

import aiohttp
import pytest

from tests.fakes.slack import payloads
from tests.system.people import OnSlack, OnTelegram
from tests.system.speech import Speech
from tests.system.talks import join, walk
from tests.system.world import HOOK_SECRET, World

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


async def post(world: World, path: str, body: str, **headers: str) -> int:
    """Post to the program as the internet could."""
    given = {"Content-Type": "application/json"} | {
        k.replace("_", "-"): v for k, v in headers.items()
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(world.program.address + path, data=body, headers=given) as answer,
    ):
        return answer.status


def update(number: int, user: int, text: str) -> str:
    person = {"id": user, "is_bot": False, "first_name": "M"}
    message = {
        "message_id": number, "date": int(time.time()), "from": person,
        "chat": {"id": user, "type": "private", "first_name": "M"}, "text": text,
    }  # fmt: skip
    return json.dumps({"update_id": number, "message": message})


def known(world: World, user: object) -> int:
    query = "SELECT count(*) FROM identity WHERE user_id = :user"
    return int(world.rows(query, user=str(user))[0][0])


@pytest.mark.parametrize("secret", [None, "", "wrong", HOOK_SECRET[:-1], HOOK_SECRET + "x"])
async def test_webhook_without_the_right_secret_is_refused(
    called: World, secret: str | None
) -> None:
    headers = {} if secret is None else {SECRET_HEADER: secret}
    body = update(5_000_001, 666, "/start")
    assert await post(called, "/telegram/webhook", body, **headers) == 403
    assert known(called, 666) == 0


async def test_webhook_replayed_has_no_second_effect(called: World) -> None:
    w = Speech("en")
    jana = called.person("telegram")
    assert isinstance(jana, OnTelegram)
    jana.user.open()
    body = update(5_000_100 + int(jana.id), int(jana.id), "/start")
    headers = {SECRET_HEADER: HOOK_SECRET}
    for _ in range(3):
        assert await post(called, "/telegram/webhook", body, **headers) == 200
    await jana.sees(w("join.button_start"))
    assert sum(w("join.button_start") in text for text in jana.shown()) == 1


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"update_id": "x"}', '{"update_id": true}', "\x00"]
)
async def test_webhook_takes_only_updates(called: World, body: str) -> None:
    assert await post(called, "/telegram/webhook", body, **{SECRET_HEADER: HOOK_SECRET}) == 400


def signed(
    world: World, user: OnSlack, text: str, at: float | None = None
) -> tuple[str, dict[str, str]]:
    """A message event as Slack would post it, signed at a moment."""
    workspace = world.slack.workspace
    message = workspace.post(workspace.chat_of(user.id), user.id, text)
    body = json.dumps(payloads.event(world.slack, payloads.message_event(message)))
    moment = int(time.time() if at is None else at)
    return body, {
        "X-Slack-Request-Timestamp": str(moment),
        "X-Slack-Signature": world.slack.post.sign(body, moment),
    }


async def test_slack_without_the_right_signature_is_refused(called: World) -> None:
    mallory = called.person("slack")
    assert isinstance(mallory, OnSlack)
    body, right = signed(called, mallory, "hello")
    stamp, signature = right["X-Slack-Request-Timestamp"], right["X-Slack-Signature"]
    wrong: list[dict[str, str]] = [
        {},
        {"X-Slack-Request-Timestamp": stamp},
        {"X-Slack-Signature": signature},
        {**right, "X-Slack-Signature": signature[:-1] + ("0" if signature[-1] != "0" else "1")},
        {**right, "X-Slack-Signature": "v0="},
        {**right, "X-Slack-Signature": "v0=é"},
        {**right, "X-Slack-Request-Timestamp": str(int(stamp) + 1)},
        {**right, "X-Slack-Request-Timestamp": "now"},
    ]
    for headers in wrong:
        assert await post(called, "/slack/events", body, **headers) == 401
    assert await post(called, "/slack/events", body.replace("hello", "hallo"), **right) == 401
    assert known(called, mallory.id) == 0


@pytest.mark.parametrize("seconds", [-3600, -301, 301, 3600])
async def test_slack_signed_at_another_time_is_refused(called: World, seconds: int) -> None:
    mallory = called.person("slack")
    assert isinstance(mallory, OnSlack)
    body, headers = signed(called, mallory, "hello", time.time() + seconds)
    assert await post(called, "/slack/events", body, **headers) == 401
    assert known(called, mallory.id) == 0


async def test_slack_replayed_has_no_second_effect(called: World) -> None:
    w = Speech("en")
    jana = called.person("slack")
    assert isinstance(jana, OnSlack)
    body, headers = signed(called, jana, "hello")
    for _ in range(3):
        assert await post(called, "/slack/events", body, **headers) == 200
    await jana.sees(w("join.button_start"))
    await walk(jana, join(w))
    await jana.expect(w("registration.ask_name"))
    assert await post(called, "/slack/events", body, **headers) == 200
    await jana.say("Jana")
    await jana.expect(w("registration.ask_home_region"))
    assert sum(w("join.button_start") in text for text in jana.shown()) <= 1


async def test_a_forged_press_changes_nothing(asking: World) -> None:
    """Buttons of other conversations, other people and of nobody."""
    w = Speech("en")
    jana, eva = asking.person("telegram"), asking.person("telegram")
    assert isinstance(jana, OnTelegram)
    assert isinstance(eva, OnTelegram)
    for person in (jana, eva):
        await person.say("/start")
        await walk(person, join(w))
        await person.expect(w("registration.ask_name"))
        await person.say("Jana")
        await person.expect(w("registration.ask_home_region"))
    theirs = next(
        b.data for b in eva.user.last.every_button() if b.text == w.label("regions", "kosice")
    )
    target = jana.user.last
    for data in (theirs, "x", ":", "m:=nothing", "m:=forget.1", "zzzzzzzz.0.0:=kosice", "é" * 32):
        await jana.user.press_data(target, str(data))
    await jana.user.server.all_taken()
    stored = asking.rows(
        "SELECT answers FROM conversation WHERE flow = 'registration' AND person_id = :number",
        number=asking.person_of(jana),
    )
    assert json.loads(stored[0][0]) == {"name": "Jana"}
    assert asking.rows("SELECT count(*) FROM quarantine") == [(0,)]


async def test_health_names_each_channels_last_contact(asking: World, called: World) -> None:
    for world in (asking, called):
        jana = world.person("telegram")
        await jana.say("/start")
        await jana.expect(Speech("en")("join.button_start"))
        status, text = await world.program.get("/healthz")
        health = json.loads(text)
        assert (status, health["status"], health["database"]["status"]) == (200, "ok", "ok")
        for channel in ("telegram", "slack"):
            assert health["channels"][channel]["status"] == "ok", health
            assert health["channels"][channel]["last_contact"]


async def test_metrics_count_turns_and_messages_and_name_nobody(asking: World) -> None:
    jana = asking.person("telegram", name="Zuzana Tajná")
    await jana.say("/start")
    await jana.expect(Speech("en")("join.button_start"))
    status, text = await asking.program.get("/metrics")
    assert status == 200
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(figures['domov_turns_total{channel="telegram",outcome="played"}']) >= 1
    assert float(figures['domov_deliveries_total{channel="telegram",state="sent"}']) >= 0
    assert 'domov_outbox_waiting{channel="slack"}' in figures
    assert jana.id not in text
    assert "Zuzana" not in text


async def test_people_do_not_stand_in_the_log(asking: World) -> None:
    """At debug the library writes down what is sent; not what people say about themselves."""
    w = Speech("en")
    secret = "Neprezradím Nikomu"
    for platform in ("telegram", "slack"):
        person = asking.person(platform)
        await person.say("hello")
        await walk(person, join(w))
        await person.expect(w("registration.ask_name"))
        await person.say(secret)
        await person.expect(w("registration.ask_home_region"))
    assert secret not in asking.program.log
