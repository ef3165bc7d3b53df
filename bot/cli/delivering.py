"""What ``domov deliveries`` does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields

import typer

from bot.cli.confirming import confirm_count
from bot.cli.opening import Opened, opened
from bot.cli.options import ListFormat
from bot.cli.staff import read_about
from bot.cli.tabular import show
from bot.errors import Misuse
from bot.now import now
from outreach import restored, staff
from storage import held, sent
from storage.database import Database
from storage.held import About, Line
from storage.states import DELIVERY_STATES
from storage.transaction import Transaction

SLICE = 5_000  # rows changed in one transaction, beside a running program
TITLES = {
    "id": "No.", "person": "Person", "channel": "Channel", "kind": "Kind", "about": "About",
    "variant": "Which", "state": "State", "reason": "Reason", "due_at": "Due (UTC)",
    "sent_at": "Sent (UTC)", "attempts": "Tries",
}  # fmt: skip
COLUMNS = tuple(field.name for field in fields(Line))
MOST = 10_000  # rows of a table: its columns fit only when all are known


def list_deliveries(
    state: str | None,
    broadcast: str | None,
    event: str | None,
    limit: int | None,
    format_: ListFormat,
) -> None:
    """Print messages, at most ``limit``. Raises Misuse for a state or key that is none."""
    if state is not None and state not in DELIVERY_STATES:
        raise Misuse(f"--state: there is no {state!r}; there is {', '.join(DELIVERY_STATES)}")
    if format_ is ListFormat.TABLE:
        limit = min(limit or MOST, MOST)
    with opened() as house:
        which = _which(house, broadcast, event, all_=broadcast is None and event is None)
        found = held.pages(house.database.reading, state, which, limit)
        rows = ({**asdict(line), "about": line.about} for line in found)
        shown = show(rows, TITLES, format_, columns=COLUMNS)
        read_about(
            "deliveries list", shown, database=house.database, organisation=which.organisation,
            state=state, about=which.subject,
        )  # fmt: skip
    if limit is not None and shown == limit:
        typer.echo(f"There may be more than these {shown:,}: --limit 0 shows all.", err=True)


def release(broadcast: str | None, event: str | None, *, all_: bool, sure: bool) -> None:
    """Let held messages go, after the count was confirmed."""
    with opened() as house:
        which = _which(house, broadcast, event, all_=all_)
        with house.database.reading() as tx:
            since = restored.holding(tx)
        ends = since is not None and all_
        done = _change(house.database, _RELEASE, which, sure=sure, none=ends)
        if ends:
            with house.database.transaction() as tx:
                sent.go_on(tx)
    if done is None:
        typer.echo("Nothing is held.")
        return
    typer.echo(f"{done:,} messages wait for their turn again.")
    if since is not None and not ends:
        typer.echo("Everything else is still held: see `domov deliveries release --all`.")


def cancel(broadcast: str | None, event: str | None, *, all_: bool, sure: bool) -> None:
    """Give held messages up, after the count was confirmed."""
    with opened() as house:
        which = _which(house, broadcast, event, all_=all_)
        done = _change(house.database, _CANCEL, which, sure=sure)
    if done is None:
        typer.echo("Nothing is held.")
    else:
        typer.echo(f"{done:,} messages will never be sent.")


def hold(broadcast: str | None, event: str | None, *, all_: bool, sure: bool) -> None:
    """Hold waiting messages, after the count was confirmed."""
    with opened() as house:
        which = _which(house, broadcast, event, all_=all_)
        done = _change(house.database, _HOLD, which, sure=sure)
    if done is None:
        typer.echo("Nothing is waiting.")
    else:
        typer.echo(f"{done:,} messages are held until they are released.")


@dataclass(frozen=True, slots=True)
class _Change:
    """What is done to messages of a ``state``; ``told`` with their count in it."""

    action: str
    state: str
    told: str
    slice: Callable[[Transaction, About, int], int]


_RELEASE = _Change("deliveries.release", "held", "let {:,} held messages go", held.release)
_CANCEL = _Change("deliveries.cancel", "held", "cancel {:,} held messages", held.cancel)
_HOLD = _Change("deliveries.hold", "queued", "hold {:,} waiting messages", held.hold)


def _change(
    database: Database, change: _Change, which: About, *, sure: bool, none: bool = False
) -> int | None:
    """Say what there is, have the count confirmed, do it and note it; how many there were. None:
    there was nothing to do, unless ``none`` is worth doing as well."""
    with database.reading() as tx:
        found = held.tally(tx, change.state, which)
    if not found and not none:
        return None
    for each in found:
        about = f" about {each.about}" if each.about else ""
        reason = f" ({each.reason})" if each.reason else ""
        typer.echo(f"  {each.count:,} × {each.kind}{about}{reason}", err=True)
    count = sum(each.count for each in found)
    confirm_count(change.told.format(count), count, sure=sure)
    done = _in_slices(database, change.slice, which)
    with database.transaction() as tx:
        staff.log(
            tx, staff.console_actor(), change.action, now(), organisation=which.organisation,
            subject=which.subject, people=done,
        )  # fmt: skip
    return done


def _which(house: Opened, broadcast: str | None, event: str | None, *, all_: bool) -> About:
    """What the options mean. Raises Misuse unless they say one thing that there is."""
    if sum((broadcast is not None, event is not None, all_)) != 1:
        raise Misuse("say which: --broadcast KEY, --event KEY or --all")
    if all_:
        return About()
    kind, key = ("broadcast", broadcast) if broadcast is not None else ("event", event)
    with house.database.reading() as tx:
        found = held.about(tx, kind, key or "")
    if found is None:
        raise Misuse(f"--{kind}: there is no {key!r}; see `domov {kind} list`")
    return found


def _in_slices(
    database: Database, change: Callable[[Transaction, About, int], int], which: About
) -> int:
    done = 0
    while True:
        with database.transaction() as tx:
            changed = change(tx, which, SLICE)
        done += changed
        if changed < SLICE:
            return done
