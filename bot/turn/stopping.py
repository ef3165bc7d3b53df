"""No more of this, and again: one tap below a message, or a word. Holds on every platform at once,
for it is the person's consent that changes; what is waiting is looked at when it would be sent
(outreach.deciding)."""

from __future__ import annotations

from bot.turn import allowing, conversing
from bot.turn.context import Turn
from flows.understand.reading import Understood
from outreach.footer import AGREE, STOP
from outreach.kinds import REFUSABLE
from outreach.mentoring import withdrawing
from storage import conversations, living

FORGET = "forget"
_WITHIN = frozenset({FORGET, "back", "skip", "done", "cancel", "language"})
"""Commands that belong to the question, or ask it again."""
INVITATIONS, MENTORING = "invitations", "mentoring"
PURPOSES = frozenset({INVITATIONS, MENTORING}) | REFUSABLE
"""What can be ended, or agreed to, by a tap."""


def offer(turn: Turn) -> None:
    """What can be ended, as buttons. A question that is open stays open."""
    buttons = [
        turn.button(f"{STOP}.{INVITATIONS}", _label(turn, "no_invitations")),
        turn.command_button("pause"),
        turn.command_button("forget"),
    ]
    if turn.who.talk is not None:
        buttons.append(turn.button("cancel", _label(turn, "leave_question")))
    asked = turn.labels.say("footer.ask_what", open=turn.who.talk is not None)
    turn.send(turn.message(asked, tuple(buttons)))


def left(turn: Turn, text: str, word: str | None) -> bool:
    """Whether these words leave the question whether to erase everything: they are no answer to
    it. What it had interrupted is open again then. ``word``: the command that they are."""
    talk = turn.who.talk
    if talk is None or talk.flow != FORGET or word in _WITHIN:
        return False
    waiting = conversing.waiting(turn)
    if waiting is None:
        return False
    if isinstance(waiting.question.read(text, conversing.reader(turn)), Understood):
        return False
    then = talk.params.get("then")
    conversing.leave(turn)
    if then:
        turn.who.talk = conversations.reopen(turn.tx, turn.who.person, int(then), turn.now)
    return True


def kept(turn: Turn, before: int) -> None:
    """Say, in the first message from ``before`` on, that nothing was erased."""
    if len(turn.out) > before:
        turn.prepend(turn.labels.say("forget.kept"), before)
    else:
        turn.say("forget.kept")


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
    allowing.note(turn, purpose, yes=given)
    if given and purpose in REFUSABLE:
        living.refuse_no_more(turn.tx, turn.who.person, purpose)


def _label(turn: Turn, name: str) -> str:
    return turn.labels.words.text(f"footer.button_{name}", turn.who.language)
