"""Messages to send, short to write."""

from __future__ import annotations

from typing import Any

from bot.outgoing import Action, Outgoing
from messages.message import Form, Kind, Message, Option, Paragraph, Rich, Span, Widget
from tests.fakes.slack import FakeUser


def words(text: str) -> Rich:
    return (Paragraph((Span(text),)),)


def options(*labels: str, on: tuple[str, ...] = ()) -> tuple[Option, ...]:
    """Options whose key is the label in small letters without blanks."""
    made = []
    for label in labels:
        key = label.lower().replace(" ", "_")
        made.append(Option(key, f"+{key}", label, "on" if label in on else ""))
    return tuple(made)


DONE = Option("done", "!done", "Done")
BACK = Option("back", "!back", "Back")


def asking(kind: Kind, given: tuple[Option, ...], text: str = "Which?", **more: Any) -> Message:
    controls = more.pop("controls", (DONE, BACK))
    widget = Widget(kind, "7.0.q", given, controls, **more)
    return Message(words(text), widget=widget)


def to(person: FakeUser, message: Message, **more: Any) -> Outgoing:
    """A new message to the person, unless ``more`` says otherwise."""
    action = more.pop("action", Action.SEND)
    chat = more.pop("chat", person.id)
    return Outgoing(action, chat, person.id, message, **more)


def window(*fields: Any, ref: str = "7.0.form", title: str = "Willingness") -> Message:
    return Message(words("About you"), form=Form(ref, title, "Send", "Cancel", tuple(fields)))
