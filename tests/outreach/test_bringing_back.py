"""What was begun and left is brought back: after a day and after six, at a decent hour, twice at
most, and never to who went on, said no, paused, wants no invitations, or has not consented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from messages import rich
from messages.words import Words
from outreach import bringing_back
from outreach.claiming import claim
from outreach.clock import Context, tick
from outreach.composing import Composer, NothingToSay
from outreach.deciding import Rules
from outreach.handlers import HANDLERS
from storage.database import Database
from storage.moments import as_moment, moment
from storage.statements import sql
from storage.transaction import Transaction
from tests.outreach.inviting import expats
from tests.outreach.sending import NOON, person, put

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WORDS = Words(("en", "sk", "sl"))
FORMATS = '{"survey":"formats"}'


@pytest.fixture
def tx(database: Database) -> Iterator[Transaction]:
    with database.transaction() as tx:
        yield tx


def left(tx: Transaction, owner: int, at: datetime = NOON, **values: Any) -> int:
    columns = {"flow": "survey", "params": FORMATS, "status": "parked", **values}
    return put(
        tx, "conversation", person_id=owner, revision=1, opened_at=at, updated_at=at, **columns
    )


def _same(moment_: datetime) -> datetime:
    return moment_


def one(tx: Transaction, query: str) -> Any:
    """The only value that a query finds."""
    ((value,),) = tx.run(sql(query)).fetchall()
    return value


def days(tx: Transaction, count: float, since: datetime = NOON) -> list[tuple[datetime, str]]:
    """What is sent in that time, hour by hour: when, and the words."""
    found, rules = [], Rules.of(expats())
    now, end = since, since + timedelta(days=count)
    while now <= end:
        context = Context(now, expats(), ("telegram",))
        bringing_back.ensure(tx, context)
        while tick(tx, HANDLERS, context) is not None:
            pass
        batch = claim(tx, "1", "telegram", "bot", 100, frozenset(), now, rules)
        composer = Composer(WORDS, expats(), partial(_same, now))
        for each in batch.claimed:
            try:
                found.append((now, rich.plain(composer.compose(each, batch.sources).text)))
                state = "sent"
            except NothingToSay:
                state = "cancelled"
            tx.run(
                sql("UPDATE delivery SET state = :state WHERE id = :id"),
                state=state, id=each.delivery,
            )  # fmt: skip
        now += HOUR
    return found


def test_twice_at_most_after_one_day_and_after_six(tx: Transaction) -> None:
    left(tx, person(tx, language="en"))
    sent = days(tx, 40)
    assert [at - NOON for at, _ in sent] == [DAY, 6 * DAY]
    for _, words in sent:
        assert "Jana, you had begun “" in words
        assert "about 2 minutes" in words


def test_what_is_answered_is_counted(tx: Transaction) -> None:
    left(tx, person(tx, language="en"), answers='{"formats":{"story":"liked"}}', status="open")
    ((_, words), *_) = days(tx, 1)
    assert "One question at most is left." in words


def test_a_registration_left_is_brought_back_before_there_is_any_other_consent(
    tx: Transaction,
) -> None:
    joining = person(tx, language="en", status="joining", name=None, consents=("register",))
    left(tx, joining, flow="registration", params="{}", status="open")
    ((_, first), (_, second)) = days(tx, 8)
    assert first == second
    assert first.startswith("Your registration isn't finished yet.")


@pytest.mark.parametrize(
    "values",
    [
        {"flow": "join", "params": "{}"},
        {"flow": "staff_event", "params": "{}"},
        {"status": "done"},
        {"status": "dropped"},
        {"params": '{"survey":"formats","review":true}'},
        {"params": '{"survey":"event_feedback","round":"brunch"}'},
        {"flow": "registration", "params": "{}"},
    ],
)
def test_nothing_else_is_brought_back(tx: Transaction, values: dict[str, Any]) -> None:
    left(tx, person(tx), **values)
    assert days(tx, 8) == []


@pytest.mark.parametrize("status", ["new", "joining", "paused"])
def test_stubs_and_who_paused_are_left_alone(tx: Transaction, status: str) -> None:
    left(tx, person(tx, status=status))
    assert days(tx, 8) == []


def test_whoever_took_back_the_invitations_is_left_alone(tx: Transaction) -> None:
    stopped, never = person(tx, consents=("register",)), person(tx, consents=("register",))
    for owner, purposes in ((stopped, (True, False)), (never, (False,))):
        left(tx, owner)
        for given in purposes:
            put(
                tx, "consent_log", person_id=owner, purpose="invitations", given=given,
                notice_version="1", at=NOON, channel="telegram",
            )  # fmt: skip
        put(
            tx, "consent", person_id=owner, purpose="invitations", given=False,
            notice_version="1", at=NOON,
        )  # fmt: skip
    days(tx, 2)
    told = tx.run(sql("SELECT DISTINCT person_id FROM delivery")).fetchall()
    assert [row[0] for row in told] == [never]


def test_it_waits_for_the_morning(tx: Transaction) -> None:
    night = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    left(tx, person(tx), night)
    ((at, _),) = days(tx, 3, night)
    assert at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # nine in Bratislava


def test_it_waits_for_room_in_the_budget(tx: Transaction) -> None:
    eva = person(tx)
    left(tx, eva)
    for number in range(3):
        put(
            tx, "delivery", person_id=eva, channel="telegram", account="bot", chat=str(eva),
            user_id=f"u{eva}", lane=2, kind="invitation", variant=str(number), action="send",
            state="sent", created_at=NOON, due_at=NOON, sent_at=NOON,
        )  # fmt: skip
    assert [at - NOON for at, _ in days(tx, 9)] == [7 * DAY]


def test_who_goes_on_hears_nothing_more(tx: Transaction) -> None:
    talk = left(tx, person(tx))
    now = NOON + DAY
    context = Context(now, expats(), ("telegram",))
    bringing_back.ensure(tx, context)
    while tick(tx, HANDLERS, context) is not None:
        pass
    tx.run(sql("UPDATE conversation SET updated_at = :at WHERE id = :id"), at=moment(now), id=talk)
    assert days(tx, 0.5, now) == []
    assert len(days(tx, 30, now)) == 1  # left again: the second, six days after that
    assert as_moment(one(tx, "SELECT max(created_at) FROM delivery")) >= (now + 6 * DAY)


def test_several_things_left_are_one_message(tx: Transaction) -> None:
    jana = person(tx)
    left(tx, jana)
    left(tx, jana, NOON + HOUR, params='{"survey":"skills"}')
    assert len(days(tx, 30)) == 2


def test_what_was_left_long_ago_stays_left(tx: Transaction) -> None:
    left(tx, person(tx), NOON - 40 * DAY)
    assert days(tx, 8) == []


def test_a_blueprint_may_bring_nothing_back(tx: Transaction) -> None:
    left(tx, person(tx))
    outreach = expats().outreach.model_copy(update={"bring_back": ()})
    blueprint = expats().model_copy(update={"outreach": outreach})
    context = Context(NOON + 2 * DAY, blueprint, ("telegram",))
    bringing_back.ensure(tx, context)
    while tick(tx, HANDLERS, context) is not None:
        pass
    assert one(tx, "SELECT count(*) FROM delivery") == 0
