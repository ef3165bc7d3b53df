"""Who of the staff is asking, whether they may, and a note of what they did.

Everything that staff start, on the command line, in the bot or in the console, passes here:
:func:`recognise` or :func:`console_actor`, then :func:`require`, then :func:`log`.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from outreach import codes
from outreach.errors import NotAllowed
from storage import staff as store
from storage import staff_log
from storage.hashing import keyed_hash
from storage.staff import StaffRow
from storage.states import STAFF_ROLES
from storage.transaction import Transaction

VIEWER, COORDINATOR, ADMIN = STAFF_ROLES
EVERYWHERE = "*"
"""Stands among an actor's roles for every organisation: the command line's."""

Bound: TypeAlias = Callable[["Actor", str], None]
"""Hears that an account was bound to somebody: by a "code", a "name" or a "number"."""

CODE_LENGTH = 10
CODE_LIVES = timedelta(minutes=30)
ABOUT = {
    VIEWER: "see lists and figures",
    COORDINATOR: "prepare and send events and messages",
    ADMIN: "do everything there, staff included",
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something. ``staff``: their number, None for the command line; ``roles``:
    organisation -> role; ``language``: theirs, where it is known."""

    staff: int | None
    name: str
    roles: Mapping[str, str]
    language: str | None = None

    def role(self, organisation: str | None) -> str | None:
        """What they are in an organisation (None: in the whole region); None: nothing."""
        return self.roles.get(organisation or EVERYWHERE) or self.roles.get(EVERYWHERE)

    def may(self, organisation: str | None, role: str = VIEWER) -> bool:
        """Whether they have ``role`` or more in ``organisation``; None: in the whole region."""
        has = self.role(organisation)
        return has is not None and STAFF_ROLES.index(has) >= STAFF_ROLES.index(role)

    def where(self, role: str = VIEWER) -> tuple[str, ...]:
        """The organisations named in their roles in which they have ``role`` or more."""
        named = (each for each in self.roles if each != EVERYWHERE)
        return tuple(each for each in named if self.may(each, role))


def console_actor() -> Actor:
    """Whoever has the command line has the machine: an admin of every organisation."""
    return Actor(None, f"command line ({account_name()})", {EVERYWHERE: ADMIN})


def account_name() -> str:
    """The account of this machine that runs the program."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        return "unknown"


def require(actor: Actor, organisation: str | None, role: str) -> None:
    """Raises NotAllowed unless ``actor`` has ``role`` or more in ``organisation`` (None: in
    every one)."""
    if actor.may(organisation, role):
        return
    where = organisation or "every organisation"
    has = actor.role(organisation)
    is_ = f"is {has} there" if has else "has no role there"
    raise NotAllowed(f"{actor.name} may not {ABOUT[role]} for {where}: needs {role}, {is_}")


def recognise(
    tx: Transaction, channel: str, account: str, user: str, username: str | None, now: datetime,
    bound: Bound = lambda actor, how: None,
) -> Actor | None:  # fmt: skip
    """The member of staff behind a platform's user; None for everybody else.

    A login added by name is bound to the member's number when they first come; from then on
    only the number counts, whoever has the name. Changes the database that one time, and calls
    ``bound``.
    """
    found = store.by_member(tx, channel, account, user)
    if found is not None:
        return actor_of(found)
    how = _bind(tx, channel, account, user, username)
    found = store.by_member(tx, channel, account, user) if how else None
    if found is None or how is None:
        return None
    actor = actor_of(found)
    log(tx, actor, "staff.recognised", now, subject=_subject(found.id),
        detail={"channel": channel})  # fmt: skip
    bound(actor, how)
    return actor


def _bind(
    tx: Transaction, channel: str, account: str, user: str, username: str | None
) -> str | None:
    """How a login that nobody has used yet is this user's: by "number" or by "name"; None: none
    is."""
    if store.bind_handle(tx, channel, user, account, user):
        return "number"
    # Names are unique and the platform's own only on Telegram: elsewhere anybody chooses any.
    if channel != "telegram" or not username:
        return None
    named = store.bind_handle(tx, channel, telegram_handle(username), account, user)
    return "name" if named else None


def actor_of(row: StaffRow) -> Actor:
    """Somebody of the staff as one who acts."""
    return Actor(row.id, row.name, row.roles, row.language)


def telegram_handle(name: str) -> str:
    """How a Telegram account is kept: "@Jana" and "jana" are one, a number stays one."""
    name = name.strip().removeprefix("@").lower()
    return name if name.isdecimal() else f"@{name}"


def log(
    tx: Transaction,
    actor: Actor,
    action: str,
    now: datetime,
    *,
    organisation: str | None = None,
    subject: str | None = None,
    people: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Note in this transaction that ``actor`` did ``action`` ("event.announce") about ``subject``
    ("event:brunch-nov"), on so many ``people``. ``detail`` is JSON, without personal data."""
    staff_log.write(
        tx, now, actor.staff, actor.name, action,
        organisation=organisation, subject=subject, people=people, detail=detail,
    )  # fmt: skip


def new_code(tx: Transaction, staff: int, secret: str, now: datetime) -> tuple[str, datetime]:
    """A code for ``/staff CODE`` in any chat with the bot, and until when; only its hash, keyed
    with ``secret``, is kept. Earlier ones of theirs end."""
    code = codes.new(CODE_LENGTH)
    until = now + CODE_LIVES
    store.new_code(tx, _hash(code, secret), staff, until, now)
    return codes.shown(code), until


def use_code(
    tx: Transaction, code: str, secret: str, channel: str, account: str, user: str, now: datetime,
    bound: Bound = lambda actor, how: None,
) -> Actor | None:  # fmt: skip
    """Bind this member of the platform to the staff the code was made for, and call ``bound``; None
    when there is no such code (any more)."""
    plain = codes.typed(code)
    staff = store.use_code(tx, _hash(plain, secret), now) if len(plain) == CODE_LENGTH else None
    if staff is None:
        return None
    store.bind_member(tx, staff, channel, account, user, now)
    found = store.by_member(tx, channel, account, user)
    if found is None:  # they left meanwhile
        return None
    actor = actor_of(found)
    log(tx, actor, "staff.bound", now, subject=_subject(staff), detail={"channel": channel})
    bound(actor, "code")
    return actor


def _subject(staff: int) -> str:
    return f"staff:{staff}"


def _hash(code: str, secret: str) -> str:
    return keyed_hash(f"staff:{code}", secret)
