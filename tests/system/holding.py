"""What the database holds of a person, put beside what they answered."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from storage import profile
from storage.database import sql
from storage.living import answers, consents, read_profile, traits
from storage.transaction import Transaction
from tests.system.people import Person
from tests.system.speech import blueprint
from tests.system.talks import Step
from tests.system.world import World

_PERSON = sql(
    "SELECT person_id FROM identity WHERE channel = :channel AND user_id = :user ORDER BY id"
)
_OPEN = sql("SELECT answers FROM conversation WHERE person_id = :person AND status = 'open'")


def held(tx: Transaction, person: Person) -> dict[str, Any]:
    """Question -> answer: of the open conversation, and of those that are over."""
    rows = tx.run(_PERSON, channel=person.platform, user=person.id).fetchall()
    assert len(rows) <= 1, f"{person.id} is there {len(rows)} times"
    if not rows:
        return {}
    number = int(rows[0][0])
    found: dict[str, Any] = {k: v for k, v in read_profile(tx, number).items() if v is not None}
    found |= profile.load(tx, number, blueprint())
    given = [key for key, yes in consents(tx, number).items() if yes]
    found["consents"] = [key for key in given if key != "register"]
    found["spoken_languages"] = list(traits(tx, number, "spoken_languages"))
    for survey in blueprint().surveys:
        found |= answers(tx, number, survey.key, survey.round)
    for row in tx.run(_OPEN, person=number).fetchall():
        found |= json.loads(row[0])
    return found


def lacking(found: Mapping[str, Any], steps: Iterable[Step]) -> list[str]:
    """What was answered, and is not there as it was answered."""
    over = {"hello", "agree"} if found.get("persona") else set()  # kept until they agreed
    return [
        f"{step.key}: {step.stored!r} was answered, {found.get(step.key)!r} is there"
        for step in steps
        if step.stored not in (..., None)
        and step.key not in over
        and _plain(found.get(step.key)) != _plain(step.stored)
    ]


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


def check_once(world: World, people: Mapping[Person, list[Step]]) -> None:
    """Everything is there, and once: people, conversations, consents, answers."""
    with world.reading() as tx:
        for person, steps in people.items():
            assert not lacking(held(tx, person), steps)
    for person, steps in people.items():
        number = world.person_of(person)
        flows = Counter(
            row[0]
            for row in world.rows(
                "SELECT flow FROM conversation WHERE person_id = :number", number=number
            )
        )
        assert flows["join"] == flows["registration"] == 1, flows
        purposes = next((step.stored for step in steps if step.key == "consents"), ())
        logged = world.rows(
            "SELECT purpose FROM consent_log WHERE person_id = :number AND given", number=number
        )
        assert sorted(row[0] for row in logged) == sorted(["register", *purposes])
    assert world.rows("SELECT count(*) FROM person") == [(len(people),)]
    assert world.rows("SELECT count(*) FROM identity") == [(len(people),)]
    assert world.rows("SELECT * FROM quarantine") == []
    assert world.rows("SELECT * FROM inbox") == []
