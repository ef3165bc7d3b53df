"""What one of two joined records said and was not taken over: taken after all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from blueprints.schema import Blueprint
from outreach.joining.weighing import units
from storage import facts, joinings
from storage.facts import Pieces
from storage.joinings import JOINED, JoiningRow
from storage.moments import moment
from storage.transaction import Transaction


def belongs(row: JoiningRow, person: int) -> bool:
    """Whether what was left out then is this record's to take."""
    return row.state in (JOINED, "settled") and person == (row.kept or row.person)


def with_unit(current: Pieces, unit: str, pieces: Pieces, blueprint: Blueprint) -> Pieces:
    """What a record would say if it said that instead. Answers of other rounds stay."""
    keys = dict(units(current, pieces, blueprint)).get(unit, tuple(pieces))
    kept = {
        key: value
        for key, value in current.items()
        if key not in keys or (key.startswith("answer.") and key not in pieces)
    }
    return kept | pieces


def take(
    tx: Transaction, row: JoiningRow, person: int, unit: str, now: datetime, blueprint: Blueprint
) -> None:
    """Make the record say what was left out, as confirmed now."""
    current = facts.pieces(tx, person)
    pieces = {key: _confirmed(key, value, now) for key, value in row.left_out[unit].items()}
    facts.write(tx, person, current, with_unit(current, unit, pieces, blueprint))
    left = {name: value for name, value in row.left_out.items() if name != unit}
    joinings.leave_out(tx, row, left)


def _confirmed(key: str, value: Any, now: datetime) -> Any:
    if not key.startswith("provenance."):
        return value
    return [{**each, "confirmed_at": moment(now)} for each in value]
