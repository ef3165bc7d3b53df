"""``domov event windows``, on both kinds of database."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.now import now
from storage import living
from storage.database import Database
from tests.cli.conftest import Run
from tests.outreach.sending import person

TODAY = now().date()


def going(database: Database, count: int, days: int, **values: Any) -> None:
    """So many are next at home in so many days."""
    with database.transaction() as tx:
        for _ in range(count):
            number = person(tx, **{"willingness": "yes", **values})
            told = {"next_home": (TODAY + timedelta(days=days)).isoformat()}
            living.save_answers(tx, number, "willingness", "1", told, datetime.now(UTC))


def test_days_with_most_of_the_willing_come_first_and_few_are_hidden(
    on_database: Run, database_url: str
) -> None:
    database = Database.open(database_url)
    going(database, 5, 20)
    going(database, 2, 25)
    going(database, 4, 60)  # too few to tell
    going(database, 6, 90, organisation="bsc_kranj")
    found = on_database("event", "windows", "--format", "json")
    assert json.loads(found.stdout) == [
        line("cike", 25, 29, 7), line("bsc_kranj", 90, 99, 6), line("cike", 20, 24, 5),
    ]  # fmt: skip
    own = on_database("event", "windows", "--organisation", "bsc_kranj", "--format", "csv")
    assert own.stdout.splitlines() == [
        "organisation,from,to,people", ",".join(map(str, line("bsc_kranj", 90, 99, 6).values()))
    ]  # fmt: skip
    until = (TODAY + timedelta(days=27)).isoformat()
    some = on_database("event", "windows", "--from", until, "--to", until, "--format", "json")
    assert json.loads(some.stdout) == [line("cike", 27, 27, 7)]


def line(organisation: str, first: int, last: int, people: int) -> dict[str, object]:
    begins, ends = (TODAY + timedelta(days=each) for each in (first, last))
    return {"organisation": organisation, "from": f"{begins}", "to": f"{ends}", "people": people}


def test_what_is_wrong_is_said_and_nothing_to_tell_too(on_database: Run) -> None:
    nobody = on_database("event", "windows")
    assert nobody.stdout.splitlines()[-1] == (
        "There is no day on which 5 or more of the willing are at home."
    )
    wrong = on_database("event", "windows", "--from", "soon")
    assert (wrong.exit_code, wrong.stderr) == (
        2, "domov: --from: soon isn't a day; write one as 2026-12-24\n",
    )  # fmt: skip
    assert on_database("event", "windows", "--organisation", "nobody").exit_code == 2
