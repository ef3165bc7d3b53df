"""A new broadcast in the bot: asked, kept as a draft, shown, counted, sent or planned; and how
far those that go out have got."""

from __future__ import annotations

from datetime import time
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from bot.turn import conversing
from bot.turn.context import Turn
from bot.turn.staff import access, drafting, problems, progress
from bot.turn.staff import review as reviewing
from bot.turn.staff.review import Found, button
from flows.staff_broadcast import LINK, NOTHING, QUESTION, BroadcastDraft, SendingTime
from messages.base36 import base36
from messages.message import Message, Option, Rich
from outreach import hours
from outreach.broadcasts import life, trying
from outreach.broadcasts.file import Written
from outreach.broadcasts.markdown import typed
from outreach.broadcasts.rendering import render
from outreach.errors import OutreachError
from outreach.reader import Reader
from outreach.staff import COORDINATOR, Actor
from storage import broadcasts, living
from storage.broadcasts import BroadcastRow
from storage.conversations import Talk


def new(turn: Turn, actor: Actor, _argument: str) -> None:
    """Begin the guided conversation."""
    conversing.begin(turn, "staff_broadcast", params=drafting.params(turn, actor))


def change(turn: Turn, actor: Actor, argument: str) -> None:
    """A draft once more, at its card: each line can be changed."""
    row = drafting.own_broadcast(turn, actor, argument, COORDINATOR)
    if row.status != "draft":
        turn.say("staff.not_draft")
        return
    params = {**drafting.params(turn, actor), "broadcast": row.id}
    answers = answers_of(row, turn.blueprint.languages)
    conversing.begin(turn, "staff_broadcast", params=params, answers=answers)


def answers_of(row: BroadcastRow, languages: tuple[str, ...]) -> dict[str, Any]:
    """A broadcast as the conversation's answers."""
    answers: dict[str, Any] = {
        "organisation": row.organisation,
        "name": row.title,
        **{f"body_{language}": None for language in languages},  # left out, and so it stays
        **{f"body_{language}": _untyped(text) for language, text in row.bodies.items()},
        "below": QUESTION if row.question else LINK if row.buttons else NOTHING,
        "audience": row.audience or "everybody",
    }
    for button_ in row.buttons[:1]:
        answers["url"] = button_["url"]
        answers |= {f"button_{language}": text for language, text in button_["label"].items()}
    options = row.question["options"] if row.question else ()
    for language in {code for option in options for code in option["label"]}:
        labels = [option["label"].get(language, "") for option in options]
        answers[f"options_{language}"] = labels
    return answers


def _untyped(text: str) -> str:
    """A text as it was typed: see :func:`outreach.broadcasts.markdown.typed`."""
    return text.replace("<br>\n", "\n").replace("&lt;", "<")


def apply(turn: Turn, talk: Talk, draft: BroadcastDraft, said: Rich) -> None:
    """Keep what was asked as a draft, new or the one that was changed; then review it."""
    actor = access.in_conversation(turn)
    number = int(talk.params.get("broadcast") or 0)
    before = broadcasts.by_ids(turn.tx, (number,)).get(number) if number else None
    try:
        row = _kept(turn, actor, draft, before)
    except OutreachError as error:
        drafting.once_more(turn, talk, problems.explained(turn, error))
        return
    _review(turn, row, said)


def _kept(
    turn: Turn, actor: Actor, draft: BroadcastDraft, before: BroadcastRow | None
) -> BroadcastRow:
    key = before.key if before else drafting.new_key(draft.title, turn.today, partial(_taken, turn))
    return life.create(
        turn.tx, actor, _written(draft, key), draft.organisation, draft.audience, turn.now,
        turn.blueprint, before is not None,
    )  # fmt: skip


def _taken(turn: Turn, key: str) -> bool:
    return broadcasts.by_key(turn.tx, key) is not None


def _written(draft: BroadcastDraft, key: str) -> Written:
    buttons = ({"label": dict(draft.link[1]), "url": draft.link[0]},) if draft.link else ()
    options = [
        {"key": f"o{number}", "label": dict(labels)}
        for number, labels in enumerate(draft.options, 1)
    ]
    return Written(
        key=key,
        title=draft.title,
        bodies={language: typed(text) for language, text in draft.bodies.items()},
        organisation=draft.organisation,
        audience=draft.audience,
        buttons=buttons,
        question={"text": {}, "options": options} if options else None,
    )


def show(turn: Turn, actor: Actor, argument: str) -> None:
    """A draft is reviewed; of any other, how far it has got."""
    row = drafting.own_broadcast(turn, actor, argument)
    if row.status == "draft":
        drafting.own_broadcast(turn, actor, argument, COORDINATOR)
        _review(turn, row)
    else:
        progress.show(turn, row)


def _review(turn: Turn, row: BroadcastRow, said: Rich = (), when: str = "") -> None:
    for language in reviewing.languages(turn.blueprint, row.organisation):
        named = turn.labels.words.language_name(language, turn.who.language)
        turn.say("staff.preview", language=named)
        turn.send(reviewing.inert(_rendered(turn, row, language)))
    turn.send(turn.message((*said, *turn.labels.say("staff.counting", about=row.key))))
    tell = partial(_reviewed, row.id, when, ())
    reviewing.count_later(turn, row.audience, row.organisation, tell)


def _rendered(turn: Turn, row: BroadcastRow, language: str) -> Message:
    """As its reader would be shown it, with what is known of whoever looks at it."""
    profile = living.read_profile(turn.tx, turn.who.person)
    reader = Reader(
        turn.who.person, language, turn.who.timezone or turn.blueprint.zone(row.organisation),
        profile.get("name") or "", profile.get("city") or "", profile.get("country") or "",
        row.organisation, turn.who.persona or "",
    )  # fmt: skip
    return render(row, reader, turn.house.words, turn.blueprint)


def _reviewed(
    broadcast: int, when: str, before: Rich, turn: Turn, actor: Actor, found: Found
) -> None:
    """Whom it reaches, and the last button, which states the count."""
    row = broadcasts.by_ids(turn.tx, (broadcast,))[broadcast]
    number = base36(row.id)
    menu = (
        button(turn, f"test.{number}", "test"),
        button(turn, f"change_broadcast.{number}", "change"),
        button(turn, f"stop.{number}", "discard"),
        button(turn, "menu", "menu"),
    )
    if isinstance(found, OutreachError):
        turn.send(turn.message(problems.explained(turn, found), menu))
        return
    people = found.reachable
    going: tuple[Option, ...] = ()
    if not people:
        before = (*before, *turn.labels.say("staff.nobody"))
    elif when:
        going = (button(turn, f"send.{number}.{people}.{when}", "schedule", count=people),)
    else:
        going = (button(turn, f"send.{number}.{people}", "send", count=people),)
    if people:
        going = (*going, button(turn, f"when.{number}", "when"))
    if when:
        before = (*before, *progress.planned(turn, row, progress.read_when(turn, row, when)))
    turn.send(reviewing.card(turn, row.title, row.audience, found, (*going, *menu), before))


def when(turn: Turn, actor: Actor, argument: str) -> None:
    """Ask when it shall go out."""
    row = drafting.own_broadcast(turn, actor, argument, COORDINATOR)
    if row.status not in ("draft", "scheduled"):
        turn.say("staff.not_draft")
        return
    params = {"broadcast": row.id, "zone": turn.blueprint.zone(row.organisation)}
    conversing.begin(turn, "staff_when", params=params)


def timed(turn: Turn, talk: Talk, result: SendingTime) -> None:
    """The time was chosen: count, and let the last button state it."""
    actor = access.in_conversation(turn)
    try:
        row = drafting.own_broadcast(turn, actor, base36(result.broadcast), COORDINATOR)
    except OutreachError as error:
        problems.tell(turn, error)
        return
    way = "l" if result.local else "a"
    code = f"{way}{result.day:%Y%m%d}{result.hour.replace(':', '')}"
    zone = ZoneInfo(turn.blueprint.zone(row.organisation))
    if hours.local(result.day, time.fromisoformat(result.hour), zone) <= turn.now:
        answers = {key: value for key, value in talk.answers.items() if key != "hour"}
        past = turn.labels.say("staff.time_past")
        conversing.begin(turn, "staff_when", params=talk.params, answers=answers, before=past)
        return
    tell = partial(_reviewed, row.id, code, ())
    reviewing.count_later(turn, row.audience, row.organisation, tell)


def send(turn: Turn, actor: Actor, argument: str) -> None:
    """The last button, which stated the count: look whether it still holds, then send."""
    number, _, rest = argument.partition(".")
    confirmed, _, code = rest.partition(".")
    row = drafting.own_broadcast(turn, actor, number, COORDINATOR)
    if row.status not in ("draft", "scheduled") or not confirmed.isdecimal():
        progress.show(turn, row)
        return
    progress.read_when(turn, row, code)
    tell = partial(_sent, row.id, int(confirmed), code)
    reviewing.count_later(turn, row.audience, row.organisation, tell)


def _sent(
    broadcast: int, confirmed: int, code: str, turn: Turn, actor: Actor, found: Found
) -> None:
    row = broadcasts.by_ids(turn.tx, (broadcast,))[broadcast]
    if isinstance(found, OutreachError) or not found.reachable:
        _reviewed(broadcast, code, (), turn, actor, found)
        return
    if not reviewing.still(found, confirmed):
        again = turn.labels.say("staff.changed_count", count=found.reachable)
        _reviewed(broadcast, code, again, turn, actor, found)
        return
    chosen = progress.read_when(turn, row, code)
    if row.status != "draft" and (chosen is None or progress.is_at(turn, row, chosen)):
        progress.show(turn, row)  # the second of a double tap
        return
    row = life.schedule(
        turn.tx, actor, row.key, chosen or turn.now, found.reachable, turn.now, turn.blueprint
    )
    said = progress.planned(turn, row, chosen) or turn.labels.say(
        "staff.sent", count=found.reachable
    )
    turn.send(turn.message(said, progress.controls(turn, actor, row)))


def test(turn: Turn, actor: Actor, argument: str) -> None:
    """Send it to whoever looks at it, alone, as everybody would get it."""
    row = drafting.own_broadcast(turn, actor, argument, COORDINATOR)
    house = turn.house
    trying.send_to_one(
        turn.tx, actor, row.key, turn.who.person, turn.now, house.words, house.blueprint,
        house.channels,
    )  # fmt: skip
    turn.say("staff.tested")


def pause(turn: Turn, actor: Actor, argument: str) -> None:
    row = drafting.own_broadcast(turn, actor, argument, COORDINATOR)
    progress.show(turn, life.pause(turn.tx, actor, row.key, turn.now))


def resume(turn: Turn, actor: Actor, argument: str) -> None:
    row = drafting.own_broadcast(turn, actor, argument, COORDINATOR)
    progress.show(turn, life.resume(turn.tx, actor, row.key, turn.now))


def stop(turn: Turn, actor: Actor, argument: str) -> None:
    """Nothing more of it goes out; a draft is thrown away."""
    row = drafting.own_broadcast(turn, actor, argument, COORDINATOR)
    after = life.cancel(turn.tx, actor, row.key, turn.now)
    if row.status == "draft":
        text = turn.labels.say("staff.discarded", about=row.key)
        turn.send(turn.message(text, (button(turn, "menu", "menu"),)))
    else:
        progress.show(turn, after)
