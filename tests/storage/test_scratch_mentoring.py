"""A rehearsal's copy holds of mentoring all that decides who is asked and told what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage import scratch, tasks
from storage.database import Database, Transaction, sql
from storage.mentoring import blocks, matches, offers, requests
from tests.outreach import sending

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=200)


def pair(tx: Transaction, state: str) -> int:
    """A match in this state, with everything around it; two messages about it long ago."""
    mentee, mentor = sending.person(tx, name="Ana"), sending.person(tx, name="Bor")
    common = {"created_at": LONG_AGO, "updated_at": LONG_AGO}
    wanted = {"person_id": mentee, "goal": "a shop", "waiting_since": LONG_AGO, **common}
    status = {"introduced": "matched", "lapsed": "open", "ended": "closed"}[state]
    request = requests.insert(tx, {**wanted, "status": status})
    offers.put(tx, mentor, {"topics": "shops", **common})
    number = matches.insert(
        tx,
        {
            "request_id": request, "mentee_id": mentee, "mentor_id": mentor, "state": state,
            "mentor_asked_at": LONG_AGO, "created_at": LONG_AGO, "uid": "u", "note": "for staff",
        },
    )  # fmt: skip
    matches.log(tx, number, "asked", "clock", LONG_AGO)
    about = {"state": "sent", "sent_at": LONG_AGO, "created_at": LONG_AGO}
    sending.delivery(tx, mentor, kind="mentor_ask", lane=1, match_id=number, **about)
    sending.delivery(tx, mentee, kind="request_unmatched", lane=1, request_id=request, **about)
    return number


def test_the_copy_holds_what_decides_on_pairs(database: Database) -> None:
    with database.transaction() as tx:
        live, over, told = (pair(tx, state) for state in ("introduced", "lapsed", "ended"))
        row = matches.one(tx, over)
        assert row is not None
        assert row.mentee_id is not None
        assert row.mentor_id is not None
        blocks.put(tx, row.mentee_id, row.mentor_id, "person", NOW)
        matches.put_meeting(tx, matches.MeetingRow(live, 1, None, NOW, NOW, None))
        tasks.plan(tx, "match.tell", f"match:{told}", NOW, NOW)
        sending.put(tx, "mentoring_round", organisation="cike", created_at=NOW)
    with database.reading() as tx:
        before = matches.by_ids(tx, (live, over, told))
    with scratch.copied(database, NOW) as tx:
        after = matches.by_ids(tx, (live, over, told))
        for number, match in before.items():
            assert match.note == "for staff"
            assert after[number].note is None, "nobody needs it to decide"
            assert after[number].mentor_asked_at == match.mentor_asked_at
            assert requests.one(tx, match.request_id) is not None
            assert offers.of_person(tx, match.mentor_id) is not None
        assert [each.by for each in blocks.of_person(tx, row.mentee_id)] == ["person"]
        assert len(matches.meetings(tx, live)) == 1
        assert len(matches.history(tx, live)) == 1
        assert tx.run(sql("SELECT count(*) FROM mentoring_round")).fetchone() == (1,)
        # Who was told what of a pair that goes on, of a request still open, of news to be told.
        found = tx.run(sql("SELECT kind, match_id FROM delivery ORDER BY match_id")).fetchall()
        about = {match for kind, match in found if kind == "mentor_ask"}
        assert about == {live, told}
        assert [kind for kind, _ in found].count("request_unmatched") == 2
