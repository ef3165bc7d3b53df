"""What ``domov match request`` and ``domov match offer`` do: entered by staff for somebody."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TypeVar

import typer

from blueprints.schema import Blueprint
from blueprints.values import MODES, SLOTS
from bot.cli.chat.screen import safe
from bot.cli.opening import Opened, opened
from bot.errors import Misuse
from bot.now import now
from flows.mentoring import (
    GOAL_LIMIT,
    MOST_PLACES,
    MOST_SKILLS,
    RHYTHMS,
    TOPICS_LIMIT,
    URGENCIES,
    Requested,
)
from flows.mentoring import Offered as OfferedNow
from flows.understand.languages import codes
from outreach.errors import WrongState
from outreach.mentoring import listing, offers, requests
from outreach.staff import console_actor, log
from storage import living
from storage.mentoring import lists
from storage.mentoring import offers as offer_rows
from storage.mentoring import requests as request_rows
from storage.mentoring.lines import Member
from storage.people import find_person
from storage.transaction import Transaction

URGENCY, RHYTHM = "open", "monthly"
"""Of a request that says nothing of them."""

NONE = "none"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was given of a request; None: not given."""

    goal: str | None = None
    skill: list[str] | None = None
    field: str | None = None
    language: list[str] | None = None
    mode: str | None = None
    hours: list[str] | None = None
    urgency: str | None = None
    rhythm: str | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """What was given of an offer; None: not given."""

    capacity: int | None = None
    skill: list[str] | None = None
    topics: str | None = None
    language: list[str] | None = None
    mode: str | None = None
    hours: list[str] | None = None
    break_until: str | None = None


def enter_request(person: str, asked: Asked, *, withdraw: bool) -> None:
    """Ask for somebody, change what they ask for, or take it back."""
    if withdraw and any(getattr(asked, each.name) is not None for each in fields(asked)):
        raise Misuse("--withdraw goes alone")
    with _working(person) as (house, tx, who):
        row = request_rows.current(tx, who.person, lock=True)
        _may(who, house.blueprint.may_seek, "they cannot ask for a mentor; see domov match offer")
        if withdraw:
            if requests.withdraw(tx, who.person, now(), house.blueprint, "staff") is None:
                raise WrongState(f"person {who.person} asks for nothing")
            told = "no longer asks for a mentor."
        else:
            before = _before(row) if row is not None else _new(tx, who, asked)
            wanted = _wanted(before, asked, house.blueprint)
            requests.open_request(
                tx, who.person, wanted, now(), house.blueprint, console_actor().staff
            )
            told = "asks for a mentor." if row is None else "asks for this now."
        _noted(tx, who, "match.request")
    typer.echo(safe(f"{who.name or '—'} ({who.person}) {told}"))


def _before(row: request_rows.RequestRow) -> Requested:
    return Requested(
        row.goal, row.skills, row.field, row.languages, row.mode, row.urgency or URGENCY,
        row.rhythm or RHYTHM, row.hours,
    )  # fmt: skip


def _new(tx: Transaction, who: Member, asked: Asked) -> Requested:
    if not asked.goal:
        raise Misuse("--goal: say what for, in a sentence")
    return Requested("", (), None, _spoken(tx, who), "both", URGENCY, RHYTHM, ())


def _wanted(before: Requested, asked: Asked, blueprint: Blueprint) -> Requested:
    skills = _keys("--skill", asked.skill, [each.key for each in blueprint.skills])
    if skills is not None and len(skills) > MOST_SKILLS:
        raise Misuse(f"--skill: at most {MOST_SKILLS}, the most wanted first")
    field = _key("--field", asked.field, [*(each.key for each in blueprint.fields), NONE])
    return Requested(
        _text("--goal", asked.goal, GOAL_LIMIT, before.goal),
        before.skills if skills is None else skills,
        before.field if field is None else None if field == NONE else field,
        _or(_languages(asked.language), before.languages),
        _or(_key("--mode", asked.mode, MODES), before.mode),
        _or(_key("--urgency", asked.urgency, URGENCIES), before.urgency),
        _or(_key("--rhythm", asked.rhythm, RHYTHMS), before.rhythm),
        _or(_keys("--hours", asked.hours, SLOTS), before.hours),
    )


def enter_offer(person: str, offered: Offered, *, off: bool) -> None:
    """Enter what somebody offers, change it, a break, or the end of it."""
    given = [each.name for each in fields(offered) if getattr(offered, each.name) is not None]
    if off and given:
        raise Misuse("--off goes alone")
    with _working(person) as (house, tx, who):
        _may(who, house.blueprint.may_mentor, "they cannot be a mentor; see domov match request")
        held = offer_rows.locked(tx, who.person)
        if off:
            if offers.off(tx, who.person, now(), house.blueprint) is None:
                raise WrongState(f"person {who.person} offers nothing")
            told = "is no longer a mentor; pairs that were introduced continue."
        else:
            if held is None or held.status != "active" or set(given) - {"break_until"}:
                _save(tx, who, held, offered, house.blueprint)
            if offered.break_until is not None:
                _break(tx, who, offered.break_until, house.blueprint)
            told = "is a mentor." if held is None else "offers this now."
        _noted(tx, who, "match.offer")
    typer.echo(safe(f"{who.name or '—'} ({who.person}) {told}"))


def _save(
    tx: Transaction, who: Member, held: offer_rows.OfferRow | None, offered: Offered,
    blueprint: Blueprint,
) -> None:  # fmt: skip
    if held is not None:
        before = OfferedNow(
            held.capacity, held.topics, held.skills, held.languages, held.mode, held.hours
        )
    else:
        traits = living.traits(tx, who.person, "skills_offered")
        before = OfferedNow(
            blueprint.mentoring.capacity, "", traits,
            _spoken(tx, who), "both", (),
        )  # fmt: skip
    if offered.capacity is not None and offered.capacity > MOST_PLACES:
        raise Misuse(f"--capacity: at most {MOST_PLACES}")
    known = [each.key for each in blueprint.skills]
    after = replace(
        before,
        capacity=_or(offered.capacity, before.capacity),
        topics=_text("--topics", offered.topics, TOPICS_LIMIT, before.topics),
        skills=_or(_keys("--skill", offered.skill, known), before.skills),
        languages=_or(_languages(offered.language), before.languages),
        mode=_or(_key("--mode", offered.mode, MODES), before.mode),
        hours=_or(_keys("--hours", offered.hours, SLOTS), before.hours),
    )
    offers.save(tx, who.person, after, now(), blueprint, offers.STAFF)


def _break(tx: Transaction, who: Member, until: str, blueprint: Blueprint) -> None:
    if until == NONE:
        offers.back(tx, who.person, now(), blueprint)
        return
    try:
        day = date.fromisoformat(until)
    except ValueError as error:
        raise Misuse(f"--break-until: {until!r} isn't a day; write it as 2027-02-01") from error
    if day <= listing.day_of(blueprint, who.organisation, now()):
        raise Misuse(f"--break-until: {until} is past")
    offers.take_break(tx, who.person, day, now(), blueprint, offers.STAFF)


@contextlib.contextmanager
def _working(person: str) -> Iterator[tuple[Opened, Transaction, Member]]:
    """The house, a transaction, and whom it is about. Raises Misuse, WrongState."""
    with opened() as house, house.database.transaction() as tx:
        number = find_person(tx, person)
        found = lists.member(tx, number) if number is not None else None
        if found is None:
            raise Misuse(f"there is nobody (or more than one) with {person!r}")
        yield house, tx, found


def _may(who: Member, may: Callable[[str | None], bool], otherwise: str) -> None:
    """Raises WrongState for whoever cannot, or has not agreed to it."""
    if not who.registered:
        raise WrongState(f"person {who.person} is not registered")
    if not may(who.persona):
        raise WrongState(f"person {who.person} is {who.persona or 'neither'}: {otherwise}")
    if not who.consent:
        raise WrongState(
            f"person {who.person} has not agreed to mentoring; only they can, in the bot: /mentor"
        )


def _spoken(tx: Transaction, who: Member) -> tuple[str, ...]:
    found = living.traits(tx, who.person, "spoken_languages")
    return found or (who.language,)


def _or(given: T | None, before: T) -> T:
    return before if given is None else given


def _text(name: str, given: str | None, limit: int, before: str) -> str:
    if given is None:
        return before
    text = " ".join(given.split())
    if len(text) > limit:
        raise Misuse(f"{name}: at most {limit} characters, there are {len(text)}")
    return text


def _key(name: str, given: str | None, known: Sequence[str]) -> str | None:
    if given is not None and given not in known:
        raise Misuse(f"{name}: there is no {given!r}; there is {', '.join(known)}")
    return given


def _keys(name: str, given: list[str] | None, known: Iterable[str]) -> tuple[str, ...] | None:
    if given is None:
        return None
    if given == [NONE]:
        return ()
    for each in given:
        _key(name, each, tuple(known))
    return tuple(dict.fromkeys(given))


def _languages(given: list[str] | None) -> tuple[str, ...] | None:
    if given is None:
        return None
    for each in given:
        if each not in codes():
            raise Misuse(f"--language: {each!r} isn't a language code, like en or sk")
    return tuple(dict.fromkeys(given))


def _noted(tx: Transaction, who: Member, action: str) -> None:
    log(tx, console_actor(), action, now(), organisation=who.organisation,
        subject=f"person:{who.person}", people=1)  # fmt: skip
