"""Audiences at their limits: the longest, the deepest, and a million people."""

from __future__ import annotations

import pytest

from blueprints.load import default_path, load
from outreach.audience import compile_filter, count
from outreach.audience.fields import FIELDS
from outreach.audience.parsing import DEEPEST, MOST_TERMS
from outreach.audience.values import known
from outreach.errors import BadFilter
from storage.conditions import STATES_OF_EVENTS
from storage.database import Database
from storage.statements import sql
from tests.outreach.audience.crowd import NOW

BLUEPRINT = load(default_path())
LONG = {
    "terms": " or ".join(["country:DE and not roles:mentor"] * (MOST_TERMS // 2)),
    "depth": "(" * (DEEPEST - 1) + "country:DE" + ")" * (DEEPEST - 1),
    "nots": "not " * (DEEPEST - 1) + "country:DE",
    "bushes": " or ".join(["not (" * 15 + "country:DE" + " and city:any)" * 15] * 18),
    "values": "person:" + ",".join(str(number) for number in range(1, 3_000)),
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_longest_and_deepest_are_within_what_databases_take(database: Database, text: str) -> None:
    with database.reading() as tx:
        assert count(tx, text, BLUEPRINT, NOW, "cike", ("telegram",)).matched == 0


def test_more_values_than_databases_bind_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outreach.audience.compiling.MOST_BOUND", 3)
    compile_filter("person:1,2,3", BLUEPRINT, NOW)
    with pytest.raises(BadFilter, match="at most 3 values"):
        compile_filter("person:1,2,3,4", BLUEPRINT, NOW)


TEXTS = [
    *(f"{name}:{(known(name, BLUEPRINT) or [field.example])[0]}" for name, field in FIELDS.items()),
    *(f"event:brunch/{state}" for state in STATES_OF_EVENTS),
    "roles:any and not (formats:any or city:Wien)",
]


@pytest.mark.parametrize("text", TEXTS)
def test_slice_of_people_reads_only_what_is_theirs(sqlite_url: str, text: str) -> None:
    """What planning does, slice by slice: it must not go through everybody's facts each time."""
    made = compile_filter(text, BLUEPRINT, NOW, organisation="cike")
    statement = sql(
        "EXPLAIN QUERY PLAN SELECT p.id FROM person p"
        f" WHERE p.id > :after AND p.id <= :upto AND ({made.where})"
    )
    with Database.open(sqlite_url).reading() as tx:
        steps = [str(row[3]) for row in tx.run(statement, after=1, upto=9, **made.params)]
    tables = [step for step in steps if step.startswith(("SCAN", "SEARCH"))]
    assert tables[0].startswith("SEARCH p USING INTEGER PRIMARY KEY")
    for step in tables[1:]:
        # The event is one row, found once by its key.
        assert "person_id=?" in step or step.startswith("SEARCH e USING"), steps
