"""When the program was alive last, and whom it may have missed while it was away."""

from __future__ import annotations

from datetime import datetime

from storage import checkpoints
from storage.moments import moment
from storage.statements import sql
from storage.transaction import Transaction

_NAME = "alive"
_LAST = sql("SELECT COALESCE(max(id), 0) FROM person")
# One line a person: about the question that is open, else about what they were asked last. The
# question was asked where the last reply went.
_QUESTION = (
    "SELECT c.person_id, (SELECT d.identity_id FROM delivery d WHERE d.person_id = c.person_id"
    " AND d.lane = 0 AND d.identity_id IS NOT NULL ORDER BY d.id DESC LIMIT 1) AS identity_id,"
    " CAST(NULL AS bigint) AS event_id, CAST(NULL AS bigint) AS match_id, 0 AS rank,"
    " c.updated_at AS at FROM conversation c WHERE c.status = 'open'"
    " AND c.person_id > :after AND c.person_id <= :upto"
    " AND c.updated_at >= :asked_since AND c.updated_at < :until"
)
_SENT = (
    " d.person_id > :after AND d.person_id <= :upto AND d.state IN ('sent', 'unknown')"
    " AND d.sent_at >= :since AND d.sent_at < :until"
)
_INVITED = (
    "SELECT d.person_id, d.identity_id, d.event_id, CAST(NULL AS bigint), 1, d.sent_at"
    " FROM delivery d JOIN event e ON e.id = d.event_id"
    " LEFT JOIN rsvp r ON r.event_id = d.event_id AND r.person_id = d.person_id"
    f" WHERE {_SENT} AND e.ends_at > :now"
    " AND ((d.kind = 'invitation' AND r.state IS NULL AND e.status = 'announced')"
    " OR (d.kind = 'offer' AND r.state = 'offered'))"
)
_ASKED = (
    "SELECT d.person_id, d.identity_id, CAST(NULL AS bigint), d.match_id, 1, d.sent_at"
    " FROM delivery d JOIN mentoring_match m ON m.id = d.match_id"
    f" WHERE {_SENT} AND d.kind IN ('mentor_ask', 'mentee_ask', 'ask_reminder')"
    " AND ((m.state = 'asked_mentor' AND m.mentor_id = d.person_id)"
    " OR (m.state = 'asked_mentee' AND m.mentee_id = d.person_id))"
)
_LISTED = {
    "sqlite": "SELECT value FROM json_each(:channels)",
    "postgresql": "SELECT json_array_elements_text(CAST(:channels AS json))",
}
_INSERT = (
    "INSERT INTO delivery (person_id, identity_id, channel, account, chat, user_id, lane, kind,"
    " event_id, match_id, variant, action, state, created_at, due_at, expires_at)"
    " SELECT o.person_id, x.id, x.channel, x.account, x.chat_id, x.user_id,"
    " CAST(:lane AS integer), :kind, o.event_id, o.match_id, :variant, 'send', 'queued',"
    " {now}, {now}, {expires} FROM (SELECT person_id, identity_id, event_id, match_id,"
    " ROW_NUMBER() OVER (PARTITION BY person_id ORDER BY rank, at DESC) AS place"
    f" FROM ({_QUESTION} UNION ALL {_INVITED} UNION ALL {_ASKED}) AS open_things) AS o"
    " JOIN identity x ON x.id = o.identity_id"
    " WHERE o.place = 1 AND x.person_id = o.person_id AND x.status = 'ok'"
    " AND x.channel IN ({listed})"
)
_INTO = {
    "sqlite": sql(_INSERT.format(now=":now", expires=":expires_at", listed=_LISTED["sqlite"])),
    "postgresql": sql(
        _INSERT.format(
            now="CAST(:now AS timestamptz)",
            expires="CAST(:expires_at AS timestamptz)",
            listed=_LISTED["postgresql"],
        )
    ),
}


def alive(tx: Transaction, now: datetime) -> datetime | None:
    """Note that the program is alive; when it was before (None: never). Of two processes that ask
    at once the second hears what the first has noted."""
    before = checkpoints.get(tx, _NAME, held=True)
    checkpoints.put(tx, _NAME, now.isoformat())
    return datetime.fromisoformat(before) if before else None


def last(tx: Transaction) -> int:
    """The highest number of a person."""
    row = tx.run(_LAST).fetchone()
    return int(row[0]) if row else 0


def plan(
    tx: Transaction,
    after: int,
    upto: int,
    channels: str,
    kind: str,
    lane: int,
    variant: str,
    *,
    asked_since: datetime,
    since: datetime,
    until: datetime,
    now: datetime,
    expires_at: datetime,
) -> int:
    """A line to each person with a number in (``after``, ``upto``] whose question was asked since
    ``asked_since``, or to whom an invitation, an offer or a proposal was sent since ``since``, both
    before ``until``, and who has not answered; how many. ``channels``: a JSON list."""
    return tx.run(
        _INTO[tx.dialect], after=after, upto=upto, channels=channels, kind=kind, lane=lane,
        variant=variant, asked_since=moment(asked_since), since=moment(since),
        until=moment(until), now=moment(now), expires_at=moment(expires_at),
    ).rowcount  # fmt: skip
