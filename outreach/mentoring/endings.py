"""What is said kindly where something came to an end: a pair, a question, a mentor's patience, a
wait."""

from __future__ import annotations

from messages import rich
from messages.message import Message, Option, Rich
from outreach import hours
from outreach.mentoring import buttons, showing
from outreach.mentoring.showing import Card


def ended(card: Card) -> Message:
    """Kindly to the other; for the mentee with what becomes of the request, for the mentor with
    what becomes of the place."""
    said, after = _ended_words(card), _afterwards(card)
    reopen = card.variant == "silent" and _own_silence(card)
    text = rich.concat(said, after)
    return _with_new(card, text) if reopen else card.message(text)


def _ended_words(card: Card) -> Rich:
    match, variant = card.match, card.variant
    since = match.introduced_at if match else None
    if variant == "gone":
        day = since.astimezone(hours.known(card.me.timezone)).date() if since else None
        shown = card.words.date(day, card.language) if day else ""
        return card.say("ended_gone", day=shown)
    if not card.named and variant != "staff":
        return _never_named(card)
    if variant == "silent":
        return card.say(f"ended_silent_{'self' if _own_silence(card) else 'other'}", name=card.name)
    if variant == "staff":
        return card.say("ended_staff", name=card.name if card.named else "")
    if variant == "done":
        return rich.concat(card.say("ended_done", name=card.name), showing.counted(card))
    return card.say("ended_not_met" if variant == "not_met" else "ended_stopped", name=card.name)


def _never_named(card: Card) -> Rich:
    """It ended before they were introduced."""
    if card.role == "mentee":
        return card.say("reopened")
    said_yes = card.match is not None and card.match.mentor_said_at is not None
    return card.say("ended_declined" if said_yes else "ended_withdrawn")


def _own_silence(card: Card) -> bool:
    """Whether it is the reader, a mentee, who said nothing: their request is closed then."""
    match, request = card.match, card.request
    if card.role != "mentee" or match is None or request is None or request.status != "closed":
        return False
    seen, since = match.mentee_seen_at, match.introduced_at
    return seen is None or since is None or seen <= since


def _afterwards(card: Card) -> Rich:
    request = card.request
    if card.variant == "done":
        return ()
    if card.role == "mentor":
        return card.say("place_free") if card.named else ()
    if request is None or request.status != "open":
        return ()
    return card.say("request_open", ahead=bool(request.ahead))


def _with_new(card: Card, text: Rich) -> Message:
    """The request can be asked anew."""
    label = card.line("button_reopen")
    return card.message(text, (Option(buttons.NEW, f"={buttons.NEW}", label),))


def lapsed(card: Card) -> Message:
    """To who did not answer in time."""
    if card.role == "mentor":
        return card.commanding(card.say("lapsed_mentor"), ("break", "mentor.break"))
    if card.variant == "closed":
        return _with_new(card, card.say("lapsed_closed"))
    return card.message(card.say("lapsed_mentee"))


def on_break(card: Card) -> Message:
    """To a mentor who fell silent: no blame, and one tap back."""
    until = card.offer.break_until if card.offer else None
    if until is None:
        return card.message(card.say("place_free"))
    return card.commanding(card.say("mentor_break", until=until), ("back", buttons.BACK))


def unmatched(card: Card) -> Message:
    """To somebody who has waited for long: an honest word, and what else there is."""
    request = card.request
    days = max(1, (card.now - request.waiting_since).days) if request else 1
    text = rich.concat(card.say("unmatched", count=days), card.say("unmatched_ways"))
    keys = [buttons.EVENTS, buttons.EDIT, buttons.WAIT, buttons.WITHDRAW]
    if card.blueprint.survey("formats") is not None:
        keys.insert(1, buttons.FORMATS)
    press = card.request_buttons
    return Message(text, card.language, press.widget(press.some(*keys)) if request else None)


def reopened(card: Card) -> Message:
    """To a mentee who had been asked: that mentor cannot."""
    ahead = card.request is not None and bool(card.request.ahead)
    return card.message(rich.concat(card.say("reopened"), card.say("looking", ahead=ahead)))
