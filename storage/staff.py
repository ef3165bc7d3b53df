"""Staff: who they are, what they may do where, and how they are recognised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from storage.moments import as_moment, maybe_moment, moment
from storage.statements import sql
from storage.transaction import Transaction

_ADD = sql(
    "INSERT INTO staff (name, language, created_at) VALUES (:name, :language, :now) RETURNING id"
)
_SET_ROLE = sql(
    "INSERT INTO staff_role (staff_id, organisation, role) VALUES (:staff, :organisation, :role)"
    " ON CONFLICT (staff_id, organisation) DO UPDATE SET role = excluded.role"
)
_TAKE_ROLE = sql("DELETE FROM staff_role WHERE staff_id = :staff AND organisation = :organisation")
_ADD_LOGIN = sql(
    "INSERT INTO staff_login (staff_id, channel, handle, account, member_id, created_at)"
    " VALUES (:staff, :channel, :handle, :account, :member, :now)"
    " ON CONFLICT (channel, handle) DO NOTHING"
)
_TAKE_LOGINS = sql("DELETE FROM staff_login WHERE staff_id = :staff AND channel = :channel")
_FREE_LOGIN = sql("DELETE FROM staff_login WHERE channel = :channel AND handle = :handle")
_FREE_MEMBER = sql(
    "DELETE FROM staff_login WHERE channel = :channel AND member_id = :member"
    " AND (account IS NULL OR account = :account)"
)
_LEAVE = sql("UPDATE staff SET left_at = :now WHERE id = :staff AND left_at IS NULL")
_END_LOGINS = sql("DELETE FROM staff_login WHERE staff_id = :staff")
_END_ROLES = sql("DELETE FROM staff_role WHERE staff_id = :staff")
_END_CODES = sql("DELETE FROM staff_code WHERE staff_id = :staff")
_STAFF = sql(
    "SELECT id, name, language, created_at, left_at FROM staff"
    " WHERE left_at IS NULL OR :gone = 1 ORDER BY id"
)
_ROLES = sql("SELECT staff_id, organisation, role FROM staff_role ORDER BY organisation")
_LOGINS = sql(
    "SELECT staff_id, channel, handle, account, member_id FROM staff_login ORDER BY channel, handle"
)
_ROLES_OF = sql("SELECT organisation, role FROM staff_role WHERE staff_id = :staff")
# A number names somebody on Telegram whichever bot hears them; elsewhere the account counts too.
_BY_MEMBER = sql(
    "SELECT s.id, s.name, s.language FROM staff_login l JOIN staff s ON s.id = l.staff_id"
    " WHERE l.channel = :channel AND l.member_id = :member AND s.left_at IS NULL"
    " AND (l.channel = 'telegram' OR l.account IS NULL OR l.account = :account)"
)
_MEMBERS = sql(
    "SELECT l.member_id, s.language FROM staff_login l JOIN staff s ON s.id = l.staff_id"
    " WHERE l.channel = :channel AND l.member_id IS NOT NULL AND s.left_at IS NULL"
    " AND EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = s.id) ORDER BY l.member_id"
)
_BIND = sql(
    "UPDATE staff_login SET account = :account, member_id = :member"
    " WHERE channel = :channel AND handle = :handle AND member_id IS NULL"
    " AND (account IS NULL OR account = :account)"
)
_NEW_CODE = sql(
    "INSERT INTO staff_code (code_hash, staff_id, expires_at)"
    " VALUES (:code_hash, :staff, :expires_at)"
)
_DROP_CODES = sql("DELETE FROM staff_code WHERE staff_id = :staff OR expires_at < :now")
_USE_CODE = sql(
    "UPDATE staff_code SET used_at = :now WHERE code_hash = :code_hash AND used_at IS NULL"
    " AND expires_at >= :now RETURNING staff_id"
)


@dataclass(frozen=True, slots=True)
class Login:
    """How somebody is recognised; ``bound``: they have written from there."""

    channel: str
    handle: str
    account: str | None
    bound: bool


@dataclass(frozen=True, slots=True)
class StaffRow:
    """Somebody of the staff; ``roles``: organisation -> role."""

    id: int
    name: str
    language: str | None
    created_at: datetime | None = None
    left_at: datetime | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    logins: tuple[Login, ...] = ()


def add(tx: Transaction, name: str, language: str | None, now: datetime) -> int:
    """Somebody new, without roles and logins yet; their number."""
    row = tx.run(_ADD, name=name, language=language, now=moment(now)).fetchone()
    assert row is not None  # noqa: S101 - RETURNING gives one
    return int(row[0])


def set_role(tx: Transaction, staff: int, organisation: str, role: str | None) -> None:
    """What they may do in an organisation; None: nothing any more."""
    if role is None:
        tx.run(_TAKE_ROLE, staff=staff, organisation=organisation)
    else:
        tx.run(_SET_ROLE, staff=staff, organisation=organisation, role=role)


def roles_of(tx: Transaction, staff: int) -> dict[str, str]:
    """organisation -> role."""
    return {row[0]: row[1] for row in tx.run(_ROLES_OF, staff=staff).fetchall()}


def add_login(
    tx: Transaction,
    staff: int,
    channel: str,
    handle: str,
    now: datetime,
    *,
    account: str | None = None,
    member: str | None = None,
) -> bool:
    """A way to be recognised; False when somebody else has it already."""
    done = tx.run(
        _ADD_LOGIN, staff=staff, channel=channel, handle=handle, account=account, member=member,
        now=moment(now),
    )  # fmt: skip
    return done.rowcount == 1


def take_logins(tx: Transaction, staff: int, channel: str) -> int:
    """They are no longer recognised on ``channel``; how many logins that were."""
    return tx.run(_TAKE_LOGINS, staff=staff, channel=channel).rowcount


def bind_member(
    tx: Transaction, staff: int, channel: str, account: str, member: str, now: datetime
) -> None:
    """This member of the platform is ``staff`` from now on, whoever it was before."""
    tx.run(_FREE_MEMBER, channel=channel, account=account, member=member)
    tx.run(_FREE_LOGIN, channel=channel, handle=member)
    add_login(tx, staff, channel, member, now, account=account, member=member)


def leave(tx: Transaction, staff: int, now: datetime) -> bool:
    """They may do nothing any more and are not recognised; their name stays for the log."""
    done = tx.run(_LEAVE, staff=staff, now=moment(now)).rowcount == 1
    for statement in (_END_LOGINS, _END_ROLES, _END_CODES):
        tx.run(statement, staff=staff)
    return done


def members(tx: Transaction, channel: str) -> dict[str, str]:
    """Member of a platform -> language ("" where it is not known), of all staff who have a role
    and have written from there."""
    rows = tx.run(_MEMBERS, channel=channel).fetchall()
    return {str(member): language or "" for member, language in rows}


def everybody(tx: Transaction, *, gone: bool = False) -> list[StaffRow]:
    """All staff in the order in which they came; with those who left where ``gone``."""
    roles: dict[int, dict[str, str]] = {}
    for staff, organisation, role in tx.run(_ROLES).fetchall():
        roles.setdefault(staff, {})[organisation] = role
    logins: dict[int, list[Login]] = {}
    for staff, channel, handle, account, member in tx.run(_LOGINS).fetchall():
        login = Login(channel, handle, account, member is not None)
        logins.setdefault(staff, []).append(login)
    return [
        StaffRow(
            number, name, language, as_moment(created), maybe_moment(left),
            roles.get(number, {}), tuple(logins.get(number, ())),
        )
        for number, name, language, created, left in tx.run(_STAFF, gone=int(gone)).fetchall()
    ]  # fmt: skip


def by_member(tx: Transaction, channel: str, account: str, member: str) -> StaffRow | None:
    """Whom a member of the platform was bound to, with their roles; None: to nobody."""
    row = tx.run(_BY_MEMBER, channel=channel, account=account, member=member).fetchone()
    if row is None:
        return None
    return StaffRow(row[0], row[1], row[2], roles=roles_of(tx, row[0]))


def bind_handle(tx: Transaction, channel: str, handle: str, account: str, member: str) -> bool:
    """Bind a login that nobody has used yet to the member who writes from an account of that
    name; False when there is none, or it is bound already."""
    done = tx.run(_BIND, channel=channel, handle=handle, account=account, member=member)
    return done.rowcount == 1


def new_code(
    tx: Transaction, code_hash: str, staff: int, expires_at: datetime, now: datetime
) -> None:
    """Keep the hash of a new code; earlier ones of theirs end."""
    tx.run(_DROP_CODES, staff=staff, now=moment(now))
    tx.run(_NEW_CODE, code_hash=code_hash, staff=staff, expires_at=moment(expires_at))


def use_code(tx: Transaction, code_hash: str, now: datetime) -> int | None:
    """Whose code it is; it is used up by this. None when unknown, used or too old."""
    row = tx.run(_USE_CODE, code_hash=code_hash, now=moment(now)).fetchone()
    return int(row[0]) if row else None
