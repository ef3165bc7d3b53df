"""The Web API's methods, each a function of the workspace and the arguments.

https://docs.slack.dev/reference/methods
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.fakes.slack.blockkit import check_message, check_metadata, check_view
from tests.fakes.slack.check import Json
from tests.fakes.slack.errors import Refused
from tests.fakes.slack.seen import controls
from tests.fakes.slack.state import (
    APP,
    BOT_ID,
    BOT_USER,
    MODAL_STACK,
    TEAM,
    Posted,
    Upload,
    View,
    Workspace,
)

TEXT = 40_000


@dataclass(frozen=True)
class Call:
    """One call as it reaches a method; ``url`` is the server's own root."""

    workspace: Workspace
    args: dict[str, Any]
    url: str

    def need(self, name: str) -> Any:
        if self.args.get(name) in (None, ""):
            raise Refused("invalid_arguments", [f"missing required field: {name}"])
        return self.args[name]


Method: TypeAlias = Callable[[Call], Json]
State: TypeAlias = dict[str, dict[str, Json]]


def auth_test(call: Call) -> Json:
    return {
        "url": "https://domov.slack.test/",
        "team": "Domov",
        "user": "domov",
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def message_json(message: Posted) -> Json:
    """A message as Slack shows it to an app."""
    body: Json = {"type": "message", "user": message.author, "text": message.text, "ts": message.ts}
    if message.by_bot:
        body |= {"bot_id": BOT_ID, "app_id": APP, "team": TEAM}
    if message.blocks:
        body["blocks"] = message.blocks
    if message.files:
        body["files"] = message.files
    if message.edited:
        body["edited"] = {"user": message.author, "ts": message.ts}
    return body


def _channel(call: Call) -> str:
    """The channel to write into; a person's id opens the chat with them."""
    channel = str(call.need("channel"))
    workspace = call.workspace
    if channel.startswith("U"):
        person = workspace.people.get(channel)
        if person is None or person.deleted:
            raise Refused("channel_not_found" if person is None else "account_inactive")
        if person.is_bot:
            raise Refused("cannot_dm_bot")
        return workspace.chat_of(channel)
    if channel not in workspace.messages:
        raise Refused("channel_not_found")
    if workspace.people[workspace.user_of(channel)].deleted:
        raise Refused("account_inactive")
    return channel


def _content(call: Call) -> tuple[str, list[Json]]:
    text, blocks = call.args.get("text") or "", call.args.get("blocks") or []
    if not text and not blocks:
        raise Refused("no_text")
    if len(text) > TEXT:
        raise Refused("msg_too_long")
    check_message(blocks)
    return text, _with_ids(blocks, call.workspace)


def _with_ids(blocks: list[Json], workspace: Workspace) -> list[Json]:
    """Slack gives an id to each block and action that has none."""
    whole = []
    for block in blocks:
        given = {**block, "block_id": block.get("block_id") or f"b{workspace.number()}"}
        if "elements" in block and block["type"] == "actions":
            given["elements"] = [_with_action(e, workspace) for e in block["elements"]]
        for name in ("accessory", "element"):
            if name in block:
                given[name] = _with_action(block[name], workspace)
        whole.append(given)
    return whole


def _with_action(element: Json, workspace: Workspace) -> Json:
    return {**element, "action_id": element.get("action_id") or f"a{workspace.number()}"}


def chat_post_message(call: Call) -> Json:
    channel = _channel(call)
    text, blocks = _content(call)
    metadata = call.args.get("metadata")
    if metadata is not None:
        check_metadata(metadata)
    message = call.workspace.post(channel, BOT_USER, text, blocks=blocks, metadata=metadata)
    return {"channel": channel, "ts": message.ts, "message": message_json(message)}


def _own_message(call: Call, refusal: str) -> Posted:
    channel, ts = str(call.need("channel")), str(call.need("ts"))
    if channel not in call.workspace.messages:
        raise Refused("channel_not_found")
    message = call.workspace.messages[channel].get(ts)
    if message is None:
        raise Refused("message_not_found")
    if not message.by_bot:
        raise Refused(refusal)
    return message


def chat_update(call: Call) -> Json:
    message = _own_message(call, "cant_update_message")
    text, blocks = _content(call)
    message.text, message.blocks, message.edited = text, blocks, True
    message.state = kept_state(message.state, blocks)
    if call.args.get("metadata") is not None:
        check_metadata(call.args["metadata"])
        message.metadata = call.args["metadata"]
    message.seq = call.workspace.next_seq()
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": text,
        "message": message_json(message),
    }


def kept_state(state: State, blocks: list[Json]) -> State:
    """What stays ticked when a message changes: where block and action have the same ids."""
    there = {(c.block_id, c.element["action_id"]) for c in controls(blocks)}
    return {
        block_id: kept
        for block_id, actions in state.items()
        if (kept := {a: v for a, v in actions.items() if (block_id, a) in there})
    }


def chat_delete(call: Call) -> Json:
    message = _own_message(call, "cant_delete_message")
    del call.workspace.messages[message.channel][message.ts]
    return {"channel": message.channel, "ts": message.ts}


def conversations_open(call: Call) -> Json:
    user = str(call.need("users"))
    person = call.workspace.people.get(user)
    if person is None:
        raise Refused("user_not_found")
    if person.deleted:
        raise Refused("user_disabled")
    if person.is_bot:
        raise Refused("cannot_dm_bot")
    return {"channel": {"id": call.workspace.chat_of(user)}}


def conversations_history(call: Call) -> Json:
    channel = str(call.need("channel"))
    if channel not in call.workspace.messages:
        raise Refused("channel_not_found")
    limit = int(call.args.get("limit") or 100)
    newest = sorted(call.workspace.messages[channel].values(), key=lambda m: m.ts, reverse=True)
    oldest = float(call.args.get("oldest") or 0)
    newest = [m for m in newest if float(m.ts) > oldest]
    start = int(call.args.get("cursor") or 0)
    page = newest[start : start + limit]
    with_metadata = str(call.args.get("include_all_metadata", "")).lower() in ("1", "true")
    rows = []
    for message in page:
        row = message_json(message)
        if with_metadata and message.metadata:
            row["metadata"] = message.metadata
        rows.append(row)
    more = start + limit < len(newest)
    cursor = {"next_cursor": str(start + limit) if more else ""}
    return {"messages": rows, "has_more": more, "response_metadata": cursor}


def users_info(call: Call) -> Json:
    person = call.workspace.people.get(str(call.need("user")))
    if person is None:
        raise Refused("user_not_found")
    user: Json = {
        "id": person.id,
        "team_id": TEAM,
        "name": person.name,
        "deleted": person.deleted,
        "is_bot": person.is_bot,
        "tz": person.tz,
        "tz_offset": 0,
        "profile": {"real_name": person.name, "display_name": person.name},
    }
    if str(call.args.get("include_locale", "")).lower() in ("1", "true"):
        user["locale"] = person.locale
    return {"user": user}


def view_json(view: View) -> Json:
    """A window or home page as Slack shows it to an app."""
    return {
        "id": view.id,
        "team_id": TEAM,
        "app_id": APP,
        "bot_id": BOT_ID,
        "hash": view.hash,
        "state": {"values": view.state},
        "private_metadata": "",
        "callback_id": "",
        **view.view,
    }


def _modal(call: Call) -> Json:
    view = check_view(call.need("view"))
    return {**view, "blocks": _with_ids(view["blocks"], call.workspace)}


def views_open(call: Call) -> Json:
    modal = _modal(call)
    user = call.workspace.use_trigger(call.need("trigger_id"))
    view = call.workspace.view(user, modal)
    call.workspace.modals[user] = [view]
    return {"view": view_json(view)}


def views_push(call: Call) -> Json:
    modal = _modal(call)
    user = call.workspace.use_trigger(call.need("trigger_id"))
    stack = call.workspace.modals.setdefault(user, [])
    if len(stack) >= MODAL_STACK:
        raise Refused("push_limit_reached")
    view = call.workspace.view(user, modal)
    stack.append(view)
    return {"view": view_json(view)}


def views_update(call: Call) -> Json:
    modal = _modal(call)
    view = call.workspace.find_modal(call.args.get("view_id"), call.args.get("external_id"))
    if call.args.get("hash") not in (None, view.hash):
        raise Refused("hash_conflict")
    view.view, view.hash = modal, f"{call.workspace.number()}.h"
    view.seq = call.workspace.next_seq()
    return {"view": view_json(view)}


def views_publish(call: Call) -> Json:
    user = str(call.need("user_id"))
    if user not in call.workspace.people:
        raise Refused("invalid_arguments", ["invalid `user_id` [json-pointer:/user_id]"])
    view = check_view(call.need("view"), ("home",))
    whole = {**view, "blocks": _with_ids(view["blocks"], call.workspace)}
    call.workspace.homes[user] = call.workspace.view(user, whole)
    return {"view": view_json(call.workspace.homes[user])}


def files_get_upload_url(call: Call) -> Json:
    key = f"F{call.workspace.number()}"
    upload = Upload(key, str(call.need("filename")), int(call.need("length")))
    call.workspace.uploads[key] = upload
    return {"upload_url": f"{call.url}/upload/v1/{key}", "file_id": key}


def files_complete_upload(call: Call) -> Json:
    channel = call.args.get("channel_id")
    if channel is not None and channel not in call.workspace.messages:
        raise Refused("channel_not_found" if str(channel).startswith("D") else "invalid_channel")
    shown: list[Json] = []
    for item in call.need("files"):
        upload = call.workspace.uploads.get(item.get("id"))
        if upload is None or upload.data is None:
            raise Refused("file_not_found")
        upload.channel, upload.title = channel, item.get("title") or upload.name
        shown.append({"id": upload.id, "name": upload.name, "title": upload.title})
    if channel is not None:
        comment = call.args.get("initial_comment") or ""
        call.workspace.post(str(channel), BOT_USER, comment, files=shown)
    return {"files": shown}


METHODS: dict[str, tuple[Method, str]] = {  # name -> (what it does, the scope it needs)
    "auth.test": (auth_test, ""),
    "chat.delete": (chat_delete, "chat:write"),
    "chat.postMessage": (chat_post_message, "chat:write"),
    "chat.update": (chat_update, "chat:write"),
    "conversations.history": (conversations_history, "im:history"),
    "conversations.open": (conversations_open, "im:write"),
    "files.completeUploadExternal": (files_complete_upload, "files:write"),
    "files.getUploadURLExternal": (files_get_upload_url, "files:write"),
    "users.info": (users_info, "users:read"),
    "views.open": (views_open, ""),
    "views.publish": (views_publish, ""),
    "views.push": (views_push, ""),
    "views.update": (views_update, ""),
}
