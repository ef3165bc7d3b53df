"""Raw statements mean the same on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.database import Database, Transaction, sql
from storage.moments import as_day, as_moment, moment


def test_sql_translates_parameters_and_nothing_else() -> None:
    statement = sql("SELECT :a, ':b', \":c\", x::text, 5 % 2 -- :d\n, :a /* :e */, :f_1 LIKE '%'")
    assert statement.names == ("a", "f_1")
    assert statement.sqlite.count(":a") == 2
    assert statement.postgresql == (
        "SELECT %(a)s, ':b', \":c\", x::text, 5 %% 2 -- :d\n, %(a)s /* :e */, %(f_1)s LIKE '%%'"
    )
    assert statement.numbered == (
        b"SELECT $1, ':b', \":c\", x::text, 5 % 2 -- :d\n, $1 /* :e */, $2 LIKE '%'"
    )


PUT = sql(
    "INSERT INTO delivery (channel, account, chat, user_id, action, payload, attempts, created_at,"
    " due_at) VALUES ('t', 'b', 'c', 'u', 'send', :payload, :attempts, :at, :at)"
)
GET = sql("SELECT payload, attempts, created_at, person_id FROM delivery ORDER BY id")
TEXTS: list[str] = ["", "Ana", "Ľ ž 😀", "a:b %s $1 ::", "'; DROP TABLE person; --", "\n\t\x1f"]
NOW = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)


async def test_values_come_back_as_they_went_in(database: Database) -> None:
    """Often enough to be run in each of the ways there are (prepared ones from the second on)."""

    def put(tx: Transaction) -> None:
        for number, text in enumerate(TEXTS):
            tx.run(PUT, payload=text, attempts=number, at=moment(NOW))

    def get(tx: Transaction) -> list[tuple[Any, ...]]:
        return [(*row[:2], as_moment(row[2]), row[3]) for row in tx.run(GET).fetchall()]

    await database.write(put)
    expected = [(text, number, NOW, None) for number, text in enumerate(TEXTS)]
    for _ in range(4):
        assert await database.read(get) == expected


async def test_results_are_read_alike(database: Database) -> None:
    def unit(tx: Transaction) -> list[Any]:
        tx.run(PUT, payload="a", attempts=1, at=moment(NOW))
        tx.run(PUT, payload="b", attempts=2, at=moment(NOW))
        names = sql("SELECT payload FROM delivery ORDER BY id")
        seen: list[Any] = []
        for _ in range(3):
            result = tx.run(names)
            seen.append([result.fetchone(), result.fetchone(), result.fetchone()])
            seen.append(list(tx.run(names)))
            seen.append(tx.run(names).fetchmany(5))
            seen.append(list(tx.stream(names)))
        changed = sql("UPDATE delivery SET attempts = attempts + 1 WHERE attempts < :most")
        seen.append([tx.run(changed, most=most).rowcount for most in (3, 3, 3, 0)])
        gone = sql("DELETE FROM delivery WHERE payload = :payload RETURNING attempts")
        seen.append([tx.run(gone, payload=name).fetchall() for name in ("a", "b", "a")])
        return seen

    each = [[("a",), ("b",), None], *[[("a",), ("b",)]] * 3]
    assert await database.write(unit) == [*each * 3, [2, 1, 0, 0], [[(3,)], [(3,)], []]]


async def test_errors_of_prepared_statements_undo_only_their_unit(database: Database) -> None:
    put = sql("INSERT INTO checkpoint (name, value) VALUES (:name, :name)")

    def add(tx: Transaction, name: str) -> None:
        tx.run(put, name=name)

    for name in "abc":
        await database.write(add, name)
    with pytest.raises(Exception, match=r"(?i)unique"):
        await database.write(add, "b")
    await database.write(add, "d")
    count = sql("SELECT count(*) FROM checkpoint")
    assert await database.read(lambda tx: tx.run(count).fetchone()) == (4,)


async def test_nul_is_refused_on_postgresql(postgresql_url: str) -> None:
    """libpq would silently end the text there."""
    database = Database.open(postgresql_url)
    for _ in range(3):
        with pytest.raises(Exception, match="NUL"):
            await database.write(
                lambda tx: tx.run(PUT, payload="a\0b", attempts=1, at=moment(NOW)).rowcount
            )
    database.close()


@given(st.datetimes(timezones=st.timezones()), st.datetimes(timezones=st.timezones()))
def test_moments_sort_as_text_as_they_do_in_time(one: datetime, other: datetime) -> None:
    try:
        first, second = one.astimezone(UTC), other.astimezone(UTC)
    except OverflowError:
        return
    assert as_moment(moment(first)) == first
    assert (moment(first) < moment(second)) == (first < second)


def test_moment_refuses_a_time_without_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        moment(datetime(2026, 1, 1))  # noqa: DTZ001
    there = datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    assert moment(there) == "2026-01-01T00:00:00.000000Z"
    assert as_day("2026-01-02") == as_day(date(2026, 1, 2)) == date(2026, 1, 2)
