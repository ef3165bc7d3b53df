"""The Slack on 127.0.0.1 refuses what Slack refuses; otherwise the other tests prove nothing."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.fakes.slack import APP_TOKEN, BOT_TOKEN, SlackServer
from tests.waiting import PATIENCE

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Yes"), "value": "v", **more}


def row(*elements: Json) -> list[Json]:
    return [{"type": "actions", "elements": list(elements)}]


def option(value: str, text: str = "x") -> Json:
    return {"text": plain(text), "value": value}


def choices(kind: str, count: int, **more: Any) -> Json:
    return {"type": kind, "options": [option(str(n)) for n in range(count)], **more}


def rich(text: str, **style: Any) -> list[Json]:
    item = {"type": "text", "text": text, **style}
    section = {"type": "rich_text_section", "elements": [item]}
    return [{"type": "rich_text", "elements": [section]}]


SECTION = {"type": "section", "text": plain("x")}
GOOD: list[list[Json]] = [
    [SECTION] * 50,
    row(*(button() for _ in range(25))),
    row(choices("checkboxes", 10)),
    row(choices("static_select", 100)),
    [{**SECTION, "accessory": choices("multi_static_select", 100)}],
    rich("x" * 13_000),
    row(choices("radio_buttons", 2, initial_option=option("1"))),
]
BAD: list[list[Json]] = [
    [SECTION] * 51,
    [{"type": "sektion", "text": plain("x")}],
    [{**SECTION, "colour": "red"}],
    [{"type": "section"}],
    [{"type": "section", "text": plain("")}],
    [{"type": "section", "text": plain("x" * 3001)}],
    [{"type": "section", "text": {"type": "plain_text"}}],
    [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    [{"type": "header", "text": plain("x" * 151)}],
    [{"type": "actions", "elements": []}],
    row(*(button() for _ in range(26))),
    row(button(text=plain("x" * 76))),
    row(button(text={"type": "mrkdwn", "text": "x"})),
    row(button(value="x" * 2001)),
    row(button(style="green")),
    row(button(action_id="x" * 256)),
    row(button(action_id="a"), button(action_id="a")),
    [{**SECTION, "block_id": "b"}, {**SECTION, "block_id": "b"}],
    row(button(url="javascript:alert(1)")),
    row(choices("checkboxes", 11)),
    row(choices("radio_buttons", 11)),
    row(choices("static_select", 101)),
    row(choices("static_select", 0)),
    row(choices("multi_static_select", 5)),
    row({"type": "static_select", "options": [option("a"), option("a")]}),
    row({"type": "static_select", "options": [option("a", "x" * 76)]}),
    row({"type": "static_select", "options": [option("x" * 151)]}),
    row(choices("static_select", 2, initial_option=option("7"))),
    row(choices("checkboxes", 2, initial_options=[])),
    row({"type": "plain_text_input"}),
    rich(""),
    rich("x", style={"bald": True}),
]


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        server.user("U1")
        yield server


async def ask(server: SlackServer, method: str, token: str | None = BOT_TOKEN, **args: Any) -> Json:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    address = server.api_url + method
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(address, json=args) as answer,
    ):
        found: Json = await answer.json()
        return found


@pytest.mark.parametrize("blocks", GOOD)
async def test_good_blocks_are_taken(slack: SlackServer, blocks: list[Json]) -> None:
    answer = await ask(slack, "chat.postMessage", channel="U1", text="x", blocks=blocks)
    assert answer["ok"], answer


@pytest.mark.parametrize("blocks", BAD)
async def test_bad_blocks_are_refused_with_a_place(slack: SlackServer, blocks: list[Json]) -> None:
    answer = await ask(slack, "chat.postMessage", channel="U1", text="x", blocks=blocks)
    assert (answer["ok"], answer["error"]) == (False, "invalid_blocks")
    assert "json-pointer:/blocks" in answer["response_metadata"]["messages"][0]
    assert slack.user("U1").replies == []


async def test_too_much_text_is_too_long(slack: SlackServer) -> None:
    blocks = rich("x" * 13_201)
    answer = await ask(slack, "chat.postMessage", channel="U1", text="x", blocks=blocks)
    assert answer["error"] == "msg_too_long"


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("chat.postMessage", {"channel": "U1"}, "no_text"),
        ("chat.postMessage", {"channel": "U404", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
        (
            "chat.postMessage",
            {"channel": "U1", "text": "x", "metadata": {}},
            "invalid_metadata_format",
        ),
        ("chat.update", {"channel": "U1", "ts": "1.1", "text": "x"}, "channel_not_found"),
        ("conversations.open", {"users": "U404"}, "user_not_found"),
        ("conversations.history", {"channel": "U1"}, "channel_not_found"),
        ("users.info", {"user": "U404"}, "user_not_found"),
        ("files.completeUploadExternal", {"files": [{"id": "F0"}]}, "file_not_found"),
        ("chat.shout", {}, "unknown_method"),
    ],
)
async def test_call_is_refused(slack: SlackServer, method: str, args: Json, error: str) -> None:
    assert (await ask(slack, method, **args))["error"] == error


@pytest.mark.parametrize(
    ("token", "error"),
    [(None, "not_authed"), ("xoxb-no", "invalid_auth"), (APP_TOKEN, "not_allowed_token_type")],
)
async def test_token_is_checked(slack: SlackServer, token: str | None, error: str) -> None:
    assert (await ask(slack, "auth.test", token))["error"] == error


async def test_foreign_message_cannot_be_changed(slack: SlackServer) -> None:
    ana = slack.user("U1")
    await ana.send("mine")
    for ts, error in ((ana.messages[0].ts, "cant_update_message"), ("1.1", "message_not_found")):
        answer = await ask(slack, "chat.update", channel=ana.chat, ts=ts, text="x")
        assert answer["error"] == error


INPUT = {"type": "input", "label": plain("N"), "element": {"type": "plain_text_input"}}
MODAL = {"type": "modal", "title": plain("T"), "submit": plain("OK"), "blocks": [INPUT]}


@pytest.mark.parametrize(
    "change",
    [
        {"type": "window"},
        {"title": plain("x" * 25)},
        {"title": {"type": "mrkdwn", "text": "T"}},
        {"submit": None},
        {"private_metadata": "x" * 3001},
        {"blocks": [SECTION] * 101},
        {"blocks": [{**INPUT, "element": button()}]},
        {"blocks": [{**INPUT, "hidden": True}]},
        {"colour": "red"},
    ],
)
async def test_bad_window_is_refused(slack: SlackServer, change: Json) -> None:
    view = {k: v for k, v in {**MODAL, **change}.items() if v is not None}
    trigger = slack.workspace.trigger("U1")
    answer = await ask(slack, "views.open", trigger_id=trigger, view=view)
    assert answer["error"] == "invalid_arguments"
    assert slack.user("U1").modals == []


async def test_trigger_opens_one_window_within_three_seconds(slack: SlackServer) -> None:
    trigger, late = slack.workspace.trigger("U1"), slack.workspace.trigger("U1")
    slack.workspace.triggers[late].made -= 3.1
    answers = [
        await ask(slack, "views.open", trigger_id=given, view=MODAL)
        for given in (trigger, trigger, late, "1.2.3")
    ]
    assert [a.get("error") for a in answers] == [
        None,
        "exchanged_trigger_id",
        "expired_trigger_id",
        "invalid_trigger_id",
    ]


async def test_windows_stack_three_high(slack: SlackServer) -> None:
    errors = []
    for method in ("views.open", "views.push", "views.push", "views.push"):
        trigger = slack.workspace.trigger("U1")
        answer = await ask(slack, method, trigger_id=trigger, view=MODAL)
        errors.append(answer.get("error"))
    assert errors == [None, None, None, "push_limit_reached"]


async def test_response_url_works_five_times(slack: SlackServer) -> None:
    chat = slack.user("U1").chat
    address = f"{slack.url}/response/{slack.workspace.respond_to(chat, None)}"
    async with aiohttp.ClientSession() as session:
        statuses = []
        for _ in range(6):
            async with session.post(address, json={"text": "x"}) as answer:
                statuses.append(answer.status)
    assert statuses == [200] * 5 + [404]


async def test_server_runs_as_a_process() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.fakes.slack",
        cwd=Path(__file__).parents[3],
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        hello = json.loads(await asyncio.wait_for(process.stdout.readline(), PATIENCE))
        headers = {"Authorization": f"Bearer {hello['bot_token']}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            async with session.post(f"{hello['url']}/control/U7/send", json=["hi"]) as answer:
                assert (await answer.json())["transcript"] == "u7: hi"
            said = {"channel": "U7", "text": "Welcome"}
            async with session.post(f"{hello['api_url']}chat.postMessage", json=said) as answer:
                assert (await answer.json())["ok"]
            async with session.get(f"{hello['url']}/control/U7") as answer:
                assert (await answer.json())["screen"] == "Welcome"
    finally:
        process.terminate()
        await process.wait()
