"""An event as a calendar file (iCalendar, RFC 5545; its methods: RFC 5546).

UID stays the same for ever and SEQUENCE grows with every change of time or place, so that a
calendar that has the event already moves it, or strikes it out, instead of adding another.
"""

from __future__ import annotations

import re
from datetime import datetime

from icalendar import Calendar, Event, vCalAddress, vText
from icalendar.cal.component import Component

from blueprints.schema import Blueprint
from messages.words import Words
from outreach import hours
from outreach.events.cards import chosen
from outreach.reader import Reader
from outreach.timezones import vtimezone
from storage.events import EventRow

PRODUCT = "-//Domov//Events//EN"


def ics(event: EventRow, reader: Reader, words: Words, blueprint: Blueprint) -> str:
    """The file for ``reader``, in their language (or the nearest there is), with CRLF lines."""
    language = words.spoken(reader.language, blueprint.language)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "CANCEL" if event.status == "cancelled" else "PUBLISH")
    zone = vtimezone(event.timezone, event.starts_at.year)
    if zone is not None:
        calendar.add_component(zone)
    calendar.add_component(_entry(event, language, blueprint))
    return bytes(calendar.to_ical()).decode()


def _entry(event: EventRow, language: str, blueprint: Blueprint) -> Component:
    there = hours.zone(event.timezone)
    entry = Event()
    entry.add("uid", event.uid)
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", _seconds(event.updated_at))
    entry.add("created", _seconds(event.created_at))
    entry.add("last-modified", _seconds(event.updated_at))
    entry.add("dtstart", event.starts_at.astimezone(there))
    entry.add("dtend", event.ends_at.astimezone(there))
    entry.add("status", "CANCELLED" if event.status == "cancelled" else "CONFIRMED")
    entry.add("transp", "OPAQUE")
    _say(entry, "summary", *chosen(event.title, language, blueprint))
    _say(entry, "location", *chosen(event.place, language, blueprint))
    text, spoken = chosen(event.description, language, blueprint)
    _say(entry, "description", "\n\n".join(filter(None, (text, event.link))), spoken)
    if event.link:
        entry.add("url", event.link)
    organisation = blueprint.organisation(event.organisation)
    if organisation is not None:
        organiser = vCalAddress(f"mailto:{organisation.privacy_contact}")
        organiser.params["cn"] = vText(organisation.name)
        entry.add("organizer", organiser)
    return entry


_ONE_LINE = frozenset({"summary", "location"})
_LINE_ENDS = re.compile(r"\s*[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+\s*")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def said(name: str, text: str) -> str:
    """A text as a calendar takes it: no control characters (RFC 5545, 3.1), line breaks that every
    program knows; a title or a place on one line, for many show a break in it as ``\\n``."""
    between = ", " if name == "location" else " "
    if name in _ONE_LINE:
        return _NOT_TEXT.sub("", _LINE_ENDS.sub(between, text.strip()))
    lines = text.replace("\r\n", "\n")
    return _NOT_TEXT.sub("", re.sub(r"[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", "\n", lines))


def _say(entry: Component, name: str, text: str, language: str) -> None:
    """A text with the language it is in; nothing for none."""
    text = said(name, text)
    if text:
        entry.add(name, text, parameters={"language": language} if language else {})


def _seconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
