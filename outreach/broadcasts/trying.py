"""A broadcast to oneself, before it goes to others."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from blueprints.schema import Blueprint
from messages import stored
from messages.words import Words
from outreach import staff
from outreach.broadcasts.life import find
from outreach.broadcasts.rendering import render
from outreach.errors import NotAllowed, NotFound
from outreach.reader import Reader
from outreach.staff import COORDINATOR, Actor
from outreach.told import why
from storage import broadcast_ledger as ledger
from storage.broadcasts import BroadcastRow
from storage.readers import ReaderRow, reader
from storage.transaction import Transaction

LIVES = timedelta(hours=1)  # a test that comes later puzzles

SAMPLE = Reader(
    person=0, language="en", timezone="Europe/Bratislava", name="Jana Nováková", city="Berlin",
    country="DE", persona="expat",
)  # fmt: skip
"""A reader who does not exist, for previews."""


def sample(row: BroadcastRow, language: str, blueprint: Blueprint, *, bare: bool = False) -> Reader:
    """The sample of a language; ``bare``: one who told nothing about themselves."""
    like = replace(
        SAMPLE, language=language, organisation=row.organisation,
        timezone=blueprint.zone(row.organisation),
    )  # fmt: skip
    return replace(like, name="", city="", country="") if bare else like


def known(tx: Transaction, person: int, channels: tuple[str, ...]) -> ReaderRow:
    """A person, as reached through ``channels``. Raises NotFound."""
    found = reader(tx, person, channels)
    if found is None:
        raise NotFound(why("no_person", person=str(person)))
    return found


def as_reader(found: ReaderRow, language: str | None, blueprint: Blueprint) -> Reader:
    """A person as a reader, in their own language unless another is wanted."""
    return Reader(
        person=found.person,
        language=language or found.language,
        timezone=found.timezone or blueprint.zone(found.organisation),
        name=found.name or "",
        city=found.city or "",
        country=found.country or "",
        organisation=found.organisation or "",
        persona=found.persona or "",
    )


def send_to_one(
    tx: Transaction,
    actor: Actor,
    key: str,
    person: int,
    now: datetime,
    words: Words,
    blueprint: Blueprint,
    channels: tuple[str, ...],
    language: str | None = None,
) -> str:
    """Send a broadcast to one person alone, whatever its state; the channel it goes through.

    What they press below it is not stored. Raises NotFound, and NotAllowed for somebody who
    neither consents to invitations nor is of the staff.
    """
    row = find(tx, actor, key, COORDINATOR)
    found = known(tx, person, channels)
    if not found.willing:
        raise NotAllowed(why("not_willing", person=str(person)))
    if found.identity is None:
        through = ", ".join(channels) or why("no_channel")
        raise NotFound(why("unreachable", person=str(person), through=through))
    message = render(row, as_reader(found, language, blueprint), words, blueprint)
    channel = ledger.add_test(tx, row.id, found, stored.dump(message), now, now + LIVES)
    staff.log(
        tx, actor, "broadcast.test", now,
        organisation=row.organisation, subject=f"broadcast:{key}", people=1,
    )  # fmt: skip
    return channel
