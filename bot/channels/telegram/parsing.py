"""Updates made of JSON. The two frequent kinds are made directly: the library's own reading of a
message looks for a hundred things that are not there, and takes half the time of a turn."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeAlias

from telegram import Bot, CallbackQuery, Chat, InaccessibleMessage, Message, Update, User

Raw: TypeAlias = dict[str, Any]
_TYPED = frozenset({"message_id", "from", "chat", "date", "text"})
# Parts of a message that nobody reads: whole messages again, or such that the library warns
# about its own attributes when it makes an object of them.
_NEEDLESS = (
    "reply_to_message",
    "pinned_message",
    "external_reply",
    "quote",
    "message_auto_delete_timer_changed",
)


def parsed(raw: Raw, bot: Bot) -> Update:
    """The update; of a message that a button was on, and of what was typed, only what
    :mod:`bot.channels.telegram.inbound` reads.

    Raises whatever the library raises for an update of a shape it does not know.
    """
    query, message = raw.get("callback_query"), raw.get("message")
    if query and query.get("message"):
        return Update(raw["update_id"], callback_query=_press(query))
    if message and message.keys() - {"entities"} == _TYPED:
        return Update(raw["update_id"], message=_typed(message))
    if message:
        kept = {name: part for name, part in message.items() if name not in _NEEDLESS}
        raw = {**raw, "message": kept}
    return Update.de_json(raw, bot)


def _press(query: Raw) -> CallbackQuery:
    message = query["message"]
    return CallbackQuery(
        query["id"],
        _user(query["from"]),
        query["chat_instance"],
        InaccessibleMessage(_chat(message["chat"]), message["message_id"]),
        query.get("data"),
    )


def _typed(message: Raw) -> Message:
    return Message(
        message["message_id"],
        datetime.fromtimestamp(message["date"], UTC),
        _chat(message["chat"]),
        _user(message["from"]),
        text=message["text"],
    )


def _chat(raw: Raw) -> Chat:
    return Chat(raw["id"], raw["type"])


def _user(raw: Raw) -> User:
    return User(
        raw["id"],
        raw["first_name"],
        raw["is_bot"],
        username=raw.get("username"),
        language_code=raw.get("language_code"),
    )
