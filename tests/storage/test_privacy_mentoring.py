"""A match is two people's: each sees their own side, and an erasure leaves nobody's words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from storage.database import Database, Transaction, sql
from storage.mentoring import blocks, matches, offers, requests
from storage.moments import moment
from storage.privacy import erase, everything_held

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANA, BOR, CENE = 1, 2, 3  # Ana asks; Bor and Cene are mentors
_PERSON = sql(
    "INSERT INTO person (id, status, name, email, created_at)"
    " VALUES (:id, 'active', :name, :email, :at)"
)
Rows = list[dict[str, Any]]


def people(tx: Transaction) -> None:
    for number, name in ((ANA, "Ana Novak"), (BOR, "Bor Kovač"), (CENE, "Cene Zajc")):
        email = f"{name.split()[0].lower()}@example.org"
        tx.run(_PERSON, id=number, name=name, email=email, at=moment(NOW))
    common = {"created_at": NOW, "updated_at": NOW}
    for mentor in (BOR, CENE):
        offers.put(tx, mentor, {"topics": f"topics of {mentor}", **common})


def match(tx: Transaction, **values: Any) -> int:
    """One of Ana and Bor; a request goes with the first."""
    common = {"created_at": NOW, "updated_at": NOW}
    request = requests.current(tx, ANA)
    number = request.id if request else None
    if number is None:
        wanted = {"person_id": ANA, "goal": "my first shop", "waiting_since": NOW, **common}
        number = requests.insert(tx, wanted)
    row = {
        "request_id": number, "mentee_id": ANA, "mentor_id": BOR, "created_at": NOW, "uid": "u",
        "reasons": [["skills", {"skills": ["negotiation"]}]], "alternatives": [[CENE, 5]],
    }  # fmt: skip
    return matches.insert(tx, {**row, **values})


@pytest.fixture
def filled(database: Database) -> Database:
    with database.transaction() as tx:
        people(tx)
    return database


def held(database: Database, person: int, table: str = "mentoring_match") -> Rows:
    with database.reading() as tx:
        found: Rows = everything_held(tx, person).get(table, [])
        json.dumps(found)
        return found


def test_own_request_and_offer_are_shown_in_full(filled: Database) -> None:
    with filled.transaction() as tx:
        match(tx)
    (request,) = held(filled, ANA, "mentoring_request")
    assert (request["goal"], request["waiting_since"]) == ("my first shop", "2026-03-01T12:00:00Z")
    (offer,) = held(filled, BOR, "mentor_offer")
    assert (offer["topics"], offer["languages"]) == ("topics of 2", [])
    assert held(filled, BOR, "mentoring_request") == held(filled, ANA, "mentor_offer") == []


@pytest.mark.parametrize("state", ["proposed", "asked_mentor", "declined", "lapsed", "dropped"])
def test_who_was_never_asked_hears_of_a_proposal_and_no_more(filled: Database, state: str) -> None:
    asked = None if state in ("proposed", "dropped") else NOW
    with filled.transaction() as tx:
        values = {"ended_by": "mentor", "reason": "no_time", "note": "Not her, please"}
        number = match(tx, state=state, mentor_asked_at=asked, **(values if asked else {}))
        matches.log(tx, number, "declined", "mentor", NOW, "no_time")
    (mine,) = held(filled, ANA)
    assert mine == {
        "id": number, "role": "mentee", "state": "proposed", "created_at": "2026-03-01T12:00:00Z",
        "reasons": (("skills", {"skills": ["negotiation"]}),),
    }  # fmt: skip
    (theirs,) = held(filled, BOR)
    assert theirs["role"] == "mentor"
    assert theirs["state"] == (state if asked else "proposed")
    assert theirs["history"][0]["detail"] == "no_time"
    if asked:
        assert (theirs["reason"], theirs["note"]) == ("no_time", "Not her, please")


def introduced(tx: Transaction, **values: Any) -> int:
    number = match(
        tx, state="introduced", mentor_asked_at=NOW, mentor_said_at=NOW, mentee_asked_at=NOW,
        mentee_said_at=NOW, introduced_at=NOW, mentor_contact=["email"], mentee_contact=["chat"],
        **values,
    )  # fmt: skip
    matches.put_meeting(tx, matches.MeetingRow(number, 1, None, NOW, NOW, None))
    return number


def test_introduced_people_see_the_other_by_name_and_what_they_said_themselves(
    filled: Database,
) -> None:
    with filled.transaction() as tx:
        introduced(tx, ended_by="mentee", reason="not_fit", note="He talked of himself")
    (hers,) = held(filled, ANA)
    (his,) = held(filled, BOR)
    assert (hers["with"], hers["contact_shared"]) == ("Bor Kovač", ("chat",))
    assert (his["with"], his["contact_shared"]) == ("Ana Novak", ("email",))
    assert (hers["reason"], hers["note"]) == ("not_fit", "He talked of himself")
    assert "reason" not in his, "what she said of it is for staff"
    assert "note" not in his
    assert hers["meetings"] == [
        {"number": 1, "planned_at": None, "held_at": "2026-03-01T12:00:00Z", "said_at": None}
    ]
    assert his["meetings"][0]["said_at"] == "2026-03-01T12:00:00Z"
    for mine in (hers, his):
        assert "@example.org" not in str(mine)
        assert "alternatives" not in mine
        assert "Cene" not in str(mine)


def test_blocks_are_shown_to_who_asked_and_never_to_the_other(filled: Database) -> None:
    with filled.transaction() as tx:
        introduced(tx)
        blocks.put(tx, ANA, BOR, "person", NOW)
        blocks.put(tx, ANA, CENE, "person", NOW)
        blocks.put(tx, CENE, BOR, "staff", NOW)
    at = "2026-03-01T12:00:00Z"
    assert held(filled, ANA, "mentoring_block") == [
        {"with": "Bor Kovač", "at": at},
        {"with": None, "at": at},
    ]
    assert held(filled, BOR, "mentoring_block") == []
    assert held(filled, CENE, "mentoring_block") == []


@pytest.mark.parametrize("gone", [ANA, BOR])
def test_erasure_of_either_leaves_a_match_about_nobody(filled: Database, gone: int) -> None:
    with filled.transaction() as tx:
        number = introduced(tx, note="She has no time")
        matches.log(tx, number, "introduced", "mentee", NOW)
        blocks.put(tx, BOR, ANA, "person", NOW)
        erase(tx, gone, "key", NOW)
    with filled.reading() as tx:
        row = matches.one(tx, number)
        assert row is not None
        assert (row.mentee_id, row.mentor_id) == ((None, BOR) if gone == ANA else (ANA, None))
        assert (row.request_id is None) == (gone == ANA)
        assert (row.note, row.reasons, row.alternatives) == (None, (), ())
        assert (row.mentor_contact, row.mentee_contact) == ((), ())
        assert len(matches.meetings(tx, number)) == 1, "a real meeting counts"
        assert blocks.of_person(tx, BOR) == []
    (left,) = held(filled, BOR if gone == ANA else ANA)
    assert "with" not in left


def test_an_erased_mentor_is_nobodys_next_best(filled: Database) -> None:
    with filled.transaction() as tx:
        number = match(tx, alternatives=[[31, 9], [CENE, 5], [BOR, 3]])
        other = match(tx, state="declined", alternatives=[[13, 9]])
        erase(tx, CENE, "key", NOW)
        erase(tx, ANA + 30, "key", NOW)  # nobody, and no mentor
    with filled.reading() as tx:
        rows = matches.by_ids(tx, [number, other])
    assert rows[number].alternatives == ((31, 9), (BOR, 3))
    assert rows[other].alternatives == ((13, 9),)
