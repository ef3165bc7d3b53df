"""A survey in one window: its questions as fields, and back again as answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from blueprints.schema import Condition, Survey
from bot.turn import conversing, opening
from bot.turn.context import Turn
from flows import dialogue
from flows.choices import Choice, Marked, Rank
from flows.dialogue import Accepted, Guessed, Outcome, Refused, State
from flows.questions import Question, Text
from flows.rating import Rating
from flows.script import Texts
from flows.survey import asked_of, holds
from flows.understand.reading import NotUnderstood
from flows.understand.text import fold
from messages import rich
from messages.base36 import base36
from messages.message import Field, Form, Kind, Message, Option
from storage import conversations, living
from storage.conversations import Talk

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
PASSING = frozenset({"review", "then"})  # parameters of an opening, not of the survey


def open_form(turn: Turn) -> None:
    """Open the survey that is under way as a window; without a trigger, ask on in the chat."""
    talk = turn.who.talk
    survey = turn.blueprint.survey(str(talk.params.get("survey"))) if talk else None
    if talk is None or survey is None or turn.incoming.trigger is None or not turn.can("form"):
        conversing.ask_again(turn)
        return
    words, language = turn.labels.words, turn.who.language
    fields = tuple(
        _field(turn, question, talk.answers, conditional=when is not None)
        for question, when in _asked(turn, survey)
    )
    form = Form(
        ref=base36(talk.id),
        title=survey.title[language],
        submit=words.text("common.button_done", language),
        cancel=words.text("common.button_cancel", language),
        fields=fields,
    )
    intro = turn.labels.rich(Texts(survey.intro.root))
    turn.window(Message(text=intro, language=language, form=form))


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
        required=not (question.optional or conditional or isinstance(question, Rating)),
        hint=labels.text(question.hint) if question.hint else "",
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
    """Answer the survey that the form was opened for. What does not fit is told at its field, and
    the window stays; what fits is kept, also when the person has left the survey meanwhile, or has
    come to its end without the window."""
    found = _meant(turn, ref)
    survey = turn.blueprint.survey(str(found[0].params.get("survey"))) if found else None
    if found is None or survey is None:
        conversing.ask_again(turn, turn.labels.say("common.moved_on"))
        return
    talk, status = found
    state, wrong = _filled(turn, conversing.state_of(talk), _asked(turn, survey), values)
    talk.answers, talk.draft, talk.revision = dict(state.answers), {}, state.revision
    turn.wrong.update(wrong)
    if status in ("open", "parked"):
        conversations.save(turn.tx, talk, turn.now)
    if wrong:
        return
    if status == "open":
        conversing.go_on(turn)
    elif status == "parked":
        conversing.resume(turn, talk.id)
    else:
        conversing.begin(turn, "survey", params=talk.params, answers=talk.answers)


def _meant(turn: Turn, ref: str) -> tuple[Talk, str] | None:
    """The conversation that a form belongs to, and its status. What was answered in one that is
    over stands in the living database: it is looked at again."""
    talk = turn.who.talk
    if talk is not None and base36(talk.id) == ref:
        return (talk, "open") if talk.flow == "survey" else None
    try:
        number = int(ref, 36)
    except ValueError:
        return None
    found = conversations.find(turn.tx, turn.who.person, number) if number < 2**62 else None
    if found is None or found[0].flow != "survey":
        return None
    return found if found[1] == "parked" else _again(turn, found[0])


def _again(turn: Turn, over: Talk) -> tuple[Talk, str]:
    """Where the survey of a conversation that is over stands now."""
    talk, person = turn.who.talk, turn.who.person
    wanted = {key: value for key, value in over.params.items() if key not in PASSING}
    if talk is not None and talk.flow == "survey" and opening.same(talk.params, wanted):
        return talk, "open"
    for conversation, flow, params in conversations.parked(turn.tx, person):
        if flow == "survey" and opening.same(params, wanted):
            return conversations.find(turn.tx, person, conversation) or (over, "over")
    survey = turn.blueprint.survey(str(wanted.get("survey")))
    if survey is not None:
        over.params, over.answers = opening.answered(turn, survey, wanted)
    return over, "over"


def _asked(turn: Turn, survey: Survey) -> tuple[tuple[Question[Any], Condition | None], ...]:
    who = turn.who
    field = living.field(turn.tx, who.person)
    return asked_of(turn.blueprint, survey.key, who.persona or "", who.organisation, field)


def _filled(
    turn: Turn,
    state: State,
    asked: tuple[tuple[Question[Any], Condition | None], ...],
    values: Mapping[str, tuple[str, ...]],
) -> tuple[State, dict[str, str]]:
    """The state with every field that fits, and what is wrong with the others."""
    state = State(state.answers, {}, state.revision)
    wrong: dict[str, str] = {}
    for question, when in asked:
        given = values.get(question.key)
        if given is None:
            continue
        outcome = _fill(turn, state, question, given)
        if isinstance(outcome, Accepted):
            state = outcome.state
        elif when is None or holds(when, state.answers):
            empty = not any(each.strip() for each in given)
            if when is None or not empty:  # what is missing of a branch is asked in the chat
                wrong[question.key] = _problem(turn, question, outcome)
    return state, wrong


def _fill(turn: Turn, state: State, question: Question[Any], given: tuple[str, ...]) -> Outcome:
    if not any(each.strip() for each in given) and question.optional:
        return dialogue.accept(state, question, None)
    outcome = dialogue.filled(state, question, given, conversing.reader(turn))
    if isinstance(outcome, Guessed):
        (first, *more) = outcome.state.draft["guesses"]
        if not more and _is_plain(turn, question, first, given[0]):
            return dialogue.accept(state, question, first)
    return outcome


def _is_plain(turn: Turn, question: Question[Any], guess: Any, typed: str) -> bool:
    """Whether a day was written out in full: a window cannot ask "Did you mean…?"."""
    said = turn.labels.text(question.describe(guess))
    return bool(_YEAR.search(typed)) or fold(said) == fold(typed)


def _problem(turn: Turn, question: Question[Any], outcome: Outcome) -> str:
    labels = turn.labels
    if isinstance(outcome, Guessed):
        candidates = [
            labels.text(question.describe(each)) for each in outcome.state.draft["guesses"]
        ]
        text = labels.say("common.did_you_mean_in_window", candidates=", ".join(candidates))
    else:
        problem = outcome.problem if isinstance(outcome, Refused) else NotUnderstood("text.empty")
        text = labels.say("refused." + problem.reason.replace(".", "_"), **problem.values)
    return rich.plain(text)
