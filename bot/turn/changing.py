"""What somebody says has changed about them: shown, confirmed by a tap, then changed."""

from __future__ import annotations

from typing import Any

from bot.turn import cards, conversing, events, opening
from bot.turn.context import Turn
from flows import dialogue
from flows.dialogue import Accepted
from flows.understand import changes, places
from flows.understand.changes import PLACE
from flows.understand.places import Place
from flows.understand.reading import Understood, Unsure
from messages.labels import fit
from messages.message import Rich
from storage import profile

COMMAND = "changed"
"""The command of a confirmation: "changed.place.2761369"."""
MOST = 4  # places to choose from


def typed(turn: Turn, text: str) -> bool:
    """Whether these words tell of a change, and were answered."""
    found = changes.changed(text) if turn.who.status in events.REGISTERED else None
    if found is None:
        return False
    if found.keys != (PLACE,):
        return _line(turn, found.keys, turn.labels.say("profile.changed"))
    known = _places(turn, found.value)
    if not known:
        return _line(turn, _PLACE_LINES, turn.labels.say("profile.changed"))
    _ask(turn, known)
    return True


_PLACE_LINES = (PLACE, "country", "city")
"""The line of the profile that says where they live, by its key."""


def _places(turn: Turn, text: str) -> list[Place]:
    """The towns that may be meant, of those that are known."""
    home = [each.country for each in turn.blueprint.organisations]
    reading = places.where(text, turn.who.language, home) if text else None
    if isinstance(reading, Understood):
        found = [reading.value]
    else:
        found = list(reading.candidates) if isinstance(reading, Unsure) else []
    return [each for each in found if each.geonameid is not None and each.country][:MOST]


def _ask(turn: Turn, found: list[Place]) -> None:
    words, language = turn.labels.words, turn.who.language
    no = turn.button("nothing", words.text("common.button_no", language))
    if len(found) == 1:
        yes = turn.button(_press(found[0]), words.text("common.button_yes", language))
        asked = turn.labels.say("profile.moved", place=_named(turn, found[0]))
        turn.send(turn.message(asked, (yes, no)))
        return
    choices = [turn.button(_press(each), fit(_named(turn, each), 28)) for each in found]
    turn.send(turn.message(turn.labels.say("profile.moved_where"), (*choices, no)))


def _press(place: Place) -> str:
    return f"{COMMAND}.{PLACE}.{place.geonameid}"


def _named(turn: Turn, place: Place) -> str:
    language = turn.who.language
    name = places.city_name(place.geonameid or 0, language) or place.name
    return f"{name}, {turn.labels.words.country(place.country or '', language)}"


def _line(turn: Turn, keys: tuple[str, ...], said: Rich) -> bool:
    """The profile with one line open, the first of ``keys`` that there is; whether there is one."""
    before = len(turn.out)
    opening.profile(turn)
    del turn.out[before:]  # the card; the line alone is shown
    talk, waiting = turn.who.talk, conversing.waiting(turn)
    key = next((each for each in keys if waiting is not None and each in waiting.path), None)
    if key is None or talk is None or waiting is None:
        conversing.ask_again(turn)
        return True
    opened = dialogue.edit(conversing.state_of(talk), waiting, key)
    if isinstance(opened, Accepted):
        conversing.store(turn, opened.state)
    conversing.go_on(turn, said)
    return True


def confirmed(turn: Turn, argument: str) -> None:
    """They live there now. Any press may be forged: only a town that is known is taken."""
    what, _, number = argument.partition(".")
    there = number.isascii() and number.isdecimal() and len(number) < 12
    place = places.place(int(number)) if what == PLACE and there else None
    if place is None or turn.who.status not in events.REGISTERED:
        conversing.ask_again(turn)
        return
    fact: dict[str, Any] = {
        "name": place.name, "country": place.country, "geonameid": place.geonameid,
        "timezone": place.timezone,
    }  # fmt: skip
    source = f"person:{turn.incoming.channel}"
    profile.save(turn.tx, turn.who.person, turn.blueprint, {PLACE: fact}, source, turn.now)
    turn.who.timezone = place.timezone or turn.who.timezone
    conversing.ask_open(turn, turn.labels.say("profile.moved_saved", place=_named(turn, place)))
    cards.refresh_home(turn)
