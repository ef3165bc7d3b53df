"""The Web API's methods, each a function of the workspace and the arguments.

https://docs.slack.dev/reference/methods
"""

from __future__ import annotations

from tests.fakes.slack import web_windows
from tests.fakes.slack.blockkit import check_message, check_metadata
from tests.fakes.slack.check import Json
from tests.fakes.slack.errors import Refused
from tests.fakes.slack.shared import Call, Method, kept_state, message_json, with_ids
from tests.fakes.slack.state import BOT_ID, BOT_USER, TEAM, Posted

TEXT = 40_000


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
    if channel in workspace.channels:
        if not workspace.channels[channel]:
            raise Refused("not_in_channel")
    elif workspace.people[workspace.user_of(channel)].deleted:
        raise Refused("account_inactive")
    return channel


def _content(call: Call) -> tuple[str, list[Json]]:
    text, blocks = call.args.get("text") or "", call.args.get("blocks") or []
    if not text and not blocks:
        raise Refused("no_text")
    if len(text) > TEXT:
        raise Refused("msg_too_long")
    check_message(blocks)
    for number, block in enumerate(blocks):
        if block["type"] == "image" and "slack_file" in block:
            _picture(call, block["slack_file"], number)
    return text, with_ids(blocks, call.workspace)


def _picture(call: Call, file: Json, number: int) -> None:
    """A file that the app uploaded and that Slack has looked at: a picture it can show."""
    upload = call.workspace.uploads.get(str(file.get("id")))
    at = f"[json-pointer:/blocks/{number}/slack_file]"
    if upload is None or upload.data is None:
        raise Refused("invalid_blocks", [f"invalid slack file {at}"])
    if not upload.data.startswith((b"\x89PNG", b"\xff\xd8", b"GIF8")):
        raise Refused("invalid_blocks", [f"slack file is no image {at}"])
    if upload.looked_at > 0:
        upload.looked_at -= 1
        raise Refused("invalid_blocks", [f"slack file is not ready {at}"])


def chat_post_message(call: Call) -> Json:
    channel = _channel(call)
    text, blocks = _content(call)
    metadata = call.args.get("metadata")
    if metadata is not None:
        check_metadata(metadata)
    thread = str(call.args.get("thread_ts") or "")
    if thread and thread not in call.workspace.messages[channel]:
        raise Refused("thread_not_found")
    message = call.workspace.post(
        channel, BOT_USER, text, blocks=blocks, metadata=metadata, thread=thread
    )
    return {"channel": channel, "ts": message.ts, "message": message_json(message)}


def chat_post_ephemeral(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/chat.postEphemeral"""
    channel = _channel(call)
    user = str(call.need("user"))
    if user not in call.workspace.people:
        raise Refused("user_not_in_channel")
    text, blocks = _content(call)
    thread = str(call.args.get("thread_ts") or "")
    message = call.workspace.whisper(channel, user, text, blocks, thread=thread)
    return {"message_ts": message.ts}


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


def conversations_info(call: Call) -> Json:
    channel = str(call.need("channel"))
    if channel not in call.workspace.channels:
        raise Refused("channel_not_found")
    return {"channel": {"id": channel, "is_member": call.workspace.channels[channel]}}


def conversations_list(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.list"""
    names = call.workspace.channel_names
    rows = [
        {"id": channel, "name": names.get(channel, channel.lower()), "is_member": invited}
        for channel, invited in call.workspace.channels.items()
    ]
    return {"channels": rows, "response_metadata": {"next_cursor": ""}}


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
        "real_name": person.real_name or person.name,
        "profile": {
            "real_name": person.real_name or person.name,
            "display_name": person.name,
        },
    }
    if str(call.args.get("include_locale", "")).lower() in ("1", "true"):
        user["locale"] = person.locale
    return {"user": user}


METHODS: dict[str, tuple[Method, str]] = {  # name -> (what it does, the scope it needs)
    "auth.test": (auth_test, ""),
    "chat.postEphemeral": (chat_post_ephemeral, "chat:write"),
    "chat.delete": (chat_delete, "chat:write"),
    "chat.postMessage": (chat_post_message, "chat:write"),
    "chat.update": (chat_update, "chat:write"),
    "conversations.history": (conversations_history, "im:history"),
    "conversations.info": (conversations_info, "channels:read"),
    "conversations.list": (conversations_list, "channels:read"),
    "conversations.open": (conversations_open, "im:write"),
    "files.completeUploadExternal": (web_windows.files_complete_upload, "files:write"),
    "files.getUploadURLExternal": (web_windows.files_get_upload_url, "files:write"),
    "users.info": (users_info, "users:read"),
    "views.open": (web_windows.views_open, ""),
    "views.publish": (web_windows.views_publish, ""),
    "views.push": (web_windows.views_push, ""),
    "views.update": (web_windows.views_update, ""),
}
