"""Looking people up, for the command line and the staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.moments import maybe_moment
from storage.statements import sql
from storage.states import PERSON_STATUSES
from storage.transaction import Transaction

# One statement a combination: a filter that is not asked for must not hide the primary key's
# order from the planner.
_COLUMNS = (
    "id, organisation, persona, status, language, name, home_region, residence, country, city,"
    " registered_at, last_active_at"
)
_ALL = (
    f"SELECT {_COLUMNS} FROM person WHERE id > :after AND status <> :hidden AND joined_to IS NULL"
)
_LIST = {
    (False, False): sql(_ALL + " ORDER BY id LIMIT :limit"),
    (True, False): sql(_ALL + " AND organisation = :organisation ORDER BY id LIMIT :limit"),
    (False, True): sql(_ALL + " AND status = :status ORDER BY id LIMIT :limit"),
    (True, True): sql(
        _ALL + " AND organisation = :organisation AND status = :status ORDER BY id LIMIT :limit"
    ),
}
_SOURCE = sql("SELECT source FROM person WHERE id = :id")
_CAME_BY = sql("UPDATE person SET source = :source WHERE id = :id")
_COUNTS = sql(
    "SELECT organisation, residence, status, count(*) FROM person WHERE status <> 'new'"
    " AND joined_to IS NULL"
    " GROUP BY organisation, residence, status ORDER BY organisation, residence, status"
)


_BY_NUMBER = sql("SELECT id FROM person WHERE id = :id AND status <> 'new'")
_BY_EMAIL = sql(
    "SELECT id FROM person WHERE lower(email) = :email AND status <> 'new'"
    " AND joined_to IS NULL LIMIT 2"
)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person in a list."""

    id: int
    organisation: str | None
    persona: str | None
    status: str
    language: str
    name: str | None
    home_region: str | None
    residence: str | None
    country: str | None
    city: str | None
    registered_at: datetime | None
    last_active_at: datetime | None


def list_people(
    tx: Transaction,
    organisation: str | None = None,
    status: str | None = None,
    *,
    after: int = 0,
    limit: int = 1_000,
) -> list[PersonLine]:
    """People in the order of their numbers, from the one after ``after`` on.

    Stubs of those who have not consented are left out unless ``status`` is "new". Raises
    ValueError for a status that does not exist.
    """
    if status is not None and status not in PERSON_STATUSES:
        raise ValueError(f"no status {status!r}; there are {', '.join(PERSON_STATUSES)}")
    filters = {"organisation": organisation, "status": status}
    rows = tx.run(
        _LIST[organisation is not None, status is not None],
        after=after,
        limit=limit,
        hidden="" if status == "new" else "new",
        **{name: value for name, value in filters.items() if value is not None},
    )
    return [_line(*row) for row in rows]


def source(tx: Transaction, person: int) -> str | None:
    """By which link somebody came first, or last before they registered."""
    row = tx.run(_SOURCE, id=person).fetchone()
    return row[0] if row else None


def came_by(tx: Transaction, person: int, link: str) -> None:
    """Note by which link somebody came who is not registered yet."""
    tx.run(_CAME_BY, id=person, source=link)


def find_person(tx: Transaction, who: str | int) -> int | None:
    """The person of a number or an e-mail address; None for nobody, or several."""
    if isinstance(who, int) or who.strip().isdecimal():
        if not 0 < int(who) < 2**63:
            return None
        rows = tx.run(_BY_NUMBER, id=int(who)).fetchall()
    else:
        rows = tx.run(_BY_EMAIL, email=who.strip().lower()).fetchall()
    return int(rows[0][0]) if len(rows) == 1 else None


def count_people(tx: Transaction) -> dict[tuple[str | None, str | None, str], int]:
    """(organisation, residence, status) -> how many, without stubs."""
    return {(row[0], row[1], row[2]): row[3] for row in tx.run(_COUNTS).fetchall()}


def _line(*row: Any) -> PersonLine:
    values: tuple[Any, ...] = (*row[:-2], maybe_moment(row[-2]), maybe_moment(row[-1]))
    return PersonLine(*values)
