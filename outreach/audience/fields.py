"""The fields that an audience can speak of, and what each becomes in SQL over ``p`` (person).

A value is read by its field's ``read`` into what the database holds; ``condition`` puts it into
SQL. Both databases understand the conditions alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from blueprints.facts import Fact
from blueprints.remembered import once_a_blueprint
from blueprints.schema import Blueprint
from blueprints.values import Texts
from outreach.audience import values
from outreach.audience.values import Reader
from storage import conditions, profile
from storage.conditions import Make


@dataclass(frozen=True, slots=True)
class Field:
    """``read``: what was written -> what is stored; raises values.Unfit. ``meaning`` and
    ``example`` are for the reader."""

    key: str
    meaning: str
    example: str
    read: Reader
    condition: Make


def _column(key: str, meaning: str, example: str, read: Reader, column: str = "") -> Field:
    """A fact with a single value, in a column of person."""
    return Field(key, meaning, example, read, conditions.column(column or key))


def _trait(key: str, meaning: str, example: str, read: Reader, kind: str = "") -> Field:
    """A fact with several values, in rows of trait."""
    return Field(key, meaning, example, read, conditions.trait(kind or key))


_LISTED = (
    _column("organisation", "who looks after them", "KEY", values.organisation),
    _column("persona", "expat or local", "expat", values.persona),
    _column("status", "joining, active, paused or mapped", "active", values.status),
    _column("country", "the country they live in, by code or name", "DE", values.country),
    _column("residence", "domestic or international", "international", values.residence),
    Field("since", "the year since which they live there: 2015, <2015, >2015, 2010-2015", "<2020",
          values.year, conditions.number("since")),
    _column("region", "the home region", "KEY", values.region, "home_region"),
    Field("city", "where they live, as anybody calls it", "Vienna", values.city, conditions.city),
    _column("language", "the language the bot speaks with them", "sk", values.language),
    _column("field", "the field they work in", "it", values.work),
    _trait("occupation", "what people in the region do", "teacher", values.occupation),
    _trait("roles", "what they would be", "mentor", values.options("roles")),
    _trait("formats", "formats they like", "workshop", values.options("formats")),
    _trait("skills_used", "soft skills used at work", "teamwork", values.options("skills_used")),
    _trait(
        "skills_needed", "soft skills their region needs", "teamwork",
        values.options("skills_needed"),
    ),
    _trait(
        "skills_offered", "soft skills they would pass on", "communication",
        values.options("skills_offered"),
    ),
    _column("willingness", "willing to get involved", "yes,maybe", values.options("willingness")),
    _trait("wants", "what people in the region look for", "mentor", values.wants),
    _trait("spoken", "languages they speak to an audience in", "de", values.spoken,
           "spoken_languages"),
    Field(
        "event", "who is coming or was there; /invited /maybe /no /waiting /attended",
        "brunch-nov", values.event, conditions.event,
    ),
    Field(
        "last_active", "when they were last here: <30d within, >90d longer ago, never",
        "<30d", values.moments, conditions.since("last_active_at"),
    ),
    Field(
        "registered", "when they registered: <7d within, >365d longer ago, never",
        "<7d", values.moments, conditions.since("registered_at"),
    ),
    Field(
        "confirmed", "when they last confirmed their profile: <30d within, >365d longer ago, never",
        ">365d", values.moments, conditions.since("confirmed_at"),
    ),
    Field(
        "home", "who is at home between two days, or on one: 2026-12-20..2027-01-05, 2026-12-24",
        "2026-12-20..2027-01-05", values.window, conditions.home,
    ),
    Field("source", "how they came; poster-* for all that begin so", "telegram", values.source,
          conditions.source),
    Field("channel", "the platform they write from", "telegram", values.channel,
          conditions.channel),
    Field("consent", "what they allow", "mentoring", values.purpose, conditions.consent),
    Field("person", "people by their numbers", "12,345", values.number, conditions.person),
)  # fmt: skip
FIELDS: Mapping[str, Field] = {field.key: field for field in _LISTED}


@once_a_blueprint
def fields_of(blueprint: Blueprint) -> Mapping[str, Field]:
    """FIELDS, and the facts that the blueprint declares beyond those built in."""
    declared = (fact for fact in blueprint.facts if not fact.built_in)
    return {**{each.key: _fact(each) for each in declared if each.key not in FIELDS}, **FIELDS}


def _fact(fact: Fact) -> Field:
    """A fact of the blueprint's own."""
    meaning = (fact.name or fact.ask or Texts({"en": fact.key}))["en"]
    if fact.kind == "languages":
        return Field(fact.key, meaning, "de", values.spoken, conditions.trait(fact.key))
    if fact.kind == "year":
        return Field(fact.key, meaning, "<2020", values.year, conditions.number(fact.key))
    if fact.kind == "number":
        return Field(fact.key, meaning, ">10", values.count, conditions.number(fact.key))
    if profile.lives(fact) == "trait":
        keys = [option.key for option in fact.options] or ["yes", "no"]
        return Field(fact.key, meaning, keys[0], values.choices(fact), conditions.trait(fact.key))
    return Field(fact.key, meaning, "any", values.typed, conditions.typed(fact.key))


ALIASES = {
    "organization": "organisation",
    "org": "organisation",
    "lang": "language",
    "speaks": "spoken",
    "spoken_languages": "spoken",
    "languages": "spoken",
    "home_region": "region",
    "next_home": "home",
    "visit": "home",
    "at_home": "home",
    "town": "city",
    "lives_in": "country",
    "skills": "skills_offered",
    "skill": "skills_offered",
    "profession": "field",
    "year": "since",
    "lives_there_since": "since",
    "purpose": "consent",
    "rsvp": "event",
    "going": "event",
    "active": "last_active",
    "seen": "last_active",
    "confirmed_at": "confirmed",
    "fresh": "confirmed",
    "platform": "channel",
    "id": "person",
    "number": "person",
}
"""Other words for a field -> the field, for "did you mean"."""
