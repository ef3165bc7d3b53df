"""One question as a field of a window, and what was filled in as words for the question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.turn.context import Turn
from bot.turn.fixed import fixed
from flows.choices import MARKED, Agreement, Choice, Marked
from flows.places import Country, Residence
from flows.questions import Day, Email, LinkedIn, Number, PersonName, Question, Text, Url
from flows.rating import Rating
from flows.script import Label, Template
from flows.staff_questions import AudienceFilter, Clock, Web, Zone
from flows.understand.countries import country_name
from flows.understand.zones import country_of
from messages.message import Field, Kind, Option

CONSENTS = "consents"
COUNTRIES = "country"
"""What is looked up as somebody types (:func:`bot.turn.suggesting.suggest`)."""
WHERE = ".country"  # the second field of a place: "place.country"


def fields(turn: Turn, question: Question[Any], stored: Any, *, needed: bool) -> tuple[Field, ...]:
    """The fields that a question is asked with, with what is known already: ``stored`` its answer,
    and what the platform says of the person. ``needed``: it cannot be left out."""
    if isinstance(question, Agreement):
        return (_agreement(turn, question, stored),)
    if isinstance(question, Residence):
        return _place(turn, question, stored, needed=needed)
    return (_field(turn, question, stored, needed=needed),)


def _field(turn: Turn, question: Question[Any], stored: Any, *, needed: bool) -> Field:
    labels = turn.labels
    picked = isinstance(question, Marked)
    if picked and not (getattr(question, "minimum", 0) or getattr(question, "needed", ())):
        needed = False  # nothing ticked is an answer, too
    told = _told(turn) if question.key == CONSENTS else {}
    shown = fixed(labels, question)
    options = tuple(Option(key, f"={key}", label) for key, label in shown.labels.items())
    levels = question.levels if isinstance(question, Rating) else ()
    made = Field(
        key=question.key,
        # Where something may be pressed instead of typing, it is typed here.
        kind=shown.kind if isinstance(question, (Choice, *MARKED)) else Kind.TEXT,
        label=labels.text(_label(question)),
        options=options if not isinstance(question, Day) else (),
        levels=tuple(Option(level.key, "", labels.text(level.label)) for level in levels),
        minimum=getattr(question, "minimum", 0) if picked else 0,
        maximum=question.maximum if isinstance(question, Marked) else None,
        max_length=question.maximum if isinstance(question, Text) else None,
        required=needed and not isinstance(question, Rating),
        hint=labels.text(question.hint) if question.hint else "",
        value=_value(stored) or _known(turn, question),
        details=tuple((each.key, told[each.key]) for each in options if each.key in told),
        placeholder=labels.text(_words(question)),
    )
    return replace(made, **_input(turn, question, stored))


def _label(question: Question[Any]) -> Label:
    """What a field is called: the question itself where one thing is chosen; else the name of its
    answer, which is shorter."""
    words = _words(question)
    return words if isinstance(question, Choice) else question.name or words


def _words(question: Question[Any]) -> Label:
    """The question, without how far one is."""
    text = question.text
    inner = text.values.get("words") if isinstance(text, Template) else None
    return text if inner is None else inner


def _told(turn: Turn) -> dict[str, str]:
    """What each consent means."""
    language = turn.who.language
    return {each.key: each.detail[language] for each in turn.blueprint.purposes}


def _input(turn: Turn, question: Question[Any], stored: Any) -> dict[str, Any]:
    """The kind of input that the words are typed into."""
    match question:
        case Email():
            return {"input": "email"}
        case LinkedIn() | Url() | Web():
            return {"input": "url"}
        case Number():
            return {"input": "number"}
        case Day():
            words, language = turn.labels.words, turn.who.language
            return {"input": "day", "pick": words.text("common.pick_the_day", language)}
        case Clock():
            return {"input": "time", "options": ()}
        case Zone() | AudienceFilter():
            first = question.items()[0].key
            return {"options": (), **({} if stored else {"value": (first,)})}
        case Country():
            return _looked_up(turn, str(stored or "") or _guessed(turn))
    return {}


def _value(stored: Any) -> tuple[str, ...]:
    if isinstance(stored, dict):
        return tuple(f"{key}~{level}" for key, level in stored.items())
    if isinstance(stored, list):
        return tuple(str(each) for each in stored)
    return () if stored is None else (str(stored),)


def _known(turn: Turn, question: Question[Any]) -> tuple[str, ...]:
    """What the platform says of the person: to be looked at and sent in, never taken unseen."""
    name = turn.incoming.name
    return (name,) if isinstance(question, PersonName) and name else ()


def _looked_up(turn: Turn, code: str) -> dict[str, Any]:
    """A country, looked up as one types; ``code`` is the one that stands there already."""
    language = turn.who.language
    return {
        "kind": Kind.TEXT,
        "input": "search",
        "search": f"{COUNTRIES}:{language}",
        "options": (Option(code, "", country_name(code, language)),) if code else (),
        "value": (code,) if code else (),
    }


def moment(turn: Turn, day: Question[Any], clock: Question[Any], stored: str) -> Field:
    """A day and a time of day as one field: a UNIX time, picked at the reader's own clock."""
    labels = turn.labels
    label = f"{labels.text(day.name or day.text)}, {labels.text(clock.name or clock.text)}"
    value = (stored,) if stored else ()
    return Field(day.key, Kind.TEXT, label, required=True, value=value, input="moment")


def _agreement(turn: Turn, question: Agreement, stored: Any) -> Field:
    """One box to tick; the words it stands for are above the window's fields."""
    item = next(each for each in question.options if each.key == question.yes)
    label = turn.labels.words.text("common.your_consent", turn.who.language)
    option = Option(item.key, f"={item.key}", turn.labels.button(item.label))
    value = (item.key,) if stored == item.key else ()
    return Field(question.key, Kind.MULTI, label, (option,), minimum=1, required=True, value=value)


def _place(turn: Turn, question: Residence, stored: Any, *, needed: bool) -> tuple[Field, Field]:
    """The town, and the country looked up as one types; as the clock says where it can't be the
    home country."""
    labels, language = turn.labels, turn.who.language
    held = stored if isinstance(stored, dict) else {}
    country = str(held.get("country") or "") or _guessed(turn)
    options = (Option(country, "", country_name(country, language)),) if country else ()
    words = labels.words.text
    town = Field(
        question.key, Kind.TEXT, words("common.town", language), max_length=200, required=needed,
        value=(str(held["name"]),) if held.get("name") else (),
    )  # fmt: skip
    where = Field(
        question.key + WHERE, Kind.TEXT, words("common.country", language), options,
        value=(country,) if country else (), input="search", search=f"{COUNTRIES}:{language}",
        hint=words("common.country_hint", language) if country and not held else "",
    )  # fmt: skip
    return town, where


def _guessed(turn: Turn) -> str:
    """The country of the clock. Whoever lives away does not live at home, whatever their clock
    says: a home country is never offered."""
    found = country_of(turn.incoming.timezone or "") or ""
    home = {region.country for region in turn.blueprint.regions}
    return "" if found in home else found


def words_of(
    turn: Turn, question: Question[Any], values: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...] | None:
    """What was filled in, as the question is answered in the chat; None: it stood in no window."""
    given = values.get(question.key)
    if given is None and isinstance(question, Country):  # beside a town
        given = next((each for key, each in values.items() if key.endswith(WHERE)), None)
    if given is None:
        return None
    given = tuple(each for each in given if each.strip())
    if isinstance(question, Residence) and given:
        country = next(iter(values.get(question.key + WHERE, ())), "")
        named = country_name(country, turn.who.language) if country else ""
        return (f"{given[0]}, {named}" if named and "," not in given[0] else given[0],)
    return given[:1] if isinstance(question, Day) else given
