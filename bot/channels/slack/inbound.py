"""Slack's payloads as events of one person. Pure: no clock, no calls.

https://docs.slack.dev/apis/events-api, https://docs.slack.dev/reference/interaction-payloads and
https://docs.slack.dev/interactivity/implementing-slash-commands
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

from bot.channels.slack.forms import submitted
from bot.channels.slack.ids import SEARCH, SET, split_id
from bot.channels.slack.places import Kind, Place
from bot.channels.slack.typed import typed
from bot.incoming import (
    Attachment,
    Command,
    Edited,
    Filling,
    Mention,
    Opened,
    Press,
    Said,
    Submitted,
    Text,
    parse_press,
)

Payload: TypeAlias = Mapping[str, Any]

COMMAND = "/domov"
ASK, SHARE = "ask_domov", "share_event"  # callback ids of the shortcuts
SAY = "say"  # the ref of a window whose words are said as in the chat
SLACKBOT = "USLACKBOT"
SPOKEN = frozenset({None, "file_share", "me_message", "thread_broadcast"})  # message subtypes
EVENT_ID = 255  # characters; longer ones are hashed
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_AT = re.compile(r"\s*<@[A-Z0-9]+(\|[^>]*)?>\s*[,:]?\s*")
_COMMAND = re.compile(r"/([A-Za-z_]+)(?:\s+(.*))?", re.DOTALL)
_KINDS = {"image": "photo", "video": "video", "audio": "voice"}


@dataclass(frozen=True, slots=True)
class Heard:
    """What a payload says, before it is known who the person is: their locale, their chat.

    ``chat`` is None where the payload does not say which chat is the one with the bot; ``place`` is
    where it was said if not simply there.
    """

    user: str
    event_id: str
    said: Said
    at: datetime | None = None
    chat: str | None = None
    message: str | None = None
    trigger: str | None = None
    place: Place | None = None


class Unreadable(Exception):
    """A payload of a shape that Slack doesn't have."""


def read(body: Payload) -> Heard | None:
    """An Events API callback, an interaction or a command; None when it says nothing to us.
    Raises Unreadable."""
    try:
        heard = _read(body)
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise Unreadable(type(error).__name__) from None
    if heard is None:
        return None
    if not _ID.fullmatch(heard.user) or (heard.chat and not _ID.fullmatch(heard.chat)):
        raise Unreadable("no id")
    if len(heard.event_id) > EVENT_ID:
        return replace(heard, event_id=_hash(heard.event_id))
    return heard


def _read(body: Payload) -> Heard | None:
    if isinstance(body.get("event"), dict):
        return _event(body["event"], str(body.get("event_id") or _hash(body["event"])))
    if body.get("command"):
        return _command(body)
    match body.get("type"):
        case "block_actions":
            return _actions(body)
        case "view_submission":
            return _submission(body)
        case "shortcut" | "message_action":
            return _shortcut(body)
    return None


def kind(body: Payload) -> str:
    """What sort of payload it is, for the log."""
    event = body.get("event")
    found = event.get("type") if isinstance(event, dict) else body.get("type")
    return found[:40] if isinstance(found, str) else ""


def lifecycle(body: Payload) -> str | None:
    """ "app_uninstalled" or "tokens_revoked", for the log."""
    event = body.get("event")
    kind = event.get("type") if isinstance(event, dict) else None
    return kind if kind in ("app_uninstalled", "tokens_revoked") else None


def _event(event: Payload, event_id: str) -> Heard | None:
    match event.get("type"):
        case "message":
            return _message(event, event_id)
        case "app_home_opened":
            what = "home" if event.get("tab") == "home" else "chat"
            return _heard(event.get("user"), event_id, Opened(what), event)
        case "app_mention":
            return _mention(event, event_id)
        case "member_joined_channel":
            return _invited(event, event_id)
    return None


def _mention(event: Payload, event_id: str) -> Heard | None:
    """Somebody speaks to the bot in a channel; answered there, in their thread if it is one."""
    channel = str(event.get("channel") or "")
    if event.get("bot_id") or event.get("subtype") not in SPOKEN or not _ID.fullmatch(channel):
        return None
    if channel.startswith("D"):
        return None  # it comes as a message, too
    words = _AT.sub("", str(event.get("text") or ""), count=1)
    said = Mention(typed({**event, "text": words}).strip())
    heard = _heard(event.get("user"), event_id, said, event)
    place = Place(Kind.WHISPER, channel, str(event.get("thread_ts") or ""))
    return replace(heard, place=place) if heard is not None else None


def _invited(event: Payload, event_id: str) -> Heard | None:
    """Somebody joined a channel: the channel's business only where it is the bot."""
    channel = str(event.get("channel") or "")
    who = event.get("inviter") or event.get("user")
    if not _ID.fullmatch(channel) or channel.startswith("D"):
        return None
    heard = _heard(who, event_id, Opened("channel"), event)
    place = Place(Kind.CHANNEL, channel)
    return replace(heard, place=place) if heard is not None else None


def joined(body: Payload) -> str | None:
    """Who joined a channel, in an event that says so."""
    event = body.get("event")
    if not isinstance(event, dict) or event.get("type") != "member_joined_channel":
        return None
    return str(event.get("user") or "")


def _message(event: Payload, event_id: str) -> Heard | None:
    if event.get("channel_type") != "im" or event.get("bot_id"):
        return None
    subtype = event.get("subtype")
    if subtype == "message_changed":
        return _changed(event, event_id)
    if subtype not in SPOKEN:
        return None
    text, files = typed(event), event.get("files")
    said: Said = Attachment(_kind(files[0]), text) if files else _typed_in(text)
    heard = _heard(event.get("user"), event_id, said, event)
    thread = event.get("thread_ts")
    if heard is None or not thread or thread == event.get("ts"):
        return heard
    return replace(heard, place=Place(Kind.THREAD, heard.chat or "", str(thread)))


def _typed_in(text: str) -> Said:
    """Slack keeps "/…" to itself, but " /help" arrives; people who know Telegram try it."""
    command = _COMMAND.fullmatch(text.strip())
    if command:
        return Command(command[1].lower(), (command[2] or "").strip())
    return Text(text)


def _changed(event: Payload, event_id: str) -> Heard | None:
    """An edit by the person; an unfurled link changes a message, too, but not its text."""
    after, before = event.get("message") or {}, event.get("previous_message") or {}
    if after.get("bot_id") or not after.get("edited") or after.get("text") == before.get("text"):
        return None
    return _heard(after.get("user"), event_id, Edited(typed(after)), event)


def _kind(file: Payload) -> str:
    if file.get("subtype") in ("slack_audio", "slack_video"):
        return "voice" if file["subtype"] == "slack_audio" else "video"
    return _KINDS.get(str(file.get("mimetype") or "").split("/")[0], "document")


def _heard(user: object, event_id: str, said: Said, event: Payload) -> Heard | None:
    if not isinstance(user, str) or user == SLACKBOT:
        return None
    at = _time(event.get("event_ts") or event.get("ts"))
    return Heard(user, event_id, said, at, chat=_chat(event.get("channel")))


def _chat(channel: object) -> str | None:
    return channel if isinstance(channel, str) and channel.startswith("D") else None


def _time(ts: object) -> datetime | None:
    """Slack's "1700000000.000100" (seconds since 1970)."""
    try:
        return datetime.fromtimestamp(float(str(ts)), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _actions(body: Payload) -> Heard | None:
    actions = body.get("actions") or [{}]
    if actions[0].get("block_id") in inputs(body) and _form(body):
        return _filling(body, actions[0])
    press = _with_marks(_press(actions[0]), body)
    user = (body.get("user") or {}).get("id")
    if press is None or not isinstance(user, str):
        return None
    container = body.get("container") or {}
    where = str((body.get("channel") or {}).get("id") or container.get("channel_id") or "")
    channel = _chat(where)
    ts = container.get("message_ts")
    trigger = body.get("trigger_id")
    same = (user, actions[0].get("action_ts"), actions[0].get("action_id"))
    return Heard(
        user=user,
        event_id=str(trigger or _hash(same)),
        said=press,
        at=_time(actions[0].get("action_ts")),
        chat=channel,
        message=f"{channel}:{ts}" if channel and ts and not _fleeting(container) else None,
        trigger=trigger,
        place=_place(body, where),
    )


def _fleeting(container: Payload) -> bool:
    return bool(container.get("is_ephemeral"))


def _form(body: Payload) -> str:
    """The ref of the form in the window where something was pressed; "" elsewhere."""
    view = body.get("view") or {}
    ref = str(view.get("private_metadata") or "")
    return ref if view.get("type") == "modal" and ref != SAY else ""


def _filling(body: Payload, action: Payload) -> Heard | None:
    """A field that decides which others there are."""
    user, view = (body.get("user") or {}).get("id"), body.get("view") or {}
    if not isinstance(user, str):
        return None
    said = Filling(_form(body), submitted((view.get("state") or {}).get("values") or {}))
    trigger = body.get("trigger_id")
    same = (user, action.get("action_ts"), action.get("action_id"))
    place = Place(Kind.VIEW, view=str(view.get("id") or ""))
    return Heard(
        user, str(trigger or _hash(same)), said, _time(action.get("action_ts")),
        trigger=trigger, place=place,
    )  # fmt: skip


def wanted(body: Payload) -> tuple[str, str] | None:
    """What somebody types into a menu that is looked up, and in which."""
    if body.get("type") != "block_suggestion":
        return None
    kind, rest = split_id(str(body.get("action_id") or ""))
    return (rest, str(body.get("value") or "")) if kind == SEARCH else ("", "")


def _place(body: Payload, channel: str) -> Place | None:
    """Where something was pressed: on the home page, in a window, or before others."""
    container = body.get("container") or {}
    if container.get("type") == "view":
        view = body.get("view") or {}
        is_home = view.get("type") == "home"
        if is_home:
            return Place(Kind.HOME)
        return Place(Kind.VIEW, view=str(view.get("id") or ""), push=bool(_form(body)))
    thread = str(container.get("thread_ts") or "")
    if _chat(channel) and not _fleeting(container):
        return Place(Kind.THREAD, channel, thread) if thread else None
    if not _ID.fullmatch(channel):
        return None
    url = str(body.get("response_url") or "")
    return Place(Kind.WHISPER, channel, thread, url, replace=_fleeting(container))


def _press(action: Payload) -> Press | None:
    """A link button's press is None: the browser has opened the address already."""
    match action.get("type"):
        case "button":
            return None if action.get("url") else parse_press(str(action.get("value") or ""))
        case "static_select" | "radio_buttons" | "overflow":
            option = action.get("selected_option") or {}
            return parse_press(str(option.get("value") or ""))
        case "checkboxes" | "multi_static_select":
            kind, ref = split_id(str(action.get("action_id") or ""))
            if kind != SET or not ref:
                return None
            chosen = [str(o.get("value")) for o in action.get("selected_options") or []]
            return Press(ref, f"*{','.join(chosen)}")
    return None


def _with_marks(press: Press | None, body: Payload) -> Press | None:
    """A press of "Done" with all that is ticked or picked on the screen by then: a tick whose own
    event got lost on the way is not brought again, and the person sees it ticked."""
    if press is None or press.press != "!done":
        return press
    marks, seen = [], False
    for elements in ((body.get("state") or {}).get("values") or {}).values():
        for action_id, element in elements.items():
            ticked = _press({**element, "action_id": action_id})
            if ticked is not None and ticked.ref == press.ref and ticked.press.startswith("*"):
                seen = True
                marks += [ticked.press[1:]] if ticked.press[1:] else []
    return Press(press.ref, f"*{','.join(marks)}!done") if seen else press


def _shortcut(body: Payload) -> Heard | None:
    """A shortcut of the app: to ask something, or on a message to share an event where it stands.

    https://docs.slack.dev/interactivity/implementing-shortcuts
    """
    user, trigger = (body.get("user") or {}).get("id"), body.get("trigger_id")
    channel = str((body.get("channel") or {}).get("id") or "")
    said = {
        ASK: Command("ask"),
        SHARE: Command("staff", f"share_here.{channel}"),
    }.get(str(body.get("callback_id") or ""))
    if said is None or not isinstance(user, str):
        return None
    event_id = str(trigger or _hash((user, body.get("action_ts"))))
    at = _time(body.get("action_ts"))
    return Heard(user, event_id, said, at, trigger=trigger, place=Place(Kind.HOME))


def _submission(body: Payload) -> Heard | None:
    view, user = body.get("view") or {}, (body.get("user") or {}).get("id")
    ref = view.get("private_metadata")
    if not ref or not isinstance(user, str):
        return None
    values = submitted((view.get("state") or {}).get("values") or {})
    event_id = f"{view.get('id')}:{view.get('hash')}"
    said = Submitted(str(ref), values)
    place = Place(Kind.VIEW, view=str(view.get("id") or "")) if stays(body) else None
    return Heard(user, event_id, said, trigger=body.get("trigger_id"), place=place)


def stays(body: Payload) -> str:
    """The id of the window that was sent in, if what comes of it is shown in it; else ""."""
    view = body.get("view") or {}
    if body.get("type") != "view_submission" or view.get("private_metadata") not in (SAY, "ask"):
        return ""
    return str(view.get("id") or "")


def inputs(body: Payload) -> list[str]:
    """The block ids of a window's inputs, from top to bottom."""
    view = body.get("view") or {}
    return list((view.get("state") or {}).get("values") or {})


def _command(body: Payload) -> Heard | None:
    """``/domov word rest``. It may be typed anywhere, and is answered there."""
    words = str(body.get("text") or "").split(maxsplit=1)
    user, trigger = body.get("user_id"), body.get("trigger_id")
    if not isinstance(user, str):
        return None
    said = Command(words[0].lower().lstrip("/") if words else "start", "".join(words[1:]))
    if body["command"] != COMMAND:  # an app made by hand may name a command otherwise
        said = Command(str(body["command"]).lstrip("/").lower(), str(body.get("text") or ""))
    channel = str(body.get("channel_id") or "")
    place = None
    if _ID.fullmatch(channel):
        url = str(body.get("response_url") or "")
        place = Place(Kind.WHISPER, channel, str(body.get("thread_ts") or ""), url)
    return Heard(user, str(trigger or _hash(body)), said, trigger=trigger, place=place)


def _hash(of: object) -> str:
    return hashlib.sha256(repr(of).encode()).hexdigest()[:40]
