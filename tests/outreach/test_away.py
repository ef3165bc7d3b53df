"""After an outage those who may have pressed in vain get one line, once, with buttons that work."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from messages import rich
from messages.words import Words
from outreach import away
from outreach.claiming import Batch, claim
from outreach.clock import Context, tick
from outreach.composing import Composer, NothingToSay
from outreach.deciding import Rules
from outreach.handlers import HANDLERS
from storage.database import Database
from storage.statements import sql
from storage.transaction import Transaction
from tests.outreach.inviting import expats
from tests.outreach.sending import NOON, event, identity, person, put
from tests.outreach.sending import answered as answered_to

CHANNELS = ("telegram", "slack", "preview")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BACK = NOON + 10 * MINUTE
"""The program was away for ten minutes at noon."""
WORDS = Words(("en", "sk", "sl"))
LINES = sql(
    "SELECT person_id, channel, event_id, match_id, state, reason FROM delivery WHERE kind = 'away'"
    " ORDER BY person_id"
)


def context(now: datetime) -> Context:
    return Context(now, expats(), CHANNELS)


def beat(database: Database, *moments: datetime) -> None:
    """Signs of life, and whatever follows from each."""
    for now in moments:
        with database.transaction() as tx:
            away.beat(tx, context(now))
        while _ticked(database, now):
            pass


def _ticked(database: Database, now: datetime, *, killed: bool = False) -> bool:
    with database.transaction() as tx:
        more = tick(tx, HANDLERS, context(now)) is not None
        if killed:
            raise Killed
    return more


class Killed(Exception):
    """The program died before the commit."""


def seen(database: Database, *, killed: bool = False) -> None:
    with database.transaction() as tx:
        away.beat(tx, context(BACK))
        if killed:
            raise Killed


def lines(database: Database) -> list[tuple[Any, ...]]:
    with database.reading() as tx:
        return [tuple(row) for row in tx.run(LINES).fetchall()]


def told(database: Database) -> list[int]:
    return [row[0] for row in lines(database)]


def sent(tx: Transaction, to: int, kind: str, at: datetime, **about: Any) -> int:
    """Something that was sent to somebody, where they are first."""
    found = tx.run(sql("SELECT min(id) FROM identity WHERE person_id = :id"), id=to).fetchone()
    columns = {
        "person_id": to, "identity_id": found[0] if found else None, "channel": "telegram",
        "account": "bot", "chat": str(to), "user_id": f"u{to}", "kind": kind,
        "action": "send", "state": "sent",
        "lane": 2, "created_at": at, "due_at": at, "sent_at": at, **about,
    }  # fmt: skip
    return put(tx, "delivery", **columns)


def asked(tx: Transaction, at: datetime, **values: Any) -> int:
    """Somebody whose question was asked at that moment."""
    number = person(tx, **values)
    put(
        tx, "conversation", person_id=number, flow="registration", params="{}", facts="{}",
        answers="{}", draft="{}", revision=1, status="open", opened_at=at, updated_at=at,
    )  # fmt: skip
    sent(tx, number, "", at, lane=0)
    return number


def taken(database: Database, now: datetime, channel: str = "telegram") -> Batch:
    with database.transaction() as tx:
        return claim(tx, "1", channel, "bot", 100, frozenset(), now, Rules.of(expats()))


def composed(batch: Batch, now: datetime) -> list[tuple[str, tuple[str, ...]]]:
    """Words and buttons of each."""
    composer = Composer(WORDS, expats(), lambda: now)
    found = []
    for claimed in batch.claimed:
        message = composer.compose(claimed, batch.sources)
        widget = message.widget
        pressed = (*widget.options, *widget.controls) if widget else ()
        ref = widget.ref if widget else ""
        found.append((rich.plain(message.text), tuple(f"{ref}:{each.press}" for each in pressed)))
    return found


@pytest.fixture
def invited(database: Database) -> Database:
    """Somebody with an invitation of an hour before, somebody with a question, both of noon."""
    with database.transaction() as tx:
        brunch = event(tx)
        first = person(tx, language="en")
        sent(tx, first, "invitation", NOON - HOUR, event_id=brunch)
        asked(tx, NOON - MINUTE, language="en")
    return database


def test_nobody_hears_of_a_short_absence(invited: Database) -> None:
    beat(invited, NOON, NOON + timedelta(seconds=150), NOON + timedelta(seconds=180))
    assert lines(invited) == []


def test_the_first_start_of_all_is_no_absence(invited: Database) -> None:
    beat(invited, BACK)
    assert lines(invited) == []


def test_after_an_outage_each_gets_one_line_once(invited: Database) -> None:
    """However often it is started again."""
    beat(invited, NOON, BACK, BACK, BACK + MINUTE)
    assert [(row[0], row[1], row[2]) for row in lines(invited)] == [
        (1, "telegram", 1),
        (2, "telegram", None),
    ]
    batch = taken(invited, BACK + MINUTE)
    assert len(batch.claimed) == 2
    (about_event, event_buttons), (question, buttons) = sorted(
        composed(batch, BACK + MINUTE), key=lambda each: len(each[1]), reverse=True
    )
    assert about_event == (
        "I was away for a while. If you answered about Brunch in the meantime,"
        " please press it again."
    )
    assert "@e1:=going" in event_buttons
    assert question == (
        "I was away for a while. If you pressed a button in the meantime, please press it again."
    )
    assert buttons == ("m:=again",)
    beat(invited, BACK + HOUR)
    assert told(invited) == [1, 1, 2, 2]  # another outage, another line


def test_a_program_that_is_killed_in_between_loses_and_doubles_nothing(invited: Database) -> None:
    """Seen and planned is one transaction, each slice with its cursor another."""
    beat(invited, NOON)
    with pytest.raises(Killed):
        seen(invited, killed=True)
    seen(invited)
    with pytest.raises(Killed):
        _ticked(invited, BACK, killed=True)
    assert lines(invited) == []
    beat(invited, BACK + MINUTE)
    beat(invited, BACK + 2 * MINUTE)
    assert told(invited) == [1, 2]


def test_only_what_was_open_and_lately_said_is_worth_a_line(database: Database) -> None:
    with database.transaction() as tx:
        brunch = event(tx)
        for at, more in (
            (NOON - 3 * DAY, {}),  # yes
            (NOON - 3 * DAY - MINUTE, {}),  # long ago
            (NOON - HOUR, {"state": "failed"}),
            (NOON - HOUR, {"kind": "reminder"}),
            (BACK + MINUTE, {}),  # after it was back
        ):
            number = person(tx)
            sent(tx, number, **{"kind": "invitation", "at": at, "event_id": brunch, **more})  # type: ignore[arg-type]
        answered = person(tx)
        sent(tx, answered, "invitation", NOON - HOUR, event_id=brunch)
        answered_to(tx, brunch, answered, "no")
        asked(tx, NOON - DAY)  # yes
        asked(tx, NOON - DAY - MINUTE)
    beat(database, NOON, BACK)
    assert told(database) == [1, 7]


def test_a_week_away_is_a_database_from_the_cupboard(invited: Database) -> None:
    beat(invited, NOON, NOON + 7 * DAY + MINUTE)
    assert lines(invited) == []


def test_who_has_come_back_or_withdrawn_gets_none(invited: Database) -> None:
    beat(invited, NOON, BACK)
    with invited.transaction() as tx:
        tx.run(sql("UPDATE consent SET given = FALSE WHERE person_id = 1"))
        tx.run(
            sql("UPDATE conversation SET updated_at = :at"),
            at=(BACK + MINUTE).isoformat(timespec="microseconds").replace("+00:00", "Z")
            if tx.dialect == "sqlite"
            else BACK + MINUTE,
        )
    assert taken(invited, BACK + 2 * MINUTE).claimed == ()
    assert [row[4:] for row in lines(invited)] == [
        ("cancelled", "no consent"),
        ("cancelled", "answered already"),
    ]


def test_it_waits_for_a_decent_hour_and_for_the_budget(invited: Database) -> None:
    night = datetime(2026, 11, 23, 23, 0, tzinfo=NOON.tzinfo)
    with invited.transaction() as tx:
        for _ in range(expats().outreach.messages_a_week):
            sent(tx, 2, "broadcast", NOON - 2 * HOUR, lane=3)
    beat(invited, night - 10 * MINUTE, night)
    batch = taken(invited, night)
    assert batch.claimed == ()
    assert [later.reason for later in batch.later.values()] == ["quiet hours"]
    assert [row[4:] for row in lines(invited)] == [
        ("queued", "quiet hours"),
        ("expired", "over budget"),
    ]
    assert [each.user for each in taken(invited, night + 10 * HOUR).claimed] == ["u1"]


def test_it_goes_where_they_were_asked(database: Database) -> None:
    """On Slack, not on the chat page, which loses nothing."""
    with database.transaction() as tx:
        on_slack = person(tx, channel="slack")
        identity(tx, on_slack, "telegram", user_id="t1")
        sent(tx, on_slack, "", NOON - HOUR, lane=0, channel="slack")
        put(
            tx, "conversation", person_id=on_slack, flow="registration", params="{}", facts="{}",
            answers="{}", draft="{}", revision=1, status="open", opened_at=NOON - HOUR,
            updated_at=NOON - HOUR,
        )  # fmt: skip
        asked(tx, NOON - MINUTE, channel="preview")
    beat(database, NOON, BACK)
    assert [row[:2] for row in lines(database)] == [(on_slack, "slack")]


def test_an_event_that_is_over_says_nothing(invited: Database) -> None:
    beat(invited, NOON, BACK)
    batch = taken(invited, BACK)
    claimed = next(each for each in batch.claimed if each.event is not None)
    with pytest.raises(NothingToSay):
        Composer(WORDS, expats(), lambda: NOON + 400 * DAY).compose(claimed, batch.sources)
