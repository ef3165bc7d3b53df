"""When a broadcast goes out, and how far it has got."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.turn.context import Turn
from bot.turn.staff.review import button, say
from messages.base36 import base36
from messages.message import Message, Option, Rich
from outreach import hours
from outreach.broadcasts import life
from outreach.broadcasts.figures import figures
from outreach.errors import WrongState
from outreach.staff import COORDINATOR, Actor
from storage.broadcasts import BroadcastRow

STATES = ("sent", "failed", "unknown", "held", "expired", "cancelled")
_WHEN = re.compile(r"([al])(\d{8})(\d{4})")  # a moment, or an hour at each reader's


def read_when(turn: Turn, row: BroadcastRow, code: str) -> life.When | None:
    """What a button says of the time; None: now. Raises WrongState for what none says."""
    if not code:
        return None
    found = _WHEN.fullmatch(code)
    if found is None:
        raise WrongState(code)
    try:
        day, hour = date.fromisoformat(found[2]), time.fromisoformat(found[3])
    except ValueError as error:
        raise WrongState(code) from error
    if found[1] == "l":
        return life.Local(day, f"{hour:%H:%M}")
    return hours.local(day, hour, ZoneInfo(turn.blueprint.zone(row.organisation)))


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


def page(turn: Turn, actor: Actor, row: BroadcastRow) -> Message:
    """How far it has got."""
    found = figures(turn.tx, row.id, turn.now)
    number, language = turn.labels.words.number, turn.who.language
    lines: list[tuple[str, str]] = []
    if row.status == "scheduled" and row.due_at is not None:
        zone = turn.blueprint.zone(row.organisation)
        day = hours.known(zone)
        chosen = (
            life.Local(row.due_at.astimezone(day).date(), row.local_time)
            if row.local_time
            else row.due_at
        )
        lines.append((say(turn, "label_way"), _line(turn, row, chosen)))
    if found is not None and found.planned:
        lines.append((say(turn, "progress_planned"), number(found.planned, language)))
        waiting = found.waiting + found.later + found.states.get("sending", 0)
        counts = {"sent": found.states.get("sent", 0), "waiting": waiting}
        counts |= {state: found.states.get(state, 0) for state in STATES[1:]}
        lines += [
            (say(turn, f"progress_{state}"), number(count, language))
            for state, count in counts.items()
            if count or state == "sent"
        ]
        lines += _answers(turn, row, found.answers)
        if found.left is not None and row.status == "sending":
            minutes = max(1, round(found.left.total_seconds() / 60))
            lines.append((say(turn, "progress_left"), say(turn, "minutes", minutes=minutes)))
    status = say(turn, f"status_{row.status}")
    text = turn.labels.say("staff.broadcast", title=row.title, status=status, lines=tuple(lines))
    return turn.message(text, controls(turn, actor, row))


def _line(turn: Turn, row: BroadcastRow, chosen: life.When) -> str:
    words, language = turn.labels.words, turn.who.language
    if isinstance(chosen, life.Local):
        return f"{words.date(chosen.day, language)}, {chosen.clock}"
    return words.datetime(chosen, language, turn.blueprint.zone(row.organisation))


def _answers(turn: Turn, row: BroadcastRow, answers: Mapping[str, int]) -> list[tuple[str, str]]:
    """How many pressed what."""
    language = turn.who.language
    options = {each["key"]: each["label"] for each in (row.question or {}).get("options", ())}
    return [
        (
            say(turn, "quoted", text=labels.get(language) or next(iter(labels.values()), key)),
            turn.labels.words.number(answers.get(key, 0), language),
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
