"""What two records say of one person, laid side by side. Pure.

Facts are weighed in units that make sense by themselves: a city goes with its country, what a
survey was told with the columns that it feeds. Of each unit what was confirmed later is taken, and
what the other record says is left out, to be shown. A consent holds where both had given it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from blueprints.schema import Blueprint
from storage.facts import TYPED, Pieces

Unit: TypeAlias = tuple[str, tuple[str, ...]]

PLACES = ("residence", "country", "city", "geonameid", "timezone")
HOME = ("home_region", "organisation")
ALONE = ("name", "field", "linkedin", "email")
WHERE, REGION, PROFILE = "where", "home", "profile"
SINCE = "since"
"""The year since which somebody lives there: goes with the place."""
TRAITS = ("spoken_languages", "wants", "occupation", SINCE)
"""What the registration asks for that is in rows of ``trait``."""

_TIMES = frozenset({"answered_at", "confirmed_at", "at"})


@dataclass(frozen=True, slots=True)
class Weighed:
    """``after``: what the kept record says from now on; ``left_out``: unit -> what was not taken;
    ``asked``: purposes that only one of the two had consented to."""

    after: Pieces
    left_out: dict[str, Pieces]
    asked: tuple[str, ...]


def weigh(keep: Pieces, give: Pieces, blueprint: Blueprint, now: str) -> Weighed:
    """Lay ``give`` beside ``keep``. ``now``: the moment, as it is stored."""
    after, left_out = dict(keep), {}
    for unit, keys in units(keep, give, blueprint):
        mine, theirs = _of(keep, keys), _of(give, keys)
        if not _said(theirs):
            continue
        if not _said(mine) or _when(theirs, give) > _when(mine, keep):
            mine, theirs = theirs, mine
        for key in keys:
            after.pop(key, None)
        # Of a survey each round stands by itself: what only one was asked is lost by neither.
        after |= {k: v for k, v in theirs.items() if k.startswith("answer.")} | mine
        if _differ(mine, theirs):
            left_out[unit] = theirs
    latest = max(str(each.get("person.confirmed_at", "")) for each in (keep, give))
    if latest:
        after["person.confirmed_at"] = latest
    consents, asked = _consents(keep, give, now)
    return Weighed({**_without_consents(after), **consents}, left_out, asked)


def units(keep: Pieces, give: Pieces, blueprint: Blueprint) -> Iterable[Unit]:
    """The units of two records: their names and the pieces in them."""
    known = sorted({**keep, **give})
    taken: set[str] = set()

    def unit(name: str, keys: Iterable[str]) -> Unit:
        found = tuple(keys)
        taken.update(found)
        return name, found

    personas = {each["person.persona"] for each in (keep, give) if "person.persona" in each}
    parts = [(WHERE, PLACES), (REGION, HOME), *((each, (each,)) for each in ALONE)]
    if len(personas) > 1:  # an expat and a local are asked for different things: all or nothing
        names = [*PLACES, *HOME, *ALONE, "persona"]
        declared = [fact.key for fact in blueprint.facts if not fact.built_in]
        traits = [key for n in (*TRAITS, *declared) for key in _with_source("trait", n)]
        typed = [key.partition(".")[2] for key in known if key.startswith(f"{TYPED}.")]
        traits += [key for n in typed for key in _with_source(TYPED, n)]
        yield unit(PROFILE, [key for n in names for key in _with_source("person", n)] + traits)
        parts = []
    else:
        yield unit("persona", _with_source("person", "persona"))
    for name, columns in parts:
        keys = [key for column in columns for key in _with_source("person", column)]
        yield unit(name, [*keys, *(_with_source("trait", SINCE) if name == WHERE else ())])
    for survey in blueprint.surveys:
        if not survey.after_events:
            yield unit(f"survey.{survey.key}", _of_survey(survey, known))
    for key in known:
        table, _, name = key.partition(".")
        if key not in taken and table in ("answer", "trait", TYPED):
            yield unit(key, [key] if table == "answer" else [key, f"provenance.{name}"])
    if "person.willingness" not in taken:
        yield unit("willingness", _with_source("person", "willingness"))


def _of_survey(survey: Any, known: list[str]) -> list[str]:
    keys = [key for key in known if key.startswith(f"answer.{survey.key}|")]
    for question in survey.questions:
        if question.column == "willingness":
            keys += _with_source("person", "willingness")
        elif question.column is not None:
            keys += _with_source("trait", question.column)
    return keys


def _with_source(table: str, name: str) -> tuple[str, str]:
    return f"{table}.{name}", f"provenance.{name}"


def _of(pieces: Pieces, keys: Iterable[str]) -> Pieces:
    return {key: pieces[key] for key in keys if key in pieces}


def _said(pieces: Mapping[str, Any]) -> bool:
    return any(not key.startswith("provenance.") for key in pieces)


def _differ(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Whether ``theirs`` says anything else; of answers, in a round that both were asked."""
    return any(
        _content(value) != _content(mine.get(key))
        for key, value in theirs.items()
        if not key.startswith("provenance.") and (key in mine or not key.startswith("answer."))
    )


def _content(value: Any) -> Any:
    """Without when it was said."""
    if not isinstance(value, list):
        return value
    return [{k: v for k, v in row.items() if k not in _TIMES} for row in value]


def _when(unit: Pieces, record: Pieces) -> str:
    """When the person last said so; of a fact without a date, when the record was confirmed."""
    said = list(times(value for value in unit.values() if isinstance(value, list)))
    return max(said, default=str(record.get("person.confirmed_at", "")))


def times(pieces: Iterable[Any]) -> Iterable[str]:
    """Every moment at which one of these was said."""
    for rows in pieces:
        for row in rows if isinstance(rows, list) else ():
            yield from (str(row[name]) for name in _TIMES if row.get(name))


def _without_consents(pieces: Pieces) -> Pieces:
    return {key: value for key, value in pieces.items() if not key.startswith("consent.")}


def given(pieces: Pieces) -> dict[str, bool]:
    """purpose -> whether it is consented to, those that were ever asked."""
    found = {}
    for key, rows in pieces.items():
        table, _, purpose = key.partition(".")
        if table == "consent":
            found[purpose] = bool(rows[0]["given"])
    return found


def _consents(keep: Pieces, give: Pieces, now: str) -> tuple[Pieces, tuple[str, ...]]:
    """What both had given holds; a record that was never asked has no say."""
    mine, theirs = given(keep), given(give)
    if not (mine and theirs):
        return {k: v for k, v in {**give, **keep}.items() if k.startswith("consent.")}, ()
    asked = tuple(
        sorted(p for p in {**mine, **theirs} if mine.get(p, False) != theirs.get(p, False))
    )
    # What was refused on either stays refused.
    held = {f"consent.{p}": give[f"consent.{p}"] for p, yes in theirs.items() if not yes}
    for purpose in mine:
        rows = keep[f"consent.{purpose}"]
        if purpose in asked and mine[purpose]:
            rows = [{**rows[0], "given": False, "at": now}]
        held[f"consent.{purpose}"] = rows
    return held, asked
