"""An event's card in a Telegram group or a Slack channel, with a button to the bot's chat."""

from __future__ import annotations

import re
from datetime import datetime

from blueprints.schema import Blueprint
from outreach import staff
from outreach.errors import OutreachError, WrongState
from outreach.events.life import find
from outreach.staff import COORDINATOR, Actor
from storage import posts
from storage.events import EventRow
from storage.transaction import Transaction

# A group's number is negative; a public group or channel has a name.
# https://core.telegram.org/bots/api#sendmessage (chat_id)
CHATS = {
    "telegram": re.compile(r"-[0-9]{1,20}|@[A-Za-z][A-Za-z0-9_]{3,31}"),
    "slack": re.compile(r"[CG][A-Z0-9]{6,20}"),
}
EXAMPLES = {
    "telegram": "a group's number like -1001234567890, or @its_name",
    "slack": "a channel's name like #kosice, or its id",
}


class BadChat(OutreachError):
    """That is no group or channel."""


def check(tx: Transaction, key: str, channel: str, chat: str, actor: Actor) -> EventRow:
    """The event of this key, which may be posted there by this actor.

    Raises NotFound, NotAllowed, WrongState (a draft, over, cancelled), BadChat.
    """
    event = find(tx, key)
    staff.require(actor, event.organisation, COORDINATOR)
    if event.status not in ("announced", "closed"):
        raise WrongState(
            f"{key} is {event.status}; only an announced event can be posted"
            + ("; domov event announce makes it one" if event.status == "draft" else "")
        )
    if not CHATS[channel].fullmatch(chat):
        raise BadChat(f"{chat!r} isn't a group: write {EXAMPLES[channel]}")
    return event


def post(
    tx: Transaction,
    key: str,
    channel: str,
    account: str,
    chat: str,
    actor: Actor,
    now: datetime,
    blueprint: Blueprint,
    language: str = "",
) -> int:
    """Plan a post of the event of this key; gives the delivery's number. ``channel`` "telegram" or
    "slack". Raises what :func:`check` does.
    """
    event = check(tx, key, channel, chat, actor)
    if language and language not in blueprint.languages:
        raise BadChat(f"there is no language {language!r}: {', '.join(blueprint.languages)}")
    number = posts.post(tx, channel, account, chat, event.id, language, now, event.ends_at)
    staff.log(
        tx, actor, "event.post", now, organisation=event.organisation,
        subject=f"event:{key}", detail={"channel": channel, "chat": chat},
    )  # fmt: skip
    return number
