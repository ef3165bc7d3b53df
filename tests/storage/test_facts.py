"""What a record says, read, written and put back."""

from __future__ import annotations

from blueprints.load import default_path, load
from storage import facts, living, profile
from storage.database import Database
from storage.living import Trait
from storage.statements import sql
from storage.transaction import Transaction
from tests.outreach.sending import NOON, person


def told(tx: Transaction) -> int:
    """Somebody who has said something of everything."""
    jana = person(tx, consents=())
    given = {"name": "Jana", "place": {"name": "Berlin", "country": "DE"}}
    profile.save(tx, jana, load(default_path()), given, "person:telegram", NOON)
    living.set_traits(tx, jana, "roles", [Trait("host", 1), Trait("mentor", 2, "yes")])
    living.save_answers(tx, jana, "formats", "1", {"mode": "both", "note": "x"}, NOON)
    living.save_answers(tx, jana, "formats", "2", {"mode": "online"}, NOON)
    living.consent(
        tx, jana, {"register": True, "public": False}, notice_version="1", channel="x", now=NOON
    )
    tx.run(sql("INSERT INTO provenance (person_id, field, source) VALUES (:p, 'roles', 's')"),
           p=jana)  # fmt: skip
    return jana


def test_pieces_are_named_and_whole(database: Database) -> None:
    with database.transaction() as tx:
        jana = told(tx)
        person(tx)
        found = facts.pieces(tx, jana)
        assert found["person.name"] == "Jana"
        assert "person.email" not in found
        assert isinstance(found["person.confirmed_at"], str)
        assert [row["value"] for row in found["trait.roles"]] == ["host", "mentor"]
        assert found["provenance.roles"] == [
            {"field": "roles", "source": "s", "confirmed_at": None}
        ]
        assert {row["question"] for row in found["answer.formats|1"]} == {"mode", "note"}
        assert {row["question"] for row in found["answer.formats|2"]} == {"mode"}
        assert [bool(row["given"]) for row in found["consent.public"]] == [False]
        assert facts.pieces(tx, 99) == {}


def test_what_is_written_is_read_and_others_stay(database: Database) -> None:
    with database.transaction() as tx:
        jana, eva = told(tx), told(tx)
        before = facts.pieces(tx, jana)
        untouched = facts.pieces(tx, eva)
        wanted = {k: v for k, v in before.items() if k not in ("trait.roles", "answer.formats|1")}
        wanted |= {"person.city": "Kranj", "person.email": "j@x.y"}
        wanted["trait.wants"] = [{"kind": "wants", "value": "events", "rank": 1, "level": None}]
        wanted["answer.formats|2"] = [{**before["answer.formats|2"][0], "value": '"both"'}]
        facts.write(tx, jana, before, wanted)
        assert facts.pieces(tx, jana) == wanted
        assert facts.pieces(tx, eva) == untouched
        facts.write(tx, jana, wanted, before)
        assert facts.pieces(tx, jana) == before


def test_only_what_changed_is_written(database: Database) -> None:
    with database.transaction() as tx:
        jana = told(tx)
        before = facts.pieces(tx, jana)
        tx.run(sql("UPDATE person SET city = 'Kranj'"))
        facts.write(tx, jana, before, before | {"trait.x": []})
        assert facts.pieces(tx, jana)["person.city"] == "Kranj"


def test_back_to_before_but_for_what_was_said_since() -> None:
    before = {"person.name": "Jana", "person.city": "Berlin", "person.email": "old"}
    after = {"person.name": "Eva", "person.city": "Berlin", "trait.x": [1]}
    now = {"person.name": "Eva", "person.city": "Kranj", "trait.x": [2], "trait.y": [1]}
    assert facts.merged(now, before, after) == {
        "person.name": "Jana", "person.city": "Kranj", "person.email": "old", "trait.x": [2],
        "trait.y": [1],
    }  # fmt: skip
    only_city = facts.merged(now, before, after, lambda key: key == "person.city")
    assert only_city == {**before, "person.city": "Kranj"}
    gone = {key: value for key, value in now.items() if key != "person.city"}
    assert "person.city" not in facts.merged(gone, before, after)
