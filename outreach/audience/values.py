"""What a written value means: "Nemecko" is DE, "Wien" the places of that name.

Each reader takes what was written, the blueprint and the present moment, and gives the values that
the database holds (for a place perhaps several). It raises Unfit with what would be right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import TypeAlias

from blueprints.facts import Fact
from blueprints.options import Option
from blueprints.schema import Blueprint
from flows.understand import countries, languages
from flows.understand.gazetteer import gazetteer
from flows.understand.reading import Understood, Unsure
from flows.understand.text import fold
from outreach.audience.pointing import did_you_mean
from outreach.told import Told, why
from storage.conditions import ANY, NEVER, STATES_OF_EVENTS, Value
from storage.moments import moment
from storage.states import PERSON_STATUSES

Reader: TypeAlias = Callable[[str, Blueprint, datetime], tuple[Value, ...]]

CHANNELS = ("telegram", "slack", "preview", "terminal", "demo")
RESIDENCES = ("domestic", "international")
STATUSES = tuple(status for status in PERSON_STATUSES if status != "new")
MOST_PLACES = 50  # of one name; the largest

_SPAN = re.compile(r"([<>])\s*([1-9][0-9]{0,3})\s*([hdw])")
_YEARS = re.compile(r"([<>=]?)\s*((?:19|20)[0-9]{2})(?:\s*[-–]\s*((?:19|20)[0-9]{2}))?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COUNTS = re.compile(r"([<>=]?)\s*([0-9]{1,15})(?:\s*[-–]\s*([0-9]{1,15}))?")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_EVENT = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_NUMBER = re.compile(r"[0-9]{1,18}")
_READERS = ("en", "sk", "sl")  # whose words countries and languages are understood in


_OPTIONS = {
    "roles": why("what_role"),
    "formats": why("what_format"),
    "skills": why("what_skill"),
    "willingness": why("what_willingness"),
}


class Unfit(Exception):
    """The value cannot be one of this field; ``told`` says what would be right."""

    def __init__(self, why: Told) -> None:
        super().__init__(why)
        self.told = why


def _choose(text: str, known: Iterable[str], what: Told, labels: Iterable[Option] = ()) -> str:
    """The key written, whatever its case. Raises Unfit; labels are understood for a hint."""
    keys = {key.lower(): key for key in known}
    written = text.strip().lower()
    if written in keys:
        return keys[written]
    meant = {key: key for key in keys.values()}
    for option in labels:
        meant |= {fold(label): option.key for label in option.label.root.values()}
    if fold(text) in meant:
        hint: Told | None = why("did_you_mean", word=meant[fold(text)])
    else:
        hint = did_you_mean(text, meant)
    hint = hint or why("there_is", listed=", ".join(keys.values()))
    raise Unfit(why("no_value", noun=what, text=text, hint=hint))


def _or_any(text: str, options: Iterable[Option], what: Told) -> tuple[Value, ...]:
    listed = tuple(options)
    keys = [option.key for option in listed]
    if not keys:
        raise Unfit(why("not_asked", noun=what))
    if text.strip().lower() == ANY and ANY not in keys:
        return (ANY,)
    return (_choose(text, [*keys, ANY], what, listed),)


def organisation(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    known = {fold(each.name): each.key for each in blueprint.organisations}
    text = known.get(fold(text), text)
    return (
        _choose(text, (each.key for each in blueprint.organisations), why("what_organisation")),
    )


def persona(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    return (_choose(text, (each.key for each in blueprint.personas), why("what_persona")),)


def status(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    if text.strip().lower() == "new":
        raise Unfit(why("nobody_new"))
    return (_choose(text, STATUSES, why("what_status")),)


def residence(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    return (_choose(text, RESIDENCES, why("what_residence")),)


def region(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    regions = blueprint.regions
    meant = {fold(name): each.key for each in regions for name in each.name.root.values()}
    return (
        _choose(meant.get(fold(text), text), (each.key for each in regions), why("what_region")),
    )


def work(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    return _or_any(text, blueprint.fields, why("what_field"))


def occupation(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    return _or_any(text, _of_fact("occupation", blueprint), why("what_occupation"))


def wants(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    return _or_any(text, _of_fact("wants", blueprint), why("what_wish"))


def _of_fact(key: str, blueprint: Blueprint) -> tuple[Option, ...]:
    fact = blueprint.fact(key)
    return fact.options if fact is not None else ()


def choices(fact: Fact) -> Reader:
    """The options of a fact that the blueprint declares; of one without, yes and no."""
    keys = [option.key for option in fact.options] or ["yes", "no"]
    named = why("what_option")

    def read(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
        if text.strip().lower() == ANY and ANY not in keys:
            return (ANY,)
        return (_choose(text, [*keys, ANY], named, fact.options),)

    return read


def count(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    """``<``, ``>``, ``=`` and a whole number, or two with a dash between them; or "any"."""
    written = text.strip().lower()
    if written == ANY:
        return (ANY,)
    found = _COUNTS.fullmatch(written)
    if not found:
        raise Unfit(why("write_count"))
    sign, first, last = found.groups()
    if last and (sign or int(last) < int(first)):
        raise Unfit(why("write_count"))
    return (f"{first}-{last}" if last else f"{sign or '='}{first}",)


def typed(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    """A text as it was typed, or "any"."""
    return (ANY,) if text.strip().lower() == ANY else (text,)


def options(column: str) -> Reader:
    """The options of the survey question that feeds this column."""
    what = _OPTIONS[column.partition("_")[0]]

    def read(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
        found = blueprint.column(column)
        return _or_any(text, found[1].options if found else (), what)

    return read


def country(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    """A code, or a name in any of our languages when all of them mean the same country."""
    code = text.strip().upper()
    if code in countries.codes():
        return (code,)
    if code.lower() == ANY:
        return (ANY,)
    key = fold(text).replace(" ", "")
    meant = {found for each in _READERS for found in countries.names(each).get(key, ())}
    if len(meant) == 1:
        return (meant.pop(),)
    reading = countries.country(text, blueprint.language)
    if isinstance(reading, Understood):
        meant.add(reading.value)
    if isinstance(reading, Unsure):
        meant.update(reading.candidates)
    named = tuple(why("country", code=each) for each in sorted(meant))
    hint = why("did_you_mean_one", named=named) if named else why("write_country")
    raise Unfit(why("no_value", noun=why("what_country"), text=text, hint=hint))


def language(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    """One of the languages that the bot speaks."""
    code = _language(text)
    if code in blueprint.languages:
        return (code,)
    raise Unfit(why("not_spoken", text=text, listed=", ".join(blueprint.languages)))


def spoken(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    """Any language, by its ISO 639-1 code or a name."""
    if text.strip().lower() == ANY:
        return (ANY,)
    code = _language(text)
    if code is None:
        hint = why("write_language")
        raise Unfit(why("no_value", noun=why("what_language"), text=text, hint=hint))
    return (code,)


def _language(text: str) -> str | None:
    code = text.strip().lower()
    if code in languages.codes():
        return code
    for reader in _READERS:
        reading = languages.spoken(text, reader)
        if isinstance(reading, Understood) and len(reading.value) == 1:
            return reading.value[0]
    return None


def city(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    """The numbers of all places so called, and the name itself for places that nobody knows."""
    name = " ".join(text.split())
    if name.lower() == ANY:
        return (ANY,)
    places = gazetteer().named(fold(name).split(), None)[:MOST_PLACES]
    numbers = [place.geonameid for place in places if place.geonameid is not None]
    spellings = dict.fromkeys((name, name.lower(), name.title(), name.capitalize()))
    return (*numbers, *spellings)


def event(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    """``key/state``; without a state: who is coming or was there."""
    key, slash, state = text.strip().lower().partition("/")
    if not _EVENT.fullmatch(key):
        raise Unfit(why("no_event_key", key=key))
    state = _choose(state, STATES_OF_EVENTS, why("what_answer")) if slash else STATES_OF_EVENTS[0]
    return (f"{key}/{state}",)


def moments(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    """``<`` or ``>`` and the moment that lies so long ago; or "never"."""
    if text.strip().lower() == NEVER:
        return (NEVER,)
    found = _SPAN.fullmatch(text.strip().lower())
    if not found:
        raise Unfit(why("write_span"))
    sign, number, unit = found.groups()
    return (f"{sign}{moment(now - timedelta(**{_UNITS[unit]: int(number)}))}",)


def window(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    """``first..last``, or one day."""
    begins, _, ends = text.strip().partition("..")
    first, last = _day(begins), _day(ends or begins)
    if first is None or last is None or last < first:
        raise Unfit(why("write_window"))
    return (f"{first}..{last}",)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if _DAY.fullmatch(text.strip()) else None
    except ValueError:
        return None


def year(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    """``<``, ``>``, ``=`` and a year, or two years with a dash between them; or "any"."""
    written = text.strip().lower()
    if written == ANY:
        return (ANY,)
    found = _YEARS.fullmatch(written)
    if not found:
        raise Unfit(why("write_year"))
    sign, first, last = found.groups()
    if last and (sign or last < first):
        raise Unfit(why("write_year"))
    return (f"{first}-{last}" if last else f"{sign or '='}{first}",)


def source(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    if "*" in text[:-1]:
        raise Unfit(why("star_at_end"))
    return (text,)


def channel(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    return (_choose(text, CHANNELS, why("what_channel")),)


def purpose(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    return (_choose(text, (each.key for each in blueprint.purposes), why("what_purpose")),)


def number(text: str, blueprint: Blueprint, now: datetime) -> tuple[Value, ...]:
    if not _NUMBER.fullmatch(text.strip()):
        raise Unfit(why("no_number", text=text))
    return (int(text),)


def known(field: str, blueprint: Blueprint) -> tuple[str, ...]:
    """The values that a field can have, where there are few; else ()."""
    listed: dict[str, Iterable[Option] | Iterable[str]] = {
        "status": STATUSES,
        "residence": RESIDENCES,
        "language": blueprint.languages,
        "channel": CHANNELS,
        "organisation": [each.key for each in blueprint.organisations],
        "persona": [each.key for each in blueprint.personas],
        "region": [each.key for each in blueprint.regions],
        "consent": [each.key for each in blueprint.purposes],
        "field": blueprint.fields,
        "occupation": _of_fact("occupation", blueprint),
        "wants": _of_fact("wants", blueprint),
    }
    fact = blueprint.fact(field)
    if field not in listed and fact is not None and not fact.built_in:
        return tuple(option.key for option in fact.options)
    found = blueprint.column(field)
    options = listed.get(field, found[1].options if found else ())
    return tuple(each if isinstance(each, str) else each.key for each in options)
