"""Updates read from JSON. What was typed and pressed, nearly all there is, is read directly: an
Update of the library looks for a hundred things that are not there, and takes a third of the time
of a turn. The rest the library reads."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias

from telegram import Bot, Update
from telegram.constants import ChatType

from bot.channels.telegram.inbound import CAN, CHANNEL, incoming, typed
from bot.incoming import Attachment, Incoming, Said, parse_press

Raw: TypeAlias = dict[str, Any]
_TYPED = frozenset({"message_id", "from", "chat", "date", "text", "entities"})
# Parts of a message that nobody reads: whole messages again, or such that the library warns
# about its own attributes when it makes an object of them.
_NEEDLESS = (
    "reply_to_message",
    "pinned_message",
    "external_reply",
    "quote",
    "message_auto_delete_timer_changed",
)


class Heard(NamedTuple):
    """What a person did (None: nothing for us), and the id of the button press to answer."""

    event: Incoming | None
    press: str | None = None


def heard(raw: Raw, account: str, bot: Bot, now: datetime | None = None) -> Heard:
    """What an update says; ``account`` is the bot's id, ``now`` (UTC) dates button presses.

    Raises whatever the library raises, or KeyError, for an update of a shape it does not know.
    """
    query, message = raw.get("callback_query"), raw.get("message")
    if query and query.get("message"):
        return Heard(_pressed(raw, query, account, now or datetime.now(UTC)), query["id"])
    if message and message.keys() <= _TYPED:
        return Heard(_typed(raw, message, account))
    if message:
        kept = {name: part for name, part in message.items() if name not in _NEEDLESS}
        raw = {**raw, "message": kept}
    update = Update.de_json(raw, bot)
    press = update.callback_query
    return Heard(incoming(update, account, now), press.id if press else None)


def salvaged(raw: Raw, account: str, now: datetime | None = None) -> Heard:
    """Of an update that cannot be read: that somebody did something in their chat, where that much
    can be seen, and the button press to answer."""
    press = None
    for part in raw.values():
        if not isinstance(part, dict):
            continue
        message = part.get("message") if "chat" not in part else part
        if "chat" not in part and isinstance(part.get("id"), str):
            press = part["id"]
        try:
            user, chat = part["from"], message["chat"]  # type: ignore[index]  # or below
            if user.get("is_bot") or chat["type"] != ChatType.PRIVATE:
                continue
            said = Attachment("other")
            event = _incoming(raw, user, chat, now or datetime.now(UTC), said, account)
        except (AttributeError, KeyError, TypeError):
            continue
        return Heard(event, press)
    return Heard(None, press)


def _number(value: object) -> str:
    if type(value) is not int:
        raise TypeError("not a number")
    return str(value)


def _words(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _pressed(raw: Raw, query: Raw, account: str, now: datetime) -> Incoming | None:
    press, message = parse_press(query.get("data") or ""), query["message"]
    if press is None or message["chat"]["type"] != ChatType.PRIVATE:
        return None
    number = str(message["message_id"])
    return _incoming(raw, query["from"], message["chat"], now, press, account, number)


def _typed(raw: Raw, message: Raw, account: str) -> Incoming | None:
    user, chat, text = message.get("from"), message["chat"], message.get("text")
    if text is None or user is None or user["is_bot"] or chat["type"] != ChatType.PRIVATE:
        return None
    at = datetime.fromtimestamp(message["date"], UTC)
    return _incoming(raw, user, chat, at, typed(text), account)


def _incoming(
    raw: Raw,
    user: Raw,
    chat: Raw,
    at: datetime,
    said: Said,
    account: str,
    number: str | None = None,
) -> Incoming:
    return Incoming(
        CHANNEL,
        account,
        _number(user["id"]),
        _number(chat["id"]),
        _number(raw["update_id"]),
        at,
        said,
        _words(user.get("language_code")),
        _words(user.get("username")),
        number,
        can=CAN,
    )
