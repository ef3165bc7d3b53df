"""What staff are told in their chats: that there is something to read, that a reply did not arrive,
that an account was bound.

Of messages an organisation's coordinators hear at most once an hour, in working hours. One task an
organisation does it: a row that two processes cannot have in hand at once, whose ``cursor`` says
when staff were told last (seconds since 1970), and in the same transaction the messages are marked
as told. So a restart or a second process neither loses nor doubles a word.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from blueprints.schema import Blueprint
from messages import stored
from messages.base36 import base36
from messages.message import MENU, Kind, Message, Option, Rich, Widget
from messages.words import Words
from outreach import hours
from outreach.clock import Again, Context, Done, Handler, Outcome
from storage import inbox as store
from storage import tasks
from storage.inbox import Reply, StaffChat
from storage.tasks import TaskRow
from storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outreach.staff import Actor

TELL, WATCH = "inbox.tell", "inbox.watch"
NOTICE = "staff_notice"
"""The kind of these messages."""

EVERY = timedelta(hours=1)
BEGINS, ENDS = 9, 17  # working hours, by the organisation's clock …
WORKDAYS = 5  # … from Monday to Friday
LIVES = timedelta(hours=8)  # a word to staff that comes later than that is old
LOOKS = (5, 10, 30, 60, 300, 900, 3600)  # seconds between two looks at what became of a reply


def plan(tx: Transaction, organisation: str, now: datetime, blueprint: Blueprint) -> None:
    """There is something new to read: have staff told, as soon as they may be."""
    subject = f"inbox:{organisation}"
    known = tasks.of(tx, subject, TELL)
    told = _told_at(known[0]) if known else None
    due = max(now, told + EVERY) if told else now
    tasks.plan(tx, TELL, subject, working(due, blueprint.zone(organisation)), now)


def ensure(tx: Transaction, context: Context) -> None:
    """At the program's start: what was written before anybody was told of it."""
    for organisation in context.blueprint.organisations:
        if not tasks.of(tx, f"inbox:{organisation.key}", TELL):
            plan(tx, organisation.key, context.now, context.blueprint)


def working(at: datetime, zone: str) -> datetime:
    """``at`` where that is in working hours in ``zone``, else when they begin next; in UTC."""
    there = hours.known(zone)
    here = at.astimezone(there)
    day = here.date()
    if here.weekday() < WORKDAYS and BEGINS <= here.hour < ENDS:
        return at
    if here.hour >= BEGINS or here.weekday() >= WORKDAYS:
        day += timedelta(days=1)
    while day.weekday() >= WORKDAYS:
        day += timedelta(days=1)
    return hours.local(day, time(BEGINS), there)


def _told_at(task: TaskRow) -> datetime | None:
    return datetime.fromtimestamp(task.cursor, UTC) if task.cursor else None


def _tell(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """Tell an organisation's coordinators how many messages wait, if one is new."""
    organisation = task.subject.partition(":")[2]
    zone, now = context.blueprint.zone(organisation), context.now
    told = _told_at(task)
    earliest = working(max(now, told + EVERY) if told else now, zone)
    if earliest > now:
        return Again(task.cursor, earliest)
    spare = context.blueprint.organisations[0].key
    nothing = Again(task.cursor, working(now + EVERY, zone))
    chats = store.chats(tx, organisation, context.channels)
    if not chats or not store.tell(tx, organisation, spare, now):
        return nothing
    count, _ = store.waiting(tx, (organisation,), spare)
    if not count:
        return nothing
    _notify(tx, chats, f"inbox:{count}", None, now)
    return Again(int(now.timestamp()), working(now + EVERY, zone))


def watch(tx: Transaction, reply: int, now: datetime) -> None:
    """A reply is on its way: whoever wrote it hears at once if it does not arrive."""
    due = now + timedelta(seconds=LOOKS[0])
    tasks.plan(tx, WATCH, f"inbox_reply:{reply}", due, now)


def _watch(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    reply = store.reply(tx, task.number)
    if reply is None or reply.standing == "sent":
        return Done()
    if reply.standing in ("queued", "held"):
        wait = LOOKS[min(task.cursor + 1, len(LOOKS) - 1)]
        return Again(task.cursor + 1, context.now + timedelta(seconds=wait))
    variant = f"lost:{reply.inbox}:{reply.standing}"
    _notify(tx, _concerned(tx, reply, context), variant, None, context.now)
    return Done()


def _concerned(tx: Transaction, reply: Reply, context: Context) -> list[StaffChat]:
    """Who wrote it; where they are not to be found, all who read the organisation's messages."""
    chats = store.chats(tx, reply.organisation, context.channels)
    return [each for each in chats if each.staff == reply.staff] or chats


def bound(
    tx: Transaction, actor: Actor, how: str, account: tuple[str, str], words: Words,
    channels: Iterable[str], now: datetime,
) -> None:  # fmt: skip
    """An ``account`` (channel, user) was bound to somebody of the staff, by a "code", a "name" or a
    "number": the admins of their organisations hear of it in another chat, in case it was not
    who it seems."""
    told: set[int] = set()
    channel = account[0]
    for organisation in actor.where():
        chats = store.chats(tx, organisation, tuple(channels), admins=True, but=account)
        for chat in chats:
            if chat.staff in told:
                continue
            told.add(chat.staff)
            language = words.spoken(chat.language, "en")
            text = words.rich(
                f"inbox.bound_{how}", language, name=actor.name, channel=channel.capitalize()
            )
            payload = stored.dump(Message(text, language))
            store.notify(tx, chat, NOTICE, "bound", payload, now, now + timedelta(days=7))


def _notify(
    tx: Transaction, chats: Iterable[StaffChat], variant: str, payload: str | None, now: datetime
) -> None:
    for each in chats:
        store.notify(tx, each, NOTICE, variant, payload, now, now + LIVES)


def notice(variant: str, language: str, words: Words) -> Message:
    """A word to staff, made when it is sent. ``variant``: "inbox:3" or "lost:12:blocked"."""
    what, _, rest = variant.partition(":")
    if what == "lost":
        number, _, how = rest.partition(":")
        text = words.rich(f"inbox.lost_{how}", language)
        return _with_button(text, f"staff.message.{base36(int(number))}", "open", language, words)
    count = int(rest)
    text = words.rich("inbox.waiting", language, count=count)
    return _with_button(text, "staff.inbox", "messages", language, words, count=count)


def _with_button(
    text: Rich, press: str, label: str, language: str, words: Words, **values: int
) -> Message:
    named = words.text(f"inbox.button_{label}", language, **values)
    option = Option(press.replace(".", "_"), f"={press}", named)
    return Message(text, language, Widget(Kind.BUTTONS, MENU, (option,)))


HANDLERS: dict[str, Handler] = {TELL: _tell, WATCH: _watch}
