"""Every statement of the product is understood by the databases it is for: PostgreSQL prepares
it, SQLite explains it. A new one is covered without being named; who makes statements while the
program runs has to say which (tests/storage/statements_made.py)."""

from __future__ import annotations

import ast
import re
import sqlite3
from collections.abc import Iterable

import psycopg
import pytest
from psycopg.pq import ExecStatus

from storage import rehearsing
from storage.database import Database
from storage.statements import Statement
from storage.states import DELIVERY_STATES
from storage.transaction import Transaction
from tests.storage.statements_found import Kept, calls_at_import, kept, made_when_needed, sources
from tests.storage.statements_made import MADE

COPY = "storage.rehearsing."  # of the copy that a rehearsal makes, always an SQLite file
WAITING = {"queued", "sending", "held"}


def refused(tx: Transaction, statements: Iterable[Kept]) -> dict[str, str]:
    """place -> why the database does not understand the statement."""
    found = {}
    for place, statement in statements:
        try:
            understand(tx, statement)
        except (sqlite3.Error, psycopg.Error, UnicodeError) as error:
            found[place] = str(error)
    return found


def understand(tx: Transaction, statement: Statement) -> None:
    """Have the database read a statement without doing it."""
    if tx.dialect == "sqlite":
        tx._raw.execute(f"EXPLAIN {statement.sqlite}", dict.fromkeys(statement.names))
        return
    tx._raw.execute("SAVEPOINT reading")
    result = tx._raw.pgconn.prepare(b"", statement.numbered)
    tx._raw.execute("ROLLBACK TO SAVEPOINT reading")
    if result.status != ExecStatus.COMMAND_OK:
        raise psycopg.errors.error_from_result(result)


def test_the_database_understands_every_statement_that_modules_keep(database: Database) -> None:
    with database.transaction() as tx:
        mine = [each for each in kept() if each.runs_on(tx.dialect)]
        if tx.dialect == "sqlite":
            rehearsing.begin(tx)
            mine = [each for each in mine if not each.place.startswith(f"{COPY}_BEGIN")]
        else:
            mine = [each for each in mine if not each.place.startswith(COPY)]
        assert len(mine) > 300
        assert refused(tx, mine) == {}


@pytest.mark.parametrize("place", sorted(MADE))
def test_the_database_understands_what_is_made_when_needed(database: Database, place: str) -> None:
    with database.transaction() as tx:
        made = dict.fromkeys(MADE[place](tx))
        assert made
        listed = [Kept(f"{place} {each.sqlite}", each) for each in made]
        assert refused(tx, listed) == {}


def test_every_place_that_makes_statements_when_needed_is_known() -> None:
    assert made_when_needed() == set(MADE)


def test_every_statement_written_in_a_module_is_found() -> None:
    """Whatever a module keeps its statements in, the walk gets there."""
    texts = {each.statement.sqlite for each in kept()}
    missing = [
        (module, text)
        for module, tree in sources().items()
        for call in calls_at_import(tree)
        if call.args and isinstance(text := _constant(call.args[0]), str) and text not in texts
    ]
    assert missing == []


def _constant(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def test_a_message_that_ends_leaves_no_words_behind() -> None:
    """Who sets the state of messages to one in which nothing more happens empties them."""
    ends = {}
    for each in kept():
        changed = re.fullmatch(
            r"UPDATE delivery (?:AS d )?SET (.*?) WHERE .*", each.statement.sqlite, re.DOTALL
        )
        state = changed and re.search(r"(?<!_)\bstate = (?:'(\w+)'|CAST|:)", changed[1])
        if changed and state and state[1] not in WAITING:
            assert state[1] in {None, *DELIVERY_STATES}
            ends[each.place] = "payload = " in changed[1]
    assert len(ends) >= 8
    assert all(ends.values()), ends
