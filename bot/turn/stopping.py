"""No more of this, and again: one tap below a message, or a word. Holds on every platform at once,
for it is the person's consent that changes; what is waiting is looked at when it would be sent
(outreach.deciding)."""

from __future__ import annotations

from bot.turn import conversing
from bot.turn.context import Turn
from outreach.footer import AGREE
from outreach.kinds import REFUSABLE
from outreach.mentoring import withdrawing
from storage import living

INVITATIONS, MENTORING = "invitations", "mentoring"
PURPOSES = frozenset({INVITATIONS, MENTORING}) | REFUSABLE
"""What can be ended, or agreed to, by a tap."""


def stop(turn: Turn, purpose: str) -> None:
    """Take a consent back, or refuse what needs none; a tap undoes it."""
    if not _known(turn, purpose):
        conversing.ask_again(turn)
        return
    _note(turn, purpose, given=False)
    if purpose == MENTORING:
        withdrawing.plan(turn.tx, turn.who.person, turn.now)
    values = {"minutes": withdrawing.MINUTES} if purpose == MENTORING else {}
    undo = turn.button(f"{AGREE}.{purpose}", _label(turn, "again"))
    said = turn.labels.say(f"footer.stopped_{purpose}", **values)
    turn.send(turn.message(said, (undo,)))
    conversing.carry_on(turn)


def agree(turn: Turn, purpose: str) -> None:
    """Give a consent (again), or take back that something was refused."""
    if not _known(turn, purpose):
        conversing.ask_again(turn)
        return
    _note(turn, purpose, given=True)
    if purpose == MENTORING:
        withdrawing.cancel(turn.tx, turn.who.person, turn.now)
    conversing.ask_again(turn, turn.labels.say(f"footer.agreed_{purpose}"))


def refused(turn: Turn) -> list[str]:
    """What they have said no to that is sent without a consent."""
    given = living.consents(turn.tx, turn.who.person)
    return [purpose for purpose in sorted(REFUSABLE) if given.get(purpose) is False]


def _known(turn: Turn, purpose: str) -> bool:
    """Whether there is such a purpose here: any press may be forged."""
    return purpose in PURPOSES and (
        purpose in REFUSABLE or turn.blueprint.purpose(purpose) is not None
    )


def _note(turn: Turn, purpose: str, *, given: bool) -> None:
    living.consent(
        turn.tx,
        turn.who.person,
        {purpose: given},
        notice_version=turn.blueprint.programme.notice_version,
        channel=turn.incoming.channel,
        now=turn.now,
    )
    if given and purpose in REFUSABLE:
        living.refuse_no_more(turn.tx, turn.who.person, purpose)


def _label(turn: Turn, name: str) -> str:
    return turn.labels.words.text(f"footer.button_{name}", turn.who.language)
