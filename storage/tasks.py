"""What is planned: the database is the schedule, and a task is a row with a due time.

Whoever plans names the task by kind, subject and variant; planning it again moves it, and what was
done is not done twice. :mod:`outreach.clock` takes what is due and does it slice by slice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.moments import as_moment, maybe_moment, moment
from storage.statements import sql
from storage.transaction import Transaction

# Seconds until a task that failed is tried again; after one more failure it is given up.
WAITS = (10, 60, 300, 1800)
ERROR_LENGTH = 500

_PLAN = sql(
    "INSERT INTO task (kind, subject, variant, person_id, due_at, expires_at, created_at)"
    " VALUES (:kind, :subject, :variant, :person_id, :due_at, :expires_at, :now)"
    " ON CONFLICT (kind, subject, variant) DO UPDATE SET due_at = excluded.due_at,"
    " expires_at = excluded.expires_at, person_id = excluded.person_id, state = 'open',"
    # What failed half-way goes on there; what was called off begins again.
    " cursor = CASE WHEN task.state IN ('open', 'failed') THEN task.cursor ELSE 0 END,"
    " attempts = 0, error = NULL, done_at = NULL WHERE task.state <> 'done'"
)
_CANCEL = sql(
    "UPDATE task SET state = 'cancelled', done_at = :now"
    " WHERE state = 'open' AND subject = :subject AND (:kind = '' OR kind = :kind)"
)
_CANCEL_ONE = sql(
    "UPDATE task SET state = 'cancelled', done_at = :now WHERE id = :id AND state = 'open'"
)
_NEXT = sql("SELECT min(due_at) FROM task WHERE state = 'open'")
_COLUMNS = (
    "id, kind, subject, variant, person_id, due_at, expires_at, cursor, state, attempts, error"
)
_DUE = f"SELECT {_COLUMNS} FROM task WHERE state = 'open' AND due_at <= :now ORDER BY due_at, id"
_TAKE_SQLITE = sql(_DUE + " LIMIT 1")
# What another process has in hand is locked until its slice is committed.
_TAKE_POSTGRESQL = sql(_DUE + " LIMIT 1 FOR UPDATE SKIP LOCKED")
# By the index of what is due: of a kind there are many that were done long ago.
_MORE = (
    f"SELECT {_COLUMNS} FROM task WHERE state = 'open' AND due_at <= :now AND kind || '' = :kind"
    " AND attempts = 0 AND id <> :id ORDER BY due_at, id LIMIT :limit"
)
_MORE_SQLITE = sql(_MORE)
_MORE_POSTGRESQL = sql(_MORE + " FOR UPDATE SKIP LOCKED")
_OF = sql(
    f"SELECT {_COLUMNS} FROM task WHERE subject = :subject AND (:kind = '' OR kind = :kind)"
    " ORDER BY due_at, id"
)
_AGAIN = sql(
    "UPDATE task SET cursor = :cursor, due_at = :due_at, attempts = 0, error = NULL"
    " WHERE id = :id AND state = 'open'"
)
# A try is counted when it begins: a program that dies of it each time gives up in the end.
_LEASE = sql(
    "UPDATE task SET due_at = :until, attempts = :attempts, error = :error"
    " WHERE id = :id AND state = 'open'"
)
_LEASED = "SELECT 1 FROM task WHERE id = :id AND state = 'open' AND due_at = :until"
_LEASED_SQLITE, _LEASED_POSTGRESQL = sql(_LEASED), sql(_LEASED + " FOR UPDATE")
_END = sql("UPDATE task SET state = :state, done_at = :now, error = :error WHERE id = :id")
_FAILED = sql(
    "UPDATE task SET attempts = :attempts, error = :error, due_at = :due_at, state = :state,"
    " done_at = :done_at WHERE id = :id AND state = 'open' AND attempts = :before"
)
_RETRY = sql(
    "UPDATE task SET state = 'open', attempts = 0, due_at = :now, done_at = NULL"
    " WHERE state = 'failed' AND (expires_at IS NULL OR expires_at > :now)"
)
_TROUBLED = sql(
    "SELECT t.kind, COALESCE(e.key, b.key, t.subject), t.state, t.attempts,"
    " COALESCE(t.error, '') FROM task t LEFT JOIN event e ON t.subject = 'event:' || e.id"
    " LEFT JOIN broadcast b ON t.subject = 'broadcast:' || b.id"
    " WHERE t.state = 'failed' OR (t.state = 'open' AND t.attempts > 0)"
    " ORDER BY t.id DESC LIMIT :limit"
)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One planned thing. ``cursor``: how far a task that is done in slices has got;
    ``attempts``: how often its present slice has failed."""

    id: int
    kind: str
    subject: str
    variant: str
    person: int | None
    due_at: datetime
    expires_at: datetime | None
    cursor: int
    state: str
    attempts: int
    error: str | None

    @property
    def number(self) -> int:
        """The number in a subject such as "event:12"; of "rsvp:12:34" the first."""
        return int(self.subject.split(":")[1])


def plan(
    tx: Transaction,
    kind: str,
    subject: str,
    due_at: datetime,
    now: datetime,
    *,
    variant: str = "",
    person: int | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Plan something, or move what was planned. What was done stays done; what was cancelled,
    expired or failed is planned anew."""
    tx.run(
        _PLAN,
        kind=kind,
        subject=subject,
        variant=variant,
        person_id=person,
        due_at=moment(due_at),
        expires_at=None if expires_at is None else moment(expires_at),
        now=moment(now),
    )


def cancel(tx: Transaction, subject: str, now: datetime, kind: str | None = None) -> int:
    """Call off what is planned about ``subject`` (only of ``kind``, where given); how much."""
    return tx.run(_CANCEL, subject=subject, kind=kind or "", now=moment(now)).rowcount


def cancel_one(tx: Transaction, task: TaskRow, now: datetime) -> None:
    """Call off this one."""
    tx.run(_CANCEL_ONE, id=task.id, now=moment(now))


def of(tx: Transaction, subject: str, kind: str | None = None) -> list[TaskRow]:
    """Everything that was ever planned about ``subject``, by due time."""
    rows = tx.run(_OF, subject=subject, kind=kind or "").fetchall()
    return [_task(row) for row in rows]


def next_due(tx: Transaction) -> datetime | None:
    """When the next task is due; None when nothing is planned."""
    row = tx.run(_NEXT).fetchone()
    return maybe_moment(row[0]) if row else None


def take(tx: Transaction, now: datetime) -> TaskRow | None:
    """The task that has been due longest, for this transaction alone."""
    statement = _TAKE_SQLITE if tx.dialect == "sqlite" else _TAKE_POSTGRESQL
    row = tx.run(statement, now=moment(now)).fetchone()
    return None if row is None else _task(row)


def more(tx: Transaction, task: TaskRow, now: datetime, limit: int) -> list[TaskRow]:
    """Others of its kind that are due and never failed, for this transaction alone."""
    statement = _MORE_SQLITE if tx.dialect == "sqlite" else _MORE_POSTGRESQL
    rows = tx.run(statement, now=moment(now), kind=task.kind, id=task.id, limit=limit)
    return [_task(row) for row in rows.fetchall()]


def done(tx: Transaction, task: TaskRow, now: datetime) -> None:
    """It is done, for ever."""
    tx.run(_END, id=task.id, state="done", now=moment(now), error=None)


def again(tx: Transaction, task: TaskRow, cursor: int, due_at: datetime | None = None) -> None:
    """A slice is done; the next begins at ``cursor``, at once or at ``due_at``."""
    tx.run(_AGAIN, id=task.id, cursor=cursor, due_at=moment(due_at or task.due_at))


def lease(tx: Transaction, task: TaskRow, until: datetime) -> None:
    """It is being done outside the transaction; unless something is heard of it, it is due again
    at ``until``."""
    tx.run(
        _LEASE,
        id=task.id,
        until=moment(until),
        attempts=task.attempts + 1,
        error="begun, and not heard of since",
    )


def leased(tx: Transaction, task: TaskRow, until: datetime) -> bool:
    """Whether the lease is still the one that ends at ``until``; nobody changes that before this
    transaction ends."""
    statement = _LEASED_SQLITE if tx.dialect == "sqlite" else _LEASED_POSTGRESQL
    return tx.run(statement, id=task.id, until=moment(until)).fetchone() is not None


def release(tx: Transaction, task: TaskRow) -> None:
    """End the lease: ``task`` is again what it was before."""
    tx.run(_LEASE, id=task.id, until=moment(task.due_at), attempts=task.attempts, error=task.error)


def expired(tx: Transaction, task: TaskRow, now: datetime) -> None:
    """It is too late for it."""
    tx.run(_END, id=task.id, state="expired", now=moment(now), error=None)


def failed(tx: Transaction, task: TaskRow, error: str, now: datetime) -> bool:
    """It raised ``error``: tried again after a growing wait, or given up (then True).

    Nothing happens where somebody else has moved it on meanwhile.
    """
    given_up = task.attempts >= len(WAITS)
    wait = 0 if given_up else WAITS[task.attempts]
    changed = tx.run(
        _FAILED,
        id=task.id,
        before=task.attempts,
        attempts=task.attempts + 1,
        error=error[:ERROR_LENGTH],
        due_at=moment(task.due_at if given_up else now + timedelta(seconds=wait)),
        state="failed" if given_up else "open",
        done_at=moment(now) if given_up else None,
    )
    return given_up and changed.rowcount == 1


def retry(tx: Transaction, now: datetime) -> int:
    """Begin anew with what was given up and is not too late; how much. For the program's start:
    whatever was wrong may have been mended."""
    return tx.run(_RETRY, now=moment(now)).rowcount


@dataclass(frozen=True, slots=True)
class Trouble:
    """A task that failed: of which kind, about what (a key, where it has one), and why.
    ``state`` "failed": it was given up; "open": it will be tried again."""

    kind: str
    about: str
    state: str
    attempts: int
    error: str


def troubled(tx: Transaction, limit: int) -> list[Trouble]:
    """The latest tasks that do not get done."""
    return [Trouble(*row) for row in tx.run(_TROUBLED, limit=limit).fetchall()]


def _task(row: tuple[object, ...]) -> TaskRow:
    number, kind, subject, variant, person, due, expires, *rest = row
    return TaskRow(  # the columns' types are the table's
        number, kind, subject, variant, person,  # type: ignore[arg-type]
        as_moment(due), maybe_moment(expires),  # type: ignore[arg-type]
        *rest,  # type: ignore[arg-type]
    )  # fmt: skip
