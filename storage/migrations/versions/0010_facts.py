"""Columns of the person stay for what the program acts on. The year since which somebody lives there
and the occupation go to trait, what was typed (profession, employer, expertise) to answer.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TRAITS = ("since", "occupation")
TYPED = ("profession", "employer", "expertise")
AS_JSON = {"sqlite": "json_quote({})", "postgresql": "CAST(to_json({}) AS text)"}
FROM_JSON = {"sqlite": "json_extract({}, '$')", "postgresql": "CAST({} AS json) #>> '{{}}'"}
SINCE = "(SELECT max(r.confirmed_at) FROM provenance r WHERE r.person_id = p.id AND r.field = '{}')"
JOININGS = sa.text(
    "SELECT id, before, after, left_out FROM joining WHERE before <> '{}' OR after <> '{}'"
    " OR left_out <> '{}'"
)
KEEP = sa.text(
    "UPDATE joining SET before = :before, after = :after, left_out = :left_out WHERE id = :id"
)


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for name in TRAITS:
        op.execute(
            "INSERT INTO trait (person_id, kind, value, rank)"
            f" SELECT p.id, '{name}', CAST(p.{name} AS text), 1 FROM person p"
            f" WHERE p.{name} IS NOT NULL ON CONFLICT DO NOTHING"
        )
    for name in TYPED:
        op.execute(
            "INSERT INTO answer (person_id, survey, round, question, value, answered_at)"
            f" SELECT p.id, 'profile', 'profile', '{name}', {AS_JSON[dialect].format(f'p.{name}')},"
            f" COALESCE({SINCE.format(name)}, p.confirmed_at, p.registered_at, p.created_at)"
            f" FROM person p WHERE p.{name} IS NOT NULL ON CONFLICT DO NOTHING"
        )
    _joinings(_new_pieces)
    for name in (*TRAITS, *TYPED):
        op.drop_column("person", name)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.add_column("person", sa.Column("since", sa.Integer(), nullable=True))
    for name in ("occupation", *TYPED):
        op.add_column("person", sa.Column(name, sa.String(), nullable=True))
    for name in TRAITS:
        value = "CAST(min(t.value) AS integer)" if name == "since" else "min(t.value)"
        op.execute(
            f"UPDATE person SET {name} = (SELECT {value} FROM trait t"
            f" WHERE t.person_id = person.id AND t.kind = '{name}')"
        )
        op.execute(f"DELETE FROM trait WHERE kind = '{name}'")
    where = "survey = 'profile' AND round = 'profile' AND question = "
    for name in TYPED:
        op.execute(
            f"UPDATE person SET {name} = (SELECT {FROM_JSON[dialect].format('a.value')}"
            f" FROM answer a WHERE a.person_id = person.id AND {where}'{name}')"
        )
        op.execute(f"DELETE FROM answer WHERE {where}'{name}'")
    _joinings(_old_pieces)


def _joinings(change: Any) -> None:
    """What is kept to undo a joining, or to take what was left out, in the same shape as before."""
    bind = op.get_bind()
    for number, before, after, left_out in bind.execute(JOININGS).fetchall():
        left = {unit: change(pieces) for unit, pieces in json.loads(left_out).items()}
        bind.execute(
            KEEP,
            {
                "id": number,
                "before": _text(change(json.loads(before))),
                "after": _text(change(json.loads(after))),
                "left_out": _text(left),
            },
        )


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _new_pieces(pieces: dict[str, Any]) -> dict[str, Any]:
    found = dict(pieces)
    for name in TRAITS:
        if (value := found.pop(f"person.{name}", None)) is not None:
            found[f"trait.{name}"] = [
                {"kind": name, "value": str(value), "rank": 1, "level": None}
            ]
    for name in TYPED:
        if (value := found.pop(f"person.{name}", None)) is not None:
            sources = found.get(f"provenance.{name}") or [{}]
            at = sources[0].get("confirmed_at") or pieces.get("person.confirmed_at")
            row = {"survey": "profile", "round": "profile", "question": name}
            row |= {"value": _text(value), "answered_at": at or "2026-01-01T00:00:00.000000Z"}
            found[f"typed.{name}"] = [row]
    return found


def _old_pieces(pieces: dict[str, Any]) -> dict[str, Any]:
    found = dict(pieces)
    for name in TRAITS:
        if rows := found.pop(f"trait.{name}", None):
            value = rows[0]["value"]
            found[f"person.{name}"] = int(value) if name == "since" else value
    for name in TYPED:
        if rows := found.pop(f"typed.{name}", None):
            found[f"person.{name}"] = json.loads(rows[0]["value"])
    return found
