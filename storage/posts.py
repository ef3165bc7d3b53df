"""Event cards in groups and channels: rows of the ledger that belong to no person."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.moments import moment
from storage.statements import sql
from storage.transaction import Transaction

_POST = sql(
    "INSERT INTO delivery (channel, account, chat, user_id, lane, kind, event_id, variant, action,"
    " state, attempts, created_at, due_at, expires_at)"
    " VALUES (:channel, :account, :chat, '', 1, 'post', :event, :language, 'send', 'queued', 0,"
    " :now, :now, :expires_at) RETURNING id"
)
_STATE = sql("SELECT state FROM delivery WHERE id = :id")
# What is in a group already changes there with the event.
_REFRESH = sql(
    "INSERT INTO delivery (channel, account, chat, user_id, lane, kind, event_id, variant, action,"
    " target, state, attempts, created_at, due_at)"
    " SELECT channel, account, chat, '', 1, 'post', event_id, variant, 'edit', message, 'queued',"
    " 0, :now, :now FROM delivery WHERE event_id = :event AND kind = 'post' AND action = 'send'"
    " AND state = 'sent'"
)
# The count in a Slack channel follows the answers: one edit waits at a time for each card.
_RECOUNT = sql(
    "INSERT INTO delivery (channel, account, chat, user_id, lane, kind, event_id, variant, action,"
    " target, state, attempts, created_at, due_at)"
    " SELECT channel, account, chat, '', 1, 'post', event_id, variant, 'edit', message, 'queued',"
    " 0, :now, :due FROM delivery AS post WHERE event_id = :event AND kind = 'post'"
    " AND action = 'send' AND state = 'sent' AND channel = 'slack' AND NOT EXISTS"
    " (SELECT 1 FROM delivery AS edit WHERE edit.event_id = :event AND edit.kind = 'post'"
    " AND edit.action = 'edit' AND edit.state = 'queued' AND edit.target = post.message)"
)
COUNTED_AFTER = timedelta(seconds=2)
_ACCOUNTS = sql("SELECT DISTINCT account FROM identity WHERE channel = :channel ORDER BY account")


def post(
    tx: Transaction,
    channel: str,
    account: str,
    chat: str,
    event: int,
    language: str,
    now: datetime,
    expires_at: datetime,
) -> int:
    """Plan a post; gives the delivery's number. ``language`` "" is that of the organisation."""
    row = tx.run(
        _POST,
        channel=channel,
        account=account,
        chat=chat,
        event=event,
        language=language,
        now=moment(now),
        expires_at=moment(expires_at),
    ).fetchone()
    assert row is not None  # noqa: S101 - RETURNING always returns
    return int(row[0])


def state(tx: Transaction, delivery: int) -> str:
    """How far a post has come."""
    row = tx.run(_STATE, id=delivery).fetchone()
    return str(row[0]) if row else "cancelled"


def refresh(tx: Transaction, event: int, now: datetime) -> int:
    """Plan that the posts of an event say what it is now; how many."""
    return tx.run(_REFRESH, event=event, now=moment(now)).rowcount


def recount(tx: Transaction, event: int, now: datetime) -> int:
    """Plan that the posts of an event that show how many come say it anew; how many. Answers that
    follow soon are counted in the same edit."""
    due = moment(now + COUNTED_AFTER)
    return tx.run(_RECOUNT, event=event, now=moment(now), due=due).rowcount


def accounts(tx: Transaction, channel: str) -> list[str]:
    """The bots or workspaces of a platform from which people have written."""
    return [str(row[0]) for row in tx.run(_ACCOUNTS, channel=channel).fetchall()]
