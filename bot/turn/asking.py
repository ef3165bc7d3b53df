"""Questions that people ask back, answered; then the open question again, and only that.

What is asked is understood by :mod:`flows.understand.asking`. The answers are the blueprint's; each
question of a flow has its own to "why do you ask?". What nobody knows here goes to the staff, with
what the bot had asked.
"""

from __future__ import annotations

from blueprints.remembered import once_a_blueprint
from blueprints.schema import Blueprint
from bot.turn import conversing, passing_on
from bot.turn.cards import texts
from bot.turn.context import Turn
from bot.turn.staff import access
from flows.questions import Question
from flows.understand import asking
from flows.understand.asking import WHY, Asked, Ways
from messages.errors import UnknownKey
from messages.message import Rich

AREAS = (("mentor_", "mentoring"), (access.FLOWS, "staff"), ("complete", "registration"))
"""What the flows whose names begin so have in common: why.mentoring, why.staff."""


@once_a_blueprint
def _ways(blueprint: Blueprint) -> Ways:
    return Ways({each.key: tuple(each.asked.all()) for each in blueprint.answers})


def heard(turn: Turn, text: str) -> Asked | None:
    """What is asked back by these words, if anything is."""
    return asking.asked(text, _ways(turn.blueprint))


def is_question(turn: Turn, text: str) -> bool:
    """Whether these words can only be a question."""
    found = heard(turn, text)
    return found is not None and found.clear


def answered(turn: Turn, text: str, *, known: bool) -> bool:
    """Answer what can only be a question, and nothing else. ``known``: leave alone what there is
    no answer to. What staff type into a text of theirs is never one."""
    found = heard(turn, text)
    if found is None or not found.clear or (found.key is None and known):
        return False
    if _staff_write(turn) and found.key != WHY:
        return False
    _answer(turn, found.key, text)
    return True


def known(turn: Turn, text: str) -> Rich | None:
    """The blueprint's answer to a question, by itself: where others read along."""
    found = heard(turn, text)
    answer = turn.blueprint.answer(found.key) if found is not None and found.key else None
    if found is None or answer is None or not found.clear:
        return None
    return turn.labels.rich(texts(answer.text))


def page(turn: Turn, text: str) -> str | None:
    """The command whose page answers what is asked, for who is registered; None for none."""
    if turn.who.status not in ("active", "paused") or _staff_write(turn):
        return None
    return asking.page(text)


def perhaps(turn: Turn, text: str) -> bool:
    """Answer what was no answer to the open question, where it is a question."""
    found = heard(turn, text)
    if found is None:
        return False
    _answer(turn, found.key, text)
    return True


def _staff_write(turn: Turn) -> bool:
    return turn.who.talk is not None and turn.who.talk.flow.startswith(access.FLOWS)


def _answer(turn: Turn, key: str | None, text: str) -> None:
    said = why(turn) if key == WHY else None
    answer = turn.blueprint.answer(key) if key else None
    if said is None and answer is not None:
        said = turn.labels.rich(texts(answer.text))
    if said is None:
        kept = passing_on.keep(turn, "text", text)
        said = passing_on.told(turn, kept, asked=True)
    conversing.ask_open(turn, said)


def why(turn: Turn) -> Rich | None:
    """Why the open question is asked; None where there is none, or nothing is known."""
    waiting = conversing.waiting(turn)
    if waiting is None or turn.who.talk is None:
        return None
    return of_question(turn, turn.who.talk.flow, waiting.question)


def of_question(turn: Turn, flow: str, question: Question[object]) -> Rich | None:
    """Why a question of a flow is asked: its own words, those of ``why.j2`` for it, or for all
    questions of its flow."""
    if question.why is not None:
        return turn.labels.rich(question.why)
    area = next((area for begins, area in AREAS if flow.startswith(begins)), flow)
    for key in (f"why.{flow}_{question.key}", f"why.{area}_{question.key}", f"why.{area}"):
        try:
            return turn.labels.say(key)
        except UnknownKey:
            continue
    return None
