"""Everything planned, played on a virtual clock against a copy of the real data.

The handlers, the claims and the composer are those that the program runs; only nothing is sent.
Nobody answers meanwhile: who would come, leave or talk after all is not known before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from messages.message import Message
from outreach.claiming import Batch, Claimed, claim
from outreach.clock import (
    Again,
    Context,
    Handler,
    Handlers,
    Outcome,
    SliceFailed,
    note_failure,
    tick_through,
)
from outreach.composing import NothingToSay
from outreach.deciding import Rules
from outreach.events import schedule
from outreach.sources import Sources
from storage import outbox, rehearsing, tasks
from storage.outbox import Settled
from storage.rehearsing import About
from storage.tasks import TaskRow
from storage.transaction import Transaction

OWNER = "rehearsal"
SPAN = 10  # seconds of sending that are claimed in one go
RATE = 30  # messages a second of an account, where nothing else is said
LEAST = timedelta(milliseconds=1)  # the clock moves on by
# Nobody joins in a rehearsal: only who comes into an audience by the passing of time is missed.
SELDOM = {schedule.NEWCOMERS: timedelta(days=1)}


class Composes(Protocol):
    """Makes the message (outreach.composing); raises NothingToSay."""

    def compose(self, claimed: Claimed, sources: Sources) -> Message: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One message, and what would become of it.

    ``outcome``: "sent", then ``reason`` says what it had to wait for, if for anything; "expired",
    "cancelled", "failed" or "held" for the ``reason``; "waiting" beyond the end, until ``at`` at
    least. ``missing``: there is no text in this, the reader's, language. ``about``: "event:KEY",
    "broadcast:KEY", "match:12" or "request:12"; ``organisation``: whose that is, of the last two
    the reader's. ``at`` is in UTC.
    """

    at: datetime
    timezone: str
    person: int | None
    name: str
    channel: str
    language: str
    kind: str
    about: str
    organisation: str
    outcome: str
    reason: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A planned task that was given up."""

    at: datetime
    kind: str
    subject: str
    reason: str


class VirtualClock:
    """Tells the moment it is set to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class _Account:
    channel: str
    account: str
    rate: int
    next_at: datetime | None


class Rehearsal:
    """Plays on the ``tx`` of a scratch copy (storage.scratch), which it changes: give that up
    afterwards. ``context`` says what handlers are told, at the moments of ``clock``; ``rates``:
    channel -> messages a second."""

    def __init__(
        self,
        tx: Transaction,
        handlers: Handlers,
        context: Context,
        composer: Composes,
        clock: VirtualClock,
        rates: Mapping[str, int],
    ) -> None:
        self._tx = tx
        self._handlers = {
            kind: seldom(handler, SELDOM[kind]) if kind in SELDOM else handler
            for kind, handler in handlers.items()
        }
        self._context = context
        self._composer = composer
        self._clock = clock
        self._rules = Rules.of(context.blueprint)
        self._accounts = [
            _Account(channel, account, rates.get(channel, RATE), clock.now)
            for channel, account in rehearsing.accounts(tx, context.channels)
        ]
        self.failures: list[Failure] = []

    def play(self, until: datetime) -> Iterator[Entry]:
        """Everything from the clock's moment up to and with ``until``, in the order in which it
        happens; then what still waits."""
        rehearsing.begin(self._tx)
        following: datetime | None = self._clock.now
        while following is not None and following <= until:
            self._clock.now = following
            self._do_tasks()
            yield from self._ended()
            for account in self._accounts:
                if account.next_at is not None and account.next_at <= following:
                    yield from self._send(account)
            moment = self._next()
            following = None if moment is None else max(moment, following + LEAST)
        for message in rehearsing.still_waiting(self._tx):
            yield self._entry(message, message.due_at, "waiting", message.waited)

    def _next(self) -> datetime | None:
        moments = [account.next_at for account in self._accounts]
        moments.append(tasks.next_due(self._tx))
        return min((each for each in moments if each is not None), default=None)

    def _do_tasks(self) -> None:
        """Do what is due; afterwards there may be something to send."""
        context = replace(self._context, now=self._clock.now)
        did = False
        while self._tick(context):
            did = True
        if did:
            for account in self._accounts:
                account.next_at = min(account.next_at or context.now, context.now)

    def _tick(self, context: Context) -> bool:
        try:
            with rehearsing.savepoint(self._tx):
                return tick_through(self._tx, self._handlers, context) is not None
        except SliceFailed as failure:
            if note_failure(self._tx, failure, context.now):
                task = failure.task
                self.failures.append(Failure(context.now, task.kind, task.subject, failure.reason))
            return True

    def _send(self, account: _Account) -> Iterator[Entry]:
        """What an account sends in the next seconds, as fast as it may."""
        now = self._clock.now
        batch = claim(
            self._tx, OWNER, account.channel, account.account, account.rate * SPAN,
            frozenset(), now, self._rules,
        )  # fmt: skip
        rehearsing.wait(self._tx, ((key, each.reason) for key, each in batch.later.items()))
        yield from self._ended()
        yield from self._sent(batch, account.rate)
        count = len(batch.claimed)
        free = now + timedelta(seconds=count / account.rate)
        account.next_at = free if count else batch.next_due

    def _ended(self) -> Iterator[Entry]:
        for message in rehearsing.ended(self._tx):
            yield self._entry(message, self._clock.now, message.state, message.reason)

    def _sent(self, batch: Batch, rate: int) -> Iterator[Entry]:
        if not batch.claimed:
            return
        now = self._clock.now
        waited = rehearsing.waited(self._tx, [each.delivery for each in batch.claimed])
        settled = []
        for place, claimed in enumerate(batch.claimed):
            problem = self._problem(claimed, batch.sources)
            state, reason = ("failed", problem) if problem else ("sent", None)
            settled.append(Settled(claimed.delivery, state, reason, rehearsing.SENT))
            at = now + timedelta(seconds=place / rate)
            reason = reason or waited.get(claimed.delivery, "")
            yield _claimed_entry(claimed, batch.sources, at, state, reason, self._rules.zone)
        outbox.settle(self._tx, settled, now)

    def _problem(self, claimed: Claimed, sources: Sources) -> str | None:
        """Why the message cannot be made, if it cannot."""
        try:
            self._composer.compose(claimed, sources)
        except NothingToSay as nothing:
            return str(nothing)
        except Exception as error:  # whatever it is: the program would not send it either
            return f"error: {type(error).__name__}"
        return None

    def _entry(self, message: About, at: datetime, outcome: str, reason: str) -> Entry:
        return Entry(
            at,
            self._rules.zone_for(message.timezone, message.home),
            message.person,
            message.name,
            message.channel,
            message.language,
            message.kind,
            message.about,
            message.organisation,
            outcome,
            reason,
        )


def seldom(handler: Handler, pause: timedelta) -> Handler:
    """The same, but begun anew only after a ``pause``."""

    def handle(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
        outcome = handler(tx, task, context)
        if isinstance(outcome, Again) and outcome.due_at is not None:
            return replace(outcome, due_at=max(outcome.due_at, context.now + pause))
        return outcome

    return handle


def _claimed_entry(
    claimed: Claimed, sources: Sources, at: datetime, outcome: str, reason: str, zone: str
) -> Entry:
    reader = claimed.reader
    language = reader.language if reader else ""
    about, organisation, missing = "", "", ""
    if claimed.event is not None and (event := sources.events.get(claimed.event)):
        about, organisation = f"event:{event.key}", event.organisation
        missing = _missing(language, event.title, event.description)
    elif claimed.broadcast is not None and (sent := sources.broadcasts.get(claimed.broadcast)):
        about, organisation = f"broadcast:{sent.key}", sent.organisation
        missing = _missing(language, sent.bodies)
    elif reader is not None and (claimed.match or claimed.request):
        about = f"match:{claimed.match}" if claimed.match else f"request:{claimed.request}"
        organisation = reader.organisation
    return Entry(
        at,
        reader.timezone if reader else zone,
        reader.person if reader else None,
        reader.name if reader else "",
        claimed.channel,
        language,
        claimed.kind,
        about,
        organisation,
        outcome,
        reason,
        missing,
    )


def _missing(language: str, *texts: Mapping[str, str]) -> str:
    """The language, where one of the texts is there in others only ("" stands for all)."""
    if not language:
        return ""
    gaps = any(text and language not in text and "" not in text for text in texts)
    return language if gaps else ""
