"""What people wrote that the bot could not place, what staff answered, and whether it arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from storage.moments import as_moment, maybe_moment, moment
from storage.statements import Statement, sql
from storage.transaction import Transaction

REPLY = "staff_reply"
"""The kind of the deliveries that carry a reply."""
GONE_WRONG = ("failed", "expired", "cancelled")
"""What becomes of a reply that is none: the message waits for an answer again."""

_LOST = f"({', '.join(repr(state) for state in GONE_WRONG)})"
# Whose staff read it: the person's organisation; until they have one, where they would belong.
_WHOSE = "COALESCE(p.organisation, i.organisation, :spare)"
_ANSWERED = (
    "EXISTS (SELECT 1 FROM inbox_reply r LEFT JOIN delivery d ON d.id = r.delivery_id"
    f" WHERE r.inbox_id = i.id AND COALESCE(d.state, 'sent') NOT IN {_LOST})"
)
_FROM = " FROM inbox i LEFT JOIN person p ON p.id = i.person_id"
# Which organisations' staff ask; None: those of all.
_OF = {
    ("sqlite", True): f" AND {_WHOSE} IN (SELECT value FROM json_each(:organisations))",
    ("postgresql", True): (
        f" AND {_WHOSE} IN (SELECT json_array_elements_text(CAST(:organisations AS json)))"
    ),
    ("sqlite", False): "",
    ("postgresql", False): "",
}
_COLUMNS = (
    f"SELECT i.id AS id, i.person_id, {_WHOSE} AS whose, i.channel, i.account, i.user_id, i.kind,"
    f" i.text, i.at, i.state AS state, i.about,"
    f" CASE WHEN {_ANSWERED} THEN 1 ELSE 0 END AS answered,"
    " p.name, p.persona, p.language, p.city, p.country, p.status, n.id AS identity, n.chat_id,"
    " n.status AS reached"
    f"{_FROM} LEFT JOIN identity n ON n.channel = i.channel AND n.account = i.account"
    " AND n.user_id = i.user_id"
)
_OPEN, _ALL = "i.state = 'open'", "1 = 1"
_LISTED = {
    (dialect, some, everything): sql(
        f"SELECT * FROM ({_COLUMNS} WHERE {_ALL if everything else _OPEN}{of}) AS found"
        " ORDER BY CASE WHEN state = 'done' THEN 2 ELSE answered END, id"
        " LIMIT :limit OFFSET :offset"
    )
    for (dialect, some), of in _OF.items()
    for everything in (False, True)
}
_ONE = sql(f"{_COLUMNS} WHERE i.id = :id")
_WAITING = {
    key: sql(f"SELECT count(*), min(i.at){_FROM} WHERE {_OPEN} AND NOT {_ANSWERED}{of}")
    for key, of in _OF.items()
}
_WAITING_OF = sql(
    "SELECT count(*) FROM (SELECT 1 AS one FROM inbox i WHERE i.person_id = :person"
    f" AND {_OPEN} AND NOT {_ANSWERED} LIMIT :most) AS found"
)
_TELL = sql(
    "UPDATE inbox SET told_at = :now WHERE state = 'open' AND told_at IS NULL AND id IN"
    f" (SELECT i.id{_FROM} WHERE {_OPEN} AND i.told_at IS NULL AND {_WHOSE} = :organisation)"
)
_DONE = sql("UPDATE inbox SET state = 'done' WHERE id = :id AND state = 'open'")
_REPLIES = sql(
    "SELECT r.id, r.inbox_id, r.staff_id, r.name, r.organisation, r.text, r.at,"
    " COALESCE(d.state, 'unknown'), d.reason, d.sent_at"
    " FROM inbox_reply r LEFT JOIN delivery d ON d.id = r.delivery_id"
    " WHERE r.inbox_id = :inbox ORDER BY r.id"
)
_REPLY = sql(
    "SELECT r.id, r.inbox_id, r.staff_id, r.name, r.organisation, r.text, r.at,"
    " COALESCE(d.state, 'unknown'), d.reason, d.sent_at"
    " FROM inbox_reply r LEFT JOIN delivery d ON d.id = r.delivery_id WHERE r.id = :id"
)
_DELIVER = sql(
    "INSERT INTO delivery (person_id, identity_id, channel, account, chat, user_id, lane, kind,"
    " variant, action, payload, state, reason, created_at, due_at, expires_at)"
    " VALUES (:person, :identity, :channel, :account, :chat, :user, 1, :kind, :variant, 'send',"
    " :payload, 'queued', :reason, :now, :now, :expires_at) RETURNING id"
)
_ADD_REPLY = sql(
    "INSERT INTO inbox_reply (inbox_id, person_id, staff_id, name, organisation, text, at,"
    " delivery_id) VALUES (:inbox, :person, :staff, :name, :organisation, :text, :now, :delivery)"
    " RETURNING id"
)
# What the bot said last by itself, and the last conversation: whichever is later was answered.
_SAID = sql(
    "SELECT kind, event_id, broadcast_id, match_id, request_id, sent_at FROM delivery"
    " WHERE person_id = :person AND lane > 0 AND state IN ('sent', 'unknown')"
    " AND sent_at IS NOT NULL AND kind NOT IN ('staff_notice', 'test', 'post')"
    " ORDER BY sent_at DESC, id DESC LIMIT 1"
)
_TALKED = sql(
    "SELECT flow, params, updated_at FROM conversation WHERE person_id = :person"
    " AND status <> 'open' ORDER BY updated_at DESC, id DESC LIMIT 1"
)
_SEES_TO = (
    " FROM staff_role o JOIN staff s ON s.id = o.staff_id AND s.left_at IS NULL"
    " JOIN staff_login l ON l.staff_id = s.id AND l.member_id IS NOT NULL"
    " WHERE o.organisation = :organisation AND {roles}"
)
_COORDINATES, _ADMINISTERS = "o.role IN ('coordinator', 'admin')", "o.role = 'admin'"
_STAFFED = sql(f"SELECT 1{_SEES_TO.format(roles=_COORDINATES)} LIMIT 1")
_CHATS = (
    "SELECT s.id, n.person_id, n.id, n.channel, n.account, n.chat_id, n.user_id, q.language"
    + _SEES_TO.replace(
        " WHERE ",
        " JOIN identity n ON n.channel = l.channel AND n.user_id = l.member_id AND n.status = 'ok'"
        " AND (l.channel = 'telegram' OR l.account IS NULL OR l.account = n.account)"
        " JOIN person q ON q.id = n.person_id WHERE ",
    )
    + " ORDER BY s.id, CASE WHEN n.channel = 'preview' THEN 1 ELSE 0 END, n.id DESC"
)
_CHATS_OF = {
    False: sql(_CHATS.format(roles=_COORDINATES)),
    True: sql(_CHATS.format(roles=_ADMINISTERS)),
}


@dataclass(frozen=True, slots=True)
class Message:
    """Something that somebody wrote. ``organisation``: whose staff read it. ``answered``: a reply
    is on its way or arrived. ``person`` None: nobody is behind it (any more); ``identity`` None:
    they left the platform on which they wrote; ``reachable``: nothing speaks against sending."""

    id: int
    person: int | None
    organisation: str
    channel: str
    account: str
    user: str
    kind: str
    text: str
    at: datetime
    state: str
    about: Mapping[str, Any]
    answered: bool
    name: str | None
    persona: str | None
    language: str | None
    city: str | None
    country: str | None
    status: str | None
    identity: int | None
    chat: str | None
    reachable: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """What staff answered. ``state``, ``reason``, ``sent_at``: of its delivery."""

    id: int
    inbox: int
    staff: int | None
    name: str
    organisation: str
    text: str
    at: datetime
    state: str
    reason: str | None
    sent_at: datetime | None

    @property
    def standing(self) -> str:
        """Whether it arrived: queued, sent, blocked, refused, held, late, or unknown."""
        match self.state:
            case "queued" | "sending":
                return "queued"
            case "failed":
                return "blocked" if self.reason == "unreachable" else "refused"
            case "expired" | "cancelled":
                return "late"
            case "sent" | "held":
                return self.state
        return "unknown"


@dataclass(frozen=True, slots=True)
class StaffChat:
    """Where somebody of the staff is written to; ``language``: that of this chat."""

    staff: int
    person: int
    identity: int
    channel: str
    account: str
    chat: str
    user: str
    language: str


def listed(
    tx: Transaction, organisations: Sequence[str] | None, spare: str, limit: int, offset: int = 0,
    *, everything: bool = False,
) -> list[Message]:  # fmt: skip
    """Messages for the staff of ``organisations`` (None: of all), unanswered first, the oldest of
    each first; those that were dealt with only where ``everything``, at the end. ``spare``: whose
    staff read what belongs to nobody."""
    statement = _LISTED[tx.dialect, organisations is not None, everything]
    of = _among(organisations)
    rows = tx.run(statement, spare=spare, limit=limit, offset=offset, **of).fetchall()
    return [_message(*row) for row in rows]


def one(tx: Transaction, number: int, spare: str) -> Message | None:
    """The message of this number."""
    row = tx.run(_ONE, id=number, spare=spare).fetchone()
    return _message(*row) if row else None


def waiting(
    tx: Transaction, organisations: Sequence[str] | None, spare: str
) -> tuple[int, datetime | None]:
    """How many messages nobody has answered, and since when the oldest waits."""
    some = organisations is not None
    asked = {"spare": spare, **_among(organisations)} if some else {}
    row = tx.run(_WAITING[tx.dialect, some], **asked).fetchone()
    return (int(row[0]), maybe_moment(row[1])) if row else (0, None)


def waiting_of(tx: Transaction, person: int, most: int) -> int:
    """How many messages of one person nobody has answered, counted up to ``most``."""
    row = tx.run(_WAITING_OF, person=person, most=most).fetchone()
    return int(row[0]) if row else 0


def tell(tx: Transaction, organisation: str, spare: str, now: datetime) -> int:
    """Note that the organisation's staff are told of what came since the last time; how much."""
    return tx.run(_TELL, organisation=organisation, spare=spare, now=moment(now)).rowcount


def done(tx: Transaction, number: int) -> bool:
    """It was dealt with; False where it had been before."""
    return tx.run(_DONE, id=number).rowcount == 1


def replies(tx: Transaction, number: int) -> list[Reply]:
    """What was answered to a message, in order."""
    return [_reply(*row) for row in tx.run(_REPLIES, inbox=number).fetchall()]


def reply(tx: Transaction, number: int) -> Reply | None:
    """One reply by its own number."""
    row = tx.run(_REPLY, id=number).fetchone()
    return _reply(*row) if row else None


def add_reply(
    tx: Transaction, message: Message, staff: int | None, name: str, text: str, payload: str,
    reason: str | None, now: datetime,
) -> int:  # fmt: skip
    """Keep a reply and plan its delivery to where the message came from; the reply's number."""
    delivery = _inserted(
        tx, _DELIVER, person=message.person, identity=message.identity, channel=message.channel,
        account=message.account, chat=message.chat or message.user, user=message.user, kind=REPLY,
        variant="", payload=payload, reason=reason, now=moment(now), expires_at=None,
    )  # fmt: skip
    return _inserted(
        tx, _ADD_REPLY, inbox=message.id, person=message.person, staff=staff, name=name,
        organisation=message.organisation, text=text, now=moment(now), delivery=delivery,
    )  # fmt: skip


def notify(
    tx: Transaction, to: StaffChat, kind: str, variant: str, payload: str | None, now: datetime,
    expires_at: datetime,
) -> None:  # fmt: skip
    """Plan a word to one of the staff."""
    _inserted(
        tx, _DELIVER, person=to.person, identity=to.identity, channel=to.channel,
        account=to.account, chat=to.chat, user=to.user, kind=kind, variant=variant,
        payload=payload, reason=None, now=moment(now), expires_at=moment(expires_at),
    )  # fmt: skip


def staffed(tx: Transaction, organisation: str) -> bool:
    """Whether anybody who may read its messages is known in a chat."""
    return tx.run(_STAFFED, organisation=organisation).fetchone() is not None


def chats(
    tx: Transaction, organisation: str, channels: Sequence[str], *, admins: bool = False,
    but: tuple[str, str] = ("", ""),
) -> list[StaffChat]:  # fmt: skip
    """A chat of each coordinator (``admins``: of admins alone) of an organisation, where there is
    one among ``channels``: on a platform rather than on the chat page, the newest first; not that
    of the account ``but`` (channel, user)."""
    found: dict[int, StaffChat] = {}
    for row in tx.run(_CHATS_OF[admins], organisation=organisation).fetchall():
        chat = StaffChat(*row)
        if chat.channel in channels and (chat.channel, chat.user) != but:
            found.setdefault(chat.staff, chat)
    return list(found.values())


def last_said(tx: Transaction, person: int) -> dict[str, Any]:
    """What the bot had said or asked last, beside plain replies: ``kind`` of a message with what it
    is about, or "talk" with ``flow`` and ``survey``; ``at`` in ISO form. Empty: nothing yet."""
    said = tx.run(_SAID, person=person).fetchone()
    talked = tx.run(_TALKED, person=person).fetchone()
    said_at = as_moment(said[5]) if said else None
    talked_at = as_moment(talked[2]) if talked else None
    if said is not None and said_at is not None and (talked_at is None or said_at >= talked_at):
        named = zip(("event", "broadcast", "match", "request"), said[1:5], strict=True)
        about = {name: number for name, number in named if number is not None}
        return {"kind": said[0], **about, "at": moment(said_at)}
    if talked is None or talked_at is None:
        return {}
    survey = orjson.loads(talked[1] or "{}").get("survey")
    found = {"kind": "talk", "flow": talked[0], "at": moment(talked_at)}
    return found | ({"survey": survey} if survey else {})


def _among(organisations: Sequence[str] | None) -> dict[str, str]:
    if organisations is None:
        return {}
    return {"organisations": orjson.dumps(list(organisations)).decode()}


def _inserted(tx: Transaction, statement: Statement, **values: Any) -> int:
    row = tx.run(statement, **values).fetchone()
    assert row is not None  # noqa: S101 - RETURNING gives one
    return int(row[0])


def _message(*row: Any) -> Message:
    values = list(row)
    values[8] = as_moment(values[8])
    values[10] = orjson.loads(values[10] or "{}")
    values[11] = bool(values[11])
    values[20] = values[18] is not None and values[20] == "ok"
    return Message(*values)


def _reply(*row: Any) -> Reply:
    values = list(row)
    values[6] = as_moment(values[6])
    values[9] = maybe_moment(values[9])
    return Reply(*values)
