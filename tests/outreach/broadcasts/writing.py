"""A broadcast in a few words, and a clock and a sender to have it go out."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from blueprints.load import default_path, load
from blueprints.schema import Blueprint
from messages.words import Words
from outreach.broadcasts import life
from outreach.broadcasts.file import Written
from outreach.claiming import Claimed, claim
from outreach.clock import Context, tick
from outreach.deciding import Rules
from outreach.handlers import HANDLERS
from outreach.staff import Actor
from storage import outbox
from storage.broadcasts import BroadcastRow
from storage.database import Database
from storage.outbox import Settled
from tests.outreach.sending import NOON

ADMIN = Actor(None, "the tests", {"*": "admin"})
CHANNELS = ("telegram", "slack")


@cache
def blueprint() -> Blueprint:
    return load(default_path())


@cache
def words() -> Words:
    return Words(blueprint().languages)


def written(key: str = "news", **values: Any) -> Written:
    """Something worth saying, in English and Slovak."""
    bodies = {"en": 'Dear {{ name|default("friend") }}', "sk": "Ahoj"}
    return Written(**{"key": key, "title": "News", "bodies": bodies, **values})


QUESTION = {
    "text": {"en": "Shall we meet?", "sk": "Stretneme sa?"},
    "options": [
        {"key": "yes", "label": {"en": "Yes", "sk": "Áno"}},
        {"key": "no", "label": {"en": "No", "sk": "Nie"}},
    ],
}


def row(**values: Any) -> BroadcastRow:
    """A broadcast that is in no database."""
    columns = {
        "id": 35, "key": "news", "organisation": "cike", "status": "draft", "title": "News",
        "bodies": {"en": "Hello {{ name }}", "sk": "Ahoj {{ name }}"}, "buttons": [],
        "question": None, "media_id": None, "media_name": None, "media_type": None,
        "audience": "", "due_at": None, "local_time": None, "expires_at": None, "cursor": 0,
        "planned": 0, "revision": 0, "created_by": None, "created_at": NOON, "started_at": None,
        "finished_at": None, **values,
    }  # fmt: skip
    return BroadcastRow(**columns)


def draft(database: Database, now: datetime = NOON, **values: Any) -> BroadcastRow:
    """A draft of cike's, in the database; ``audience`` everybody unless given."""
    audience = values.pop("audience", "")
    with database.transaction() as tx:
        return life.create(tx, ADMIN, written(**values), "cike", audience, now, blueprint())


def ticks(database: Database, now: datetime, most: int = 200) -> list[tuple[str, str]]:
    """Have everything that is due done; the kind and state of each slice."""
    done: list[tuple[str, str]] = []
    context = Context(now, blueprint(), CHANNELS)
    for _ in range(most):
        with database.transaction() as tx:
            ticked = tick(tx, HANDLERS, context)
        if ticked is None:
            return done
        done.append((ticked.kind, ticked.state))
    raise AssertionError("the clock does not come to rest")


def claims(database: Database, now: datetime, most: int = 100) -> list[Claimed]:
    """Take what may be sent now."""
    with database.transaction() as tx:
        batch = claim(tx, "tests", "telegram", "bot", most, frozenset(), now, Rules.of(blueprint()))
    return list(batch.claimed)


def sends(database: Database, now: datetime, most: int = 100) -> list[Claimed]:
    """Take what may be sent now and say it was; the platform's id is "m" and the delivery's."""
    taken = claims(database, now, most)
    with database.transaction() as tx:
        results = [Settled(c.delivery, "sent", None, f"m{c.delivery}") for c in taken]
        outbox.settle(tx, results, now)
    return taken
