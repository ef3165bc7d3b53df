"""One of everything that staff work with, and somebody of every role, in one database.

The world is made once; whatever is done in it is done in a transaction that is given up. All of it
belongs to cike, but for few()'s pair of bsc_kranj (mentee 4 and match 3).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from blueprints.schema import Blueprint
from bot.incoming import Incoming, Press, Said
from bot.turn.context import House, Later
from bot.turn.unit import Played, play_event, play_later
from messages import rich
from outreach.broadcasts import life as broadcast_life
from outreach.events import life as event_life
from outreach.mentoring import offers
from outreach.staff import Actor, console_actor
from storage import conversations, living, staff_log
from storage import staff as store
from storage.broadcasts import BroadcastRow
from storage.database import Database, Transaction, sql
from storage.events import EventRow, RsvpRow, put_rsvp
from storage.moments import moment
from storage.staff_log import LogLine, Wanted
from storage.statements import Statement
from storage.states import STAFF_ROLES
from storage.tables.base import Table
from tests.outreach.broadcasts.writing import written
from tests.outreach.inviting import NOW, STARTS, person
from tests.outreach.test_event_life import BRUNCH
from tests.storage.mentoring_data import few, member, offer

LATER = NOW + timedelta(hours=1)
CHANNELS = ("demo", "preview", "telegram")
NONE, ELSEWHERE = "no role", "coordinator elsewhere"
ROLES = (NONE, *STAFF_ROLES, ELSEWHERE)
FACTS = {"today": NOW.date().isoformat(), "persona": None, "organisation": None}
MESSAGE = 1  # that the guest wrote
GUEST = 21  # reachable, agrees to invitations, goes to the brunch

EVERYTHING = {
    table.name: sql(f"SELECT * FROM {table.name}") for table in Table.metadata.sorted_tables
}
TURN = frozenset({"received", "delivery", "identity", "person", "conversation", "staff_log"})
"""What any turn of anybody may write: that it was heard, the reply, how the talk stands. Of the
log there is more to say: see what tests ask of it."""
_STATUS = sql("UPDATE broadcast SET status = :status, started_at = :at WHERE id = :id")
_REGISTERED = sql("UPDATE person SET status = 'active', persona = 'expat' WHERE id = :id")
_DROP = sql("UPDATE conversation SET status = 'dropped' WHERE status = 'open'")
_PARK = sql("UPDATE conversation SET status = 'parked'")
_PERSON = sql("SELECT person_id FROM identity WHERE user_id = :user")
_WHERE = sql("SELECT channel, account, user_id FROM identity WHERE person_id = :person")
_TALK = sql("SELECT id FROM conversation WHERE person_id = :person")
_OPEN = sql(
    "SELECT count(*) FROM conversation"
    " WHERE person_id = :person AND status = 'open' AND flow LIKE 'staff_%'"
)
_serial = itertools.count(1)


class GivenUp(Exception):
    """The transaction of a case is not kept."""


def may(role: str, needed: str) -> bool:
    """Whether somebody of one of ROLES may what in cike needs ``needed``, or more."""
    return role in STAFF_ROLES and STAFF_ROLES.index(role) >= STAFF_ROLES.index(needed)


@dataclass(frozen=True, slots=True)
class World:
    """What there is in the database. ``staff``: role -> their number; who has a role writes to
    the bot as the user of that name."""

    database: Database
    house: House
    staff: dict[str, int]
    draft: EventRow
    brunch: EventRow
    broadcasts: dict[str, BroadcastRow]  # by status

    @contextmanager
    def case(self, role: str) -> Iterator[Case]:
        """Something is tried by somebody of a role; nothing of it is kept."""
        with suppress(GivenUp), self.database.transaction() as tx:
            yield Case(self, tx, role)
            raise GivenUp


@dataclass(slots=True)
class Case:
    """A transaction in the world, and who of the staff is at work in it."""

    world: World
    tx: Transaction
    role: str
    later: list[tuple[Incoming, Later]] = field(default_factory=list)
    presses: list[str] = field(default_factory=list)  # of the buttons that were shown

    @property
    def actor(self) -> Actor:
        number = self.world.staff[self.role]
        return Actor(number, self.role, store.roles_of(self.tx, number), "en")

    @property
    def blueprint(self) -> Blueprint:
        return self.world.house.blueprint

    @property
    def person(self) -> int:
        """They are a person, too."""
        return self._number(_PERSON, user=self.role)

    @property
    def talk(self) -> int:
        """The conversation that they left in the middle."""
        return self._number(_TALK, person=self.person)

    def _number(self, statement: Statement, **params: Any) -> int:
        row = self.tx.run(statement, **params).fetchone()
        assert row is not None
        return int(row[0])

    # What they do in the chat.

    def talks(self, flow: str, params: dict[str, Any], answers: dict[str, Any]) -> None:
        """They are in a conversation in which so much has been answered."""
        self.tx.run(_DROP)
        conversations.open_talk(
            self.tx,
            self.person,
            flow,
            params=params,
            facts=FACTS,
            answers=answers,
            draft={},
            now=NOW,
        )

    def press(self, page: str) -> str:
        """Press a button of a page of theirs; what is answered at once, with the buttons."""
        return self.send(Press("m", f"=staff.{page}"))

    def see(self, page: str) -> str:
        """The same, and what is told of it later."""
        return self.press(page) + self.wait()

    def run(self, statement: str, **values: Any) -> None:
        """Something else happens in the database."""
        self.tx.run(sql(statement), **values)

    def send(self, said: Said, channel: str = "preview") -> str:
        incoming = Incoming(
            channel, "local", self.role, self.role, f"e{next(_serial)}", LATER, said, "en",
            can=frozenset({"edit", "file"}),
        )  # fmt: skip
        played = play_event(self.tx, self.world.house, incoming, LATER)
        self.later = [(incoming, later) for later in played.later]
        return self._shown(played)

    def wait(self) -> str:
        """What was looked up beside the turns is told; all of it."""
        said = []
        while self.later:
            said.append(self.wait_once())
        return "\n".join(filter(None, said))

    def wait_once(self) -> str:
        """The next that was looked up."""
        incoming, later = self.later.pop(0)
        found = later.look(self.tx)
        played = play_later(self.tx, self.world.house, incoming, later, found, LATER)
        self.later += [(incoming, each) for each in played.later]
        return self._shown(played)

    def _shown(self, played: Played) -> str:
        messages = [outgoing.message for outgoing in played.outgoing]
        options = [
            option
            for message in messages if message.widget is not None
            for option in (*message.widget.options, *message.widget.controls)
        ]  # fmt: skip
        self.presses = [option.press for option in options]
        texts = [rich.plain(message.text) for message in messages]
        return "\n".join([*texts, *(f"[{option.label}]" for option in options)])

    def follows(self, blueprint: Blueprint) -> None:
        """From now on the region is another."""
        self.world = replace(self.world, house=replace(self.world.house, blueprint=blueprint))

    def becomes(self, role: str) -> None:
        """From now on they have the role of another."""
        number = self.world.staff[self.role]
        wanted = store.roles_of(self.tx, self.world.staff[role])
        for organisation in store.roles_of(self.tx, number):
            store.set_role(self.tx, number, organisation, None)
        for organisation, given in wanted.items():
            store.set_role(self.tx, number, organisation, given)

    # What came of it.

    def tables(self, without: frozenset[str] = frozenset()) -> dict[str, list[str]]:
        """Everything that the database holds, or what is in other tables than these."""
        return {
            name: sorted(map(repr, self.tx.run(statement).fetchall()))
            for name, statement in EVERYTHING.items()
            if name not in without
        }

    def prepares(self) -> bool:
        """Whether they are in a conversation of the staff's."""
        return bool(self._number(_OPEN, person=self.person))

    def last_line(self) -> LogLine:
        """The last that was noted."""
        return staff_log.latest(self.tx, Wanted(), 1)[0]

    def logged(self) -> list[tuple[str, str | None]]:
        """(action, organisation) of what is in the log in their name, the first first."""
        lines = staff_log.latest(self.tx, Wanted(staff=self.world.staff[self.role]), 50)
        return [(line.action, line.organisation) for line in reversed(lines)]


def make(database: Database, house: House, now: datetime = NOW) -> World:
    """The world, in an empty database; both events are four weeks from ``now``."""
    house = replace(house, channels=CHANNELS)
    actor = console_actor()
    starts = now + (STARTS - NOW)
    evening = replace(BRUNCH, starts_at=starts, ends_at=starts + timedelta(hours=2))
    picnic = replace(
        evening, key="draft", title={"en": "Picnic", "sk": "Piknik"},
        description={"en": "Bring a rug", "sk": "Deku so sebou"}, place={"": "Tabačka"},
    )  # fmt: skip
    with database.transaction() as tx:
        few(tx)
        offer(tx, member(tx, 16, "Sára", "expat"), languages=("sk", "en"))
        offers.block(tx, 3, 12, NOW, house.blueprint, offers.STAFF)
        person(tx, GUEST)
        person(tx, 22, organisation="bsc_kranj")
        staff = {role: _employ(tx, role) for role in ROLES}
        draft = event_life.create(tx, picnic, actor, now)
        brunch = event_life.create(tx, evening, actor, now)
        brunch = event_life.announce(tx, brunch.id, actor, now, house.blueprint, 1)
        living.keep_for_staff(
            tx, GUEST, kind="text", text="I can’t come", now=now, organisation="cike",
            **written_from(tx, GUEST),
        )  # fmt: skip
        put_rsvp(tx, RsvpRow(brunch.id, GUEST, "going", 0, now))
        letters = {
            status: _letter(tx, status, house, now)
            for status in ("draft", "scheduled", "sending", "paused")
        }
    return World(database, house, staff, draft, brunch, letters)


def written_from(tx: Transaction, person: int) -> dict[str, Any]:
    """Where somebody writes, as living.keep_for_staff takes it."""
    row = tx.run(_WHERE, person=person).fetchone()
    assert row is not None
    return dict(zip(("channel", "account", "user"), row, strict=True))


def _employ(tx: Transaction, role: str) -> int:
    """Somebody of that role, who has begun to write something in the chat and left it."""
    number = store.add(tx, role, "en", NOW)
    if role == ELSEWHERE:
        store.set_role(tx, number, "bsc_kranj", "coordinator")
    elif role != NONE:
        store.set_role(tx, number, "cike", role)
    store.add_login(tx, number, "preview", role, NOW, account="local", member=role)
    who = conversations.welcome(
        tx, channel="preview", account="local", user=role, chat=role, language="en", source=None,
        now=NOW,
    )  # fmt: skip
    params = {"organisations": ["cike"], "audiences": []}
    conversations.open_talk(
        tx, who.person, "staff_event", params=params, facts=FACTS, answers={}, draft={}, now=NOW
    )
    tx.run(_PARK)
    tx.run(_REGISTERED, id=who.person)
    return number


def _letter(tx: Transaction, status: str, house: House, now: datetime) -> BroadcastRow:
    actor, blueprint = console_actor(), house.blueprint
    text = written(status, title=f"Letter {status}")
    row = broadcast_life.create(tx, actor, text, "cike", "", now, blueprint)
    if status != "draft":
        due = now + timedelta(days=3)
        broadcast_life.schedule(tx, actor, status, due, 1, now, blueprint)
    if status in ("sending", "paused"):
        tx.run(_STATUS, id=row.id, status=status, at=moment(now))
    return row
