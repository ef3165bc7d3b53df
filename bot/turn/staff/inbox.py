"""What people wrote to the staff: listed, read, answered, taken off the list."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from bot.turn import conversing
from bot.turn.context import Turn
from bot.turn.staff import access, problems
from bot.turn.staff.review import button, channel_name, organisation_name, say
from flows.staff_reply import StaffReply
from messages import rich
from messages.base36 import base36, from_base36
from messages.message import Option, Rich
from outreach import inbox
from outreach.errors import OutreachError
from outreach.events import cards
from outreach.inbox import Seen
from outreach.staff import COORDINATOR, VIEWER, Actor
from storage import broadcasts, events
from storage import inbox as store
from storage.inbox import Message, Reply

PAGE = 8  # messages on one page
BUTTON = 36  # characters of a name on a button
REMINDERS = frozenset({"reminder", "last_reminder"})
MENTORING = ("match", "request")
TALKS = frozenset({"registration", "mentor_request"})  # that the menu has a name for


def door(turn: Turn, actor: Actor) -> Option:
    """The button in the menu; who may answer them sees how many wait."""
    count, _ = inbox.waiting(
        turn.tx, access.organisations(turn, actor, COORDINATOR), turn.blueprint
    )
    label = say(turn, "button_inbox")
    return turn.button("staff.inbox", f"{label} ({count})" if count else label)


def messages(turn: Turn, actor: Actor, argument: str) -> None:
    """A page of their organisations' messages, who has waited longest first."""
    own = access.organisations(turn, actor, VIEWER)
    offset = from_base36(argument) or 0
    count, _ = inbox.waiting(turn.tx, own, turn.blueprint)
    found = inbox.listed(turn.tx, actor, own, turn.blueprint, turn.now, PAGE + 1, offset)
    page = found[:PAGE]
    lines = tuple((_who(turn, each), _told(turn, each)) for each in page)
    _note(turn, actor, page)
    buttons = [
        turn.button(f"staff.message.{base36(each.message.id)}", _label(turn, each))
        for each in page
        if each.named
    ]
    if len(found) > PAGE:
        buttons.append(button(turn, f"inbox.{base36(offset + PAGE)}", "messages_more"))
    text = turn.labels.say("staff.inbox", count=count, lines=lines)
    turn.send(turn.message(text, (*buttons, button(turn, "menu", "menu"))))


def _note(turn: Turn, actor: Actor, page: list[Seen]) -> None:
    """Of each organisation how many were looked at."""
    counts = Counter(each.message.organisation for each in page)
    for organisation, count in counts.items():
        inbox.read(turn.tx, actor, organisation, count, turn.now)


def _who(turn: Turn, seen: Seen) -> str:
    if not seen.named:
        return organisation_name(turn, seen.message.organisation)
    return seen.message.name or "—"


def _label(turn: Turn, seen: Seen) -> str:
    name = (seen.message.name or "—")[:BUTTON]
    return f"{name} · {_waits(turn, seen.waits)}"


def _told(turn: Turn, seen: Seen) -> str:
    """How long it waits, and, to who may read them, the words."""
    parts = [_waits(turn, seen.waits)]
    if seen.message.answered:
        parts.append(say(turn, "inbox_answered"))
    if seen.named:
        parts.append(_shown(turn, seen.message))
    return " · ".join(parts)


def _waits(turn: Turn, waits: timedelta) -> str:
    hours = int(waits / timedelta(hours=1))
    if waits.days:
        return say(turn, "days", count=waits.days)
    return say(turn, "waits_hours", count=hours) if hours else say(turn, "waits_moment")


def _kind(turn: Turn, message: Message) -> str:
    """What it is where it is more than words."""
    return "" if message.kind == "text" else say(turn, f"kind_{message.kind}")


def _shown(turn: Turn, message: Message) -> str:
    """The words on one line, with what they came with."""
    words = inbox.shortened(message.text)
    kind = _kind(turn, message)
    return f"({kind}) {words}".strip() if kind else words or "—"


def message(turn: Turn, actor: Actor, argument: str) -> None:
    """One message: who wrote what when, what the bot had asked, and what was answered."""
    found = inbox.find(turn.tx, actor, from_base36(argument) or 0, turn.blueprint)
    inbox.read(turn.tx, actor, found.organisation, 1, turn.now, found.id)
    _show(turn, actor, found)


def _show(turn: Turn, actor: Actor, found: Message, before: Rich = ()) -> None:
    seen = inbox.seen(actor, found, turn.now)
    head = turn.labels.say("staff.message", name=found.name or "—", lines=tuple(_lines(turn, seen)))
    kind = _kind(turn, found)
    words = [rich.paragraphs(f"({kind})")] if kind else []
    words += [rich.paragraphs(found.text)] if found.text.strip() else []
    answers = [_answered(turn, each) for each in store.replies(turn.tx, found.id)]
    acts = _acts(turn, actor, found, answered=bool(answers))
    text = rich.concat(before, head, *words, *answers)
    turn.send(turn.message(text, acts))


def _lines(turn: Turn, seen: Seen) -> list[tuple[str, str]]:
    message, words, language = seen.message, turn.labels.words, turn.who.language
    persona = turn.blueprint.persona(message.persona or "")
    country = words.country(message.country, language) if message.country else ""
    values = {
        "persona": persona.label[language] if persona else "",
        "lives": ", ".join(each for each in (message.city, country) if each),
        "from": channel_name(turn, message.channel),
        "at": _moment(turn, message.at, message.organisation),
        "waits": "" if message.state == "done" or message.answered else _waits(turn, seen.waits),
        "said": _said(turn, message),
        "answer": _answer(turn, message),
    }
    lines = [(say(turn, f"message_{key}"), value) for key, value in values.items() if value]
    number = f"{message.id} · {organisation_name(turn, message.organisation)}"
    return [(say(turn, "message_number"), number), *lines]


def _moment(turn: Turn, at: datetime, organisation: str) -> str:
    zone = turn.who.timezone or turn.blueprint.zone(organisation)
    return turn.labels.words.datetime(at, turn.who.language, zone)


def _said(turn: Turn, message: Message) -> str:
    """What the bot had sent last, with its day."""
    about = message.about
    kind = str(about.get("kind") or "")
    if not kind:
        return ""
    told = _of_talk(turn, about) if kind == "talk" else _of_message(turn, kind, about)
    at = about.get("at")
    if not told or not isinstance(at, str):
        return told
    return f"{told} ({_moment(turn, datetime.fromisoformat(at), message.organisation)})"


def _of_message(turn: Turn, kind: str, about: Any) -> str:
    event = _event(turn, about.get("event"))
    if event is not None:
        title = cards.chosen(event.title, turn.who.language, turn.blueprint)[0]
        word = (
            "reminder" if kind in REMINDERS else "invitation" if kind == "invitation" else "event"
        )
        return say(turn, f"said_{word}", title=title)
    number = about.get("broadcast")
    broadcast = broadcasts.by_ids(turn.tx, (number,)).get(number) if number else None
    if broadcast is not None:
        return say(turn, "said_broadcast", title=broadcast.title)
    if any(about.get(name) for name in MENTORING):
        return say(turn, "said_mentoring")
    return say(turn, "said_reply") if kind == store.REPLY else ""


def _of_talk(turn: Turn, about: Any) -> str:
    """The question that was open, as the person read it; else which questions these were."""
    if question := about.get("question"):
        return say(turn, "said_question", question=str(question))
    survey = turn.blueprint.survey(str(about.get("survey") or ""))
    if survey is not None:
        return say(turn, "said_talk", title=survey.title[turn.who.language])
    flow = str(about.get("flow") or "")
    if flow in TALKS:
        title = turn.labels.words.text(f"menu.{flow}", turn.who.language)
        return say(turn, "said_talk", title=title)
    return say(turn, "said_other")


def _event(turn: Turn, number: object) -> events.EventRow | None:
    if not isinstance(number, int):
        return None
    return events.by_ids(turn.tx, (number,)).get(number)


def _answer(turn: Turn, message: Message) -> str:
    """What they had answered to the event, as it is now."""
    event = _event(turn, message.about.get("event"))
    if event is None or message.person is None:
        return ""
    rsvp = events.rsvp(turn.tx, event.id, message.person)
    return say(turn, f"state_{rsvp.state}") if rsvp is not None else ""


def _answered(turn: Turn, reply: Reply) -> Rich:
    name = reply.name or organisation_name(turn, reply.organisation)
    state = say(turn, f"reply_{reply.standing}")
    when = _moment(turn, reply.at, reply.organisation)
    head = turn.labels.say("staff.message_reply", name=name, when=when, state=state)
    return rich.concat(head, rich.paragraphs(reply.text))


def _acts(turn: Turn, actor: Actor, found: Message, *, answered: bool) -> tuple[Option, ...]:
    number = base36(found.id)
    acts = []
    if found.identity is not None:
        acts.append(button(turn, f"reply.{number}", "reply"))
    if found.state == "open":
        acts.append(button(turn, f"put_away.{number}", "put_away"))
    if answered:
        acts.append(button(turn, f"message.{number}", "look"))
    following = _next(turn, actor, found)
    if following is not None:
        acts.append(button(turn, f"message.{base36(following)}", "next_message"))
    return (*acts, button(turn, "inbox", "inbox"), button(turn, "menu", "menu"))


def _next(turn: Turn, actor: Actor, found: Message) -> int | None:
    """The message that has waited longest beside this one."""
    own = access.organisations(turn, actor, COORDINATOR)
    waiting = inbox.listed(turn.tx, actor, own, turn.blueprint, turn.now, 2)
    left = (each.message for each in waiting if not each.message.answered)
    return next((each.id for each in left if each.id != found.id), None)


def reply(turn: Turn, actor: Actor, argument: str) -> None:
    """Begin to answer. That nothing reaches them is said before it is written."""
    found = inbox.find(turn.tx, actor, from_base36(argument) or 0, turn.blueprint)
    inbox.arrives(found, turn.house.channels)
    before = turn.labels.say("staff.replying_to", name=found.name or "—", quote=_shown(turn, found))
    conversing.begin(turn, "staff_reply", params={"message": found.id}, before=before)


def put_away(turn: Turn, actor: Actor, argument: str) -> None:
    """Take a message off the list; the next of them."""
    number = from_base36(argument) or 0
    inbox.done(turn.tx, actor, number, turn.now, turn.blueprint)
    following = _next(turn, actor, inbox.find(turn.tx, actor, number, turn.blueprint))
    text = turn.labels.say("staff.message_done")
    turn.send(turn.message(text, _afterwards(turn, following)))


def _afterwards(turn: Turn, following: int | None) -> tuple[Option, ...]:
    ways = [button(turn, "inbox", "inbox"), button(turn, "menu", "menu")]
    if following is not None:
        ways.insert(0, button(turn, f"message.{base36(following)}", "next_message"))
    return tuple(ways)


def apply(turn: Turn, result: StaffReply, said: Rich) -> None:
    """Send the reply that was written and confirmed."""
    try:
        _send(turn, access.in_conversation(turn), result, said)
    except OutreachError as error:  # they blocked the bot, or are gone, while it was being written
        problems.tell(turn, error)


def _send(turn: Turn, actor: Actor, result: StaffReply, said: Rich) -> None:
    sent = inbox.reply(
        turn.tx, actor, result.message, result.text, turn.now, turn.labels.words, turn.blueprint,
        turn.house.channels,
    )  # fmt: skip
    if result.done:
        inbox.done(turn.tx, actor, result.message, turn.now, turn.blueprint)
    found = inbox.find(turn.tx, actor, sent.inbox, turn.blueprint)
    look = button(turn, f"message.{base36(sent.inbox)}", "look")
    ways = _afterwards(turn, _next(turn, actor, found))
    text = rich.concat(said, turn.labels.say("staff.reply_kept"))
    turn.send(turn.message(text, (look, *ways)))
