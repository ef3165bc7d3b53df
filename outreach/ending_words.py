"""What people and staff are told of the end, and of what is erased before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from blueprints.schema import Blueprint
from messages.message import MENU, Kind, Message, Option, Widget
from messages.words import Words
from outreach.reader import Reader

FAREWELL, UNFINISHED = "farewell", "unfinished"
REMINDER = "end"
"""Begins the variant of a word to staff that is a reminder of the end."""

Notice = Callable[[Reader, date, Words, Blueprint], Message]


def farewell(me: Reader, day: date, words: Words, blueprint: Blueprint) -> Message:
    """That the programme ends, who runs it, and that everything is erased on ``day``."""
    own = words.spoken(me.language, blueprint.language)
    text = words.rich(
        "ending.farewell",
        own,
        programme=blueprint.programme.short_name[own],
        last_day=day,
        organisations=[each.name for each in blueprint.organisations],
        contacts=contacts(blueprint),
        funding=blueprint.programme.funding_statement[own],
    )
    return _with_buttons(text_of=Message(text, own), names=("mydata",), words=words)


def unfinished(me: Reader, day: date, words: Words, blueprint: Blueprint) -> Message:
    """That what somebody told before they left off is erased on ``day``, unless they go on."""
    own = words.spoken(me.language, blueprint.language)
    text = words.rich(
        "ending.unfinished",
        own,
        programme=blueprint.programme.short_name[own],
        last_day=day,
        organisations=[each.name for each in blueprint.organisations],
    )
    message = Message(text, own)
    go_on = Option("profile", "=profile", words.text("ending.button_go_on", own))
    return _with_buttons(message, ("mydata", "forget"), words, (go_on,))


NOTICES: Mapping[str, Notice] = {FAREWELL: farewell, UNFINISHED: unfinished}


def reminder(
    variant: str, language: str, words: Words, blueprint: Blueprint, today: date
) -> Message:
    """What staff are told before the end. ``variant``: "end:2028-12-31:2028-12-31", the last day
    and that on which everybody is erased."""
    day, erased = (date.fromisoformat(each) for each in variant.split(":")[1:])
    left = (day - today).days
    values: dict[str, object] = {}
    if left > 0:
        told = erased - timedelta(days=blueprint.timings.farewell_days)
        values = {"count": left, "told_on": told}
    text = words.rich(
        "ending.staff_reminder" if left > 0 else "ending.staff_over",
        language,
        programme=blueprint.programme.short_name[language],
        last_day=day,
        erased_on=erased,
        **values,
    )
    return Message(text, language)


def contacts(blueprint: Blueprint) -> list[str]:
    """Whom to ask: an address of each organisation."""
    return [each.privacy_contact for each in blueprint.organisations]


def _with_buttons(
    text_of: Message, names: tuple[str, ...], words: Words, before: tuple[Option, ...] = ()
) -> Message:
    own = text_of.language
    more = (Option(name, f"={name}", words.text(f"menu.button_{name}", own)) for name in names)
    return Message(text_of.text, own, Widget(Kind.BUTTONS, MENU, (*before, *more)))
