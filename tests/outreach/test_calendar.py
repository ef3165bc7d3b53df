"""The calendar file, read back by the library's parser and line by line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from messages.words import Words
from outreach.events.calendar import ics
from outreach.reader import Reader
from outreach.timezones import vtimezone
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
    assert entry["summary"] == "Brunč; s ľuďmi, ktorí odišli DTSTART:20200101"
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
    assert "DTSTART:20251026T030000\r\nRRULE:" in text


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


def test_whatever_ends_a_line_ends_one_and_nothing_else_is_said(database: Database) -> None:
    """As it comes from other programs; a control character would spoil the file."""
    ends = ["\r\n", "\r", "\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]
    told = {"en": "a" + "".join(f"{end}b\x00\x1f\x7f" for end in ends)}
    typed = {"en": "\n x \r\n y\x07\u2028\n"}
    with database.transaction() as tx:
        made = event(tx, description=told, title=typed, place=typed, link=None)
    _, entry = read(ics(made, Reader(1, "en", "UTC"), WORDS, expats()))
    assert entry["description"] == "\n".join(["a"] + ["b"] * len(ends))
    assert (entry["summary"], entry["location"]) == ("x y", "x, y")


BRATISLAVA = """\
BEGIN:VTIMEZONE
TZID:Europe/Bratislava
BEGIN:DAYLIGHT
DTSTART:20250330T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20251026T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


def told(name: str, year: int = 2026) -> str:
    zone = vtimezone(name, year)
    assert zone is not None
    return bytes(zone.to_ical()).decode().replace("\r\n ", "").replace("\r\n", "\n")


def test_the_clock_changes_are_rules_in_the_time_of_before() -> None:
    assert told("Europe/Bratislava") == BRATISLAVA
    assert "DTSTART:20250309T020000\nRRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3" in told(
        "America/New_York"
    )
    assert "BYDAY=FR;BYMONTHDAY=23,24,25,26,27,28,29;BYMONTH=3" in told("Asia/Jerusalem")
    for name in ("UTC", "Etc/UTC", "Mars/Olympus"):
        assert vtimezone(name, 2026) is None


def test_a_zone_without_summer_time_has_one_time() -> None:
    for name in ("Asia/Tokyo", "Asia/Kolkata"):
        assert told(name).count("BEGIN:") == 2
        assert "RRULE" not in told(name)
        assert "RDATE" not in told(name)


@pytest.mark.parametrize(
    "name",
    ["Europe/Bratislava", "Europe/Ljubljana", "Europe/Dublin", "America/New_York", "Asia/Tokyo",
     "Australia/Lord_Howe", "America/Santiago", "Asia/Jerusalem", "Africa/Casablanca",
     "Africa/Cairo", "Asia/Kolkata", "Pacific/Chatham", "America/Sao_Paulo"],
)  # fmt: skip
def test_what_is_told_is_what_the_clocks_do(name: str) -> None:
    """Read back by the library, at every sixth hour of the year of the event and the next."""
    zone = vtimezone(name, 2026)
    assert zone is not None
    read_back, there = zone.to_tz(lookup_tzid=False), ZoneInfo(name)
    for hours in range(0, 2 * 365 * 24, 6):
        at = (datetime(2026, 1, 1, 3, tzinfo=UTC) + timedelta(hours=hours)).astimezone(there)
        naive = at.replace(tzinfo=None)
        assert naive.replace(tzinfo=read_back).utcoffset() == at.utcoffset(), at


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x85", "\u2028", "\u2029"])
def test_no_text_holds_a_line_break_that_a_calendar_would_stumble_on(
    database: Database, end: str
) -> None:
    told = f"Tabačka{end} {end}Gorkého 2\x07"
    row = replace(
        brunch(database), place={"sk": told}, title={"sk": told}, description={"sk": told}
    )
    text = ics(row, SLOVAK, WORDS, expats())
    _, entry = read(text)
    assert entry["location"] == "Tabačka, Gorkého 2"
    assert entry["summary"] == "Tabačka Gorkého 2"
    assert entry["description"].startswith("Tabačka\n \nGorkého 2\n\nhttps:")
    assert len(text.splitlines()) == text.count("\r\n")
    unfolded = text.replace("\r\n ", "").split("\r\n")
    (location,) = [line for line in unfolded if "LOCATION" in line]
    assert "\\n" not in location
