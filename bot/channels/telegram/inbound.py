"""A Telegram update as an Incoming."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from telegram import CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Message, Update, User
from telegram.constants import ChatType, MessageType

from bot.incoming import (
    Attachment,
    Command,
    Contact,
    Edited,
    Incoming,
    Left,
    Location,
    Opened,
    Said,
    Text,
    parse_press,
)

CHANNEL = "telegram"
CAN = frozenset({"edit", "file"})
ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
ATTACHMENTS = (
    MessageType.ANIMATION,  # before "document", which Telegram sets too
    MessageType.AUDIO,
    MessageType.DOCUMENT,
    MessageType.LIVE_PHOTO,
    MessageType.PAID_MEDIA,
    MessageType.PHOTO,
    MessageType.STICKER,
    MessageType.STORY,
    MessageType.VIDEO,
    MessageType.VIDEO_NOTE,
    MessageType.VOICE,
    MessageType.CHECKLIST,
    MessageType.DICE,
    MessageType.GAME,
    MessageType.INVOICE,
    MessageType.POLL,
)


def incoming(update: Update, account: str, now: datetime | None = None) -> Incoming | None:
    """What a person did in a private chat with the bot; None for everything else.

    ``account`` is the bot's id, ``now`` (UTC) dates button presses, which carry no date.
    """
    if query := update.callback_query:
        return _pressed(update, query, account, now or datetime.now(UTC))
    if message := update.message:
        return _from(update, message, _said(message), account)
    if message := update.edited_message:
        said = Edited(message.text or message.caption or "")
        return _from(update, message, said, account)
    if member := update.my_chat_member:
        return _membership(update, member, account)
    return None


@dataclass(frozen=True, slots=True)
class _Origin:
    """Which update, of whom, where and when."""

    update: Update
    account: str
    user: User
    chat: Chat
    at: datetime

    def incoming(self, said: Said, message: str | None = None) -> Incoming:
        return Incoming(
            channel=CHANNEL,
            account=self.account,
            user=str(self.user.id),
            chat=str(self.chat.id),
            event_id=str(self.update.update_id),
            at=self.at,
            said=said,
            locale=self.user.language_code,
            username=self.user.username,
            message=message,
            can=CAN,
            spoken=str(self.update.message.message_id) if self.update.message else None,
        )


def _from(update: Update, message: Message, said: Said | None, account: str) -> Incoming | None:
    user = message.from_user
    if said is None or user is None or user.is_bot or message.chat.type != ChatType.PRIVATE:
        return None
    return _Origin(update, account, user, message.chat, message.date).incoming(said)


def _pressed(update: Update, query: CallbackQuery, account: str, now: datetime) -> Incoming | None:
    message = query.message  # also there when it is too old to be changed
    press = parse_press(query.data or "")
    if message is None or press is None or message.chat.type != ChatType.PRIVATE:
        return None
    origin = _Origin(update, account, query.from_user, message.chat, now)
    return origin.incoming(press, str(message.message_id))


def _membership(update: Update, change: ChatMemberUpdated, account: str) -> Incoming | None:
    if change.chat.type != ChatType.PRIVATE:
        return None
    status = change.new_chat_member.status
    if status == ChatMember.BANNED:
        said: Said = Left()
    elif status == ChatMember.MEMBER:
        said = Opened("chat")
    else:
        return None
    return _Origin(update, account, change.from_user, change.chat, change.date).incoming(said)


def _said(message: Message) -> Said | None:
    """None for service messages (a pinned message, a timer that was set)."""
    if message.text is not None:
        return typed(message.text)
    if contact := message.contact:
        sender = message.from_user
        return Contact(own=sender is not None and contact.user_id == sender.id)
    if message.venue or message.location:
        place = message.venue.location if message.venue else message.location
        return Location(place.latitude, place.longitude) if place else None
    for kind in ATTACHMENTS:
        if getattr(message, kind, None):
            return Attachment(str(kind.value), message.caption or "")
    return None


def typed(text: str) -> Said:
    """A command where the text begins with one: ``/Start@my_bot  payload``."""
    if not text.startswith("/"):
        return Text(text)
    head, _, argument = text[1:].replace("\n", " ", 1).partition(" ")
    name = head.partition("@")[0].lower()
    if not (name.isascii() and name.replace("_", "").isalnum() and len(name) <= 32):
        return Text(text)
    return Command(name, argument.strip())
