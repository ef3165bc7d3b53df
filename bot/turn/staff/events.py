"""A new event in the bot: asked, kept as a draft, shown as it will look, counted, announced."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from bot.turn import conversing
from bot.turn.context import Turn
from bot.turn.staff import access, drafting, problems
from bot.turn.staff import review as reviewing
from bot.turn.staff.review import Found, button
from flows.staff_event import BOTH, MOST_GUESTS, NO_FORMAT, ONLINE, PLACE, EventDraft
from messages.base36 import base36
from messages.message import Option, Rich
from outreach import hours
from outreach.errors import NotFound, OutreachError
from outreach.events import cards, life
from outreach.events.model import EVERYWHERE, Details, details_of
from outreach.reader import Reader
from outreach.staff import Actor
from storage import events
from storage.conversations import Talk
from storage.events import EventRow

A_DAY = timedelta(days=1)


def new(turn: Turn, actor: Actor, _argument: str) -> None:
    """Begin the guided conversation."""
    conversing.begin(turn, "staff_event", params=drafting.params(turn, actor))


def change(turn: Turn, actor: Actor, argument: str) -> None:
    """A draft once more, at its card: each line can be changed."""
    row = drafting.own_event(turn, actor, argument)
    if row.status != "draft":
        turn.say("staff.not_draft")
    elif not _fits(row):
        turn.say("staff.needs_file", about=row.key)
    else:
        params = {**drafting.params(turn, actor), "event": row.id}
        answers = answers_of(row, turn.blueprint.languages)
        conversing.begin(turn, "staff_event", params=params, answers=answers)


def _fits(row: EventRow) -> bool:
    """Whether the conversation can hold all of it."""
    return (
        set(row.place) <= {EVERYWHERE}
        and row.ends_at - row.starts_at <= A_DAY
        and row.guests <= MOST_GUESTS
        and (not row.rsvp_until or row.rsvp_until == _end_of_day(row))
    )


def _end_of_day(row: EventRow) -> datetime:
    assert row.rsvp_until is not None  # noqa: S101 - asked by the caller
    zone = ZoneInfo(row.timezone)
    day = (row.rsvp_until - timedelta(seconds=1)).astimezone(zone).date()
    return min(hours.local(day + A_DAY, time(), zone), row.starts_at)


def answers_of(row: EventRow, languages: tuple[str, ...]) -> dict[str, Any]:
    """An event as the conversation's answers."""
    zone = ZoneInfo(row.timezone)
    starts, ends = row.starts_at.astimezone(zone), row.ends_at.astimezone(zone)
    place = row.place.get(EVERYWHERE)
    by = (row.rsvp_until - timedelta(seconds=1)).astimezone(zone) if row.rsvp_until else None
    texts = {
        f"{name}_{language}": text
        for name, by_language in (("title", row.title), ("description", row.description))
        for language, text in by_language.items()
    }
    return {
        "organisation": row.organisation,
        "format": row.format or NO_FORMAT,
        "where": BOTH if place and row.link else PLACE if place else ONLINE,
        # Languages that were left out stay so.
        **{f"{name}_{code}": None for name in ("title", "description") for code in languages},
        **texts,
        **({"place": place} if place else {}),
        **({"link": row.link} if row.link else {}),
        "zone": row.timezone,
        "day": starts.date().isoformat(),
        "starts": f"{starts:%H:%M}",
        "ends": f"{ends:%H:%M}",
        "capacity": row.capacity,
        "guests": str(row.guests),
        "answer_by": by.date().isoformat() if by else None,
        "audience": row.audience or "everybody",
    }  # fmt: skip


def apply(turn: Turn, talk: Talk, draft: EventDraft, said: Rich) -> None:
    """Keep what was asked as a draft, new or the one that was changed; then review it."""
    actor = access.in_conversation(turn)
    if _details(draft, "").starts_at <= turn.now:
        drafting.once_more(turn, talk, turn.labels.say("staff.begun"))
        return
    try:
        row = _kept(turn, actor, draft, talk.params.get("event"))
    except OutreachError as error:
        drafting.once_more(turn, talk, problems.explained(turn, error))
        return
    _review(turn, row, said)


def _kept(turn: Turn, actor: Actor, draft: EventDraft, number: Any) -> EventRow:
    before = events.by_ids(turn.tx, (int(number),)).get(int(number)) if number else None
    if before is None:
        title = next(iter(draft.title.values()))
        taken = partial(_taken, turn)
        details = _details(draft, drafting.new_key(title, draft.day, taken))
        return life.create(turn.tx, details, actor, turn.now)
    # What the conversation does not ask about stays.
    kept = details_of(before)
    details = replace(
        _details(draft, before.key), host_id=kept.host_id, speaker_id=kept.speaker_id,
        media_id=kept.media_id,
    )  # fmt: skip
    return life.change(turn.tx, before.id, details, actor, turn.now, turn.blueprint).event


def _taken(turn: Turn, key: str) -> bool:
    return events.by_key(turn.tx, key) is not None


def _details(draft: EventDraft, key: str) -> Details:
    zone = ZoneInfo(draft.timezone)
    starts = hours.local(draft.day, time.fromisoformat(draft.starts), zone)
    last_day = draft.day if draft.ends > draft.starts else draft.day + A_DAY
    ends = hours.local(last_day, time.fromisoformat(draft.ends), zone)
    until = hours.local(draft.answer_by + A_DAY, time(), zone) if draft.answer_by else None
    return Details(
        key=key,
        organisation=draft.organisation,
        title=draft.title,
        starts_at=starts,
        ends_at=ends,
        timezone=draft.timezone,
        format=draft.format,
        description=draft.description,
        place={EVERYWHERE: draft.place} if draft.place else {},
        link=draft.link,
        capacity=draft.capacity,
        guests=draft.guests,
        rsvp_until=min(until, starts) if until else None,
        audience=draft.audience,
    )


def review(turn: Turn, actor: Actor, argument: str) -> None:
    """A draft as it will look, and whom it reaches."""
    row = drafting.own_event(turn, actor, argument)
    if row.status != "draft":
        turn.say("staff.not_draft")
    else:
        _review(turn, row)


def _review(turn: Turn, row: EventRow, said: Rich = ()) -> None:
    announced = replace(row, status="announced")
    for language in reviewing.languages(turn.blueprint, row.organisation):
        reader = Reader(
            turn.who.person, language, turn.who.timezone or row.timezone, turn.who.name or "",
            organisation=row.organisation,
        )  # fmt: skip
        card = cards.card(
            announced, reader, None, turn.house.words, turn.blueprint, turn.now,
            notice="invitation",
        )  # fmt: skip
        named = turn.labels.words.language_name(language, turn.who.language)
        turn.say("staff.preview", language=named)
        turn.send(reviewing.inert(card))
    turn.send(turn.message((*said, *turn.labels.say("staff.counting", about=row.key))))
    reviewing.count_later(turn, row.audience, row.organisation, partial(_reviewed, row.id, ()))


def _reviewed(event: int, before: Rich, turn: Turn, actor: Actor, found: Found) -> None:
    row = _still_there(turn, event)
    number = base36(row.id)
    menu = (
        button(turn, f"change_event.{number}", "change"),
        button(turn, f"discard_event.{number}", "discard"),
        button(turn, "menu", "menu"),
    )
    if isinstance(found, OutreachError):
        turn.send(turn.message(problems.explained(turn, found), menu))
        return
    people = found.reachable
    going: tuple[Option, ...] = ()
    if people:
        going = (button(turn, f"announce.{number}.{people}", "announce", count=people),)
    else:
        before = (*before, *turn.labels.say("staff.nobody"))
    title = cards.chosen(row.title, turn.who.language, turn.blueprint)[0]
    turn.send(reviewing.card(turn, title, row.audience, found, (*going, *menu), before))


def _still_there(turn: Turn, event: int) -> EventRow:
    row = events.by_ids(turn.tx, (event,)).get(event)
    if row is None:
        raise NotFound(str(event))
    return row


def announce(turn: Turn, actor: Actor, argument: str) -> None:
    """The last button, which stated the count: look whether it still holds, then invite."""
    number, _, confirmed = argument.partition(".")
    row = drafting.own_event(turn, actor, number)
    if row.status != "draft" or not confirmed.isdecimal():
        turn.say("staff.not_draft")
        return
    tell = partial(_announced, row.id, int(confirmed))
    reviewing.count_later(turn, row.audience, row.organisation, tell)


def _announced(event: int, confirmed: int, turn: Turn, actor: Actor, found: Found) -> None:
    if isinstance(found, OutreachError) or not found.reachable:
        _reviewed(event, (), turn, actor, found)
    elif not reviewing.still(found, confirmed):
        again = turn.labels.say("staff.changed_count", count=found.reachable)
        _reviewed(event, again, turn, actor, found)
    elif _still_there(turn, event).status != "draft":
        turn.say("staff.not_draft")
    else:
        people = found.reachable
        life.announce(turn.tx, event, actor, turn.now, turn.blueprint, people)
        text = turn.labels.say("staff.announced", count=people)
        turn.send(turn.message(text, (button(turn, f"event.{base36(event)}", "coming"),
                                      button(turn, "menu", "menu"))))  # fmt: skip


def discard(turn: Turn, actor: Actor, argument: str) -> None:
    """Throw a draft away."""
    row = drafting.own_event(turn, actor, argument)
    if row.status != "draft":
        turn.say("staff.not_draft")
        return
    life.cancel(turn.tx, row.id, actor, turn.now)
    text = turn.labels.say("staff.discarded", about=row.key)
    turn.send(turn.message(text, (button(turn, "menu", "menu"),)))
