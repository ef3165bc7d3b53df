"""A mentee, mentors and what they say, for the tests of the course of a match."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flows.mentoring import Offered, Requested
from outreach.mentoring import life, offers, requests
from storage import tasks
from storage.database import Transaction, sql
from storage.mentoring import matches
from storage.mentoring import requests as requested
from storage.mentoring.matches import MatchRow
from storage.mentoring.requests import RequestRow
from tests.outreach.inviting import NOW, expats, person
from tests.outreach.sending import put

DAY = timedelta(days=1)
CONSENTS = ("register", "mentoring", "sharing")
WANTED = Requested(
    "To sell abroad", ("leadership",), None, ("sk",), "both", "soon", "monthly", ()
)  # fmt: skip
OFFER = Offered(2, "Exporting", ("leadership",), ("sk", "en"), "both", ())

_PERSONA = sql("UPDATE person SET persona = :persona WHERE id = :id")


def local(tx: Transaction, number: int, **values: Any) -> int:
    """Somebody at home, who may ask."""
    person(tx, number, consents=CONSENTS, **values)
    tx.run(_PERSONA, id=number, persona="local")
    return number


def expat(tx: Transaction, number: int, offer: Offered = OFFER, **values: Any) -> int:
    """Somebody abroad, who offers."""
    person(tx, number, consents=CONSENTS, **values)
    tx.run(_PERSONA, id=number, persona="expat")
    offers.save(tx, number, offer, NOW, expats())
    return number


class Pair:
    """The local 1 asks; the expats from 11 on offer; the first of them is proposed."""

    def __init__(self, tx: Transaction, mentors: int = 1, *, capacity: int = 2) -> None:
        self.tx = tx
        self.now = NOW
        offer = Offered(capacity, "Exporting", ("leadership",), ("sk", "en"), "both", ())
        self.mentee = local(tx, 1)
        self.mentors = [expat(tx, 11 + each, offer) for each in range(mentors)]
        self.request = requests.open_request(tx, self.mentee, WANTED, NOW, expats()).id
        self.match = self.propose(self.mentors[0], self.mentors[1:])

    def propose(self, mentor: int, others: Sequence[int] = ()) -> int:
        return matches.insert(
            self.tx,
            {
                "request_id": self.request, "mentee_id": self.mentee, "mentor_id": mentor,
                "organisation": "cike", "mentor_organisation": "cike",
                "alternatives": tuple((each, 100) for each in others),
                "created_at": self.now, "uid": f"{mentor}@domov",
            },
        )  # fmt: skip

    @property
    def mentor(self) -> int:
        return self.mentors[0]

    @property
    def row(self) -> MatchRow:
        return matches.by_ids(self.tx, [self.match])[self.match]

    @property
    def wish(self) -> RequestRow:
        return requested.by_ids(self.tx, [self.request])[self.request]

    @property
    def live(self) -> MatchRow | None:
        return matches.live_of_request(self.tx, self.request)

    def later(self, days: float) -> datetime:
        self.now += days * DAY
        return self.now

    def approve(self) -> None:
        life.approve(self.tx, self.match, self.now, expats())

    def say(self, who: int, yes: bool, **values: Any) -> str:
        """An answer, a minute later; why it was not taken, "" if it was."""
        self.now += timedelta(minutes=1)
        return life.answer(self.tx, self.match, who, yes, self.now, expats(), **values).reason

    def introduce(self) -> None:
        self.approve()
        assert self.say(self.mentor, True, contacts=("email",)) == ""
        assert self.say(self.mentee, True, contacts=("chat",)) == ""
        assert self.row.state == "introduced"

    def heard(self, who: int, kind: str, match: int | None = None) -> None:
        """The message was sent."""
        put(
            self.tx, "delivery", person_id=who, channel="demo", account="demo", chat=f"u{who}",
            user_id=f"u{who}", lane=1, kind=kind, match_id=match or self.match, action="send",
            state="sent", created_at=self.now, due_at=self.now, sent_at=self.now,
        )  # fmt: skip

    def told(self, match: int | None = None) -> list[tuple[int, str]]:
        """Who is to be told what, in order of planning: (person, kind or kind:variant)."""
        planned = tasks.of(self.tx, f"match:{match or self.match}", "match.tell")
        found = []
        for each in sorted(planned, key=lambda task: task.id):
            kind, variant, who = each.variant.split(":")
            found.append((int(who), f"{kind}:{variant}" if variant else kind))
        return found

    def due(self) -> list[str]:
        """What the clock has still to do about the match, besides telling."""
        planned = tasks.of(self.tx, f"match:{self.match}")
        return [
            f"{each.kind}:{each.variant.partition('@')[0]}"
            for each in planned
            if each.state == "open" and each.kind != "match.tell"
        ]
