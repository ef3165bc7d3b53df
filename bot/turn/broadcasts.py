"""A quick question below a broadcast: its answer is stored, shown in place, and can be changed."""

from __future__ import annotations

from bot.turn import conversing
from bot.turn.context import Turn
from bot.turn.staff import access
from messages import rich
from messages.base36 import from_base36
from outreach.broadcasts import answering, life
from outreach.broadcasts.rendering import PRESS, label_of, render
from outreach.reader import Reader
from storage import broadcasts, living
from storage.broadcasts import BroadcastRow

ONE_MESSAGE = (
    3500  # characters that are surely one message on every platform; see messages.telegram
)


def pressed(turn: Turn, ref: str, press: str) -> None:
    """An answer, at any time. Of a press that is forged, or of a message that was withdrawn,
    nothing is stored."""
    number = from_base36(ref.removeprefix(PRESS))
    row = broadcasts.by_ids(turn.tx, (number,)).get(number) if number else None
    key = press.removeprefix("=")
    if row is not None and answering.answer(turn.tx, row, turn.who.person, key, turn.now):
        _show(turn, row, key)
    elif row is not None and answering.offers(row, key) and _is_test(turn, row):
        turn.say("broadcast.only_a_test")
        _show(turn, row, key)
    else:
        conversing.ask_again(turn, turn.labels.say("broadcast.closed"))


def _is_test(turn: Turn, row: BroadcastRow) -> bool:
    """Whether it was sent to them as a test, or is a preview in the conversation with staff."""
    if life.withdrawn(turn.tx, row.id):
        return False
    got = answering.got(turn.tx, row, turn.who.person)
    return got == "test" or (got is None and access.actor_of(turn) is not None)


def _show(turn: Turn, row: BroadcastRow, answer: str) -> None:
    """The message with the answer in it, in place of the one that was pressed."""
    house = turn.house
    message = render(row, _reader(turn), house.words, house.blueprint, answer)
    fits = len(rich.plain(message.text)) <= ONE_MESSAGE
    if fits and turn.incoming.message is not None and turn.can("edit"):
        turn.edit(message)
    else:
        turn.say("broadcast.chosen", value=label_of(row, answer, turn.who.language))
    conversing.carry_on(turn)


def _reader(turn: Turn) -> Reader:
    who = turn.who
    profile = living.read_profile(turn.tx, who.person)
    return Reader(
        person=who.person,
        language=who.language,
        timezone=who.timezone or turn.blueprint.zone(who.organisation),
        name=who.name or "",
        city=profile.get("city") or "",
        country=profile.get("country") or "",
        organisation=who.organisation or "",
        persona=who.persona or "",
    )
