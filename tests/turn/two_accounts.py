"""Two accounts, and the way to one record: a code, a yes here, a yes there."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from storage import conversations, living, profile
from storage.database import Database, sql
from tests.fakes.chat import Chat
from tests.turn.village import Village

BERLIN = {"name": "Berlin", "country": "DE", "geonameid": 2950159, "timezone": "Europe/Berlin"}
YES, NO = "Yes, both are me", "No"
KEPT = (  # what a record is made of
    "person", "identity", "consent", "answer", "trait", "provenance", "rsvp", "mentoring_request",
    "mentor_offer", "mentoring_match", "mentoring_block", "inbox", "mentoring_meeting",
)  # fmt: skip


def registered(village: Village, chat: Chat, *purposes: str, name: str, **facts: Any) -> int:
    """Somebody who has registered as an expat in Berlin, as the conversation would do it."""
    now, blueprint = chat.now, village.house.blueprint
    given = {
        "name": name, "home_region": "kosice", "place": BERLIN, "since": 2015,
        "profession": "product lead", "field": "it", "expertise": "I bring people together",
        "email": "jana@example.com", "spoken_languages": ["en", "sk"], **facts,
    }  # fmt: skip
    with village.database.transaction() as tx:
        who = conversations.welcome(
            tx, channel=chat.channel, account="local", user=chat.user, chat=chat.user,
            language="en", source=None, now=now,
        )  # fmt: skip
        living.join(tx, who.person, "expat", blueprint.programme.notice_version)
        decided: dict[str, bool] = {
            each.key: each.key in ("register", *purposes) for each in blueprint.purposes
        }
        living.consent(
            tx, who.person, decided, notice_version=blueprint.programme.notice_version,
            channel=chat.channel, now=now,
        )  # fmt: skip
        profile.save(tx, who.person, blueprint, given, f"person:{chat.channel}", now)
        living.registered(tx, who.person, now)
    chat.now += timedelta(seconds=5)
    return who.person


def surveyed(village: Village, chat: Chat, survey: str = "willingness") -> None:
    """They have answered a survey."""
    with village.database.transaction() as tx:
        person = person_of(village.database, chat.user)
        living.save_answers(tx, person, survey, "1", {"willing": "yes"}, chat.now)
        living.set_willingness(tx, person, "yes")
        living.confirm(tx, person, ["willingness"], f"person:{chat.channel}", chat.now)
    chat.now += timedelta(seconds=5)


def code_in(words: str) -> str:
    found = re.search(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b", words)
    assert found is not None, words
    return found[0]


async def code(chat: Chat) -> str:
    """A new code, as it is shown."""
    return code_in((await chat.say("/link"))[0].text)


async def asked(village: Village, first: Chat, second: Chat) -> None:
    """``second`` has entered a code of ``first``'s and said yes; ``first`` is asked."""
    given = await code(first)
    level(first, second)
    await second.say(f"link {given}")
    await second.press(YES)
    level(first, second)
    village.look()


async def joined(village: Village, first: Chat, second: Chat) -> None:
    """Both have said yes."""
    await asked(village, first, second)
    await first.press(YES)
    level(first, second)
    village.look()


def level(*chats: Chat) -> None:
    """One clock for all."""
    latest = max(each.now for each in chats)
    for each in chats:
        each.now = latest


def person_of(database: Database, user: str) -> int:
    with database.reading() as tx:
        row = tx.run(sql("SELECT person_id FROM identity WHERE user_id = :u"), u=user).fetchone()
    assert row is not None
    return int(row[0])


def consents(database: Database, person: int) -> dict[str, bool]:
    asked_for = sql("SELECT purpose, given FROM consent WHERE person_id = :p")
    with database.reading() as tx:
        return {row[0]: bool(row[1]) for row in tx.run(asked_for, p=person).fetchall()}


def told_log(database: Database, person: int) -> list[tuple[str, bool]]:
    """The history of consents: purpose and whether it was given."""
    query = sql("SELECT purpose, given FROM consent_log WHERE person_id = :p ORDER BY id")
    with database.reading() as tx:
        return [(row[0], bool(row[1])) for row in tx.run(query, p=person).fetchall()]


def state_of(database: Database) -> dict[str, list[str]]:
    """Every row that records are made of, but for when somebody was here last."""
    with database.reading() as tx:
        return {
            table: sorted(
                repr({k: v for k, v in row._mapping.items() if k != "last_active_at"})
                for row in tx.connection.execute(text(f"SELECT * FROM {table}"))
            )
            for table in KEPT
        }
