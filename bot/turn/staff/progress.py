"""When a broadcast goes out, and how far it has got."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import partial
from zoneinfo import ZoneInfo

from bot.turn.context import Turn
from bot.turn.staff import access
from bot.turn.staff.review import button, counted, say
from messages.base36 import base36
from messages.message import Option, Rich
from outreach import hours
from outreach.broadcasts import life
from outreach.broadcasts.figures import Figures, figures
from outreach.errors import NotFound, WrongState
from outreach.fives import fives, of_broadcast
from outreach.staff import COORDINATOR, VIEWER, Actor
from outreach.told import why
from storage.broadcasts import BroadcastRow
from storage.transaction import Transaction

ENDED = ("failed", "unknown", "held", "expired", "cancelled")
_WHEN = re.compile(r"([al])(\d{8})(\d{4})")  # a moment, or an hour at each reader's


def read_when(turn: Turn, row: BroadcastRow, code: str) -> life.When | None:
    """What a button says of the time; None: now. Raises WrongState for what none says."""
    if not code:
        return None
    found = _WHEN.fullmatch(code)
    if found is None:
        raise WrongState(why("no_time"))
    try:
        day, hour = date.fromisoformat(found[2]), time.fromisoformat(found[3])
    except ValueError as error:
        raise WrongState(why("no_time")) from error
    if found[1] == "l":
        return life.Local(day, f"{hour:%H:%M}")
    return hours.local(day, hour, ZoneInfo(turn.blueprint.zone(row.organisation)))


def is_at(turn: Turn, row: BroadcastRow, chosen: life.When) -> bool:
    """Whether that is when it goes out already."""
    if isinstance(chosen, life.Local):
        zone = hours.known(turn.blueprint.zone(row.organisation))
        day = row.due_at.astimezone(zone).date() if row.due_at else None
        return (day, row.local_time) == (chosen.day, chosen.clock)
    return (row.due_at, row.local_time) == (chosen, None)


def planned(turn: Turn, row: BroadcastRow, chosen: life.When | None) -> Rich:
    words, language = turn.labels.words, turn.who.language
    if isinstance(chosen, life.Local):
        day = words.date(chosen.day, language)
        return turn.labels.say("staff.scheduled_local", day=day, hour=chosen.clock)
    if isinstance(chosen, datetime):
        zone = turn.blueprint.zone(row.organisation)
        shown = f"{words.datetime(chosen, language, zone)} ({words.timezone(zone, language)})"
        return turn.labels.say("staff.scheduled_at", when=shown)
    return ()


def show(turn: Turn, row: BroadcastRow) -> None:
    """How far it has got; a million rows are counted beside the turns."""
    look = partial(_found, row.id, turn.now)
    access.look_up(turn, row.organisation, VIEWER, look, _told)


def _found(broadcast: int, now: datetime, tx: Transaction) -> Figures | None:
    return figures(tx, broadcast, now)


def _told(turn: Turn, actor: Actor, found: Figures | None) -> None:
    if found is None:
        raise NotFound
    row = found.row
    exact = actor.may(row.organisation, COORDINATOR)
    answers = found.answers if exact else {key: fives(n) for key, n in found.answers.items()}
    lines = (
        *_due(turn, row),
        *_counts(turn, found, exact=exact),
        *_answers(turn, row, answers, exact=exact),
    )
    status = say(turn, f"status_{row.status}")
    text = turn.labels.say("staff.broadcast", title=row.title, status=status, lines=lines)
    turn.send(turn.message(text, controls(turn, actor, row)))


def _due(turn: Turn, row: BroadcastRow) -> tuple[tuple[str, str], ...]:
    if row.status != "scheduled" or row.due_at is None:
        return ()
    chosen: life.When = row.due_at
    if row.local_time:
        zone = hours.known(turn.blueprint.zone(row.organisation))
        chosen = life.Local(row.due_at.astimezone(zone).date(), row.local_time)
    return ((say(turn, "label_way"), _line(turn, row, chosen)),)


def _counts(turn: Turn, found: Figures, *, exact: bool) -> list[tuple[str, str]]:
    """Messages by what became of them, and how long it takes still."""
    if not found.planned:
        return []
    states = found.states
    waiting = found.waiting + found.later + states.get("sending", 0)
    counts = {"planned": found.planned, "sent": states.get("sent", 0), "waiting": waiting}
    counts |= {state: states.get(state, 0) for state in ENDED}
    if not exact:
        counts = of_broadcast(counts, found.answers)
    lines = [
        (say(turn, f"progress_{name}"), counted(turn, count, exact=exact))
        for name, count in counts.items()
        if count or name == "sent"
    ]
    if found.left is not None:
        minutes = max(1, round(found.left.total_seconds() / 60))
        lines.append((say(turn, "progress_left"), say(turn, "minutes", minutes=minutes)))
    return lines


def _line(turn: Turn, row: BroadcastRow, chosen: life.When) -> str:
    words, language = turn.labels.words, turn.who.language
    if isinstance(chosen, life.Local):
        return f"{words.date(chosen.day, language)}, {chosen.clock}"
    return words.datetime(chosen, language, turn.blueprint.zone(row.organisation))


def _answers(
    turn: Turn, row: BroadcastRow, answers: Mapping[str, int], *, exact: bool
) -> list[tuple[str, str]]:
    """How many pressed what."""
    language = turn.who.language
    options = {each["key"]: each["label"] for each in (row.question or {}).get("options", ())}
    return [
        (
            say(turn, "quoted", text=labels.get(language) or next(iter(labels.values()), key)),
            counted(turn, answers.get(key, 0), exact=exact),
        )
        for key, labels in options.items()
    ]


def controls(turn: Turn, actor: Actor, row: BroadcastRow) -> tuple[Option, ...]:
    number = base36(row.id)
    names: list[tuple[str, str]] = []
    if row.status in ("scheduled", "sending", "paused"):
        names.append((f"broadcast.{number}", "refresh"))
        if actor.may(row.organisation, COORDINATOR):
            way = "resume" if row.status == "paused" else "pause"
            names.append((f"{way}.{number}", way))
            names.append((f"stop.{number}", "stop"))
    return (*(button(turn, page, key) for page, key in names), button(turn, "menu", "menu"))
