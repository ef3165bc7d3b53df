"""Two records of one person become one: what each has in mentoring, in one statement a table."""

from __future__ import annotations

from datetime import datetime

from storage.mentoring.shapes import plain
from storage.statements import sql
from storage.transaction import Transaction

_OFFER = sql("UPDATE mentor_offer SET person_id = :keep WHERE person_id = :give")
_REQUESTS = sql("UPDATE mentoring_request SET person_id = :keep WHERE person_id = :give")
_OPEN_REQUEST = sql(
    "SELECT id, created_at FROM mentoring_request WHERE person_id = :person AND status <> 'closed'"
)
_MOVE_REQUEST = sql("UPDATE mentoring_request SET person_id = :person WHERE id = :id")
_MOVE_MATCH = sql("UPDATE mentoring_match SET mentee_id = :person WHERE request_id = :id")
_OFFERED = sql("SELECT created_at FROM mentor_offer WHERE person_id = :person")
_MENTORS = sql("UPDATE mentoring_match SET mentor_id = :keep WHERE mentor_id = :give")
_MENTEES = sql("UPDATE mentoring_match SET mentee_id = :keep WHERE mentee_id = :give")
# Blocks in both directions; never of somebody from themselves, and none twice.
_BLOCKS = (
    sql(
        "INSERT INTO mentoring_block (person_id, other_id, by, at) SELECT :keep, other_id, by, at"
        " FROM mentoring_block WHERE person_id = :give AND other_id <> :keep"
        " ON CONFLICT (person_id, other_id) DO NOTHING"
    ),
    sql(
        "INSERT INTO mentoring_block (person_id, other_id, by, at) SELECT person_id, :keep, by, at"
        " FROM mentoring_block WHERE other_id = :give AND person_id <> :keep"
        " ON CONFLICT (person_id, other_id) DO NOTHING"
    ),
)
# Of one notice about a match that both were planned or sent, one is enough.
_TWICE = sql(
    "DELETE FROM delivery WHERE person_id = :give AND EXISTS (SELECT 1 FROM delivery own"
    " WHERE own.person_id = :keep AND own.kind = delivery.kind AND own.variant = delivery.variant"
    " AND (own.match_id = delivery.match_id OR own.request_id = delivery.request_id))"
)
_NEXT_BEST = sql(
    "UPDATE mentoring_match SET alternatives = replace(alternatives, :before, :after)"
    " WHERE alternatives LIKE :marked"
)
_TASKS = sql(
    "SELECT kind, subject, variant, due_at, expires_at FROM task"
    " WHERE person_id = :give AND state = 'open' AND kind = 'match.tell'"
)
_TASK = sql(
    "INSERT INTO task (kind, subject, variant, person_id, due_at, expires_at, created_at)"
    " VALUES (:kind, :subject, :variant, :keep, :due_at, :expires_at, :now)"
    " ON CONFLICT (kind, subject, variant) DO NOTHING"
)


def hand_back(tx: Transaction, keep: int, give: int, said: frozenset[str]) -> None:
    """Two records are two again: a request or an offer that was made at one of the moments
    ``said`` is ``give``'s, where it has none."""
    for number, made in tx.run(_OPEN_REQUEST, person=keep).fetchall():
        if plain(made) in said and not tx.run(_OPEN_REQUEST, person=give).fetchall():
            tx.run(_MOVE_REQUEST, id=number, person=give)
            tx.run(_MOVE_MATCH, id=number, person=give)
    made = tx.run(_OFFERED, person=keep).fetchone()
    if made and plain(made[0]) in said and tx.run(_OFFERED, person=give).fetchone() is None:
        adopt_offer(tx, give, keep)


def adopt_offer(tx: Transaction, keep: int, give: int) -> None:
    """``give``'s offer is ``keep``'s, who has none."""
    tx.run(_OFFER, keep=keep, give=give)


def adopt(tx: Transaction, keep: int, give: int, now: datetime) -> None:
    """Everything but the offer. The caller has seen to it that at most one request of the two is
    not closed, and that no live match is between them."""
    for statement in (_REQUESTS, _MENTORS, _MENTEES, *_BLOCKS, _TWICE):
        tx.run(statement, keep=keep, give=give)
    tx.run(_NEXT_BEST, before=f"[{give},", after=f"[{keep},", marked=f"%[{give},%")
    for kind, subject, variant, due_at, expires_at in tx.run(_TASKS, give=give).fetchall():
        head, _, _ = variant.rpartition(":")
        tx.run(
            _TASK, kind=kind, subject=subject, variant=f"{head}:{keep}", keep=keep,
            due_at=plain(due_at), expires_at=plain(expires_at), now=plain(now),
        )  # fmt: skip
