"""The last message that somebody was sent by the bot itself, as it would read now."""

from __future__ import annotations

from datetime import datetime

from blueprints.schema import Blueprint
from messages.message import Message
from messages.words import Words
from outreach import sources
from outreach.claiming import Claimed
from outreach.composing import Composer
from outreach.reader import Reader
from storage.last_sent import LastSent
from storage.transaction import Transaction


def shown(
    tx: Transaction, last: LastSent, reader: Reader, words: Words, blueprint: Blueprint,
    now: datetime,
) -> Message:  # fmt: skip
    """The message. Raises NothingToSay where there is none of it any more."""
    claimed = Claimed(
        delivery=0, channel="", account="", chat="", user="", lane=1, kind=last.kind,
        variant=last.variant, action="send", target=None, payload=None, attempts=0,
        broadcast=last.broadcast, event=last.event, reader=reader, expires_at=None,
        match=last.match, request=last.request,
    )  # fmt: skip
    return Composer(words, blueprint, lambda: now).compose(claimed, sources.load(tx, [last]))
