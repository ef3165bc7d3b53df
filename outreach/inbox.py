"""Messages to staff: kept with what the bot had asked, read, answered, dealt with.

The one place of these rules; the chat and the command line only show them. Staff read what their
own organisation's people wrote: coordinators with name and words, viewers how many wait and since
when. Who has no organisation yet belongs to the one that would look after them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from blueprints.schema import Blueprint
from flows.understand.reading import Understood
from flows.understand.text import clean
from messages import rich, stored
from messages.message import Message as Said
from messages.words import Words
from outreach import noticing, staff
from outreach.errors import NotFound, WrongState
from outreach.restored import RELEASED, holding
from outreach.staff import COORDINATOR, VIEWER, Actor
from outreach.told import why
from storage import inbox as store
from storage import living
from storage.inbox import Message, Reply
from storage.transaction import Transaction

TEXT_LIMIT = 2000
"""Characters of a reply: it fits into one message on every platform."""
MOST_WAITING = 50
"""Messages of one person that wait for an answer: more would only bury those of others."""
SPOKEN = "spoken"
QUOTE_LENGTH = 120  # characters of the message that a reply quotes


@dataclass(frozen=True, slots=True)
class Kept:
    """What was passed on: to whose staff, and whether anybody there reads messages in a chat.
    ``full``: it was not, for too many of theirs wait already."""

    organisation: str
    staffed: bool
    full: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as somebody of the staff may see it. ``named``: with name and words; without, those
    are not in ``message`` either. ``waits``: how long for an answer, or to be put away."""

    message: Message
    named: bool
    waits: timedelta


def keep(
    tx: Transaction, person: int, organisation: str | None, *, language: str, channel: str,
    account: str, user: str, kind: str, text: str, now: datetime, blueprint: Blueprint,
    asked: Mapping[str, str] | None = None, spoken: str | None = None,
) -> Kept:  # fmt: skip
    """Keep what somebody wrote, and have the staff told, unless :data:`MOST_WAITING` of theirs wait
    already. ``organisation``: the person's own; ``asked``: the question that is open with them,
    None for none: what the bot said last is noted then. ``spoken``: the platform's id of what they
    wrote, which an answer quotes where the platform has quotes."""
    whose = organisation or blueprint.organisation_for(None, None, language).key
    if store.waiting_of(tx, person, MOST_WAITING) >= MOST_WAITING:
        return Kept(whose, store.staffed(tx, whose), full=True)
    about = {**asked, "at": now.isoformat()} if asked else dict(store.last_said(tx, person))
    if spoken is not None:
        about[SPOKEN] = spoken
    living.keep_for_staff(
        tx, person, channel=channel, account=account, user=user, kind=kind, text=text, now=now,
        organisation=whose,
        about=about,
    )  # fmt: skip
    noticing.plan(tx, whose, now, blueprint)
    return Kept(whose, store.staffed(tx, whose))


def spare(blueprint: Blueprint) -> str:
    """Whose staff read what belongs to nobody."""
    return blueprint.organisations[0].key


def waiting(
    tx: Transaction, organisations: Sequence[str] | None, blueprint: Blueprint
) -> tuple[int, datetime | None]:
    """How many messages wait for an answer, and since when the oldest does."""
    return store.waiting(tx, organisations, spare(blueprint))


def listed(
    tx: Transaction, actor: Actor, organisations: Sequence[str] | None, blueprint: Blueprint,
    now: datetime, limit: int, offset: int = 0, *, everything: bool = False,
) -> list[Seen]:  # fmt: skip
    """Messages of ``organisations`` (None: of all), unanswered first, the oldest of each first.
    Raises NotAllowed for one in which they have no role."""
    for each in organisations if organisations is not None else (None,):
        staff.require(actor, each, VIEWER)
    found = store.listed(tx, organisations, spare(blueprint), limit, offset, everything=everything)
    return [seen(actor, each, now) for each in found]


def seen(actor: Actor, message: Message, now: datetime) -> Seen:
    """The message as ``actor`` may see it."""
    named = actor.may(message.organisation, COORDINATOR)
    if not named:
        message = replace(
            message, person=None, user="", text="", about={}, name=None, persona=None, city=None,
            country=None, identity=None, chat=None,
        )  # fmt: skip
    return Seen(message, named, max(now - message.at, timedelta()))


def find(tx: Transaction, actor: Actor, number: int, blueprint: Blueprint) -> Message:
    """The message of this number, for who may read it. Raises NotFound, NotAllowed."""
    message = store.one(tx, number, spare(blueprint))
    if message is None:
        raise NotFound(why("no_message", number=number))
    staff.require(actor, message.organisation, COORDINATOR)
    return message


def reply(
    tx: Transaction, actor: Actor, number: int, text: str, now: datetime, words: Words,
    blueprint: Blueprint, channels: Sequence[str], by: Actor | None = None,
) -> Reply:  # fmt: skip
    """Answer a message, in the name of ``actor`` (``by``: of somebody else of the staff): to where
    it was written, after what goes to that chat already.

    Raises NotFound, NotAllowed, and WrongState where it cannot arrive or says nothing.
    """
    message = find(tx, actor, number, blueprint)
    writer = by or actor
    staff.require(writer, message.organisation, COORDINATOR)
    said = clean(text, TEXT_LIMIT, multiline=True)
    if not isinstance(said, Understood):
        raise WrongState(why("reply_length", most=TEXT_LIMIT))
    arrives(message, channels)
    name = writer.name if writer.staff is not None else ""
    card = answer(message, name, said.value, words, blueprint)
    reason = RELEASED if holding(tx) is not None else None  # written by somebody who knows of it
    reply = store.add_reply(
        tx, message, writer.staff, name, said.value, stored.dump(card), reason, now
    )
    noticing.watch(tx, reply, now)
    staff.log(
        tx, actor, "inbox.reply", now, organisation=message.organisation,
        subject=f"message:{number}", people=1,
    )  # fmt: skip
    made = store.reply(tx, reply)
    assert made is not None  # noqa: S101 - it was just written
    return made


def arrives(message: Message, channels: Sequence[str]) -> None:
    """Raises WrongState where nothing sent would reach who wrote it."""
    if message.identity is None:
        raise WrongState(why("reply_left"))
    if not message.reachable:
        raise WrongState(why("reply_blocked"))
    if message.channel not in channels:
        raise WrongState(why("reply_no_channel", channel=message.channel))


def answer(message: Message, name: str, text: str, words: Words, blueprint: Blueprint) -> Said:
    """What the person gets: who answers what, and the answer as it was written."""
    language = words.spoken(message.language, blueprint.language)
    organisation = blueprint.organisation(message.organisation)
    head = words.rich(
        "inbox.answer", language, name=name, quote=shortened(message.text),
        organisation=organisation.name if organisation else message.organisation,
    )  # fmt: skip
    spoken = message.about.get(SPOKEN)
    quoted = str(spoken) if spoken is not None else None
    return Said(rich.concat(head, rich.paragraphs(text)), language, quoted=quoted)


def done(tx: Transaction, actor: Actor, number: int, now: datetime, blueprint: Blueprint) -> bool:
    """Take a message off the list, answered or not; False where it was before. Raises NotFound,
    NotAllowed."""
    message = find(tx, actor, number, blueprint)
    if not store.done(tx, number):
        return False
    staff.log(
        tx, actor, "inbox.done", now, organisation=message.organisation,
        subject=f"message:{number}", people=1, detail={"answered": message.answered},
    )  # fmt: skip
    return True


def read(
    tx: Transaction, actor: Actor, organisation: str | None, people: int, now: datetime,
    number: int | None = None,
) -> None:  # fmt: skip
    """Note that ``actor`` read what so many people wrote."""
    if people:
        subject = f"message:{number}" if number is not None else None
        staff.log(
            tx, actor, "inbox.read", now, organisation=organisation, subject=subject, people=people
        )


def shortened(text: str) -> str:
    """Somebody's words on one line, not too long."""
    line = " ".join(text.split())
    return line if len(line) <= QUOTE_LENGTH else line[: QUOTE_LENGTH - 1].rstrip() + "…"
