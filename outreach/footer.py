"""What stands below everything that the bot sends by itself: who it is from and why, who pays for
it, and the button that ends it. The one place that decides all three. Pure."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from blueprints.schema import Blueprint
from messages import rich
from messages.message import MENU, Message, Option, Rich, Widget
from messages.message import Kind as WidgetKind
from messages.words import Words
from outreach.kinds import CHECK_INS, KINDS, REMINDERS

STOP, AGREE = "nomore", "agree"
"""Commands: take back a purpose, or agree to it (again). Their argument is the purpose."""

_REASONS = {
    "invitations": "invitations", "mentoring": "mentoring",
    REMINDERS: "reminders", CHECK_INS: "mentoring",
}  # fmt: skip


def signed(
    message: Message, kind: str, sender: str | None, words: Words, blueprint: Blueprint
) -> Message:
    """``message`` with its footer, as one of ``kind`` (of outreach.kinds.KINDS) from the
    organisation with the key ``sender`` (the blueprint's first, where that is unknown). As it is,
    where the kind has no footer.

    The funding statement goes with what is sent to many (Regulation (EU) 2021/1060, Article 50 and
    Annex IX): invitations and broadcasts. It stands in full and upright.
    """
    about = KINDS[kind]
    if about.stop is None:
        return message
    language = words.spoken(message.language, blueprint.language)
    organisation = blueprint.organisation(sender or "") or blueprint.organisations[0]
    funding = blueprint.programme.funding_statement[language] if about.funded else ""
    below = _words(words, language, organisation.name, _REASONS[about.stop], funding)
    return replace(
        message,
        text=rich.concat(message.text, below),
        widget=_with_stop(message.widget, about.stop, words, language),
    )


@lru_cache(maxsize=256)  # of a message to many it is the same for all
def _words(words: Words, language: str, organisation: str, reason: str, funding: str) -> Rich:
    said = words.rich(f"footer.{reason}", language, organisation=organisation)
    paid = rich.paragraph(funding) if funding else ()
    return rich.concat(said, paid)


def _with_stop(widget: Widget | None, purpose: str, words: Words, language: str) -> Widget:
    """A row of its own below all else: what one presses most stays where it is."""
    below = widget or Widget(WidgetKind.BUTTONS, MENU)
    return replace(below, controls=(*below.controls, _stop(words, language, purpose)))


@lru_cache(maxsize=64)
def _stop(words: Words, language: str, purpose: str) -> Option:
    return Option(STOP, f"!{STOP}.{purpose}", words.text("footer.button_stop", language))
