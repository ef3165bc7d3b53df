"""Saved audiences: used by name, never by accident changed or lost."""

from __future__ import annotations

import pytest

from blueprints.load import default_path, load
from outreach.audience import expand, parse, remarks, saved
from outreach.audience.nodes import And, Everybody, Not, Or, Term
from outreach.errors import BadFilter, NotFound, WrongState
from storage import audiences
from storage.database import Database
from storage.tables import Broadcast, Event
from storage.transaction import Transaction
from tests.outreach.audience.crowd import NOW

BLUEPRINT = load(default_path())
DE, AT, WIEN = Term("country", ("DE",)), Term("country", ("AT",)), Term("city", ("Wien",))


def save(tx: Transaction, key: str, text: str) -> None:
    saved.save(tx, key, text, BLUEPRINT, NOW, "cike")


def event(key: str, audience: str, status: str) -> Event:
    return Event(
        key=key, organisation="cike", status=status, starts_at=NOW, ends_at=NOW, audience=audience,
        timezone="Europe/Vienna", uid=key, code=key, created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def test_saved_audience_stands_in_a_text_as_one_condition(database: Database) -> None:
    with database.transaction() as tx:
        save(tx, "@Near", "country:DE or country:AT")
        save(tx, "vienna", "@near and city:Wien")
        save(tx, "us", "")
        text = expand(tx, "not @vienna and @US")
    assert parse(text) == And((Not(And((Or((DE, AT)), WIEN))), Everybody()))


def test_text_without_saved_audiences_stays_as_it_is(database: Database) -> None:
    with database.reading() as tx:
        assert expand(tx, ' city:"@x"  and country:DE ') == ' city:"@x"  and country:DE '


def test_saving_again_changes_the_text_and_nothing_else(database: Database) -> None:
    with database.transaction() as tx:
        saved.save(tx, "near", "country:DE", BLUEPRINT, NOW, "cike", 7)
        save(tx, "near", "country:DE,\n  AT")
        assert audiences.listed(tx) == [
            audiences.AudienceRow("near", "cike", "country:DE, AT", 7, NOW)
        ]


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("near", "country:XX", "there is no country “XX”"),
        ("near", "@far", "there is no saved audience @far"),
        ("near", "not @near", "cannot be made of itself: @near → @near"),
        ("near", "@round", "cannot be made of itself: @near → @round → @near"),
        ("two words", "country:DE", "can't be a key"),
        ("", "country:DE", "can't be a key"),
    ],
)
def test_what_cannot_be_counted_is_not_saved(
    database: Database, key: str, text: str, said: str
) -> None:
    with database.transaction() as tx:
        save(tx, "near", "country:DE")
        save(tx, "round", "@near")
        with pytest.raises(BadFilter) as failed:
            save(tx, key, text)
        assert [row.filter for row in audiences.listed(tx)] == ["country:DE", "@near"]
    assert said in str(failed.value)


def test_unknown_audience_is_pointed_at_with_what_is_like_it(database: Database) -> None:
    with database.transaction() as tx:
        save(tx, "vienna", "city:Wien")
        with pytest.raises(BadFilter, match=r"no saved audience @viena; did you mean @vienna\?"):
            expand(tx, "country:DE or @viena")
        with pytest.raises(NotFound, match=r"'viena'; did you mean vienna\?"):
            saved.get(tx, "viena")


def test_audience_that_is_needed_is_not_deleted(database: Database) -> None:
    with database.transaction() as tx:
        save(tx, "vienna", "city:Wien")
        save(tx, "all", "@vienna or country:DE")
        tx.session.add_all(
            [
                event("brunch", "not @vienna", "announced"),
                event("old", "@vienna", "over"),
                event("other", "city:@vienna", "draft"),
                Broadcast(key="news", organisation="cike", audience="@vienna", created_at=NOW),
                Broadcast(
                    key="sent", organisation="cike", audience="@vienna", created_at=NOW,
                    status="done",
                ),
            ]
        )  # fmt: skip
        tx.flush()
        needed = "event brunch, broadcast news, audience all"
        with pytest.raises(WrongState, match=f"@vienna is needed by {needed}; change that first"):
            saved.delete(tx, "vienna")
        saved.delete(tx, "@all")
        assert [row.key for row in audiences.listed(tx)] == ["vienna"]
        with pytest.raises(NotFound):
            saved.delete(tx, "all")


def test_events_that_do_not_exist_are_remarked(database: Database) -> None:
    with database.transaction() as tx:
        tx.session.add(event("brunch-nov", "", "announced"))
        tx.flush()
        save(tx, "came", "event:brunch-nov,talk")
        assert remarks(tx, "@came or not event:brunch-now/invited or event:TALK") == (
            "there is no event talk yet",
            "there is no event brunch-now yet; did you mean brunch-nov?",
        )
