"""What can be pressed below an event's card."""

from __future__ import annotations

from datetime import datetime

from messages.base36 import base36
from messages.message import Kind, Option, Widget
from messages.words import Words
from storage.events import EventRow, RsvpRow

PREFIX = "@e"  # of a widget's ref: "@e" and the event's number in base 36
MOST_GUESTS = 9
FEW_GUESTS = 4  # up to so many, each number has its button

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
        """How many they bring, where anybody may. All buttons of a card fit one page on Telegram
        (ten), so of many numbers those near the present one are shown, and the most."""
        most, now = min(self._event.guests, MOST_GUESTS), rsvp.guests
        near = {1, now - 1, now, now + 1, most} if most > FEW_GUESTS else set(range(1, most + 1))
        options = tuple(self._bring(count, now) for count in sorted(near) if 1 <= count <= most)
        return (self._button("g0", "alone"), *options) if now else options

    def _bring(self, count: int, now: int) -> Option:
        label = self._ticked(self._say("guests", count), count == now)
        return Option(f"g{count}", f"=g{count}", label)

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
