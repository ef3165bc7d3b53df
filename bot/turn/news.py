"""Whether we may write to somebody about events: nothing is promised that a missing consent
forbids. Whoever asks for news, or would be told "we'll write", is asked there and then."""

from __future__ import annotations

from typing import TypeAlias

from bot.turn import cards
from bot.turn.context import Turn
from messages.message import Option, Rich
from outreach.footer import AGREE
from storage import living

Beside: TypeAlias = tuple[Rich, tuple[Option, ...]]
NOTHING: Beside = ((), ())

PURPOSE = "invitations"
WISH = "events"
"""What locals can want, in the blueprint's registration, that needs the consent."""


def promised(turn: Turn) -> bool:
    """Whether "we'll write to you" is true."""
    return bool(living.consents(turn.tx, turn.who.person).get(PURPOSE))


def asked(turn: Turn) -> Beside:
    """The question for the consent, with its buttons; nothing where it is given, or where this
    region has no such purpose."""
    purpose = turn.blueprint.purpose(PURPOSE)
    if purpose is None or promised(turn):
        return NOTHING
    text = turn.labels.say(
        "news.ask", label=cards.texts(purpose.label), detail=cards.texts(purpose.detail)
    )
    words = turn.labels.words
    yes = turn.button(f"{AGREE}.{PURPOSE}", words.text("news.button_yes", turn.who.language))
    no = turn.button("menu", words.text("news.button_no", turn.who.language))
    return text, (yes, no)


def asked_for(turn: Turn) -> Beside:
    """The same, to somebody who said that they want news of events."""
    wishes = living.traits(turn.tx, turn.who.person, "wants")
    return asked(turn) if WISH in wishes else NOTHING
