"""Wrong settings are named, secrets stay secret, and the manifest is what the code needs."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.channels.slack.channel import SlackChannel, api_root
from bot.channels.slack.errors import SlackSetupError, SlackUnavailable
from bot.channels.slack.inbound import ASK, COMMAND, SHARE
from bot.channels.slack.setup import EVENTS, SCOPES, WISHED
from bot.outgoing import SendError
from messages.message import Kind
from tests.channels.slack.conftest import Turn, connected, mounted
from tests.channels.slack.making import asking, options, to
from tests.fakes.slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackServer
from tests.fakes.slack.web_api import METHODS
from tests.waiting import jump, until

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"bot_token": "xoxb-wrong"}, "SLACK_BOT_TOKEN"),
        ({"bot_token": APP_TOKEN}, "SLACK_BOT_TOKEN"),
        ({"app_token": "xapp-wrong"}, "SLACK_APP_TOKEN"),
        ({"app_token": BOT_TOKEN}, "SLACK_APP_TOKEN"),
    ],
)
async def test_wrong_token_names_its_setting(
    server: SlackServer, turn: Turn, settings: dict[str, str], named: str
) -> None:
    with pytest.raises(SlackSetupError, match=named) as caught:
        async with connected(server, turn, **settings):
            pass
    assert not any(token in str(caught.value) for token in settings.values())


async def test_missing_scopes_are_named(server: SlackServer, turn: Turn) -> None:
    server.scopes -= {"files:write", "users:read"}
    with pytest.raises(SlackSetupError, match="files:write, users:read"):
        async with connected(server, turn):
            pass


async def test_unreachable_slack_is_said(server: SlackServer, turn: Turn) -> None:
    with pytest.raises(SlackUnavailable):
        async with connected(server, turn, api_url="http://127.0.0.1:9/api/"):
            pass
    server.faults.plan("500", "auth.test")
    with pytest.raises(SlackUnavailable, match="SLACK_BOT_TOKEN"):
        async with connected(server, turn):
            pass


async def test_account_is_the_workspace(channel: SlackChannel) -> None:
    assert (channel.channel, channel.account) == ("slack", "T0DOMOV")


@pytest.mark.parametrize(
    ("given", "root"),
    [
        (None, "https://slack.com/api/"),
        ("https://slack.com/api", "https://slack.com/api/"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/api/"),
        ("http://127.0.0.1:8080/api/", "http://127.0.0.1:8080/api/"),
    ],
)
def test_api_root_is_completed(given: str | None, root: str) -> None:
    assert api_root(given) == root


async def test_environment_of_the_library_changes_nothing(
    server: SlackServer, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bolt reads these by itself."""
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_VERIFICATION_TOKEN"):
        monkeypatch.setenv(name, "xoxb-from-the-environment")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    async with connected(server, turn):
        await (await server.user("U1").send("hello")).done()
        assert len(turn.heard) == 1


class _Everything(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logging.Formatter().format(record))


@pytest.fixture
def everything(request: pytest.FixtureRequest) -> Any:
    """All logging there is, at DEBUG, loggers of libraries included."""
    handler, root = _Everything(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    before = {}
    for name in [*logging.root.manager.loggerDict, "bot.channels.slack.library"]:
        logger = logging.getLogger(name)
        before[name] = logger.level
        logger.setLevel(logging.DEBUG)
    yield handler.lines
    for name, old in before.items():
        logging.getLogger(name).setLevel(old)
    root.setLevel(level)
    root.removeHandler(handler)


async def test_secrets_are_in_no_log_at_any_level(
    server: SlackServer, turn: Turn, everything: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    ana = server.user("U1")
    errors: list[str] = []
    async with connected(server, turn) as channel:
        await channel.send(to(ana, asking(Kind.CHOICE, options("Yes"))))
        await (await ana.press("Yes")).done()
        for fault in ("drop_before", "500", "429"):
            server.faults.plan(fault, "chat.postMessage")
            with pytest.raises(SendError) as caught:
                await channel.send(to(ana, asking(Kind.CHOICE, options("Yes"))))
            errors.append(_whole(caught.value))
        turn.failures = 1
        failed = await ana.send("hello")
        await until(lambda: not turn.failures)
        jump(server.post.ack_seconds)
        await failed.done()
        await server.post.ask_to_reconnect(close_after=0)
        await (await ana.send("again")).done()
    async with mounted(server, turn) as channel:
        await (await ana.send("hello")).done()
        assert (await channel.http({"X-Slack-Signature": "v0=1"}, b"{}"))[0] == 401
    for settings in ({"bot_token": BOT_TOKEN + "x"}, {"app_token": APP_TOKEN + "x"}):
        with pytest.raises(SlackSetupError) as wrong:
            async with connected(server, turn, **settings):
                pass
        errors.append(_whole(wrong.value))
    printed = capfd.readouterr()
    told = "\n".join([*everything, *errors, printed.out, printed.err])
    assert "chat.postMessage" in told  # the libraries did talk
    for secret in (BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, "ticket-", "fakeBotToken"):
        assert secret not in told


def _whole(error: BaseException | None) -> str:
    """The words of an error and of all it came from."""
    words = ""
    while error is not None:
        words += f"{error!r} {error}\n"
        error = error.__cause__ or error.__context__
    return words


def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "slack-manifest.yaml").read_text())
    return loaded


def test_manifest_asks_for_the_scopes_that_calls_need() -> None:
    used = {scope for _, scope in METHODS.values() if scope}
    asked = set(manifest()["oauth_config"]["scopes"]["bot"])
    assert asked == SCOPES | WISHED == used | {"app_mentions:read", "commands", "groups:read"}


def test_manifest_subscribes_to_what_is_heard() -> None:
    events = set(manifest()["settings"]["event_subscriptions"]["bot_events"])
    assert events == EVENTS
    source = (ROOT / "bot/channels/slack/inbound.py").read_text()
    for event in EVENTS - {"message.im"}:
        assert f'"{event}"' in source
    assert 'event.get("channel_type") != "im"' in source


def test_manifest_has_the_command_tabs_and_socket() -> None:
    whole = manifest()
    features, settings = whole["features"], whole["settings"]
    assert [c["command"] for c in features["slash_commands"]] == [COMMAND]
    assert features["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }
    assert features["bot_user"]["always_online"] is True
    assert settings["interactivity"]["is_enabled"] is True
    assert settings["socket_mode_enabled"] is True


def test_manifest_keeps_within_slacks_limits() -> None:
    """https://docs.slack.dev/reference/app-manifest"""
    shown = manifest()["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4000
    (command,) = manifest()["features"]["slash_commands"]
    assert len(command["command"]) <= 32
    assert len(command["description"]) <= 2000
    assert len(command["usage_hint"]) <= 1000


def test_manifest_has_the_shortcuts_that_are_heard() -> None:
    shortcuts = manifest()["features"]["shortcuts"]
    assert {each["callback_id"]: each["type"] for each in shortcuts} == {
        ASK: "global",
        SHARE: "message",
    }
    for each in shortcuts:
        assert len(each["name"]) <= 24
        assert len(each["description"]) <= 150
