"""Lists of people."""

from __future__ import annotations

import pytest

from storage.database import Database, Transaction, sql
from storage.people import count_people, list_people

ADD = sql(
    "INSERT INTO person (id, organisation, residence, status, name, created_at, registered_at)"
    " VALUES (:id, :organisation, :residence, :status, :name, :at, :at)"
)


def some(tx: Transaction) -> None:
    people = [
        (1, "cike", "domestic", "active", "Ana"),
        (2, "bsc", "international", "active", "Bor"),
        (3, "cike", "international", "paused", "Cyril"),
        (4, None, None, "new", None),
    ]
    for number, organisation, residence, status, name in people:
        tx.run(
            ADD,
            id=number,
            organisation=organisation,
            residence=residence,
            status=status,
            name=name,
            at="2026-01-01T00:00:00.000000Z",
        )


async def test_list_people_filters_and_pages(database: Database) -> None:
    await database.write(some)

    def names(tx: Transaction, organisation: str | None, status: str | None) -> list[int]:
        return [person.id for person in list_people(tx, organisation, status)]

    assert await database.read(names, None, None) == [1, 2, 3]
    assert await database.read(names, "cike", None) == [1, 3]
    assert await database.read(names, None, "active") == [1, 2]
    assert await database.read(names, "cike", "paused") == [3]
    assert await database.read(names, None, "new") == [4]
    assert await database.read(names, "nobody", None) == []

    def page(tx: Transaction) -> list[int]:
        return [person.id for person in list_people(tx, after=1, limit=1)]

    assert await database.read(page) == [2]


async def test_list_people_gives_moments_in_utc(database: Database) -> None:
    await database.write(some)
    person = (await database.read(list_people))[0]
    assert person.registered_at is not None
    assert person.registered_at.isoformat() == "2026-01-01T00:00:00+00:00"


async def test_list_people_names_the_statuses_there_are(database: Database) -> None:
    with pytest.raises(ValueError, match="mapped"):
        await database.read(list_people, None, "nonsense")


async def test_count_people_leaves_stubs_out(database: Database) -> None:
    await database.write(some)
    assert await database.read(count_people) == {
        ("bsc", "international", "active"): 1,
        ("cike", "domestic", "active"): 1,
        ("cike", "international", "paused"): 1,
    }
