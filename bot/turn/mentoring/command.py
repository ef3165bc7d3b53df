"""/mentor and the buttons that lead on from it: asking, offering, breaks, whom to avoid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from blueprints.facts import Pick
from bot.turn import allowing, conversing, opening
from bot.turn.allowing import NOTHING, Beside
from bot.turn.context import Turn
from bot.turn.events import REGISTERED
from bot.turn.mentoring import own, showing
from bot.turn.mentoring.replying import looked
from flows.mentoring import offer_answers, request_answers
from messages import rich
from messages.message import Option, Rich
from outreach.mentoring import offers, requests, withdrawing
from storage import living, people
from storage.mentoring import matches

PURPOSE, SHARING = "mentoring", "sharing"
LINK = "mentor"
"""The payload of the deep link that leads here."""


def there(turn: Turn) -> bool:
    """Whether this region has mentoring, and for people like them."""
    persona = turn.who.persona
    if turn.blueprint.purpose(PURPOSE) is None:
        return False
    return persona is None or seeks(turn) or turn.blueprint.may_mentor(persona)


def seeks(turn: Turn) -> bool:
    """Whether they are of those who ask for a mentor, not of those who are one."""
    return turn.blueprint.may_seek(turn.who.persona)


def _chose(turn: Turn, pick: Pick | None) -> bool:
    """Whether they chose what says that they would like a mentor, or would be one."""
    return pick is not None and pick.option in living.traits(turn.tx, turn.who.person, pick.fact)


def agreed(turn: Turn) -> bool:
    """Whether this person consents to mentoring."""
    return allowing.given(turn, PURPOSE)


def command(turn: Turn, argument: str) -> None:
    """What somebody has to do with mentoring; with an argument, one of its buttons."""
    name, _, number = argument.strip().partition("_")
    if not there(turn):
        conversing.ask_again(turn, turn.labels.say("mentor.not_here"))
    elif turn.who.status not in REGISTERED:
        _register_first(turn)
    elif argument in _ACTS:
        _ACTS[argument](turn)
    elif name in _ABOUT and number.isascii() and number.isdecimal() and len(number) < 19:
        _ABOUT[name](turn, int(number))
    else:
        _overview(turn)


def is_link(payload: str) -> bool:
    """Whether a deep link leads here."""
    return payload.lower() == LINK


def _register_first(turn: Turn) -> None:
    people.came_by(turn.tx, turn.who.person, LINK)
    before = turn.labels.say("mentor.register_first")
    if turn.who.status == "joining":
        opening.registration(turn, before)
    else:
        conversing.ask_again(turn, before)


def arrived_before(turn: Turn, said: Rich) -> bool:
    """After a registration: go on with mentoring, if it is what somebody came for."""
    if not there(turn) or not is_link(people.source(turn.tx, turn.who.person) or ""):
        return False
    before = len(turn.out)
    _overview(turn)
    first = turn.out[before]
    text = rich.concat(said, first.message.text)
    turn.out[before] = replace(first, message=replace(first.message, text=text))
    return True


def after_registration(turn: Turn) -> tuple[Rich, tuple[Option, ...]]:
    """The offer to ask for a mentor, to a local who would like one; nothing to others."""
    wants = there(turn) and seeks(turn)
    if not wants or not _chose(turn, turn.blueprint.mentoring.wish):
        return (), ()
    if own.current_request(turn) is not None:
        return (), ()
    return turn.labels.say("mentor.offered_request"), (_button(turn, "request"),)


def after_survey(turn: Turn) -> tuple[Rich, tuple[Option, ...]]:
    """To an expat who has just said that they would be a mentor: the offer, to be set up."""
    if not there(turn) or not turn.blueprint.may_mentor(turn.who.persona):
        return (), ()
    if not _chose(turn, turn.blueprint.mentoring.offer):
        return (), ()
    held = own.current_offer(turn)
    if held is not None and held.source != "survey":
        return (), ()
    count = turn.blueprint.mentoring.capacity
    return turn.labels.say("mentor.offered_offer", count=count), (_button(turn, "offer"),)


def shared(turn: Turn) -> Beside:
    """To whoever takes part in mentoring now and has never been asked: whether the partner
    organisation may see them, without which only half of the people come into question."""
    if len(turn.blueprint.organisations) < 2 or allowing.decided(turn, SHARING):
        return NOTHING
    return allowing.asked(turn, SHARING, yes=_button(turn, "share"))


def _share(turn: Turn) -> None:
    """The partner organisation may see them, in one tap."""
    if agreed(turn):
        allowing.note(turn, SHARING, yes=True)
        conversing.ask_again(turn, turn.labels.say("mentor.shared"))
    else:
        _ask_consent(turn)


def _overview(turn: Turn) -> None:
    """The own request or offer; who has none is asked for it."""
    if seeks(turn):
        request(turn)
    else:
        offer(turn)


def request(turn: Turn) -> None:
    if not seeks(turn):
        offer(turn)
        return
    held = own.current_request(turn)
    if not agreed(turn):  # with a request: they took it back a moment ago, and it ends soon
        _ask_consent(turn)
    elif held is not None:
        own.request(turn, held)
        conversing.carry_on(turn)
    elif not _resumed(turn):
        field = living.read_profile(turn.tx, turn.who.person).get("field")
        known = {each.key for each in turn.blueprint.fields}
        answers = {"field": field} if field in known else {}
        conversing.begin(turn, "mentor_request", answers=answers)


def _resumed(turn: Turn) -> bool:
    """Whether a request was begun before and is gone on with."""
    talk = turn.who.talk
    if talk is not None and talk.flow == "mentor_request":
        conversing.go_on(turn)
        return True
    return opening.parked(turn, "mentor_request")


def offer(turn: Turn) -> None:
    held = own.current_offer(turn)
    if held is None or (not agreed(turn) and (held.source == "survey" or held.status == "active")):
        _set_up(turn)
    else:
        own.offer(turn, held)
        conversing.carry_on(turn)


def _set_up(turn: Turn) -> None:
    """The offer as it stands, or as it would be, at its card."""
    if seeks(turn):
        request(turn)
        return
    if not agreed(turn):
        _ask_consent(turn)
        return
    held = own.current_offer(turn)
    known = own.usual(turn) if held is None else own.offered(held)
    params = {"review": True}
    conversing.begin(turn, "mentor_offer", params=params, answers=offer_answers(known))


def _ask_consent(turn: Turn) -> None:
    text, buttons = allowing.asked(turn, PURPOSE, yes=_button(turn, "agree"))
    turn.send(turn.message(text, buttons))
    conversing.carry_on(turn)


def _agree(turn: Turn) -> None:
    """Consent, in one tap, and on with what it was needed for."""
    allowing.note(turn, PURPOSE, yes=True)
    withdrawing.cancel(turn.tx, turn.who.person, turn.now)
    if seeks(turn):
        request(turn)
    elif own.current_offer(turn) is None:
        _set_up(turn)
    else:
        _back(turn)


def _edit(turn: Turn) -> None:
    if not seeks(turn):
        _set_up(turn)
        return
    held = own.current_request(turn)
    if held is None:
        request(turn)
        return
    answers = request_answers(own.wanted(held))
    conversing.begin(turn, "mentor_request", params={"review": True}, answers=answers)


def withdraw(turn: Turn) -> None:
    """Asked back: what was waited for is lost by it."""
    if own.current_request(turn) is None:
        conversing.ask_again(turn, turn.labels.say("mentor.request_not_open"))
        return
    buttons = (_button(turn, "withdrawn"), _button(turn, "keep"))
    turn.send(turn.message(turn.labels.say("mentor.really_withdraw"), buttons))


def _withdrawn(turn: Turn) -> None:
    gone = requests.withdraw(turn.tx, turn.who.person, turn.now, turn.blueprint)
    said = "request_not_open" if gone is None else "request_withdrawn"
    _done(turn, said)


def _break(turn: Turn) -> None:
    if own.current_offer(turn) is None:
        _overview(turn)
    else:
        conversing.begin(turn, "mentor_break")


def _back(turn: Turn) -> None:
    if not agreed(turn):
        _ask_consent(turn)
        return
    if seeks(turn):
        request(turn)
        return
    row = offers.back(turn.tx, turn.who.person, turn.now, turn.blueprint)
    if row is None:
        _overview(turn)
    else:
        own.offer(turn, row, turn.labels.say("mentor.break_over"))
        conversing.carry_on(turn)


def _off(turn: Turn) -> None:
    buttons = (_button(turn, "really_off"), _button(turn, "keep"))
    turn.send(turn.message(turn.labels.say("mentor.really_off"), buttons))


def _really_off(turn: Turn) -> None:
    offers.off(turn.tx, turn.who.person, turn.now, turn.blueprint)
    _done(turn, "offer_ended")


def _avoid(turn: Turn) -> None:
    own.avoided(turn)
    conversing.carry_on(turn)


def _unblock(turn: Turn, other: int) -> None:
    if offers.unblock(turn.tx, turn.who.person, other):
        own.avoided(turn, turn.labels.say("mentor.unblocked"))
    else:
        own.avoided(turn)
    conversing.carry_on(turn)


def _pair(turn: Turn, number: int) -> None:
    row = matches.one(turn.tx, number)
    if row is None or row.side(turn.who.person) is None:
        conversing.ask_again(turn, turn.labels.say("mentor.gone"))
        return
    turn.send(showing.card(turn, looked(turn, row)))
    conversing.carry_on(turn)


def _done(turn: Turn, said: str) -> None:
    conversing.ask_again(turn, turn.labels.say(f"mentor.{said}"))


def _button(turn: Turn, name: str) -> Option:
    label = turn.labels.words.text(f"mentor.button_{name}", turn.who.language)
    return turn.button(f"mentor.{name}", label)


_ACTS: Mapping[str, Callable[[Turn], None]] = {
    "agree": _agree,
    "share": _share,
    "request": request,
    "offer": _set_up,
    "edit": _edit,
    "withdraw": withdraw,
    "withdrawn": _withdrawn,
    "keep": _overview,
    "break": _break,
    "back": _back,
    "off": _off,
    "really_off": _really_off,
    "on": _back,
    "avoid": _avoid,
    "avoid_more": lambda turn: conversing.begin(turn, "mentor_avoid"),
}
_ABOUT: Mapping[str, Callable[[Turn, int], None]] = {"unblock": _unblock, "pair": _pair}
"""Acts on something that has a number: "pair_12"."""
