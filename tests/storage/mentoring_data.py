"""A few requests, offers and matches in a database, for the lists and the export of mentoring."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from storage.database import Transaction, sql
from storage.living import consent
from storage.mentoring import matches, offers, requests
from tests.outreach.inviting import NOW, person

DAY = timedelta(days=1)
RENAMED = sql("UPDATE person SET name = :name, persona = :persona WHERE id = :id")


def member(
    tx: Transaction, number: int, name: str, persona: str, organisation: str = "cike",
    consents: tuple[str, ...] = ("register", "mentoring"),
) -> int:  # fmt: skip
    """Somebody who takes part in mentoring."""
    person(tx, number, organisation=organisation, consents=consents)
    tx.run(RENAMED, id=number, name=name, persona=persona)
    return number


def ask(tx: Transaction, person: int, *, days: float = 0, **values: Any) -> int:
    """An open request, ``days`` old."""
    since = NOW - days * DAY
    return requests.insert(
        tx,
        {
            "person_id": person, "goal": "How to sell abroad", "skills": ("teamwork", "planning"),
            "languages": ("sk", "en"), "field": "it", "waiting_since": since,
            "created_at": since, "updated_at": since, **values,
        },
    )  # fmt: skip


def offer(tx: Transaction, person: int, **values: Any) -> int:
    """An offer."""
    offers.put(
        tx, person,
        {"skills": ("teamwork",), "languages": ("en",), "created_at": NOW, "updated_at": NOW,
         **values},
    )  # fmt: skip
    return person


def pair(
    tx: Transaction, request: int | None, mentee: int | None, mentor: int | None, **values: Any
) -> int:
    """A match, proposed unless told."""
    number = matches.insert(
        tx,
        {
            "request_id": request, "mentee_id": mentee, "mentor_id": mentor,
            "organisation": "cike", "mentor_organisation": "cike", "score": 7000,
            "reasons": (("skills", {"skills": ["teamwork"]}), ("waiting", {"days": 12})),
            "alternatives": (), "created_at": NOW, "uid": f"{mentee}-{mentor}@domov", **values,
        },
    )  # fmt: skip
    matches.log(tx, number, "proposed", "clock", NOW)
    return number


def few(tx: Transaction) -> None:
    """Locals 1 to 4, mentors 11 to 14; 4 and 14 belong to the other organisation.

    1 has waited longest and is proposed to 11; 2 has met 12 and heard nothing since; 3 is open
    and found nobody; 4 was introduced to 13 yesterday. 14 is on a break.
    """
    if tx.dialect == "postgresql":  # numbers given by hand are not counted: others come after
        tx.run(sql("SELECT setval(pg_get_serial_sequence('person', 'id'), 1000)"))
    member(tx, 1, "=Adam", "local")
    member(tx, 2, "Beáta", "local")
    member(tx, 3, "Cyril", "local")
    member(tx, 4, "Drago", "local", "bsc_kranj")
    member(tx, 11, "Mária", "expat")
    member(tx, 12, "Nina", "expat")
    member(tx, 13, "Oto", "expat")
    member(tx, 14, "Petra", "expat", "bsc_kranj")
    first = ask(tx, 1, days=50, goal="=1+1", urgency="now", rhythm="monthly")
    second = ask(tx, 2, days=60, status="matched")
    ask(tx, 3, days=10, passed_over=2, ahead=1)
    fourth = ask(tx, 4, days=20, status="matched")
    for mentor in (11, 12, 13):
        offer(tx, mentor, capacity=3 if mentor == 11 else 1)
    offer(tx, 14, break_until=(NOW + 30 * DAY).date(), break_reason="own")
    pair(tx, first, 1, 11, alternatives=((13, 6000), (14, 5000)))
    met = pair(
        tx, second, 2, 12, state="met", introduced_at=NOW - 50 * DAY, meetings=1,
        mentor_seen_at=NOW - 40 * DAY, mentee_seen_at=NOW - DAY, mentor_contact=("email",),
    )  # fmt: skip
    meeting = matches.MeetingRow(met, 1, None, NOW - 40 * DAY, NOW - 40 * DAY, None)
    matches.put_meeting(tx, meeting)
    pair(
        tx, fourth, 4, 13, state="introduced", introduced_at=NOW - DAY, organisation="bsc_kranj",
    )  # fmt: skip


def share(tx: Transaction, person: int) -> None:
    """They let the other organisations see them."""
    consent(tx, person, {"sharing": True}, notice_version="1", channel="demo", now=NOW)
