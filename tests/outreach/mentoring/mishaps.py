"""Mentees and mentors of two organisations, and what may get in the way of any course."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from flows.mentoring import Offered, Requested
from outreach.mentoring import keeping, life, offers, requests
from storage import links, living, privacy
from storage.database import Database, sql
from storage.mentoring.matches import MatchRow
from storage.moments import moment
from tests.outreach.inviting import person
from tests.outreach.mentoring.world import DAY, World

HOUR = timedelta(hours=1)
MENTEES, MENTORS = 4, 5
ZONES = ("Europe/Bratislava", "America/New_York", "Asia/Tokyo")
CONSENTS = ("register", "mentoring", "sharing")
SKILLS = ("leadership", "teamwork", "planning")
_PERSONA = sql("UPDATE person SET persona = :persona WHERE id = :id")

_ACTIVE = sql("UPDATE person SET last_active_at = :now WHERE id = :id")

anybody = st.integers(0, 8)
which = st.integers(0, 4)  # whom, of whoever there is
MISFORTUNES = (
    "withdraw", "off", "back", "own", "staff", "avoid", "pause", "mentoring", "sharing", "share",
    "erase", "link",
)  # fmt: skip


class Mishaps(RuleBasedStateMachine):
    """Some mentees and mentors of two organisations, who ask, offer, leave and come back."""

    database: ClassVar[Database]

    @initialize(shared=st.booleans(), begun=st.integers(0, 3))
    def begin(self, shared: bool, begun: int) -> None:
        """``begun``: nothing yet, proposals, questions to mentors, to mentees."""
        self.world = World(self.database)
        self.blueprint = self.world.blueprint
        self.last, self.known = 0, frozenset[int]()
        self.mentees: list[int] = []
        self.mentors: list[int] = []
        self.gone: list[int] = []
        consents = CONSENTS if shared else CONSENTS[:2]
        for _ in range(MENTEES):
            self.join(self.mentees, "local", consents)
        for _ in range(MENTORS):
            self.join(self.mentors, "expat", consents)
        for each in range(MENTORS):
            self.offer(each, 1 + each % 2, both=True)
        for each in range(MENTEES):
            self.ask(each, 0)
        if begun:
            self.world.store(unattended=begun > 1)
        if begun > 2:
            self.all_say(mentor=True, yes=True)

    def join(self, where: list[int], persona: str, consents: tuple[str, ...]) -> None:
        self.last += 1
        number = self.last
        where.append(number)
        with self.database.transaction() as tx:
            person(
                tx, number, organisation=("cike", "bsc")[number % 2],
                timezone=ZONES[number % 3], consents=consents,
            )  # fmt: skip
            tx.run(_PERSONA, id=number, persona=persona)

    def do(self, what: Callable[..., Any], *args: Any, **values: Any) -> Any:
        """Something, now, in a transaction of its own."""
        with self.database.transaction() as tx:
            return what(tx, *args, self.world.now, self.blueprint, **values)

    def match(self, number: int, live: bool = True) -> MatchRow | None:
        """One of the latest matches (that are live)."""
        with self.database.reading() as tx:
            rows = [each for each in self.world.rows(tx).values() if each.live or not live]
        return rows[-1 - number % len(rows)] if rows else None

    def one(self, row: MatchRow, mentor: bool) -> int:
        """One of the two, who is about to say something, and seen to by that."""
        number = (row.mentor_id if mentor else row.mentee_id) or 0
        with self.database.transaction() as tx:
            tx.run(_ACTIVE, id=number, now=moment(self.world.now))
        return number

    def all_say(self, mentor: bool, yes: bool) -> None:
        """Whoever of the mentors, or the mentees, is asked, answers."""
        with self.database.reading() as tx:
            rows = list(self.world.rows(tx).values())
        for row in rows:
            if row.state == ("asked_mentor" if mentor else "asked_mentee"):
                self.do(life.answer, row.id, self.one(row, mentor), yes)

    @rule(
        what=st.sampled_from(MISFORTUNES), who=anybody, other=anybody,
        days=st.integers(0, 20), yes=st.booleans(),
    )  # fmt: skip
    def misfortune(self, what: str, who: int, other: int, days: int, yes: bool) -> None:
        """Something gets in the way; one rule, so that it is not most of what happens."""
        match what:
            case "withdraw":
                self.withdraw(who)
            case "off" | "back" | "own" | "staff":
                self.rest(who, what, days + 1)
            case "avoid":
                self.avoid(who, other, days > 4, yes)
            case "pause":
                self.pause(who, days)
            case "mentoring" | "sharing":
                self.refuse(who, what)
            case "share":
                self.share(who)
            case "erase":
                self.erase(who)
            case "link":
                self.link(who, other)

    # ---- requests and offers ----

    @rule(skill=st.integers(0, 2))
    def everybody_asks(self, skill: int) -> None:
        for each in range(len(self.mentees)):
            self.ask(each, skill)

    def ask(self, who: int, skill: int) -> None:
        wanted = Requested("To sell", SKILLS[skill:], None, ("sk",), "both", None, None, ())
        self.do(requests.open_request, self.consenting(self.mentees[who % len(self.mentees)]),
                wanted)  # fmt: skip

    def consenting(self, who: int) -> int:
        """Somebody who asks or offers is asked for their consent first."""
        self.consent(who, mentoring=True)
        return who

    def withdraw(self, who: int) -> None:
        self.do(requests.withdraw, self.mentees[who % len(self.mentees)])

    @rule(who=which, capacity=st.integers(1, 3), both=st.booleans())
    def offer(self, who: int, capacity: int, both: bool) -> None:
        offer = Offered(capacity, "", SKILLS[:2], ("sk",), "both" if both else "online", ())
        mentor = self.consenting(self.mentors[who % len(self.mentors)])
        with self.database.transaction() as tx:
            offers.save(tx, mentor, offer, self.world.now, self.blueprint)

    def rest(self, who: int, what: str, days: int) -> None:
        mentor = self.mentors[who % len(self.mentors)]
        if what == "off":
            self.do(offers.off, mentor)
        elif what == "back":
            self.consenting(mentor)
            with self.database.transaction() as tx:
                offers.back(tx, mentor, self.world.now, self.blueprint)
        else:
            until = (self.world.now + days * DAY).date()
            self.do(offers.take_break, mentor, until, reason=what)

    def avoid(self, one: int, other: int, block: bool, turned: bool) -> None:
        pair = (self.mentees[one % len(self.mentees)], self.mentors[other % len(self.mentors)])
        first, second = pair[::-1] if turned else pair
        if block:
            self.do(offers.block, first, second)
        else:
            with self.database.transaction() as tx:
                offers.unblock(tx, first, second)

    # ---- people ----

    def everybody(self) -> list[int]:
        return [*self.mentees, *self.mentors]

    def pause(self, who: int, days: int) -> None:
        number = self.everybody()[who % len(self.everybody())]
        with self.database.transaction() as tx:
            if days:
                living.pause(tx, number, (self.world.now + days * DAY).date())
            else:
                living.resume(tx, number)

    def refuse(self, who: int, purpose: str) -> None:
        """A consent is withdrawn, as bot.turn.effects does it."""
        number = self.everybody()[who % len(self.everybody())]
        self.consent(number, **{purpose: False})
        self.do(keeping.leave if purpose == "mentoring" else keeping.unshared, number)

    def share(self, who: int) -> None:
        self.consent(self.everybody()[who % len(self.everybody())], sharing=True)

    def consent(self, number: int, **given: bool) -> None:
        with self.database.transaction() as tx:
            living.consent(
                tx, number, given, notice_version="1", channel="demo", now=self.world.now
            )

    def erase(self, who: int) -> None:
        """Somebody is erased; somebody else joins."""
        number = self.everybody()[who % len(self.everybody())]
        with self.database.transaction() as tx:
            keeping.leave(tx, number, self.world.now, self.blueprint)
            privacy.erase(tx, number, "secret", self.world.now)
        self.replaced(number)

    def link(self, one: int, other: int) -> None:
        """Two records turn out to be one person."""
        keep, give = (self.everybody()[each % len(self.everybody())] for each in (one, other))
        if keep == give:
            return
        if (keep in self.mentees) != (give in self.mentees):
            return
        with self.database.transaction() as tx:
            keeping.merge(tx, keep, give, self.world.now, self.blueprint)
            links.merge(tx, keep, give)
        self.replaced(give)

    def replaced(self, number: int) -> None:
        mentee = number in self.mentees
        where = self.mentees if mentee else self.mentors
        where.remove(number)
        self.gone.append(number)
        self.join(where, "local" if mentee else "expat", CONSENTS)
