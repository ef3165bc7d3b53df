"""Old facts are asked about in one message, and home visits once they are over: once, and only of
whom it may be asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from messages import rich
from messages.words import Words
from outreach import freshness
from outreach.claiming import claim
from outreach.clock import Context, tick
from outreach.composing import Composer
from outreach.deciding import Rules
from outreach.handlers import HANDLERS
from outreach.kinds import FACTS, HOME
from storage import homes, living, profile
from storage.database import Database
from storage.moments import as_moment
from storage.statements import sql
from storage.transaction import Transaction
from tests.outreach.inviting import expats
from tests.outreach.sending import NOON, delivery, identity, person

DAY = timedelta(days=1)
YEAR = timedelta(days=expats().timings.fact_days)
WORDS = Words(("en", "sk", "sl"))
BERLIN = {"name": "Berlin", "country": "DE", "geonameid": 2950159, "timezone": "Europe/Berlin"}
KNOWN = {"name": "Jana", "home_region": "kosice", "place": BERLIN, "profession": "product lead",
         "employer": "N26"}  # fmt: skip


@pytest.fixture
def tx(database: Database) -> Iterator[Transaction]:
    with database.transaction() as tx:
        yield tx


def registered(tx: Transaction, ago: timedelta = YEAR + DAY, **values: Any) -> int:
    """Somebody in Berlin who told everything so long ago."""
    number = person(tx, **{"language": "en", **values})
    profile.save(tx, number, expats(), KNOWN, "person:telegram", NOON - ago)
    return number


def looked(tx: Transaction, now: datetime = NOON) -> None:
    """The clock does all that is due."""
    context = Context(now, expats(), ("telegram",))
    freshness.ensure(tx, context)
    while tick(tx, HANDLERS, context) is not None:
        pass


def planned(tx: Transaction, kind: str = FACTS) -> list[int]:
    rows = tx.run(
        sql("SELECT person_id FROM delivery WHERE kind = :kind ORDER BY person_id, id"), kind=kind
    )
    return [row[0] for row in rows.fetchall()]


def sent(tx: Transaction, now: datetime = NOON) -> list[tuple[str, tuple[str, ...]]]:
    """What goes now: words and presses of each; it is sent, as far as the ledger knows."""
    batch = claim(tx, "1", "telegram", "bot", 100, frozenset(), now, Rules.of(expats()))
    composer = Composer(WORDS, expats(), lambda: now)
    made = [composer.compose(each, batch.sources) for each in batch.claimed]
    tx.run(sql("UPDATE delivery SET state = 'sent' WHERE state = 'sending'"))
    return [
        (
            rich.plain(each.text),
            tuple(o.press for o in (*each.widget.options, *each.widget.controls))
            if each.widget
            else (),
        )
        for each in made
    ]


def test_all_old_facts_are_in_one_message(tx: Transaction) -> None:
    registered(tx)
    looked(tx)
    ((text, presses),) = sent(tx)
    assert text.startswith("Jana, is this still right?")
    for told in ("Berlin, Germany", "product lead", "N26"):
        assert told in text
    before = int((NOON - YEAR).timestamp())
    assert presses == (f"=confirm.{before}", "=profile", "!nomore.invitations")


def test_only_what_is_old_is_asked_about(tx: Transaction) -> None:
    jana = registered(tx)
    profile.save(tx, jana, expats(), {"employer": "Zalando"}, "person:telegram", NOON - DAY)
    looked(tx)
    ((text, _),) = sent(tx)
    assert "product lead" in text
    assert "Zalando" not in text


def test_who_is_fresh_paused_gone_or_has_not_consented_is_not_asked(tx: Transaction) -> None:
    registered(tx, YEAR - DAY)
    registered(tx, status="paused")
    registered(tx, status="joining")
    registered(tx, consents=("register",))
    unreachable = registered(tx)
    tx.run(sql("UPDATE identity SET status = 'unreachable' WHERE person_id = :id"), id=unreachable)
    asked = registered(tx)
    looked(tx)
    assert planned(tx) == [asked]


def test_nobody_is_asked_again_before_the_facts_are_old_again(tx: Transaction) -> None:
    jana = registered(tx)
    for days in range(3):
        looked(tx, NOON + days * DAY)
    assert planned(tx) == [jana]
    assert len(sent(tx, NOON + 2 * DAY)) == 1
    looked(tx, NOON + 3 * DAY)
    tx.run(sql("DELETE FROM delivery"))  # forgotten after some months, as all that was sent
    looked(tx, NOON + 200 * DAY)
    assert planned(tx) == []
    looked(tx, NOON + 3 * DAY + YEAR)
    assert planned(tx) == [jana]


def test_what_could_not_be_sent_is_planned_again(tx: Transaction) -> None:
    jana = registered(tx)
    looked(tx)
    tx.run(sql("UPDATE person SET paused_until = '2027-03-01' WHERE id = :id"), id=jana)
    later = NOON + freshness.LIVES + DAY
    assert sent(tx, later) == []
    looked(tx, later)
    assert planned(tx) == [jana, jana]


def test_it_counts_in_the_weekly_budget_and_waits_for_it(tx: Transaction) -> None:
    jana = registered(tx)
    for _ in range(expats().outreach.messages_a_week):
        delivery(tx, jana, "invitation", state="sent", sent_at=NOON - DAY)
    looked(tx)
    assert sent(tx) == []
    assert len(sent(tx, NOON + 6 * DAY)) == 1


def test_a_tap_confirms_what_was_asked_and_nothing_newer(tx: Transaction) -> None:
    jana, other = registered(tx), registered(tx)
    profile.save(tx, jana, expats(), {"employer": "Zalando"}, "staff", NOON - 9 * DAY)
    asked = int((NOON - YEAR).timestamp())
    freshness.confirm(tx, jana, asked, NOON, expats())
    rows = tx.run(
        sql("SELECT field, source, confirmed_at FROM provenance WHERE person_id = :id"), id=jana
    ).fetchall()
    found = {field: (source, as_moment(at)) for field, source, at in rows}
    assert found.pop("employer") == ("staff", NOON - 9 * DAY)
    assert set(found.values()) == {("person:telegram", NOON)}
    assert {"city", "country", "profession", "home_region", "name"} <= found.keys()
    confirmed = dict(tx.run(sql("SELECT id, confirmed_at FROM person")).fetchall())
    assert as_moment(confirmed[jana]) == NOON
    assert as_moment(confirmed[other]) == NOON - YEAR - DAY
    looked(tx)
    assert planned(tx) == [other]


def test_many_people_are_gone_through_in_slices(tx: Transaction) -> None:
    everybody = [registered(tx) for _ in range(3)]
    identity(tx, everybody[0], "slack")
    looked(tx)
    assert planned(tx) == everybody


# ---- home visits ----


def going_home(tx: Transaction, day: date, answered: datetime = NOON - YEAR, **values: Any) -> int:
    """Somebody who said in the survey that they would be at home around that day."""
    number = person(tx, **{"language": "en", "willingness": "yes", **values})
    said_home(tx, number, day, answered)
    return number


def said_home(tx: Transaction, number: int, day: date, answered: datetime) -> None:
    told = {"mode": "both", "next_home": day.isoformat()}
    living.save_answers(tx, number, "willingness", f"r{answered:%Y%m%d}", told, answered)


def test_who_was_at_home_is_asked_when_they_are_next(tx: Transaction) -> None:
    today = NOON.date()
    back = going_home(tx, today - homes.DAYS * DAY)
    going_home(tx, today - (homes.DAYS - 1) * DAY)  # still there
    going_home(tx, today + DAY)
    looked(tx)
    assert planned(tx, HOME) == [back]
    ((text, presses),) = sent(tx)
    assert text.startswith("Jana, you were going to be at home around 13 November 2026.")
    assert presses == ("=visit", "=visit.later", "!nomore.invitations")


def test_the_latest_word_counts_and_each_visit_is_asked_about_once(tx: Transaction) -> None:
    gone = NOON.date() - 30 * DAY
    jana = going_home(tx, gone)
    said_home(tx, jana, NOON.date() + 30 * DAY, NOON - DAY)
    looked(tx)
    assert planned(tx, HOME) == []
    after = NOON + 60 * DAY
    looked(tx, after)
    assert len(sent(tx, after)) == 1
    for days in (61, 70, 400):
        looked(tx, NOON + days * DAY)
    assert planned(tx, HOME) == [jana]
    homes.save(tx, jana, NOON.date() + 401 * DAY, profile.SURVEY, NOON + 400 * DAY)
    looked(tx, NOON + 401 * DAY)
    assert planned(tx, HOME) == [jana]
    looked(tx, NOON + 420 * DAY)
    assert planned(tx, HOME) == [jana, jana]


def test_who_named_another_day_meanwhile_gets_nothing(tx: Transaction) -> None:
    jana = going_home(tx, NOON.date() - 30 * DAY)
    looked(tx)
    homes.save(tx, jana, NOON.date() + 9 * DAY, profile.SURVEY, NOON)
    batch = claim(tx, "1", "telegram", "bot", 100, frozenset(), NOON, Rules.of(expats()))
    composer = Composer(WORDS, expats(), lambda: NOON)
    with pytest.raises(Exception, match="answered meanwhile"):
        composer.compose(batch.claimed[0], batch.sources)


def test_a_new_day_stands_where_the_old_one_stood(tx: Transaction) -> None:
    jana, eva = going_home(tx, NOON.date() - 30 * DAY), person(tx)
    homes.save(tx, jana, NOON.date() + DAY, profile.SURVEY, NOON)
    homes.save(tx, eva, NOON.date() + DAY, profile.SURVEY, NOON)
    said = tx.run(sql("SELECT person_id, survey FROM answer WHERE question = 'next_home'"))
    assert sorted(said.fetchall()) == [(jana, "willingness"), (eva, "profile")]


def test_days_are_counted_for_the_willing_of_each_organisation(tx: Transaction) -> None:
    christmas = date(2026, 12, 24)
    going_home(tx, christmas)
    going_home(tx, christmas + DAY, willingness="maybe")
    going_home(tx, christmas, willingness="not_now")
    going_home(tx, christmas, status="joining")
    going_home(tx, date(2026, 12, 16), organisation="bsc_kranj")
    found = homes.days(tx, date(2026, 12, 25), date(2027, 1, 31))
    cike = [found["cike"][christmas + n * DAY] for n in (0, 1, 9, 10, 11)]
    assert cike == [0, 2, 2, 1, 0]
    assert dict(found["bsc_kranj"]) == {date(2026, 12, 25): 1}
