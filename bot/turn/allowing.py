"""A consent that is missing is asked for there and then, in one sentence and one tap, for every
purpose in one way; nothing is promised that a missing consent forbids.

The sentences are the program's own (``allow.ask_PURPOSE``). They are stored with the notice
(:mod:`bot.turn.notice`), so each consent says in which words it was asked for.
"""

from __future__ import annotations

from typing import TypeAlias

from bot.turn import notice
from bot.turn.context import Turn
from messages.message import Option, Rich
from outreach.footer import AGREE
from storage import living

Beside: TypeAlias = tuple[Rich, tuple[Option, ...]]
NOTHING: Beside = ((), ())


def given(turn: Turn, purpose: str) -> bool:
    """Whether they consent to this."""
    return bool(living.consents(turn.tx, turn.who.person).get(purpose))


def decided(turn: Turn, purpose: str) -> bool:
    """Whether they have ever said yes or no to this."""
    return purpose in living.consents(turn.tx, turn.who.person)


def asked(turn: Turn, purpose: str, yes: Option | None = None) -> Beside:
    """The sentence that asks for the consent, with its two buttons; nothing where it is given, or
    where this region has no such purpose. ``yes``: a button that does more than to agree."""
    if turn.blueprint.purpose(purpose) is None or given(turn, purpose):
        return NOTHING
    words, language = turn.labels.words, turn.who.language
    agree = yes or turn.button(f"{AGREE}.{purpose}", words.text("allow.button_yes", language))
    no = turn.button("menu", words.text("allow.button_no", language))
    return turn.labels.say(f"allow.ask_{purpose}"), (agree, no)


def note(turn: Turn, purpose: str, *, yes: bool) -> None:
    """Record a consent as given or taken back, in the words of the notice as it is now."""
    notice.stored(turn)
    living.consent(
        turn.tx,
        turn.who.person,
        {purpose: yes},
        notice_version=turn.blueprint.programme.notice_version,
        channel=turn.incoming.channel,
        now=turn.now,
    )
