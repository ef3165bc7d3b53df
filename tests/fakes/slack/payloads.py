"""The JSON that Slack sends an app.

https://docs.slack.dev/apis/events-api, https://docs.slack.dev/reference/interaction-payloads and
https://docs.slack.dev/interactivity/implementing-slash-commands
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.fakes.slack.check import Json
from tests.fakes.slack.seen import whole_state
from tests.fakes.slack.shared import message_json, view_json
from tests.fakes.slack.state import APP, BOT_USER, TEAM, Person, Posted, View

if TYPE_CHECKING:
    from tests.fakes.slack.server import SlackServer

VERIFICATION_TOKEN = "legacy-verification-token"
_URL = re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)]")
_MAIL = re.compile(r"(?<![\w.@/])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def wire_text(text: str) -> str:
    """Text as Slack puts it into events: escaped, addresses as links."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    escaped = _MAIL.sub(lambda m: f"<mailto:{m[0]}|{m[0]}>", escaped)
    return _URL.sub(lambda m: f"<{m[0]}>", escaped)


def event(server: SlackServer, inner: Json) -> Json:
    """An Events API callback around ``inner``."""
    now = server.workspace.clock()
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM,
        "api_app_id": APP,
        "event": {"event_ts": f"{now:.6f}", **inner},
        "type": "event_callback",
        "event_id": f"Ev{server.workspace.number():08d}",
        "event_time": int(now),
        "is_ext_shared_channel": False,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
    }


def message_event(message: Posted) -> Json:
    """A message in a direct channel, as its event."""
    inner = {
        **message_json(message),
        "channel": message.channel,
        "channel_type": "im",
        "event_ts": message.ts,
        "team": TEAM,
    }
    if message.thread:
        inner["thread_ts"] = message.thread
    inner["text"] = wire_text(message.text) if not message.by_bot else message.text
    if message.files:
        inner["subtype"] = "file_share"
    return inner


def changed_event(message: Posted, before: Json) -> Json:
    after = {**message_json(message), "text": message.text}
    if not message.by_bot:
        after["text"] = wire_text(message.text)
        before = {**before, "text": wire_text(str(before["text"]))}
    return {
        "type": "message",
        "subtype": "message_changed",
        "channel": message.channel,
        "channel_type": "im",
        "hidden": True,
        "ts": message.ts,
        "message": after,
        "previous_message": before,
    }


def block_suggestion(server: SlackServer, person: Person, view: View, typed: str, at: Json) -> Json:
    """Somebody types into a menu whose options the app knows."""
    body = _interaction(server, person, "block_suggestion")
    del body["trigger_id"]
    container = {"type": "view", "view_id": view.id}
    return {**body, **at, "value": typed, "view": view_json(view), "container": container}


def shortcut(server: SlackServer, person: Person, callback: str, message: Posted | None) -> Json:
    """A global shortcut, or one on a message."""
    body = _interaction(server, person, "shortcut" if message is None else "message_action")
    body |= {"callback_id": callback, "action_ts": f"{server.workspace.clock():.6f}"}
    if message is None:
        return body
    key = server.workspace.respond_to(message.channel, message.ts, person.id)
    return {
        **body,
        "channel": {"id": message.channel, "name": "town-square"},
        "message": message_json(message),
        "message_ts": message.ts,
        "response_url": f"{server.url}/response/{key}",
    }


def _interaction(server: SlackServer, person: Person, kind: str) -> Json:
    user = {"id": person.id, "username": person.name, "name": person.name, "team_id": TEAM}
    return {
        "type": kind,
        "user": user,
        "api_app_id": APP,
        "token": VERIFICATION_TOKEN,
        "team": {"id": TEAM, "domain": "domov"},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": server.workspace.trigger(person.id),
    }


def block_actions(
    server: SlackServer, person: Person, action: Json, *, message: Posted | None, view: View | None
) -> Json:
    """Something was pressed, ticked or chosen in a message, or in a view."""
    now = server.workspace.clock()
    body = _interaction(server, person, "block_actions")
    body["actions"] = [{**action, "action_ts": f"{now:.6f}"}]
    if message is not None:
        key = server.workspace.respond_to(message.channel, message.ts, person.id)
        body["response_url"] = f"{server.url}/response/{key}"
        body["channel"] = {"id": message.channel, "name": "directmessage"}
        body["message"] = message_json(message)
        body["state"] = {"values": whole_state(message.state, message.blocks)}
        body["container"] = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": bool(message.seen_by),
            **({"thread_ts": message.thread} if message.thread else {}),
        }
    if view is not None:
        body["view"] = view_json(view)
        body["container"] = {"type": "view", "view_id": view.id}
    return body


def view_submission(server: SlackServer, person: Person, view: View) -> Json:
    body = _interaction(server, person, "view_submission")
    return {**body, "view": view_json(view), "response_urls": []}


def slash_command(
    server: SlackServer, person: Person, command: str, text: str, channel: str
) -> Json:
    """A slash command; ``channel`` is wherever it was typed."""
    key = server.workspace.respond_to(channel, None, person.id)
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM,
        "team_domain": "domov",
        "channel_id": channel,
        "channel_name": "directmessage",
        "user_id": person.id,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": f"{server.url}/response/{key}",
        "trigger_id": server.workspace.trigger(person.id),
    }
