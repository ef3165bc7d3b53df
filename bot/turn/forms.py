"""A survey in one window: its questions as fields, and back again as answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.turn import conversing
from bot.turn.context import Turn
from flows import dialogue
from flows.choices import Choice, Marked, Rank, Rating
from flows.dialogue import Accepted, State
from flows.engine import Waiting
from flows.questions import Question, Text
from flows.survey import question_of
from messages.base36 import base36
from messages.message import Field, Form, Kind, Message, Option
from storage.conversations import Talk


def open_form(turn: Turn) -> None:
    """Open the survey that is under way as a window; without a trigger, ask on in the chat."""
    talk = turn.who.talk
    survey = turn.blueprint.survey(str(talk.params.get("survey"))) if talk else None
    if talk is None or survey is None or turn.incoming.trigger is None or not turn.can("form"):
        conversing.ask_again(turn)
        return
    words, language = turn.labels.words, turn.who.language
    asked = survey.questions_for(turn.who.persona or "", turn.who.organisation)
    fields = tuple(
        _field(turn, question_of(each), talk.answers, conditional=each.when is not None)
        for each in asked
    )
    form = Form(
        ref=base36(talk.id),
        title=survey.title[language],
        submit=words.text("common.button_done", language),
        cancel=words.text("common.button_cancel", language),
        fields=fields,
    )
    turn.window(Message(text=(), language=language, form=form))


def _field(
    turn: Turn, question: Question[Any], answers: Mapping[str, Any], *, conditional: bool
) -> Field:
    labels = turn.labels
    options = tuple(
        Option(item.key, f"={item.key}", labels.button(item.label)) for item in question.items()
    )
    levels = question.levels if isinstance(question, Rating) else ()
    return Field(
        key=question.key,
        kind=_kind(question),
        label=labels.text(question.text),
        options=options,
        levels=tuple(Option(level.key, "", labels.text(level.label)) for level in levels),
        minimum=getattr(question, "minimum", 0) if isinstance(question, Marked) else 0,
        maximum=question.maximum if isinstance(question, Marked) else None,
        max_length=question.maximum if isinstance(question, Text) else None,
        required=not question.optional and not conditional,
        value=_value(answers.get(question.key)),
    )


def _kind(question: Question[Any]) -> Kind:
    if isinstance(question, Rating):
        return Kind.RATING
    if isinstance(question, Rank):
        return Kind.RANK
    if isinstance(question, Marked):
        return Kind.MULTI
    return Kind.CHOICE if isinstance(question, Choice) else Kind.TEXT


def _value(stored: Any) -> tuple[str, ...]:
    if isinstance(stored, dict):
        return tuple(f"{key}~{level}" for key, level in stored.items())
    if isinstance(stored, list):
        return tuple(str(each) for each in stored)
    return () if stored is None else (str(stored),)


def submitted(turn: Turn, ref: str, values: Mapping[str, tuple[str, ...]]) -> None:
    """Answer the open survey with a form that was sent in. What does not fit is asked in the
    chat, with all that did fit already answered."""
    talk = turn.who.talk
    if talk is None or base36(talk.id) != ref:
        conversing.ask_again(turn, turn.labels.say("common.moved_on"))
        return
    state = conversing.state_of(talk)
    while (open_question := _waiting(turn, talk)) is not None:
        accepted = _fill(turn, state, open_question, values)
        if accepted is None:
            break
        state = accepted
        talk.answers, talk.draft, talk.revision = dict(state.answers), {}, state.revision
    conversing.store(turn, state)
    conversing.go_on(turn)


def _waiting(turn: Turn, talk: Talk) -> Waiting | None:
    result = conversing.current(turn, talk)
    return result if isinstance(result, Waiting) else None


def _fill(
    turn: Turn, state: State, open_question: Waiting, values: Mapping[str, tuple[str, ...]]
) -> State | None:
    question = open_question.question
    given = values.get(question.key)
    if given is None:
        return None
    if not any(each.strip() for each in given) and question.optional:
        outcome = dialogue.skip(state, open_question)
    else:
        outcome = dialogue.filled(state, question, given, conversing.reader(turn))
    return outcome.state if isinstance(outcome, Accepted) else None
