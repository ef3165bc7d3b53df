"""What ``domov broadcast`` does to broadcasts."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
import typer

from bot.cli.audiences import LABELS
from bot.cli.confirming import confirm_count
from bot.cli.opening import Opened, opened
from bot.cli.staff import read_about
from bot.errors import Misuse
from bot.now import now
from bot.settings import sending_channels
from messages.words import Words
from outreach.audience import Counted, count, remarks
from outreach.broadcasts import life, trying
from outreach.broadcasts.fields import moment_of
from outreach.broadcasts.file import Written, read
from outreach.staff import Actor, console_actor
from storage import broadcast_ledger as ledger
from storage.broadcasts import BroadcastRow
from storage.transaction import Transaction

_HOUR = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Times:
    """When to send, as typed."""

    at: str | None
    timezone: str | None
    local: str | None
    on: str | None


def create_draft(
    file: str, audience: str | None, organisation: str | None, *, replace: bool
) -> None:
    """Keep a file as a draft, and say whom it would reach."""
    with opened() as house:
        written = _read(house, file)
        key = _organisation(house, organisation or written.organisation)
        whom = audience if audience is not None else written.audience
        if whom is None:
            raise Misuse('--audience: whom is it for? Write a filter, or "" for everybody')
        with house.database.transaction() as tx:
            doubts = remarks(tx, whom)
            row = life.create(
                tx, console_actor(), written, key, whom, now(), house.blueprint, replace
            )
        for doubt in doubts:
            typer.echo(f"Remark: {doubt}", err=True)
        typer.echo(f"Draft {row.key} of {row.organisation}, in {', '.join(row.bodies)}.")
        _tell(_counted(house, row))
    typer.echo(f"Next: domov broadcast preview {row.key}, then … send {row.key}", err=True)


def send_test(key: str, person: int, language: str | None) -> None:
    """Send it to one person."""
    with opened() as house:
        channels = sending_channels(house.settings)
        words = Words(house.blueprint.languages)
        with house.database.transaction() as tx:
            through = trying.send_to_one(
                tx, console_actor(), key, person, now(), words, house.blueprint, channels, language
            )
    typer.echo(f"Goes to person {person} on {through}, as soon as `domov run` runs.")


def review_broadcast(key: str, *, as_json: bool) -> None:
    """Count whom it would reach."""
    with opened() as house:
        with house.database.reading() as tx:
            row = life.find(tx, console_actor(), key)
            counted = _count(tx, house, row)
        read_about(
            "broadcast review", counted.matched, database=house.database,
            organisation=row.organisation, broadcast=key,
        )  # fmt: skip
    if as_json:
        typer.echo(orjson.dumps(asdict(counted), option=orjson.OPT_INDENT_2).decode())
    else:
        _tell(counted)


def send_broadcast(key: str, *, sure: bool) -> None:
    """Send it now."""
    with opened() as house:
        people = _confirmed(house, key, "", sure=sure)
        with house.database.transaction() as tx:
            life.send(tx, console_actor(), key, people, now(), house.blueprint)
    _said(f"{key} goes out to {people:,} people", key)


def schedule_broadcast(key: str, times: Times, *, sure: bool) -> None:
    """Send it later."""
    with opened() as house:
        with house.database.reading() as tx:
            row = life.find(tx, console_actor(), key)
        when = _when(times, house.blueprint.zone(row.organisation))
        people = _confirmed(house, key, f" {_shown(when, house, row)}", sure=sure)
        with house.database.transaction() as tx:
            life.schedule(tx, console_actor(), key, when, people, now(), house.blueprint)
    _said(f"{key} goes out {_shown(when, house, row)}, to about {people:,} people", key)


def pause_broadcast(key: str) -> None:
    """Send no more of it for now."""
    with _changed(life.pause, key):
        typer.echo(f"{key} is paused. Next: domov broadcast resume {key}, or … cancel {key}")


def resume_broadcast(key: str) -> None:
    """Go on."""
    with _changed(life.resume, key):
        _said(f"{key} goes on", key)


@contextlib.contextmanager
def _changed(
    change: Callable[[Transaction, Actor, str, datetime], BroadcastRow], key: str
) -> Iterator[None]:
    with opened() as house:
        with house.database.transaction() as tx:
            change(tx, console_actor(), key, now())
        yield


def cancel_broadcast(key: str, *, sure: bool) -> None:
    """Send no more of it."""
    with opened() as house:
        states = _states(house, key)
        left = states.get("queued", 0) + states.get("held", 0)
        what = f"cancel {key}: {left:,} messages that wait are never sent"
        confirm_count(what, left, sure=sure)
        with house.database.transaction() as tx:
            life.cancel(tx, console_actor(), key, now())
    typer.echo(f"{key} is cancelled; {states.get('sent', 0):,} messages were sent before.")


def correct_broadcast(key: str, file: str, *, sure: bool) -> None:
    """Change the text of what was sent and of what will be."""
    with opened() as house:
        written = _read(house, file)
        if written.key != key:
            raise Misuse(f"{file} is the broadcast {written.key!r}, not {key!r}; mend its key")
        sent = _states(house, key).get("sent", 0)
        confirm_count(f"edit {sent:,} messages that were sent", sent, sure=sure)
        with house.database.transaction() as tx:
            life.correct(tx, console_actor(), key, written, sent, now(), house.blueprint)
    _said(f"{key} is corrected; {sent:,} messages are edited", key)


def withdraw_broadcast(key: str, *, sure: bool) -> None:
    """Take back what was sent."""
    with opened() as house:
        sent = _states(house, key).get("sent", 0)
        confirm_count(f"delete {sent:,} messages that were sent", sent, sure=sure)
        with house.database.transaction() as tx:
            life.withdraw(tx, console_actor(), key, sent, now())
    _said(f"{key} is withdrawn; {sent:,} messages are deleted", key)


def _read(house: Opened, file: str) -> Written:
    written = read(Path(file).expanduser(), house.blueprint)
    for remark in written.remarks:
        typer.echo(f"Remark: {Path(file).name}: {remark}", err=True)
    return written


def _organisation(house: Opened, key: str | None) -> str:
    found = house.organisation(key)
    if found is not None:
        return found
    if len(house.blueprint.organisations) == 1:
        return house.blueprint.organisations[0].key
    known = ", ".join(each.key for each in house.blueprint.organisations)
    raise Misuse(f"--organisation: whose message is it? One of {known}")


def _states(house: Opened, key: str) -> Mapping[str, int]:
    """state -> how many of its messages."""
    with house.database.reading() as tx:
        row = life.find(tx, console_actor(), key)
        return ledger.counts(tx, row.id).get(ledger.BROADCAST, {})


def _counted(house: Opened, row: BroadcastRow) -> Counted:
    with house.database.reading() as tx:
        return _count(tx, house, row)


def _count(tx: Transaction, house: Opened, row: BroadcastRow) -> Counted:
    channels = sending_channels(house.settings)
    if not channels:
        typer.echo("Remark: nobody is reachable: no platform has a token", err=True)
    return count(tx, row.audience, house.blueprint, now(), row.organisation, channels)


def _confirmed(house: Opened, key: str, when: str, *, sure: bool) -> int:
    """How many will get it, confirmed. Raises Misuse."""
    with house.database.reading() as tx:
        row = life.find(tx, console_actor(), key)
        counted = _count(tx, house, row)
    _tell(counted)
    reached = counted.reachable
    confirm_count(f"send {key} to {reached:,} people{when}{_later(counted)}", reached, sure=sure)
    return reached


def _later(counted: Counted) -> str:
    """Those for whom it waits, until it expires."""
    later = sum(counted.excluded.get(why, 0) for why in ("paused", "over_budget"))
    return f", and to up to {later:,} more whose pause or week ends before it expires" * bool(later)


def _tell(counted: Counted) -> None:
    """Who gets it, in which languages and where, and who not."""
    lines = [("Fit the audience", counted.matched)]
    lines += [(f"  not: {LABELS[why]}", left) for why, left in counted.excluded.items() if left]
    lines.append(("Get it now", counted.reachable))
    lines += [(f"  in {language}", people) for language, people in counted.languages.items()]
    lines += [(f"  on {channel}", people) for channel, people in counted.channels.items()]
    width = max(len(label) for label, _ in lines)
    for label, people in lines:
        typer.echo(f"{label:<{width}}  {people:>9,}")


def _when(times: Times, zone: str) -> life.When:
    """Raises Misuse for what is no time."""
    if (times.at is None) == (times.local is None):
        raise Misuse("say when: either --at 2026-12-01T10:00 or --local 10:00")
    if times.at is not None:
        if times.on is not None:
            raise Misuse("--on goes with --local; --at has its day in it")
        return _moment(times.at, times.timezone or zone)
    if times.timezone is not None:
        raise Misuse("--timezone goes with --at; --local is the reader's own time")
    return _local(times.local or "", times.on, zone)


def _moment(text: str, zone: str) -> datetime:
    try:
        if len(text) <= len("2026-12-01"):
            raise ValueError
        return moment_of(text, _zone(zone))
    except ValueError:
        raise Misuse(f"--at: {text!r} isn't a moment; write 2026-12-01T10:00") from None


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Misuse(f"--timezone: there is no {name!r}; write Europe/Bratislava") from None


def _local(clock: str, on: str | None, zone: str) -> life.Local:
    found = _HOUR.fullmatch(clock)
    if found is None:
        raise Misuse(f"--local: {clock!r} isn't an hour; write 10:00")
    hour = f"{int(found[1]):02}:{found[2]}"
    there = now().astimezone(ZoneInfo(zone))
    if on is None:
        return life.Local((there + timedelta(days=f"{there:%H:%M}" >= hour)).date(), hour)
    try:
        return life.Local(date.fromisoformat(on), hour)
    except ValueError:
        raise Misuse(f"--on: {on!r} isn't a day; write 2026-12-01") from None


def _shown(when: life.When, house: Opened, row: BroadcastRow) -> str:
    if isinstance(when, life.Local):
        return f"on {when.day} at {when.clock} of each reader's own time"
    zone = ZoneInfo(house.blueprint.zone(row.organisation))
    return f"at {when.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})"


def _said(what: str, key: str) -> None:
    typer.echo(f"{what}, while `domov run` runs. Follow it: domov broadcast show {key} --watch")
