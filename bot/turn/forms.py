"""Conversations in one window: their questions as fields, and back again as answers.

Whatever the flow asks stands in the window (:mod:`bot.turn.ahead`), which demands nothing that the
chat doesn't; what is missing of a branch is asked in the chat afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from blueprints.schema import Condition, Survey
from bot.turn import ahead, cards, conversing, notice, opening
from bot.turn.context import Turn
from bot.turn.fields import fields, moment, words_of
from bot.turn.staff.checks import problem as problem_of
from flows import dialogue
from flows.choices import Agreement, Rank, Review
from flows.choices import Guessed as GuessedChoice
from flows.dialogue import Accepted, Guessed, Outcome, Refused, State
from flows.engine import Waiting, find, play
from flows.questions import Day, Question
from flows.script import Texts
from flows.survey import asked_of, holds
from flows.understand.reading import NotUnderstood
from flows.understand.text import fold
from messages import rich
from messages.base36 import base36
from messages.message import Field, Form, Look, Message, Panel, Rich
from messages.words import capitalised
from storage import conversations, living
from storage.conversations import Talk

_UNIX_TIME = re.compile(r"\d{10}")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
PASSING = frozenset({"review", "then"})  # parameters of an opening, not of the survey
JOIN, REGISTRATION, PERSONA = "join", "registration", "persona"
ASSUMED: Mapping[str, Mapping[str, Any]] = {"staff_event": {"where": "both"}}
"""What is taken for an answer in looking ahead, where the first one would hide a question."""
PICKED: Mapping[str, str] = {"starts": "day"}
"""A time of day that is picked together with its day, as one moment."""
BRANCHES = frozenset({"place", "link"})
"""Of staff's events: asked for on some answers only."""


def open_form(
    turn: Turn, values: Mapping[str, tuple[str, ...]] | None = None, before: Rich = ()
) -> None:
    """Open what is under way as a window; without a trigger, ask on in the chat. ``values``: what
    stands in the window already; ``before``: what is to be said first."""
    talk = turn.who.talk
    if talk is None or not conversing.can_open(turn, talk):
        conversing.ask_again(turn)
        return
    form = Form(
        ref=base36(talk.id),
        title=_title(turn, talk),
        submit=turn.labels.words.text("common.button_done", turn.who.language),
        cancel=turn.labels.words.text("common.button_cancel", turn.who.language),
        fields=_fields(turn, talk, values or {}),
    )
    shown = conversing.open_question(turn)
    above = (*((Panel(before),) if before else ()), *_above(turn, talk))
    turn.window(
        Message(
            text=shown.text if shown else rich.concat(*(panel.text for panel in above)),
            language=turn.who.language,
            widget=shown.widget if shown else None,
            form=form,
            panels=above,
        )
    )


def redrawn(turn: Turn, ref: str, values: Mapping[str, tuple[str, ...]]) -> None:
    """Something was chosen that decides which fields there are."""
    talk = turn.who.talk
    if talk is not None and base36(talk.id) == ref and talk.flow == JOIN:
        open_form(turn, values)


def _title(turn: Turn, talk: Talk) -> str:
    survey = _survey(turn, talk)
    if survey is not None:
        return survey.title[turn.who.language]
    if talk.flow in (JOIN, REGISTRATION):
        return turn.labels.words.text("home.button_join", turn.who.language)
    return capitalised(turn.labels.text(cards.title_of(turn, talk.flow, talk.params)))


def _survey(turn: Turn, talk: Talk) -> Survey | None:
    return turn.blueprint.survey(str(talk.params.get("survey"))) if talk.flow == "survey" else None


def _above(turn: Turn, talk: Talk) -> tuple[Panel, ...]:
    """What stands above the fields: what it is about, or what is agreed to, with the way to all
    that must be said of it."""
    survey = _survey(turn, talk)
    if survey is not None:
        return (Panel(turn.labels.rich(Texts(survey.intro.root))),)
    if talk.flow != JOIN:
        return ()
    agreements = [
        question
        for question in _ahead(turn, talk)
        if isinstance(question, Agreement) and not question.onward
    ]
    read = turn.button("privacy", turn.labels.words.text("common.button_notice", turn.who.language))
    said = tuple(Panel(turn.labels.rich(question.text)) for question in agreements)
    return (*said, Panel(buttons=(read,), links=notice.links(turn)), Panel(look=Look.RULE))


def _ahead(turn: Turn, talk: Talk) -> tuple[Question[Any], ...]:
    """The questions of a conversation: those of its window."""
    assumed = ASSUMED.get(talk.flow, {})
    return ahead.questions(talk.flow, conversing.snapshot(turn, talk), talk.answers, assumed)


def _fields(turn: Turn, talk: Talk, values: Mapping[str, tuple[str, ...]]) -> tuple[Field, ...]:
    survey = _survey(turn, talk)
    if survey is not None:
        return tuple(
            each
            for question, when in _asked(turn, survey)
            for each in fields(
                turn, question, talk.answers.get(question.key),
                needed=not question.optional and when is None,
            )
        )  # fmt: skip
    made = [_of_flow(turn, talk)]
    if talk.flow == JOIN:
        made.append(_of_flow(turn, _registration(turn, talk, values)))
    return tuple(each for part in made for each in part)


def _of_flow(turn: Turn, talk: Talk) -> tuple[Field, ...]:
    made: list[Field] = []
    asked = _ahead(turn, talk)
    clocks = {question.key: question for question in asked if question.key in PICKED}
    for question in asked:
        if isinstance(question, Agreement) and question.onward:
            continue  # whoever opens the window has said yes
        clock = next((clocks[key] for key in clocks if PICKED[key] == question.key), None)
        if clock is not None:
            made.append(moment(turn, question, clock, ""))
            continue
        if question.key in clocks:
            continue
        needed = not question.optional and question.key not in BRANCHES
        found = fields(turn, question, talk.answers.get(question.key), needed=needed)
        if question.key == PERSONA and talk.flow == JOIN:
            found = tuple(_deciding(turn, each) for each in found)
        made += found
    return tuple(made)


def _deciding(turn: Turn, field: Field) -> Field:
    """The persona, with the first one chosen: which fields there are depends on it."""
    return replace(field, redraws=True, value=field.value or (turn.blueprint.personas[0].key,))


def _registration(turn: Turn, talk: Talk, values: Mapping[str, tuple[str, ...]]) -> Talk:
    """The registration that will follow the joining: asked in the same window."""
    first = turn.blueprint.personas[0].key
    chosen = next(iter(values.get(PERSONA, ())), str(talk.answers.get(PERSONA) or first))
    persona = chosen if turn.blueprint.persona(chosen) else first
    wanted = [each.key for each in turn.blueprint.purposes_for(persona) if not each.needed]
    facts = {**talk.facts, "persona": persona}
    params = {"consents": wanted} if wanted else {}
    return replace(talk, flow=REGISTRATION, params=params, facts=facts, answers={}, draft={})


# ---- sent in ----


@dataclass(slots=True)
class _Filled:
    """What came of the fields: the state with those that fit, what is ``wrong`` with which, and
    where the chat has to ask back (question -> draft)."""

    state: State
    wrong: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, Mapping[str, Any]] = field(default_factory=dict)


def submitted(turn: Turn, ref: str, values: Mapping[str, tuple[str, ...]]) -> None:
    """Answer what the form was opened for. What does not fit is told at its field, and the window
    stays; what fits is kept, also when the person has left it meanwhile, or has come to its end
    without the window."""
    found = _meant(turn, ref)
    if found is None or (found[0].flow == "survey" and _survey(turn, found[0]) is None):
        conversing.ask_again(turn, turn.labels.say("common.moved_on"))
        return
    talk, status = found
    if talk.flow == JOIN:
        _join(turn, talk, values)
        return
    survey = _survey(turn, talk)
    filled = _of_survey(turn, talk, survey, values) if survey else _played(turn, talk, values)
    _keep(turn, talk, filled)
    turn.wrong.update(filled.wrong)
    if status in ("open", "parked"):
        conversations.save(turn.tx, talk, turn.now)
    if filled.wrong:
        return
    if status == "open":
        conversing.go_on(turn)
    elif status == "parked":
        conversing.resume(turn, talk.id)
    else:
        conversing.begin(turn, talk.flow, params=talk.params, answers=talk.answers)


def _keep(turn: Turn, talk: Talk, filled: _Filled) -> None:
    talk.answers, talk.draft = dict(filled.state.answers), {}
    talk.revision = filled.state.revision
    if not filled.doubts:
        return
    found = play(find(talk.flow), conversing.snapshot(turn, talk), talk.answers)
    if isinstance(found, Waiting):
        talk.draft = dict(filled.doubts.get(found.question.key, {}))


def _join(turn: Turn, talk: Talk, values: Mapping[str, tuple[str, ...]]) -> None:
    """Joining and registration at once. Nothing is stored before all of it fits: it stands in the
    window until then."""
    joining = _played(turn, talk, values)
    registering = _played(turn, _registration(turn, talk, values), values)
    turn.wrong.update({**joining.wrong, **registering.wrong})
    if turn.wrong:
        return
    _keep(turn, talk, joining)
    said = len(turn.out)
    conversing.go_on(turn)
    registration = turn.who.talk
    if registration is None or registration.flow != REGISTRATION:
        return
    # Its first question is answered already.
    del turn.out[said:]
    turn.unledgered = {index for index in turn.unledgered if index < said}
    _keep(turn, registration, _played(turn, registration, values))
    conversations.save(turn.tx, registration, turn.now)
    conversing.go_on(turn)


def _played(turn: Turn, talk: Talk, values: Mapping[str, tuple[str, ...]]) -> _Filled:
    """The conversation played on with what was filled in, to the card or to the first question
    that stood in no window."""
    before = {key: value for key, value in talk.answers.items() if key not in values}
    filled = _Filled(State(before, {}, talk.revision))
    snapshot, known = conversing.snapshot(turn, talk), dict(before)
    for _ in range(ahead.MOST):
        found = play(find(talk.flow), snapshot, known)
        if not isinstance(found, Waiting):
            break
        question = found.question
        if isinstance(question, Review):
            if not (filled.wrong or filled.doubts):
                filled.state = dialogue.accept(filled.state, question, True).state
            break
        given = _given(turn, question, values, known)
        if given is None:
            break
        known[question.key] = _take(turn, filled, question, given)
    return filled


def _given(
    turn: Turn,
    question: Question[Any],
    values: Mapping[str, tuple[str, ...]],
    known: Mapping[str, Any],
) -> tuple[str, ...] | None:
    if isinstance(question, Agreement) and question.onward:
        return (question.yes,)
    picked = _moment(values.get(PICKED.get(question.key, question.key), ()), known)
    if picked is not None and question.key in (*PICKED, *PICKED.values()):
        return (f"{picked:%H:%M}" if question.key in PICKED else picked.date().isoformat(),)
    return words_of(turn, question, values)


def _moment(given: tuple[str, ...], known: Mapping[str, Any]) -> datetime | None:
    """A moment that was picked, in the zone that was chosen above it."""
    if not given or not _UNIX_TIME.fullmatch(given[0]):
        return None
    return datetime.fromtimestamp(int(given[0]), ZoneInfo(str(known.get("zone") or "UTC")))


def _take(turn: Turn, filled: _Filled, question: Question[Any], given: tuple[str, ...]) -> Any:
    """Take one answer; gives what is to be played on with: the answer, or what stands for it."""
    outcome = _fill(turn, filled.state, question, given)
    if isinstance(outcome, Accepted):
        refused = problem_of(turn, question, outcome.value)
        if refused is None:
            filled.state = outcome.state
            return outcome.value
        outcome = Refused(refused)
    if isinstance(outcome, Guessed) and not isinstance(question, Day):
        filled.doubts[question.key] = outcome.state.draft
    else:
        filled.wrong[question.key] = _problem(turn, question, outcome)
    return ahead.standing(question)


def _meant(turn: Turn, ref: str) -> tuple[Talk, str] | None:
    """The conversation that a form belongs to, and its status. What was answered in one that is
    over stands in the living database: it is looked at again."""
    talk = turn.who.talk
    if talk is not None and base36(talk.id) == ref:
        return (talk, "open") if talk.flow in conversing.WINDOWS else None
    try:
        number = int(ref, 36)
    except ValueError:
        return None
    found = conversations.find(turn.tx, turn.who.person, number) if number < 2**62 else None
    if found is None or found[0].flow not in conversing.WINDOWS:
        return None
    if found[1] == "parked":
        return found
    return _again(turn, found[0]) if found[0].flow == "survey" else None


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


def _of_survey(
    turn: Turn, talk: Talk, survey: Survey, values: Mapping[str, tuple[str, ...]]
) -> _Filled:
    """Every field that fits, and what is wrong with the others. What is asked on a condition
    stands in the window whether or not it holds."""
    state = State(talk.answers, {}, talk.revision)
    wrong: dict[str, str] = {}
    for question, when in _asked(turn, survey):
        given = words_of(turn, question, values)
        if given is None:
            continue
        outcome = _fill(turn, state, question, given)
        if isinstance(outcome, Accepted):
            state = outcome.state
        elif when is None or holds(when, state.answers):
            empty = not any(each.strip() for each in given)
            if when is None or not empty:  # what is missing of a branch is asked in the chat
                wrong[question.key] = _problem(turn, question, outcome)
    return _Filled(state, wrong)


def _fill(turn: Turn, state: State, question: Question[Any], given: tuple[str, ...]) -> Outcome:
    if not any(each.strip() for each in given) and question.optional:
        return dialogue.accept(state, question, None)
    if isinstance(question, Rank) and len(set(given)) < len(given):
        twice = next(key for key in given if given.count(key) > 1)
        named = turn.labels.text(question.describe([twice]))
        return Refused(NotUnderstood("choice.twice", {"option": named}))
    if isinstance(question, GuessedChoice) and not given:
        return dialogue.accept(state, question, question.likely)
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
