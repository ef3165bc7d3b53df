"""Answers that need more than the flow to be looked at: the living database, the sandbox."""

from __future__ import annotations

from typing import Any

from bot.turn.context import Turn
from flows.questions import Question
from flows.staff_questions import AudienceFilter, Body
from flows.understand.reading import NotUnderstood
from outreach.audience import compile_filter, expand
from outreach.broadcasts.markdown import typed
from outreach.broadcasts.template import faults
from outreach.errors import BadFilter


def problem(turn: Turn, question: Question[Any], value: Any) -> NotUnderstood | None:
    """What stands against ``value``, which the question itself has accepted."""
    match question:
        case AudienceFilter():
            return _unreadable(turn, str(value))
        case Body():
            return _faulty(turn, str(value))
    return None


def _unreadable(turn: Turn, text: str) -> NotUnderstood | None:
    try:
        compile_filter(expand(turn.tx, text), turn.blueprint, turn.now)
    except BadFilter as error:
        problem = error.told.text(turn.labels.words, turn.who.language) if error.told else text
        return NotUnderstood("audience.unreadable", {"problem": problem})
    return None


def _faulty(turn: Turn, text: str) -> NotUnderstood | None:
    found = faults(typed(text))
    if not found:
        return None
    words, language = turn.labels.words, turn.who.language
    told = "\n".join(f"{fault.line}: {fault.told.text(words, language)}" for fault in found)
    return NotUnderstood("body.faulty", {"problem": told})
