"""What can be pressed below an event's card."""

from __future__ import annotations

from datetime import datetime

from messages.base36 import base36
from messages.message import Kind, Option, Widget
from messages.words import Words
from storage.events import EventRow, RsvpRow

PREFIX = "@e"  # of a widget's ref: "@e" and the event's number in base 36
MOST_GUESTS = 4  # buttons; nobody brings more

GOING, MAYBE, NO = "going", "maybe", "no"


def reference(event: int) -> str:
    """The ref of an event's buttons."""
    return f"{PREFIX}{base36(event)}"


class Buttons:
    """The buttons of one event in one language."""

    def __init__(self, words: Words, language: str, event: EventRow, *, full: bool = False) -> None:
        self._words = words
        self._full = full
        self._language = language
        self._event = event

    def answers(self, rsvp: RsvpRow | None, now: datetime) -> tuple[Option, ...]:
        """What can be answered now; a tick stands at what was answered."""
        event, state = self._event, rsvp.state if rsvp else None
        if event.status not in ("announced", "closed") or now >= event.starts_at:
            return ()
        if state == "offered":
            return (self._button(GOING, "take"), self._button(NO, "pass"))
        if event.status == "closed" or now >= event.answers_until:
            # Who cannot come can always say so: somebody may be waiting for the place.
            return (self._button(NO, "no"),) if state in ("going", "maybe", "waiting") else ()
        if state == "waiting":
            return (self._button(NO, "leave"), self._button(MAYBE, "maybe"))
        going = self._full and state != GOING
        labels = {GOING: "wait" if going else GOING, MAYBE: MAYBE, NO: NO}
        buttons = tuple(
            self._button(key, label, ticked=state == key) for key, label in labels.items()
        )
        return (*buttons, *self._guests(rsvp)) if rsvp and state == GOING else buttons

    def _guests(self, rsvp: RsvpRow) -> tuple[Option, ...]:
        """How many they bring, where anybody may."""
        counts = range(1, min(self._event.guests, MOST_GUESTS) + 1)
        ticked = {rsvp.guests}
        options = tuple(
            Option(
                f"g{count}", f"=g{count}", self._ticked(self._say("guests", count), count in ticked)
            )
            for count in counts
        )
        return (self._button("g0", "alone"), *options) if rsvp.guests else options

    def calendar(self) -> Option:
        return self._button("ics", "calendar")

    def feedback(self) -> Option:
        return self._button("feedback", "feedback")

    def widget(self, options: tuple[Option, ...]) -> Widget | None:
        """These buttons, if there are any."""
        if not options:
            return None
        return Widget(Kind.BUTTONS, reference(self._event.id), options)

    def _button(self, key: str, label: str, *, ticked: bool = False) -> Option:
        return Option(key, f"={key}", self._ticked(self._say(label), ticked))

    @staticmethod
    def _ticked(label: str, ticked: bool) -> str:
        return f"✓ {label}" if ticked else label

    def _say(self, label: str, count: int | None = None) -> str:
        values = {} if count is None else {"count": count}
        return self._words.text(f"event.button_{label}", self._language, **values)
