"""The calendar file of an agreed meeting, read back by the library's parser."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from icalendar import Calendar

from outreach.mentoring.calendar import ics
from outreach.mentoring.people import Other
from storage.mentoring.matches import MatchRow
from tests.outreach.inviting import expats
from tests.outreach.mentoring.introducing import (
    DAY,
    INTRODUCED,
    NOW,
    TO_MENTEE,
    TO_MENTOR,
    WORDS,
    reader,
)

AGREED = replace(INTRODUCED, meeting_at=NOW + 2 * DAY, sequence=1)


def made(match: MatchRow, role: str, language: str = "en", other: Other | None = None) -> str:
    known = other or (TO_MENTOR if role == "mentor" else TO_MENTEE)
    text = ics(match, reader(role, language), role, known, WORDS, expats(), NOW)
    assert text is not None
    return text


def entry(text: str) -> Any:
    calendar: Any = Calendar.from_ical(text)
    assert calendar["method"] == "PUBLISH"
    (found,) = calendar.events
    return found


def test_file_says_when_and_with_whom_in_the_readers_zone() -> None:
    text = made(AGREED, "mentor", "sk")
    found = entry(text)
    assert found["summary"] == "Mentoringové stretnutie: Jana Kováčová"
    assert found.start == AGREED.meeting_at
    assert found.start.tzinfo.key == "America/New_York"
    assert (found.end - found.start).seconds == 3600
    assert "Telegram: @jana_k" in found["description"]
    assert "jana@example.com" not in text, "she shares her chat only"
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_new_time_moves_the_entry_and_a_new_meeting_adds_one() -> None:
    first = entry(made(AGREED, "mentee"))
    moved = entry(made(replace(AGREED, meeting_at=NOW + 3 * DAY, sequence=2), "mentee"))
    assert (first["uid"], first["sequence"]) == ("pair-77@domov", 1)
    assert (moved["uid"], moved["sequence"]) == ("pair-77@domov", 2)
    second = entry(made(replace(AGREED, state="met", meetings=1, sequence=3), "mentee"))
    assert second["uid"] == "2-pair-77@domov"


def test_name_is_data() -> None:
    odd = replace(TO_MENTEE, name="Matej; DTSTART:20200101\nUID:x")
    found = entry(made(AGREED, "mentee", other=odd))
    assert found["summary"].startswith("Mentoring: Matej; DTSTART:20200101")
    assert found["uid"] == "pair-77@domov"


def test_nothing_agreed_gives_no_file() -> None:
    assert ics(INTRODUCED, reader("mentor"), "mentor", TO_MENTOR, WORDS, expats(), NOW) is None


def test_other_who_is_gone_leaves_a_file_without_name() -> None:
    text = ics(AGREED, reader("mentee"), "mentee", None, WORDS, expats(), NOW)
    assert text is not None
    assert entry(text)["summary"] == "Mentoring: your mentor"
