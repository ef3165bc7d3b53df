"""Matches concern two people: what of them one of the two may see, and what is left of them when
one is erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from storage.mentoring import blocks, matches
from storage.mentoring.matches import MatchRow
from storage.moments import as_moment, moment
from storage.statements import sql
from storage.transaction import Transaction

_NAME = sql("SELECT name FROM person WHERE id = :person")
# What was said of the two, and what each agreed to share. Keys and dates stay: they count, and
# without the person they are about nobody.
_WORDS = sql(
    "UPDATE mentoring_match SET reasons = '[]', alternatives = '[]', mentor_contact = '[]',"
    " mentee_contact = '[]', note = NULL WHERE mentor_id = :person OR mentee_id = :person"
)
_NEXT_BEST = sql(
    "SELECT id, alternatives, created_at FROM mentoring_match WHERE alternatives LIKE :marked"
    " AND EXISTS (SELECT 1 FROM mentor_offer WHERE person_id = :person)"
)
SHOWN_AS = {
    "mentor_asked_at": "asked_at", "mentee_asked_at": "asked_at",
    "mentor_said_at": "said_at", "mentee_said_at": "said_at",
    "mentor_contact": "contact_shared", "mentee_contact": "contact_shared",
    "mentor_seen_at": "last_said_at", "mentee_seen_at": "last_said_at",
    "alternatives": "mentoring_next_best",
}  # fmt: skip
"""Under which name a copy of somebody's data holds a column of a match or meeting: always theirs of
the two."""
_SET_NEXT_BEST = sql("UPDATE mentoring_match SET alternatives = :others WHERE id = :id")


def matches_held(tx: Transaction, person: int) -> list[dict[str, Any]]:
    """Somebody's matches as seen from their side, ready for JSON.

    Of the other nothing but the name, and that only once the two were introduced; what the
    other said, and why, is the other's. A match that this person was never asked about is only
    "proposed", whatever came of it: that somebody declined is nobody else's business.
    """
    return [_seen(tx, row, person) for row in matches.of_person(tx, person)]


def blocks_held(tx: Transaction, person: int) -> list[dict[str, Any]]:
    """Whom somebody does not want to be matched with, by name where they were introduced."""
    met = {
        other: _name(tx, other)
        for row in matches.of_person(tx, person)
        if row.introduced_at and (other := _other(row, person)) is not None
    }
    return [
        {"with": met.get(row.other_id), "at": _told(row.at)}
        for row in blocks.of_person(tx, person)
        if row.by == "person"
    ]


def next_best_held(tx: Transaction, person: int) -> list[dict[str, Any]]:
    """The scores of a mentor who was next best for somebody, and when; of whom, is theirs."""
    rows = tx.run(_NEXT_BEST, marked=f"%[{person},%", person=person).fetchall()
    return [
        {"at": _told(as_moment(at)), "score": score}
        for _, listed, at in rows
        for mentor, score in orjson.loads(listed)
        if mentor == person
    ]


def forget(tx: Transaction, person: int) -> None:
    """Before somebody is erased: what was said in their matches goes, and they are nobody's next
    best any more. The rows stay, to be counted; the tables make them be about nobody."""
    tx.run(_WORDS, person=person)
    for match, listed, _ in tx.run(_NEXT_BEST, marked=f"%[{person},%", person=person).fetchall():
        left = [each for each in orjson.loads(listed) if each[0] != person]
        tx.run(_SET_NEXT_BEST, id=match, others=orjson.dumps(left).decode())


def _seen(tx: Transaction, row: MatchRow, person: int) -> dict[str, Any]:
    mine = row.side(person) or "mentee"
    asked = getattr(row, f"{mine}_asked_at")
    known: dict[str, Any] = {
        "id": row.id,
        "role": mine,
        "state": row.state if asked or row.introduced_at else "proposed",
        "organisation": row.mentor_organisation if mine == "mentor" else row.organisation,
        "created_at": row.created_at,
        "score": row.score or None,  # staff may bring two together without any
        "reasons": row.reasons,
        "approved_at": row.approved_at if asked else None,
        "deadline": row.deadline if asked else None,
        "asked_at": asked,
        "said_at": getattr(row, f"{mine}_said_at"),
        "contact_shared": getattr(row, f"{mine}_contact"),
        "last_said_at": getattr(row, f"{mine}_seen_at"),
    }
    if row.introduced_at:
        other = _other(row, person)
        known |= {
            "with": _name(tx, other),
            "introduced_at": row.introduced_at,
            "suggested_at": row.suggested_at,
            "suggested_by": row.suggested_by,
            "meeting_at": row.meeting_at,
            "meetings": _meetings(tx, row, mine),
            "ended_at": row.ended_at,
        }
    if row.ended_by == mine:
        known |= {"ended_by": mine, "reason": row.reason, "note": row.note}
    known["history"] = [
        {"at": _told(each.at), "what": each.what, "detail": each.detail}
        for each in matches.history(tx, row.id)
        if each.who == mine
    ]
    return {name: _told(value) for name, value in known.items() if value not in (None, (), [])}


def _meetings(tx: Transaction, row: MatchRow, mine: str) -> list[dict[str, Any]]:
    return [
        {
            "number": each.number,
            "planned_at": _told(each.planned_at),
            "held_at": _told(each.held_at),
            "said_at": _told(getattr(each, f"{mine}_said_at")),
        }
        for each in matches.meetings(tx, row.id)
    ]


def _other(row: MatchRow, person: int) -> int | None:
    return row.mentee_id if row.side(person) == "mentor" else row.mentor_id


def _name(tx: Transaction, person: int | None) -> str | None:
    found = tx.run(_NAME, person=person).fetchone()
    return found[0] if found else None


def _told(value: Any) -> Any:
    """As JSON has it: moments in UTC, to the second."""
    return moment(value)[:19] + "Z" if isinstance(value, datetime) else value
