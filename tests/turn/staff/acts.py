"""Everything that staff can do below the chat and the command line, and which role it needs.

An act here is tried by every role in test_acts.py; what is not here is found in test_complete.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, cast

from outreach import inbox
from outreach.broadcasts import life as broadcasts
from outreach.broadcasts import trying
from outreach.events import changing, checkin, life, posting
from outreach.events.model import details_of
from outreach.mentoring import acts, rounds
from outreach.staff import COORDINATOR, VIEWER
from storage.database import Database, Transaction
from tests.outreach.broadcasts.writing import written
from tests.outreach.inviting import STARTS
from tests.outreach.test_event_life import BRUNCH
from tests.turn.staff.world import CHANNELS, GUEST, LATER, MESSAGE, Case

Do: TypeAlias = Callable[[Case], object]


@dataclass(frozen=True, slots=True)
class Act:
    """``does`` is the function that it calls, ``role`` what it needs in cike, ``logs`` what it
    leaves in the log; None: it reads what no log is kept of."""

    does: str
    role: str
    logs: str | None
    do: Do


ACTS: dict[str, Act] = {}
NO_ACTS = {
    "outreach.staff.require": "says who may: every act passes it",
    "outreach.staff.log": "writes the log: every act passes it",
    "outreach.events.keeping.held": "asks for the role on behalf of life and changing",
    "outreach.events.keeping.note_down": "writes the log on behalf of life and changing",
    "outreach.events.posting.check": "asks for the role before a platform is asked; so does post",
    "outreach.inbox.seen": "how a message is shown; listed() gives what it makes",
    "outreach.inbox.read": "writes the log on behalf of the pages",
    "outreach.noticing.bound": "tells admins whose account was bound",
    "outreach.mentoring.listing.seen": "how somebody is shown; see test_listing.py",
    "outreach.mentoring.listing.sees": "what is shown at all; the pages of a match ask it",
}
"""What takes an actor and is nothing that staff do -> why."""


def name_of(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__name__}"


def act(does: Callable[..., Any], role: str, logs: str | None = None) -> Callable[[Do], Do]:
    """Register a way to call ``does``, under the name of the function."""

    def register(do: Do) -> Do:
        ACTS[do.__name__] = Act(name_of(does), role, logs, do)
        return do

    return register


# ---- events ----


@act(life.create, COORDINATOR, "event.create")
def create_event(case: Case) -> object:
    return life.create(case.tx, replace(BRUNCH, key="new"), case.actor, LATER)


@act(life.announce, COORDINATOR, "event.announce")
def announce_event(case: Case) -> object:
    event = case.world.draft.id
    return life.announce(case.tx, event, case.actor, LATER, case.blueprint, 1)


@act(changing.change, COORDINATOR, "event.change")
def change_event(case: Case) -> object:
    brunch = case.world.brunch
    details = replace(details_of(brunch), link="https://example.org/x")
    return changing.change(case.tx, brunch.id, details, case.actor, LATER, case.blueprint)


@act(life.cancel, COORDINATOR, "event.cancel")
def cancel_event(case: Case) -> object:
    return life.cancel(case.tx, case.world.brunch.id, case.actor, LATER)


@act(life.close, COORDINATOR, "event.close")
def close_event(case: Case) -> object:
    return life.close(case.tx, case.world.brunch.id, case.actor, LATER)


@act(posting.post, COORDINATOR, "event.post")
def post_event(case: Case) -> object:
    where = ("telegram", "bot", "-1001")
    return posting.post(case.tx, "brunch", *where, case.actor, LATER, case.blueprint)


@act(checkin.by_list, VIEWER, "event.checkin")
def check_in(case: Case) -> object:
    return checkin.by_list(case.tx, case.world.brunch, [GUEST], case.actor, STARTS)


# ---- broadcasts ----


@act(broadcasts.find, VIEWER)
def find_broadcast(case: Case) -> object:
    return broadcasts.find(case.tx, case.actor, "sending")


@act(broadcasts.create, COORDINATOR, "broadcast.create")
def create_broadcast(case: Case) -> object:
    return _created(case, "new")


@act(broadcasts.create, COORDINATOR, "broadcast.create")
def rewrite_broadcast(case: Case) -> object:
    return _created(case, "draft", replace=True)


def _created(case: Case, key: str, *, replace: bool = False) -> object:
    new = written(key)
    return broadcasts.create(case.tx, case.actor, new, "cike", "", LATER, case.blueprint, replace)


@act(broadcasts.send, COORDINATOR, "broadcast.send")
def send_broadcast(case: Case) -> object:
    return broadcasts.send(case.tx, case.actor, "draft", 1, LATER, case.blueprint)


@act(broadcasts.schedule, COORDINATOR, "broadcast.schedule")
def schedule_broadcast(case: Case) -> object:
    return broadcasts.schedule(case.tx, case.actor, "draft", STARTS, 1, LATER, case.blueprint)


@act(broadcasts.pause, COORDINATOR, "broadcast.pause")
def pause_broadcast(case: Case) -> object:
    return broadcasts.pause(case.tx, case.actor, "sending", LATER)


@act(broadcasts.resume, COORDINATOR, "broadcast.resume")
def resume_broadcast(case: Case) -> object:
    return broadcasts.resume(case.tx, case.actor, "paused", LATER)


@act(broadcasts.cancel, COORDINATOR, "broadcast.cancel")
def cancel_broadcast(case: Case) -> object:
    return broadcasts.cancel(case.tx, case.actor, "sending", LATER)


@act(broadcasts.correct, COORDINATOR, "broadcast.correct")
def correct_broadcast(case: Case) -> object:
    right = written("sending", title="Right")
    return broadcasts.correct(case.tx, case.actor, "sending", right, 1, LATER, case.blueprint)


@act(broadcasts.withdraw, COORDINATOR, "broadcast.withdraw")
def withdraw_broadcast(case: Case) -> object:
    return broadcasts.withdraw(case.tx, case.actor, "sending", 1, LATER)


@act(trying.send_to_one, COORDINATOR, "broadcast.test")
def try_broadcast(case: Case) -> object:
    words, blueprint = case.world.house.words, case.blueprint
    return trying.send_to_one(
        case.tx, case.actor, "draft", GUEST, LATER, words, blueprint, CHANNELS
    )


# ---- messages to the staff ----


@act(inbox.listed, VIEWER)
def list_messages(case: Case) -> object:
    return inbox.listed(case.tx, case.actor, ("cike",), case.blueprint, LATER, 10)


@act(inbox.find, COORDINATOR)
def find_message(case: Case) -> object:
    return inbox.find(case.tx, case.actor, MESSAGE, case.blueprint)


@act(inbox.reply, COORDINATOR, "inbox.reply")
def answer_message(case: Case) -> object:
    return inbox.reply(
        case.tx, case.actor, MESSAGE, "See you", LATER, case.world.house.words, case.blueprint,
        CHANNELS,
    )  # fmt: skip


@act(inbox.done, COORDINATOR, "inbox.done")
def take_message_off_the_list(case: Case) -> object:
    return inbox.done(case.tx, case.actor, MESSAGE, LATER, case.blueprint)


# ---- mentoring ----


@act(acts.approve, COORDINATOR, "match.approve")
def approve_match(case: Case) -> object:
    return acts.approve(case.tx, [1], case.actor, LATER, case.blueprint)


@act(acts.approve, COORDINATOR, "match.approve")
def approve_what_can_be(case: Case) -> object:
    return acts.approve(case.tx, [1, 2], case.actor, LATER, case.blueprint, skip=True)


@act(acts.swap, COORDINATOR, "match.swap")
def take_the_next_best(case: Case) -> object:
    return acts.swap(case.tx, 1, case.actor, LATER, case.blueprint)


@act(acts.swap, COORDINATOR, "match.swap")
def take_another_mentor(case: Case) -> object:
    return acts.swap(case.tx, 1, case.actor, LATER, case.blueprint, 16)


@act(acts.forbid, COORDINATOR, "match.forbid")
def forbid_match(case: Case) -> object:
    return acts.forbid(case.tx, 1, case.actor, LATER, case.blueprint)


@act(acts.forbid, COORDINATOR, "match.forbid")
def forbid_two_who_are_matched(case: Case) -> object:
    return acts.forbid(case.tx, (2, 12), case.actor, LATER, case.blueprint)


@act(acts.forbid, COORDINATOR, "match.forbid")
def forbid_two(case: Case) -> object:
    return acts.forbid(case.tx, (3, 16), case.actor, LATER, case.blueprint)


@act(acts.allow, COORDINATOR, "match.allow")
def allow_two(case: Case) -> object:
    return acts.allow(case.tx, (3, 12), case.actor, LATER)


@act(acts.close, COORDINATOR, "match.close")
def close_match(case: Case) -> object:
    return acts.close(case.tx, 2, "other", case.actor, LATER, case.blueprint)


@act(rounds.ask_for, COORDINATOR, "match.round")
def ask_for_a_round(case: Case) -> None:
    rounds.ask_for(case.tx, "cike", case.actor, LATER)


@act(rounds.keep, COORDINATOR, "match.round")
def make_a_round(case: Case) -> object:
    database = cast("Database", Within(case.tx))
    plan = rounds.look(database, "cike", LATER, case.blueprint, CHANNELS)
    return rounds.keep(database, plan, "cike", case.actor, LATER, case.blueprint)


@dataclass(frozen=True, slots=True)
class Within:
    """A database of which every transaction is part of one that is open already."""

    tx: Transaction

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        yield self.tx

    reading = transaction
