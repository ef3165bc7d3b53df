"""Mentoring in a rehearsal: what would be asked, reminded and let go; nothing happens."""

from __future__ import annotations

from datetime import timedelta

from messages.words import Words
from outreach.clock import Context
from outreach.composing import Composer
from outreach.handlers import HANDLERS
from outreach.mentoring import life
from outreach.rehearsal import Entry, Rehearsal, VirtualClock
from storage import scratch
from storage.database import Database
from storage.mentoring import matches
from tests.outreach.inviting import CHANNELS, NOW, expats
from tests.outreach.mentoring.courting import Pair
from tests.outreach.mentoring.days import DAY, words


def rehearse(database: Database, days: float, said: Words) -> list[Entry]:
    clock = VirtualClock(NOW)
    with scratch.copied(database, NOW) as tx:
        rehearsal = Rehearsal(
            tx, HANDLERS, Context(NOW, expats(), CHANNELS),
            Composer(said, expats(), clock), clock, {"demo": 30},
        )  # fmt: skip
        entries = list(rehearsal.play(NOW + days * DAY))
        assert rehearsal.failures == []
        return entries


def told(entries: list[Entry]) -> list[tuple[str, int | None, str, str]]:
    return [(f"{each.at:%m-%d %H:%M}", each.person, each.kind, each.about) for each in entries]


def test_a_rehearsal_tells_whom_the_clock_would_ask(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx, mentors=2)
        pair.approve()
    entries = rehearse(database, 5, words())
    about, following = f"match:{pair.match}", f"match:{pair.match + 1}"
    assert told(entries) == [
        ("11-02 09:30", 11, "mentor_ask", about),
        ("11-04 09:30", 11, "ask_reminder", about),
        ("11-06 09:30", 11, "match_lapsed", about),
        ("11-06 09:30", 12, "mentor_ask", following),
    ]
    assert {each.outcome for each in entries} == {"sent"}
    assert {each.organisation for each in entries} == {"cike"}
    with database.reading() as tx:
        row = matches.one(tx, pair.match)
    assert row is not None
    assert row.state == "asked_mentor"


def test_a_rehearsal_sees_nudges_and_that_nobody_answers(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        pair.introduce()
        life.dated(tx, pair.match, 1, pair.now + timedelta(hours=5), pair.now, expats())
    sent = [each for each in rehearse(database, 22, words()) if each.outcome == "sent"]
    kinds = [each.kind for each in sent if each.person == 11]
    assert kinds == ["introduction", "meeting_set", "meet_nudge", "meet_nudge", "mentor_break"]


def test_a_rehearsal_tells_of_requests_without_anybody(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        life.drop(tx, pair.match, NOW, expats(), "staff")
    entries = [each for each in rehearse(database, 46, words()) if each.kind.startswith("request")]
    assert told(entries) == [("12-17 09:30", 1, "request_unmatched", f"request:{pair.request}")]
