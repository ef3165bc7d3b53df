"""The open conversation: opening, answering, going on, finishing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.incoming import Command, Press
from bot.turn import effects, notice
from bot.turn.context import Turn
from bot.turn.present import Presenter, reference
from bot.turn.staff.checks import problem as problem_of
from flows import dialogue
from flows.choices import Agreement, Review
from flows.dialogue import Accepted, Guessed, Outcome, Redrawn, Refused, State
from flows.engine import Finished, Snapshot, Waiting, find, names, play, play_on
from flows.join import AGREE
from flows.questions import Question, Reader
from flows.rating import Rating
from flows.script import Answers, Label
from flows.understand.reading import NotUnderstood
from messages import rich
from messages.base36 import base36
from messages.message import MENU, Link, Message, Rich
from storage import conversations, living
from storage.conversations import Talk

RESUMABLE = frozenset(
    {
        "registration",
        "complete",
        "survey",
        "mentor_request",
        "staff_event",
        "staff_broadcast",
        "staff_reply",
    }
)
"""Flows to go on with later, unless they were only opened to look at what is known ("review")."""
DOUBLE_TAP = timedelta(seconds=3)


def state_of(talk: Talk) -> State:
    return State(talk.answers, talk.draft, talk.revision)


def snapshot(turn: Turn, talk: Talk) -> Snapshot:
    """What the flow of this conversation may know."""
    facts = talk.facts
    return Snapshot(
        blueprint=turn.blueprint,
        today=date.fromisoformat(facts["today"]),
        language=turn.who.language,
        facts=facts,
        params=talk.params,
    )


def current(turn: Turn, talk: Talk) -> Waiting | Finished[Any]:
    """Where the conversation stands, by replaying it."""
    return play(find(talk.flow), snapshot(turn, talk), talk.answers)


WINDOWS = frozenset({"join", "registration", "complete", "survey", "staff_event"})
"""Flows that are asked in one window, where the platform has windows."""


def can_open(turn: Turn, talk: Talk) -> bool:
    """Whether this conversation can be opened as a window now."""
    looked_at = talk.flow not in WINDOWS or bool(talk.params.get("review"))
    return turn.can("form") and turn.incoming.trigger is not None and not looked_at


OPENING = frozenset(
    {"start", "again", "profile", "complete", "survey", "continue", "staff", "event"}
)
"""Commands that begin or go on with a conversation, and so open its window."""


def _as_window(turn: Turn, talk: Talk, found: Waiting) -> bool:
    """Whether a window opens instead of the open question: whoever presses *Begin* gets all
    questions at once. In the chat somebody new is greeted first."""
    said = turn.incoming.said
    if isinstance(found.question, Review) or not can_open(turn, talk):
        return False
    elsewhere = turn.incoming.where != "chat"
    match said:
        case Command(name, _):
            begins = name in OPENING
        case Press(ref, press) if ref == MENU:
            begins = press.removeprefix("=").partition(".")[0] in OPENING
        case Press(ref, _):
            begins = elsewhere and ref.startswith("@")  # an event, to register for first
        case _:
            begins = False
    return begins and (elsewhere or talk.flow != "join")


def _begins(question: Question[Any], press: str) -> bool:
    """Whether this press says "let's start", to a window: the message keeps its buttons, so that
    the window can be opened again."""
    return isinstance(question, Agreement) and question.onward and press == f"={question.yes}"


def open_question(turn: Turn) -> Message | None:
    """The open question as the chat asks it."""
    talk, found = turn.who.talk, waiting(turn)
    if talk is None or found is None:
        return None
    return presenter(turn, talk).question(talk.id, found, state_of(talk))


def begin(
    turn: Turn,
    flow: str,
    *,
    params: Mapping[str, Any] | None = None,
    answers: Answers | None = None,
    draft: Mapping[str, Any] | None = None,
    before: Rich = (),
) -> None:
    """Open a conversation and ask its first open question. One that was open is parked when it
    can be gone on with, else dropped."""
    interrupted = leave(turn)
    given = dict(params or {})
    if interrupted and flow not in RESUMABLE:
        given["then"] = interrupted
    who = turn.who
    facts = {
        "today": turn.today.isoformat(),
        "persona": who.persona,
        "organisation": who.organisation,
        **({"field": living.field(turn.tx, who.person)} if flow == "survey" else {}),
    }
    who.talk = conversations.open_talk(
        turn.tx,
        who.person,
        flow,
        params=given,
        facts=facts,
        answers=dict(answers or {}),
        draft=dict(draft or {}),
        now=turn.now,
    )
    go_on(turn, before)


def leave(turn: Turn) -> int | None:
    """Park or drop what is open; gives the parked conversation's id."""
    talk = turn.who.talk
    if talk is None:
        return None
    turn.who.talk = None
    if talk.flow in RESUMABLE and not talk.params.get("review"):
        conversations.park(turn.tx, talk, turn.now)
        return talk.id
    conversations.close(turn.tx, talk, "dropped", turn.now)
    return None


def resume(turn: Turn, conversation: int, before: Rich = ()) -> bool:
    """Go on with a parked conversation; False when there is none such."""
    leave(turn)
    talk = conversations.reopen(turn.tx, turn.who.person, conversation, turn.now)
    if talk is None:
        return False
    turn.who.talk = talk
    go_on(turn, before)
    return True


def go_on(turn: Turn, before: Rich = (), after: Waiting | None = None) -> None:
    """Ask the open question, or finish when there is none. ``after``: the question that was open
    and has got its answer just now, so that nothing before it need be played again."""
    talk = turn.who.talk
    if talk is None:
        return
    if talk.flow not in names():  # a release took the flow away
        conversations.close(turn.tx, talk, "dropped", turn.now)
        turn.who.talk = None
        effects.offer_menu(turn, before)
        return
    result = current(turn, talk) if after is None else play_on(after, talk.answers)
    said = rich.concat(before, *(turn.labels.rich(label) for label in result.said))
    if isinstance(result, Waiting) and _as_window(turn, talk, result):
        turn.opens = before
        return
    if isinstance(result, Waiting):
        message = presenter(turn, talk).question(talk.id, result, state_of(talk), said)
        links = _links(turn, result)
        turn.send(replace(message, links=links) if links else message)
        return
    conversations.close(turn.tx, talk, "done", turn.now)
    turn.who.talk = None
    effects.apply(turn, talk, result, said)


def presenter(turn: Turn, talk: Talk) -> Presenter:
    """Shows this conversation's questions on this platform."""
    others = [code for code in turn.blueprint.languages if code != turn.who.language]
    first = tuple(others) if talk.flow == "join" else ()
    forms = talk.flow in WINDOWS - {"join"} and turn.can("form") and not talk.params.get("review")
    return Presenter(turn.labels, first, forms=forms, tables=_tables(turn))


def _tables(turn: Turn) -> bool:
    """Whether the platform shows a rating as a table: where there are windows, there is room."""
    return turn.can("form")


def waiting(turn: Turn) -> Waiting | None:
    """The open question, if any."""
    talk = turn.who.talk
    if talk is None or talk.flow not in names():
        return None
    result = current(turn, talk)
    return result if isinstance(result, Waiting) else None


def ask_again(turn: Turn, before: Rich = ()) -> None:
    """The open question once more, as a new message; without one, the menu."""
    if turn.who.talk is not None:
        go_on(turn, before)
    else:
        effects.offer_menu(turn, before)


def ask_open(turn: Turn, before: Rich) -> None:
    """Something said, and the open question once more: that alone, not what was said before it.
    Without one, where there is more."""
    talk, open_question = turn.who.talk, waiting(turn)
    if talk is not None and open_question is not None and (short := _short(open_question)):
        turn.send(_shortly(turn, talk, open_question, rich.concat(before, turn.labels.say(short))))
    elif talk is not None and open_question is not None:
        shown = presenter(turn, talk)
        turn.send(shown.question(talk.id, open_question, state_of(talk), before))
    elif turn.who.status == "new":
        effects.offer_menu(turn, before)
    else:
        turn.send(turn.message(before, (turn.command_button("menu"),)))


def carry_on(turn: Turn) -> None:
    """Back to the open question, if there is one, after a word in between."""
    talk, open_question = turn.who.talk, waiting(turn)
    if talk is not None and open_question is not None and (short := _short(open_question)):
        turn.send(_shortly(turn, talk, open_question, turn.labels.say(short)))
    elif talk is not None:
        go_on(turn)


def _short(open_question: Waiting) -> str | None:
    """The short words in which a question is asked again, where it has any: whoever is to agree
    has read the long ones."""
    question = open_question.question
    if not isinstance(question, Agreement):
        return None
    return "refused." + question.unclear.replace(".", "_")


def _shortly(turn: Turn, talk: Talk, open_question: Waiting, words: Rich) -> Message:
    widget = presenter(turn, talk).widget(talk.id, open_question, state_of(talk))
    return Message(words, turn.who.language, widget, _links(turn, open_question))


def _links(turn: Turn, open_question: Waiting) -> tuple[Link, ...]:
    """The whole notice as a web page, beside the buttons to agree, where there is such a page."""
    options = {item.key for item in open_question.question.items()}
    if not isinstance(open_question.question, Agreement) or AGREE not in options:
        return ()
    return notice.links(turn)


def reader(turn: Turn) -> Reader:
    return Reader(turn.who.language, turn.today, turn.labels.text)


def typed(turn: Turn, text: str, instead: Callable[[Turn, str], bool] | None = None) -> None:
    """Words typed while a question is open. ``instead``: what they may be where they are no answer
    to it; whether they are, and that was answered."""
    open_question = waiting(turn)
    if open_question is None or turn.who.talk is None:
        go_on(turn)
        return
    state = state_of(turn.who.talk)
    outcome = dialogue.typed(state, open_question, text, reader(turn), at_once=_tables(turn))
    if isinstance(outcome, Refused) and instead is not None and instead(turn, text):
        return
    _take(turn, open_question, outcome)


def control(turn: Turn, name: str) -> None:
    """back, skip or done, typed or pressed."""
    open_question = waiting(turn)
    talk = turn.who.talk
    if open_question is None or talk is None:
        effects.offer_menu(turn)
        return
    state = state_of(talk)
    outcome: Outcome
    if name == "back":
        outcome = dialogue.back(state, open_question)
    elif name == "skip":
        outcome = dialogue.skip(state, open_question, at_once=_tables(turn))
    else:
        outcome = dialogue.done(state, open_question.question)
    _take(turn, open_question, outcome)


def pressed(turn: Turn, ref: str, press: str) -> None:
    """A button of a question. An old one gets a kind answer; the second of a double tap none."""
    talk = turn.who.talk
    number, _, rest = ref.partition(".")
    if talk is None or base36(talk.id) != number:
        if not _just_closed(turn, number):
            ask_again(turn, turn.labels.say("common.moved_on"))
        return
    open_question = waiting(turn)
    if open_question is None:
        go_on(turn)
        return
    state = state_of(talk)
    if ref != reference(turn.labels, talk.id, state, open_question.question):
        before = rest.partition(".")[0] == base36(talk.revision - 1) if talk.revision else False
        if not (before and turn.now - talk.updated_at < DOUBLE_TAP):
            ask_again(turn, turn.labels.say("common.moved_on"))
        return
    if can_open(turn, talk) and _begins(open_question.question, press):
        turn.opens = ()
        return
    name = press.removeprefix("!")
    if name in ("back", "skip", "done") and press != name:
        control(turn, name)
    else:
        _take(turn, open_question, dialogue.pressed(state, open_question, press))


def _just_closed(turn: Turn, number: str) -> bool:
    try:
        conversation = int(number, 36)
    except ValueError:
        return False
    if conversation >= 2**62:
        return False
    closed = conversations.closed_at(turn.tx, turn.who.person, conversation)
    return closed is not None and turn.now - closed < DOUBLE_TAP


def _take(turn: Turn, open_question: Waiting, outcome: Outcome) -> None:
    """Store what came of an input, and answer it."""
    match outcome:
        case Accepted(_, value, True) if refused := problem_of(turn, open_question.question, value):
            refuse(turn, open_question, refused)
        case Accepted(state, value, answered, onward):
            settled = _settled(turn, open_question, value if answered else None)
            store(turn, state)
            go_on(turn, after=open_question if onward else None)
            if settled is not None:
                turn.tidy(settled)
        case Redrawn(state):
            store(turn, state)
            _redraw(turn, open_question, state)
        case Guessed(state):
            store(turn, state)
            go_on(turn)
        case Refused(problem, kept):
            if kept is not None:
                store(turn, kept)
            refuse(turn, open_question, problem)


def store(turn: Turn, state: State) -> None:
    talk = turn.who.talk
    assert talk is not None  # noqa: S101 - a question was open
    talk.answers, talk.draft = dict(state.answers), dict(state.draft)
    talk.revision, talk.updated_at = state.revision, turn.now
    conversations.save(turn.tx, talk, turn.now)


def _settled(turn: Turn, open_question: Waiting, value: Any) -> Message | None:
    """What was pressed, as it stays in the chat: question and answer, without its buttons."""
    talk = turn.who.talk
    if talk is None or turn.incoming.message is None or not turn.can("edit"):
        return None
    return presenter(turn, talk).settled(open_question, state_of(talk), value)


def _redraw(turn: Turn, open_question: Waiting, state: State) -> None:
    pressed = turn.incoming.said
    if isinstance(pressed, Press) and pressed.press.startswith("*"):
        return  # checkboxes and selects show what was chosen by themselves
    talk = turn.who.talk
    assert talk is not None  # noqa: S101 - a question was open
    said = rich.concat(*map(turn.labels.rich, _said_again(turn, open_question)))
    message = presenter(turn, talk).question(talk.id, open_question, state, said)
    if turn.incoming.message is not None and turn.can("edit"):
        turn.edit(message)
    else:
        turn.send(message)


def _said_again(turn: Turn, open_question: Waiting) -> tuple[Label, ...]:
    """What stands before a question that is shown anew: of a rating, each option is a screen of
    its own."""
    one_by_one = isinstance(open_question.question, Rating) and not _tables(turn)
    return () if one_by_one or turn.incoming.message is None else tuple(open_question.said)


def refuse(turn: Turn, open_question: Waiting, problem: NotUnderstood) -> None:
    """Say what would be right. Typed words get the question's buttons again; a press has them."""
    key = "refused." + problem.reason.replace(".", "_")
    words = turn.labels.say(key, **problem.values)
    talk = turn.who.talk
    if turn.incoming.message is not None or talk is None:
        turn.send(turn.message(words))
        return
    message = turn.message(words)
    widget = presenter(turn, talk).widget(talk.id, open_question, state_of(talk))
    turn.send(type(message)(message.text, message.language, widget))
