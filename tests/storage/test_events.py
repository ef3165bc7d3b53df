"""Events and answers, as they are stored and read."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storage import events
from storage.database import Database, Transaction, sql
from storage.events import EventRow, RsvpRow, Tally
from storage.moments import moment

NOW = datetime(2026, 11, 1, 9, 30, 0, 123456, tzinfo=UTC)
TICK = timedelta(microseconds=1)
PERSON = sql("INSERT INTO person (id, created_at) VALUES (:id, :at)")


def new(key: str = "brunch", **values: Any) -> dict[str, Any]:
    return {
        "key": key,
        "organisation": "cike",
        "status": "announced",
        "title": {"en": "Brunch", "sk": "Brunč s ľuďmi"},
        "description": {},
        "place": {"en": "Tabačka, Košice"},
        "note": {},
        "starts_at": NOW + timedelta(days=9),
        "ends_at": NOW + timedelta(days=9, hours=2),
        "timezone": "Europe/Bratislava",
        "capacity": 2,
        "guests": 1,
        "audience": "",
        "uid": f"{key}@domov",
        "sequence": 0,
        "revision": 0,
        "code": f"CODE-{key}",
        "created_at": NOW,
        "updated_at": NOW,
        **values,
    }


def people(tx: Transaction, most: int) -> None:
    for number in range(1, most + 1):
        tx.run(PERSON, id=number, at=moment(NOW))


def add(tx: Transaction, key: str = "brunch", **values: Any) -> EventRow:
    found = events.by_ids(tx, [events.insert(tx, new(key, **values))])
    (event,) = found.values()
    return event


def test_event_comes_back_as_it_was_stored(database: Database) -> None:
    with database.transaction() as tx:
        event = add(tx, link="https://example.org/x", rsvp_until=NOW + timedelta(days=8))
    with database.reading() as tx:
        assert events.by_key(tx, "brunch") == event
        assert events.by_code(tx, "CODE-brunch") == event
        assert events.by_key(tx, "no-such") is None
    assert event.title == {"en": "Brunch", "sk": "Brunč s ľuďmi"}
    assert event.starts_at == NOW + timedelta(days=9)
    assert event.starts_at.tzinfo is UTC
    assert event.rsvp_until == event.answers_until == NOW + timedelta(days=8)
    assert event.cancelled_at is None


def test_event_names_host_speaker_and_picture(database: Database) -> None:
    with database.transaction() as tx:
        people(tx, 2)
        tx.run(sql("UPDATE person SET name = 'Ana' WHERE id = 1"))
        tx.run(
            sql(
                "INSERT INTO media (id, name, media_type, sha256, content, created_at)"
                " VALUES (7, 'a.png', 'image/png', 'x', :content, :at)"
            ),
            content=b"x",
            at=moment(NOW),
        )
        event = add(tx, host_id=1, speaker_id=2, media_id=7)
        assert (event.host, event.speaker) == ("Ana", None)
        assert (event.media_name, event.media_type) == ("a.png", "image/png")
        assert events.locked(tx, event.id) == event


def test_by_ids_gives_only_what_there_is(database: Database) -> None:
    with database.transaction() as tx:
        first, second = add(tx, "one"), add(tx, "two")
        assert events.by_ids(tx, [second.id, first.id, 999, first.id]) == {
            first.id: first,
            second.id: second,
        }
        assert events.by_ids(tx, []) == {}


def test_update_sets_the_named_columns_only(database: Database) -> None:
    with database.transaction() as tx:
        event = add(tx)
        events.update(tx, event.id, {"place": {"sk": "Inde"}, "sequence": 1})
        assert events.locked(tx, event.id) == replace(event, place={"sk": "Inde"}, sequence=1)
        with pytest.raises(KeyError, match="colour"):
            events.update(tx, event.id, {"colour": "red"})


def test_upcoming_leaves_out_drafts_cancelled_and_past(database: Database) -> None:
    with database.transaction() as tx:
        for status in ("draft", "announced", "closed", "over", "cancelled"):
            add(tx, status, status=status)
        add(tx, "past", ends_at=NOW)
        add(tx, "first", starts_at=NOW)
        assert [event.key for event in events.upcoming(tx, NOW)] == ["first", "announced", "closed"]
        assert len(events.events(tx)) == len(events.events(tx, "cike")) == 7
        assert events.events(tx, "bsc_kranj") == []


def test_rsvps_come_back_as_stored_and_take_places(database: Database) -> None:
    with database.transaction() as tx:
        people(tx, 5)
        event = add(tx)
        rows = [
            RsvpRow(event.id, 1, "going", 1, NOW),
            RsvpRow(event.id, 2, "waiting", 0, NOW, queued_at=NOW + timedelta(seconds=1)),
            RsvpRow(event.id, 3, "waiting", 1, NOW, queued_at=NOW),
            RsvpRow(
                event.id, 4, "offered", 0, NOW, offered_at=NOW, offered_until=NOW + timedelta(1)
            ),
        ]
        for row in rows:
            events.put_rsvp(tx, row)
        pairs = [(event.id, number) for number in range(1, 6)]
        assert events.rsvps(tx, pairs) == dict(zip(pairs, rows, strict=False))
        assert events.rsvps(tx, []) == {}
        assert events.rsvp(tx, event.id, 4) == rows[3]
        assert events.rsvp(tx, event.id, 5) is None
        assert events.rsvps_of(tx, 3) == {event.id: rows[2]}
        assert events.places_taken(tx, event.id) == 3
        assert [row.places for row in rows] == [2, 0, 0, 1]
        assert events.line(tx, event.id) == [rows[2], rows[1]]
        assert events.place_in_line(tx, rows[1]) == 2
        assert events.offered(tx, event.id) == [rows[3]]
        assert events.counts(tx, event.id) == {
            "going": Tally(1, 1),
            "waiting": Tally(2, 1),
            "offered": Tally(1, 0),
        }


def test_put_rsvp_replaces_the_earlier_answer(database: Database) -> None:
    with database.transaction() as tx:
        people(tx, 1)
        event = add(tx)
        events.put_rsvp(tx, RsvpRow(event.id, 1, "waiting", 1, NOW, queued_at=NOW))
        changed = RsvpRow(event.id, 1, "no", 0, NOW + timedelta(hours=1))
        events.put_rsvp(tx, changed)
        assert events.rsvp(tx, event.id, 1) == changed


def test_first_in_line_is_who_has_waited_longest_and_fits(database: Database) -> None:
    """In whatever order they were written down, and whoever has the smaller number."""
    with database.transaction() as tx:
        people(tx, 3)
        for number, order in enumerate(itertools.permutations((1, 2, 3))):
            event = add(tx, f"e{number}")
            for minute, (person, guests) in enumerate(zip(order, (2, 1, 0), strict=True)):
                queued = NOW + timedelta(minutes=minute)
                events.put_rsvp(tx, RsvpRow(event.id, person, "waiting", guests, NOW, queued))
            first, second, third = order
            for room, fits in ((0, None), (1, third), (2, second), (3, first), (9, first)):
                found = events.first_in_line(tx, event.id, room)
                assert (found.person_id if found else None) == fits, (order, room)
            assert [row.person_id for row in events.line(tx, event.id)] == [*order]
            assert [row.person_id for row in events.line(tx, event.id, 2)] == [first, second]
            places = [events.place_in_line(tx, row) for row in events.line(tx, event.id)]
            assert places == [1, 2, 3]
            assert events.end_of_line(tx, event.id) == NOW + timedelta(minutes=2)


def test_who_came_in_the_same_moment_stands_by_number(database: Database) -> None:
    with database.transaction() as tx:
        people(tx, 3)
        event = add(tx)
        for person in (3, 1, 2):
            events.put_rsvp(tx, RsvpRow(event.id, person, "waiting", 0, NOW, NOW))
        found = events.first_in_line(tx, event.id, 1)
        line = events.line(tx, event.id)
        assert found == line[0]
        assert [row.person_id for row in line] == [1, 2, 3]
        assert [events.place_in_line(tx, row) for row in line] == [1, 2, 3]


def test_offers_are_taken_back_or_ended_earlier_at_one_event(database: Database) -> None:
    later = NOW + timedelta(hours=2)
    with database.transaction() as tx:
        people(tx, 4)
        event, other = add(tx), add(tx, "other")
        for number in (event.id, other.id):
            events.put_rsvp(tx, RsvpRow(number, 1, "offered", 1, NOW, NOW, NOW, later))
            events.put_rsvp(tx, RsvpRow(number, 2, "waiting", 0, NOW, NOW, NOW, later))
            events.put_rsvp(tx, RsvpRow(number, 3, "going", 0, NOW, None, NOW, later))
            events.put_rsvp(tx, RsvpRow(number, 4, "offered", 0, NOW, NOW, NOW, NOW))

        def until(number: int) -> list[tuple[str, datetime | None]]:
            rows = (events.rsvp(tx, number, who) for who in range(1, 5))
            return [(row.state, row.offered_until) for row in rows if row is not None]

        before = until(other.id)
        middle = NOW + timedelta(hours=1)
        events.end_offers_by(tx, event.id, middle)
        assert until(event.id) == [
            ("offered", middle), ("waiting", later), ("going", later), ("offered", NOW),
        ]  # fmt: skip
        events.take_back_offers(tx, event.id)
        assert until(event.id) == [
            ("waiting", None), ("waiting", later), ("going", later), ("waiting", None),
        ]  # fmt: skip
        assert until(other.id) == before
        assert [row.person_id for row in events.offered(tx, other.id)] == [1, 4]
        assert [row.queued_at for row in events.line(tx, event.id)] == [NOW, NOW, NOW]


def test_places_and_the_line_are_of_one_event(database: Database) -> None:
    with database.transaction() as tx:
        people(tx, 5)
        event, other = add(tx), add(tx, "other")
        assert (events.places_taken(tx, event.id), events.end_of_line(tx, event.id)) == (0, None)
        assert events.first_in_line(tx, event.id, 9) is None
        for who, state in enumerate(("going", "offered", "waiting", "maybe", "no"), 1):
            queued = NOW + timedelta(hours=who)
            events.put_rsvp(tx, RsvpRow(other.id, who, state, who, NOW, queued))
        assert events.places_taken(tx, other.id) == 2 + 3
        assert events.end_of_line(tx, other.id) == NOW + timedelta(hours=3)
        assert [row.person_id for row in events.line(tx, other.id)] == [3]
        first = events.first_in_line(tx, other.id, 4)
        assert first is not None
        assert first.person_id == 3
        assert events.place_in_line(tx, RsvpRow(event.id, 5, "waiting", queued_at=later())) == 1
        assert events.place_in_line(tx, RsvpRow(other.id, 5, "waiting", queued_at=later())) == 2
        assert (events.places_taken(tx, event.id), events.end_of_line(tx, event.id)) == (0, None)
        assert events.counts(tx, event.id) == {}
        assert events.rsvps_of(tx, 3) == {other.id: first}
        assert events.rsvps(tx, [(event.id, 3), (other.id, 3), (other.id, 9)]) == {
            (other.id, 3): first
        }


def test_events_are_found_by_what_they_are_asked_for(database: Database) -> None:
    with database.transaction() as tx:
        soon = NOW + timedelta(days=1)
        second = add(tx, "second", starts_at=soon, code="TWICE")
        first = add(tx, "first", starts_at=soon - timedelta(hours=1), code="TWICE")
        same = add(tx, "same", starts_at=soon, organisation="bsc_kranj", code="TWICE")
        ends = add(tx, "ends", starts_at=NOW - timedelta(hours=2), ends_at=NOW + TICK)
        assert [each.id for each in events.events(tx)] == [ends.id, first.id, second.id, same.id]
        assert [each.id for each in events.events(tx, "cike")] == [ends.id, first.id, second.id]
        assert [each.id for each in events.upcoming(tx, NOW)] == [
            ends.id, first.id, second.id, same.id,
        ]  # fmt: skip
        assert events.upcoming(tx, NOW + TICK)[0].id == first.id
        # Of two that have one code, the later; of two at one time, the newer.
        found = events.by_code(tx, "TWICE")
        assert found is not None
        assert found.id == same.id
        assert events.by_code(tx, "twice") is None
        assert events.locked(tx, 99) is events.locked_at_once(tx, 99) is None
        assert events.locked_at_once(tx, first.id) == first


def test_answers_are_taken_until_the_deadline_or_the_start(database: Database) -> None:
    starts = NOW + timedelta(days=9)
    with database.transaction() as tx:
        for number, (until, taken) in enumerate(
            (
                (None, starts), (starts - TICK, starts - TICK), (starts, starts),
                (starts + TICK, starts),
            )
        ):  # fmt: skip
            assert add(tx, f"e{number}", rsvp_until=until).answers_until == taken


def test_an_update_is_of_one_event(database: Database) -> None:
    with database.transaction() as tx:
        event, other = add(tx), add(tx, "other")
        events.update(tx, event.id, {})
        events.update(tx, event.id, {"title": {"sk": "Nový"}, "closed_at": NOW, "capacity": None})
        changed = replace(event, title={"sk": "Nový"}, closed_at=NOW, capacity=None)
        assert events.by_ids(tx, [event.id, other.id]) == {event.id: changed, other.id: other}


def later() -> datetime:
    return NOW + timedelta(days=1)
