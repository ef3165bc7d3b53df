"""The calendar file, read back by the library's parser and line by line."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from icalendar import Calendar

from messages.words import Words
from outreach.events.calendar import ics, vtimezone
from outreach.reader import Reader
from storage.database import Database
from storage.events import EventRow
from tests.outreach.inviting import NOW, STARTS, event, expats

WORDS = Words(("en", "sk", "sl"))
SLOVAK = Reader(1, "sk", "America/New_York")


def read(text: str) -> tuple[Any, Any]:
    """The calendar and its one entry."""
    calendar: Any = Calendar.from_ical(text)
    (entry,) = calendar.events
    return calendar, entry


def brunch(database: Database, **values: Any) -> EventRow:
    with database.transaction() as tx:
        return event(
            tx,
            title={"en": "Brunch", "sk": "Brunč; s ľuďmi, ktorí odišli\nDTSTART:20200101"},
            description={"en": "Come.\nBring cake."},
            link="https://example.org/brunch",
            **values,
        )


def test_calendar_file_says_what_when_and_where(database: Database) -> None:
    text = ics(brunch(database), SLOVAK, WORDS, expats())
    calendar, entry = read(text)
    assert calendar["method"] == "PUBLISH"
    assert entry["uid"] == "brunch@domov"
    assert entry["sequence"] == 0
    assert entry["status"] == "CONFIRMED"
    assert entry["summary"] == "Brunč; s ľuďmi, ktorí odišli\nDTSTART:20200101"
    assert entry["summary"].params["LANGUAGE"] == "sk"
    assert entry["location"] == "Tabačka"
    assert entry["description"] == "Come.\nBring cake.\n\nhttps://example.org/brunch"
    assert entry["description"].params["LANGUAGE"] == "en"
    assert entry.start == STARTS
    assert entry.start.tzinfo.key == "Europe/Bratislava"
    assert entry.end == STARTS + timedelta(hours=2)
    assert entry["dtstamp"].dt == NOW
    assert entry["organizer"].params["CN"] == "CIKE"
    assert text.count("DTSTART;") == 1
    assert "DTSTART;TZID=Europe/Bratislava:20261130T180000\r\n" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_calendar_file_of_a_changed_event_replaces_the_old_one(database: Database) -> None:
    first = brunch(database)
    moved = replace(first, sequence=2, starts_at=STARTS + timedelta(hours=1))
    _, old = read(ics(first, SLOVAK, WORDS, expats()))
    _, new = read(ics(moved, SLOVAK, WORDS, expats()))
    assert old["uid"] == new["uid"]
    assert (old["sequence"], new["sequence"]) == (0, 2)
    calendar, off = read(ics(replace(moved, status="cancelled"), SLOVAK, WORDS, expats()))
    assert calendar["method"] == "CANCEL"
    assert off["status"] == "CANCELLED"


def test_calendar_file_knows_the_clock_change(database: Database) -> None:
    """An event that begins before and ends after the night of 25 October 2026."""
    starts = datetime.fromisoformat("2026-10-24T20:00:00+02:00")
    ends = datetime.fromisoformat("2026-10-25T10:00:00+01:00")
    text = ics(brunch(database, starts_at=starts, ends_at=ends), SLOVAK, WORDS, expats())
    _, entry = read(text)
    assert (entry.start, entry.end) == (starts, ends)
    assert "BEGIN:VTIMEZONE\r\n" in text
    assert "20261025T030000" in text


def test_calendar_file_in_utc_needs_no_time_zone(database: Database) -> None:
    text = ics(brunch(database, timezone="UTC"), SLOVAK, WORDS, expats())
    assert "VTIMEZONE" not in text
    assert "DTSTART:20261130T170000Z\r\n" in text


WHOLE = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Domov//Events//EN
CALSCALE:GREGORIAN
METHOD:PUBLISH
BEGIN:VEVENT
SUMMARY;LANGUAGE=en:Brunch
DTSTART:20261130T170000Z
DTEND:20261130T190000Z
DTSTAMP:20261102T093000Z
UID:brunch@domov
SEQUENCE:3
CREATED:20261101T080000Z
DESCRIPTION;LANGUAGE=en:Come.\\n\\nhttps://example.org/x
LAST-MODIFIED:20261102T093000Z
LOCATION;LANGUAGE=en:Tabačka
ORGANIZER;CN=CIKE:mailto:privacy.cike@example.org
STATUS:CONFIRMED
TRANSP:OPAQUE
URL:https://example.org/x
END:VEVENT
END:VCALENDAR
"""


def lines(text: str) -> list[str]:
    """Without the order, which is the library's."""
    return sorted(text.replace("\r\n ", "").replace("\r\n", "\n").splitlines())


def test_calendar_file_holds_all_that_a_calendar_shows(database: Database) -> None:
    with database.transaction() as tx:
        whole = event(
            tx, timezone="UTC", sequence=3, link="https://example.org/x",
            description={"en": "Come."}, created_at=NOW.replace(day=1, hour=8, minute=0),
            updated_at=NOW + timedelta(microseconds=999_999),
        )  # fmt: skip
    assert lines(ics(whole, Reader(1, "en", "UTC"), WORDS, expats())) == lines(WHOLE)
    least = replace(
        whole, link=None, description={}, place={}, organisation="nobody's", timezone="Mars/Olympus"
    )
    without = ("DESCRIPTION", "URL", "LOCATION", "ORGANIZER")
    wanted = [line for line in WHOLE.splitlines() if not line.startswith(without)]
    assert lines(ics(least, Reader(1, "xx", "UTC"), WORDS, expats())) == sorted(wanted)
    only = replace(least, link="https://example.org/x")
    assert "DESCRIPTION;LANGUAGE=sk:https://example.org/x" in lines(
        ics(only, Reader(1, "sk", "UTC"), WORDS, expats())
    )


def test_calendar_file_holds_the_clock_changes_around_the_year() -> None:
    zone = vtimezone("Europe/Bratislava", 2026)
    assert zone is not None
    text = bytes(zone.to_ical()).decode()
    for change in ("20250330T", "20260329T", "20261025T", "20270328T", "20271031T"):
        assert change in text, change
    assert "20241027T" not in text
    assert "20280326T" not in text
    for name in ("UTC", "Etc/UTC", "Mars/Olympus"):
        assert vtimezone(name, 2026) is None
