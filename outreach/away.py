"""After the program was away for longer than platforms keep presses: one line to those who may
have pressed in vain, with buttons that work.

Telegram keeps a press for 150 seconds, Slack not at all. The program notes every half a minute that
it is alive (a row); when the note before is older than presses are kept, it was away, and in the
same transaction a task is planned. So an outage is seen once, whichever process sees it and
however often it is restarted; the task goes through the people in slices, each committed with how
far it got.

Who gets the line: whose question was asked, in a conversation still open, within a day before the
outage began; and to whom an invitation, a place or a proposal was sent within three days, and who
has not answered. What is older was hardly pressed just then. One line a person, about the question
or else what came last; within the contact budget, at a decent hour, within a day or not at all. An
outage of more than a week tells nobody anything: that is a database from the cupboard.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import orjson

from messages.message import MENU, Message, Option, Widget
from messages.message import Kind as WidgetKind
from messages.words import Words
from outreach.clock import Again, Context, Done, Handler, Outcome
from outreach.kinds import AWAY, KINDS
from storage import away as store
from storage import tasks
from storage.tasks import TaskRow
from storage.transaction import Transaction

if TYPE_CHECKING:
    from storage.deliveries import Candidate

KEPT = timedelta(seconds=150)  # Telegram keeps presses so long for a bot that is away
LONGEST = timedelta(days=7)
ASKED = timedelta(days=1)  # before the outage, for a question
SENT = timedelta(days=3)  # … for an invitation, an offer, a proposal
LIVES = timedelta(days=1)
PLATFORMS = frozenset({"telegram", "slack"})  # the chat page shows by itself what was lost
SLICE = 2_000  # people
TELL = "away.tell"


def beat(tx: Transaction, context: Context) -> None:
    """The program is alive; where it was not for a while, those it missed are to be told."""
    now = context.now
    before = store.alive(tx, now)
    if before is None or not KEPT < now - before <= LONGEST:
        return
    subject = f"away:{int(before.timestamp())}"
    tasks.plan(
        tx, TELL, subject, now, now, variant=str(int(now.timestamp())), expires_at=now + LIVES
    )


def _tell(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """Plan the lines of a slice of the people."""
    began = datetime.fromtimestamp(task.number, context.now.tzinfo)
    ended = datetime.fromtimestamp(int(task.variant), context.now.tzinfo)
    upto = task.cursor + SLICE
    store.plan(
        tx, task.cursor, upto, orjson.dumps(sorted(PLATFORMS & set(context.channels))).decode(),
        AWAY, KINDS[AWAY].lane, task.variant,
        asked_since=began - ASKED, since=began - SENT, until=ended, now=context.now,
        expires_at=ended + LIVES,
    )  # fmt: skip
    return Again(upto) if upto < store.last(tx) else Done()


def settled(row: Candidate) -> bool:
    """Whether they have answered meanwhile what the line is about."""
    if row.event is not None:
        return row.rsvp not in (None, "offered")
    if row.match is not None:
        return False  # outreach.mentoring.wanted says
    return row.talked_at is None or row.talked_at.timestamp() > int(row.variant)


def consent(row: Candidate) -> str | None:
    """The purpose that what the line is about needs."""
    if row.match is not None:
        return "mentoring"
    return "invitations" if row.event is not None and row.rsvp is None else None


def line(language: str, words: Words, about: Message | None, title: str = "") -> Message:
    """The line: with the buttons of what it is ``about`` (an event's or a proposal's message), or
    with one that asks the open question again."""
    if about is not None:
        key = "away.about" if title else "away.line"
        values = {"title": title} if title else {}
        return Message(words.rich(key, language, **values), language, about.widget)
    label = words.text("away.button_go_on", language)
    button = Option("again", "=again", label)
    return Message(
        words.rich("away.line", language), language, Widget(WidgetKind.BUTTONS, MENU, (button,))
    )


HANDLERS: dict[str, Handler] = {TELL: _tell}
