"""What ``domov staff`` does."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

import typer

from bot.cli.opening import Opened, opened
from bot.cli.options import ListFormat
from bot.cli.tabular import show
from bot.errors import Misuse
from bot.now import now
from bot.settings import secret_key
from flows.understand.contact import email as read_email
from flows.understand.reading import NotUnderstood, Understood
from flows.understand.text import clean, fold
from outreach.staff import Actor, console_actor, log, new_code, telegram_handle
from storage import staff as store
from storage import staff_log
from storage.staff import StaffRow
from storage.staff_log import LogLine, Wanted
from storage.states import STAFF_ROLES
from storage.transaction import Transaction

NAME_LIMIT = 80
NONE = "none"
# https://core.telegram.org/method/account.checkUsername: 5 to 32; a few old ones have 4.
_TELEGRAM = re.compile(r"@[a-z][a-z0-9_]{3,31}|\d{1,19}")
_SLACK = re.compile(r"[UW][A-Z0-9]{5,20}")
LOG_TITLES = {
    "at": "When (UTC)", "actor": "Who", "organisation": "Organisation", "action": "What",
    "subject": "About", "people": "People", "detail": "Detail",
}  # fmt: skip
LOG_COLUMNS = tuple(field.name for field in fields(LogLine))
STAFF_TITLES = {
    "id": "No.", "name": "Name", "roles": "Roles", "logins": "Accounts", "language": "Language",
    "left_at": "Left (UTC)",
}  # fmt: skip
LATEST = 20


@dataclass(frozen=True, slots=True)
class Logins:
    """Accounts as given; None: not given."""

    telegram: str | None = None
    slack: str | None = None
    email: str | None = None

    def read(self) -> dict[str, str]:
        """channel -> handle as it is kept. Raises Misuse for what can be none."""
        found = {}
        if self.telegram is not None:
            handle = telegram_handle(self.telegram)
            if not _TELEGRAM.fullmatch(handle):
                raise Misuse(
                    f"--telegram: {self.telegram!r} isn't a Telegram name; it looks like"
                    " @jana_novak (Settings, Username), or is a number"
                )
            found["telegram"] = handle
        if self.slack is not None:
            handle = self.slack.strip().upper()
            if not _SLACK.fullmatch(handle):
                raise Misuse(
                    f"--slack: {self.slack!r} isn't a member ID; it looks like U024BE7LH (open"
                    " their profile, ⋮, Copy member ID)"
                )
            found["slack"] = handle
        if self.email is not None:
            reading = read_email(self.email)
            if isinstance(reading, NotUnderstood):
                raise Misuse(f"--email: {self.email!r} isn't an e-mail address")
            # Of what looks mistyped the last candidate is what was typed.
            typed = reading.value if isinstance(reading, Understood) else reading.candidates[-1]
            found["email"] = typed.lower()
        return found


@dataclass(frozen=True, slots=True)
class LogFilters:
    """Which lines of the log, as given; None: all."""

    organisation: str | None = None
    who: str | None = None
    action: str | None = None
    subject: str | None = None
    since: str | None = None


@contextlib.contextmanager
def _working() -> Iterator[tuple[Opened, Transaction, Actor]]:
    """The house, a transaction, and who acts: everything is noted in the same transaction."""
    with opened() as house, house.database.transaction() as tx:
        yield house, tx, console_actor()


def add_staff(
    name: str, organisations: list[str], roles: list[str], logins: Logins, language: str | None
) -> None:
    """Add somebody, all or nothing."""
    handles = logins.read()
    with _working() as (house, tx, actor):
        reading = clean(name, NAME_LIMIT)
        if not isinstance(reading, Understood):
            raise Misuse(f"--name: write a name of at most {NAME_LIMIT} characters")
        given = _roles(house, organisations, roles)
        spoken = language or _language(house, organisations[0])
        number = store.add(tx, reading.value, spoken, now())
        for organisation, role in given.items():
            store.set_role(tx, number, organisation, role)
            detail = {"name": reading.value, "role": role}
            subject = f"staff:{number}"
            log(tx, actor, "staff.add", now(), organisation=organisation, subject=subject,
                detail=detail)  # fmt: skip
        _add_logins(tx, number, handles)
    typer.echo(f"{reading.value} is number {number}: {_told(given)}.")
    if handles.keys() - {"email"}:
        _warn(handles, number)
    else:
        typer.echo(f"To be known in a chat they need a code: domov staff code {number}", err=True)


def _warn(handles: Mapping[str, str], number: int) -> None:
    """Whoever turns out to have an account that was only noted is taken for somebody of the staff;
    a code is with who was given it."""
    for channel, handle in handles.items():
        if channel == "telegram" and not handle.isdecimal():
            why = "a user name can be given up and taken by someone else, who would then be staff"
        elif channel in ("telegram", "slack"):
            why = "it is not seen to be theirs; a slip would make someone else staff"
        else:
            continue
        typer.echo(
            f"Careful, --{channel} {handle}: {why}. Better is a code: domov staff code {number}",
            err=True,
        )


def _roles(house: Opened, organisations: list[str], roles: list[str]) -> dict[str, str]:
    """organisation -> role. Raises Misuse."""
    if len(roles) not in (1, len(organisations)):
        raise Misuse(
            f"--role: give one for all, or one an organisation: {len(organisations)}"
            f" organisation(s), {len(roles)} roles"
        )
    if len(set(organisations)) < len(organisations):
        raise Misuse("--organisation: one is named twice")
    paired = zip(organisations, roles * len(organisations), strict=False)
    return {_organisation(house, key): _role(role) for key, role in paired}


def _organisation(house: Opened, key: str) -> str:
    found = house.organisation(key)
    assert found is not None  # noqa: S101 - None comes back for None alone
    return found


def _role(role: str) -> str:
    if role not in STAFF_ROLES:
        raise Misuse(f"--role: there is no {role!r}; there is {', '.join(STAFF_ROLES)}")
    return role


def _language(house: Opened, organisation: str) -> str:
    found = house.blueprint.organisation(organisation)
    return found.language if found else house.blueprint.language


def _add_logins(tx: Transaction, number: int, handles: Mapping[str, str]) -> None:
    for channel, handle in handles.items():
        if not store.add_login(tx, number, channel, handle, now()):
            raise Misuse(f"--{channel}: {handle} already belongs to someone on the staff")


def _told(roles: Mapping[str, str]) -> str:
    return ", ".join(f"{role} of {organisation}" for organisation, role in roles.items())


def find(tx: Transaction, who: str, *, gone: bool = False) -> StaffRow:
    """One of the staff by number or as much of the name as tells. Raises Misuse."""
    everybody = store.everybody(tx, gone=gone)
    if who.isdecimal():
        found = [row for row in everybody if row.id == int(who)]
    else:
        wanted = fold(who)
        found = [row for row in everybody if wanted and wanted in fold(row.name)]
        found = [row for row in found if fold(row.name) == wanted] or found
    if len(found) == 1:
        return found[0]
    if not found:
        raise Misuse(f"nobody of the staff is {who!r}; see domov staff list")
    named = ", ".join(f"{row.id} ({row.name})" for row in found)
    raise Misuse(f"{who!r} could be {named}; give the number")


def list_staff(*, gone: bool, format_: ListFormat) -> None:
    """Print the staff."""
    with opened() as house, house.database.reading() as tx:
        everybody = store.everybody(tx, gone=gone)
    titles = dict(STAFF_TITLES)
    if not gone:
        del titles["left_at"]
    count = show(map(_plain, everybody), titles, format_, columns=tuple(STAFF_TITLES))
    if format_ is ListFormat.TABLE:
        typer.echo("Nobody yet: domov staff add" if not count else f"{count} of the staff")


def _plain(row: StaffRow) -> dict[str, Any]:
    logins = [
        f"{each.channel} {each.handle}"
        + ("" if each.bound or each.channel == "email" else " (not seen yet)")
        for each in row.logins
    ]
    return {
        "id": row.id, "name": row.name, "roles": dict(row.roles), "logins": logins,
        "language": row.language, "left_at": row.left_at,
    }  # fmt: skip


def show_staff(who: str, format_: ListFormat) -> None:
    """Print one of the staff and the last things they did."""
    with opened() as house, house.database.reading() as tx:
        row = find(tx, who, gone=True)
        lines = staff_log.latest(tx, Wanted(staff=row.id), LATEST)
    if format_ is ListFormat.TABLE:
        show([_plain(row)], STAFF_TITLES, format_)
        typer.echo("")
        if not show(map(asdict, lines), LOG_TITLES, format_):
            typer.echo("They have done nothing yet.")
        return
    columns = (*STAFF_TITLES, "did")
    did = [f"{line.at:%Y-%m-%d %H:%M} {line.action} {line.subject or ''}".strip() for line in lines]
    show([{**_plain(row), "did": did}], {}, format_, columns=columns)


def remove_staff(who: str, *, sure: bool) -> None:
    """Somebody leaves."""
    with _working() as (_house, tx, actor):
        row = find(tx, who)
        if not sure and not typer.confirm(f"Take everything from {row.name}?", err=True):
            raise Misuse("nothing was done")
        store.leave(tx, row.id, now())
        for organisation in row.roles or (None,):
            log(tx, actor, "staff.remove", now(), organisation=organisation,
                subject=f"staff:{row.id}", detail={"name": row.name})  # fmt: skip
    typer.echo(f"{row.name} can no longer do anything and is not recognised.")


def set_role(who: str, organisation: str, role: str) -> None:
    """Change, give or take a role."""
    with _working() as (house, tx, actor):
        key = _organisation(house, organisation)
        given = None if role == NONE else _role(role)
        row = find(tx, who)
        store.set_role(tx, row.id, key, given)
        log(tx, actor, "staff.role", now(), organisation=key, subject=f"staff:{row.id}",
            detail={"role": given, "before": row.roles.get(key)})  # fmt: skip
        roles = store.roles_of(tx, row.id)
    typer.echo(f"{row.name}: {_told(roles) or 'no longer any role'}.")
    if not roles:
        typer.echo(f"If they left: domov staff remove {row.id}", err=True)


def change_logins(who: str, logins: Logins, forget: str | None) -> None:
    """Add and forget accounts."""
    handles = logins.read()
    if not handles and forget is None:
        raise Misuse("say which account: --telegram, --slack or --email, or --forget CHANNEL")
    with _working() as (_house, tx, actor):
        row = find(tx, who)
        if forget is not None and not store.take_logins(tx, row.id, forget):
            known = ", ".join(sorted({each.channel for each in row.logins})) or "none at all"
            raise Misuse(f"--forget: {row.name} has no account on {forget!r}, but on {known}")
        _add_logins(tx, row.id, handles)
        log(tx, actor, "staff.login", now(), subject=f"staff:{row.id}",
            detail={"added": sorted(handles), "forgotten": forget})  # fmt: skip
        after = find(tx, str(row.id))
    typer.echo(f"{row.name}: {', '.join(_plain(after)['logins']) or 'no account'}")
    _warn(handles, row.id)


def make_code(who: str) -> None:
    """Print a code."""
    with _working() as (house, tx, actor):
        row = find(tx, who)
        secret = secret_key(house.settings, house.database.address.path)
        code, until = new_code(tx, row.id, secret, now())
        log(tx, actor, "staff.code", now(), subject=f"staff:{row.id}")
    typer.echo(f"/staff {code}")
    left = round((until - now()).total_seconds() / 60)
    typer.echo(
        f"{row.name} sends this to the bot within {left} minutes (in Slack: /domov staff {code});"
        " it works once.",
        err=True,
    )


def show_log(filters: LogFilters, limit: int, format_: ListFormat) -> None:
    """Print the log."""
    with opened() as house, house.database.reading() as tx:
        wanted = _wanted(house, tx, filters)
        lines = staff_log.latest(tx, wanted, limit) if limit else staff_log.all_of(tx, wanted)
        count = show(map(asdict, lines), LOG_TITLES, format_, columns=LOG_COLUMNS)
    if format_ is ListFormat.TABLE and not count:
        typer.echo("Nothing yet.")
    elif limit and count == limit:
        typer.echo(f"There may be more than these {count:,}: --limit 0 shows all.", err=True)


def _wanted(house: Opened, tx: Transaction, filters: LogFilters) -> Wanted:
    return Wanted(
        house.organisation(filters.organisation),
        find(tx, filters.who, gone=True).id if filters.who else None,
        filters.action,
        filters.subject,
        _since(filters.since) if filters.since else None,
    )


def _since(text: str) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Misuse(f"--since: {text!r} isn't a day; write it as 2026-11-22") from error
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
