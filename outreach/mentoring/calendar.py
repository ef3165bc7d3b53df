"""An agreed meeting as a calendar file (iCalendar, RFC 5545).

A pair's meetings are entries of their own; a new time for the same meeting moves its entry (the
UID stays, SEQUENCE grows).
"""

from __future__ import annotations

from datetime import datetime

from icalendar import Calendar, Event

from blueprints.schema import Blueprint
from messages import rich
from messages.words import Words
from outreach import hours
from outreach.events.calendar import said
from outreach.mentoring import people
from outreach.mentoring.meeting import LENGTH
from outreach.mentoring.people import Other
from outreach.reader import Reader
from outreach.timezones import vtimezone
from storage.mentoring.matches import MatchRow

PRODUCT = "-//Domov//Mentoring//EN"


def ics(
    match: MatchRow,
    me: Reader,
    role: str,
    other: Other | None,
    words: Words,
    blueprint: Blueprint,
    now: datetime,
) -> str | None:
    """The file for ``me``, who is ``role`` ("mentor", "mentee") of the pair, in their language and
    zone, with CRLF lines. None: no time is agreed. Contacts stand in it as far as they were
    agreed to."""
    if match.meeting_at is None:
        return None
    language = words.spoken(me.language, blueprint.language)
    starts = match.meeting_at.astimezone(hours.known(me.timezone))
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    zone = vtimezone(me.timezone, starts.year)
    if zone is not None:
        calendar.add_component(zone)
    entry = Event()
    entry.add("uid", match.uid if match.meetings == 0 else f"{match.meetings + 1}-{match.uid}")
    entry.add("sequence", match.sequence)
    entry.add("dtstamp", now.replace(microsecond=0))
    entry.add("dtstart", starts)
    entry.add("dtend", starts + LENGTH)
    entry.add("status", "CONFIRMED")
    entry.add("transp", "OPAQUE")
    fallback = words.text(f"match.your_{'mentee' if role == 'mentor' else 'mentor'}", language)
    name = (other.name if other else "") or fallback
    title = words.text("match.calendar_title", language, name=name)
    about = _about(match, role, other, words, language, blueprint)
    entry.add("summary", said("summary", title))
    entry.add("description", said("description", about))
    calendar.add_component(entry)
    return bytes(calendar.to_ical()).decode()


def _about(
    match: MatchRow,
    role: str,
    other: Other | None,
    words: Words,
    language: str,
    blueprint: Blueprint,
) -> str:
    agreed = match.mentor_contact if role == "mentee" else match.mentee_contact
    contacts = people.lines(other, agreed, words, language) if other else ()
    programme = blueprint.programme.short_name[language]
    arranged = words.rich("match.calendar_about", language, programme=programme)
    return rich.plain(rich.concat(contacts, arranged))
