"""Any order of code, yes, no, undo, erasure and time: nobody's record is anybody else's but of
whoever said on both that both are theirs, and what was undone is as it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from bot.incoming import Press, Text
from bot.turn.context import House
from bot.turn.unit import play_event
from outreach.clock import Context, tick_through
from outreach.events import rsvp
from outreach.handlers import HANDLERS
from storage.database import Database, sql
from tests.examples import examples
from tests.fakes.chat import START, Chat
from tests.outreach import sending
from tests.turn.two_accounts import code_in, registered, state_of
from tests.turn.village import Village

PLATFORMS = ("telegram", "slack", "preview", "telegram")
REGISTERED = 3  # the last one is a fresh account
who = st.integers(0, len(PLATFORMS) - 1)
MINUTES = st.sampled_from([1, 7, 14, 16])


class Joinings(RuleBasedStateMachine):
    """Four accounts: three registered ones, and a fresh one beside the first."""

    database: ClassVar[Database]
    house: ClassVar[House]

    @initialize()
    def begin(self) -> None:
        self.empty()
        self.village = Village(self.database, self.house, START)
        self.chats = [
            self.village.person(f"u{number}", channel) for number, channel in enumerate(PLATFORMS)
        ]
        self.codes: list[tuple[int, str]] = []
        self.agreed: set[tuple[int, int, int | None]] = set()  # joining, account, as which
        self.before: dict[int, dict[str, list[str]]] = {}
        self.changed = True
        self.erased: set[int | None] = set()
        self.own: dict[int, int] = {}
        purposes = [("invitations",), ("invitations", "mentoring"), ("mentoring", "sharing")]
        for number in range(REGISTERED):
            self.level()
            self.own[number] = registered(
                self.village, self.chats[number], *purposes[number], name=f"N{number} Novak"
            )
        with self.database.transaction() as tx:
            event = sending.event(tx, capacity=2)
            for number in range(REGISTERED):
                rsvp.answer(
                    tx, event, self.own[number], "going", 0, sending.NOON, self.house.blueprint
                )

    def empty(self) -> None:
        with self.database.transaction() as tx:
            for table in ("joining", "link_code", "delivery", "task", "erasure", "event", "person"):
                tx.run(sql(f"DELETE FROM {table}"))

    def level(self) -> None:
        latest = max(each.now for each in self.chats)
        for each in self.chats:
            each.now = latest

    def bring(self, account: int, said: Text | Press) -> list[str]:
        """One event; what the account reads."""
        self.level()
        chat: Chat = self.chats[account]
        chat.now += timedelta(seconds=5)
        with self.database.transaction() as tx:
            played = play_event(tx, self.house, chat.incoming(said), chat.now)
        return [shown.text for out in played.outgoing if (shown := chat._show(out))]

    # ---- what people do ----

    @rule(account=who)
    def asks_for_a_code(self, account: int) -> None:
        text = self.bring(account, Text("link"))[0]
        if "Your code is" in text:
            self.codes.append((account, code_in(text)))

    @rule(account=who, back=st.integers(0, 2))
    def enters_a_code(self, account: int, back: int) -> None:
        if self.codes:
            self.bring(account, Text(f"link {self.codes[-1 - back % len(self.codes)][1]}"))

    @rule(
        first=who, second=who, yes=st.sampled_from([3, 3, 3, 0, 1, 2]),
        then=st.sampled_from(["undo", "undo", "wait", "erase", "", ""]),
    )  # fmt: skip
    def goes_through_it(self, first: int, second: int, yes: int, then: str) -> None:
        """As the two are asked to: a code, what either says (3: yes, both), and what follows."""
        self.asks_for_a_code(first)
        if self.codes and self.codes[-1][0] == first:
            self.bring(second, Text(f"link {self.codes[-1][1]}"))
            self.answers(second, yes=bool(yes & 1), back=0)
            self.answers(first, yes=bool(yes & 2), back=0)
            if then == "undo":
                self.undoes(second)
            elif then == "wait":
                self.time_passes(16)
            elif then == "erase":
                self.erases(second)

    @rule(account=who, yes=st.booleans(), back=st.integers(0, 1))
    def answers(self, account: int, yes: bool, back: int) -> None:
        found = self.rows("SELECT id, person_id, other_id, state FROM joining ORDER BY id")
        if len(found) <= back:
            return
        number, first, second, state = found[-1 - back]
        me = self.person(account)
        word = "yes" if yes else "no"
        before = state_of(self.database)
        self.bring(account, Press("m", f"=link.{word}_{number}"))
        if yes and state == "entered" and me == second:
            self.agreed.add((number, 2, me))
        if yes and state == "asked" and me == first:
            self.agreed.add((number, 1, me))
        if self.state(number) == "joined" and state != "joined":
            assert {(number, 1, first), (number, 2, second)} <= self.agreed, "without both yes"
            self.before[number] = before
            self.changed = False

    @rule(account=who)
    def undoes(self, account: int) -> None:
        found = self.rows("SELECT id FROM joining WHERE state = 'joined'")
        self.bring(account, Text("link undo"))
        for (number,) in found:
            if self.state(number) == "undone" and not self.changed:
                assert state_of(self.database) == self.before[number]

    @rule(account=who)
    def comes_to_the_event(self, account: int) -> None:
        """Something that is said in between."""
        event = self.rows("SELECT id FROM event")[0][0]
        self.bring(account, Press(f"@e{event}", "=maybe"))
        self.changed = True

    def erases(self, account: int) -> None:
        me = self.person(account)
        if account in self.erased or self.status(me) not in ("active", "paused"):
            return
        same: set[int | None] = {each for each in range(len(PLATFORMS)) if self.person(each) == me}
        self.bring(account, Text("forget me"))
        for _ in range(2):
            self.bring(account, Text("yes"))
        assert self.person(account) is None
        self.erased |= same
        self.changed = True

    @rule(minutes=MINUTES)
    def time_passes(self, minutes: int) -> None:
        self.level()
        for each in self.chats:
            each.now += timedelta(minutes=minutes)
        self.village.now = self.chats[0].now
        states = dict(self.rows("SELECT id, state FROM joining"))
        with self.database.transaction() as tx:
            context = Context(self.village.now, self.house.blueprint, ("telegram", "slack"))
            while tick_through(tx, HANDLERS, context) is not None:
                pass
        if dict(self.rows("SELECT id, state FROM joining")) != states:
            self.changed = True

    # ---- what holds ----

    @invariant()
    def nobody_leads_to_a_record_of_somebody_who_did_not_say_yes(self) -> None:
        if not hasattr(self, "own"):
            return
        pairs = {frozenset((a[2], b[2])) for a in self.agreed for b in self.agreed if a[0] == b[0]}
        for account in range(len(PLATFORMS)):
            person = self.person(account)
            own = self.own.get(account)
            if person is None or own is None or account in self.erased or person == own:
                continue
            reached: set[int | None] = {own}
            more = True
            while more:
                new = {each for pair in pairs if pair & reached for each in pair}
                more = not new <= reached
                reached |= new
            assert person in reached

    @invariant()
    def nothing_is_lost_and_nothing_comes_back(self) -> None:
        if not hasattr(self, "own"):
            return
        names = {row[0] for row in self.rows("SELECT name FROM person WHERE name IS NOT NULL")}
        for account in range(REGISTERED):
            alive = account not in self.erased
            left_out = self.rows("SELECT left_out FROM joining")
            name = f"N{account} Novak"
            known = name in names or any(name in row[0] for row in left_out)
            assert known or not alive, "a record that nobody erased is gone"
            assert alive or not known, "somebody who was erased is back"

    @invariant()
    def a_record_rests_only_while_that_can_be_undone(self) -> None:
        if hasattr(self, "own"):
            resting = self.rows(
                "SELECT p.id FROM person p WHERE p.joined_to IS NOT NULL AND NOT EXISTS"
                " (SELECT 1 FROM joining j WHERE j.state = 'joined'"
                " AND (j.person_id = p.id OR j.other_id = p.id))"
            )
            assert resting == []

    # ---- looking ----

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.database.reading() as tx:
            return [tuple(row) for row in tx.run(sql(query)).fetchall()]

    def person(self, account: int) -> int | None:
        found = self.rows(f"SELECT person_id FROM identity WHERE user_id = 'u{account}'")
        person = int(found[0][0]) if found else None
        if person is not None:
            self.own.setdefault(account, person)
        return person

    def status(self, person: int | None) -> object:
        found = self.rows(f"SELECT status FROM person WHERE id = {person or 0}")
        return found[0][0] if found else None

    def state(self, number: object) -> object:
        found = self.rows(f"SELECT state FROM joining WHERE id = {number}")
        return found[0][0] if found else None


@pytest.mark.parametrize("url", ["sqlite_url", "postgresql_url"])
def test_any_joining(request: pytest.FixtureRequest, house: House, url: str) -> None:
    database = Database.open(request.getfixturevalue(url))
    machine = type("Machine", (Joinings,), {"database": database, "house": house})
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=examples(10 if url == "sqlite_url" else 2), stateful_step_count=25
            ),
        )
    finally:
        database.close()
