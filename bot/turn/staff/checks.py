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
            return _faulty(str(value))
    return None


def _unreadable(turn: Turn, text: str) -> NotUnderstood | None:
    try:
        compile_filter(expand(turn.tx, text), turn.blueprint, turn.now)
    except BadFilter as error:
        return NotUnderstood("audience.unreadable", {"problem": str(error)})
    return None


def _faulty(text: str) -> NotUnderstood | None:
    found = faults(typed(text))
    if not found:
        return None
    told = "\n".join(f"{fault.line}: {fault.what}" for fault in found)
    return NotUnderstood("body.faulty", {"problem": told})
