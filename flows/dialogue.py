"""One input to an open question: a pure function from state to state.

``respond`` never loses an answer: whatever it does not accept leaves the answers as they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from flows.choices import MARKED, Choice, Marked, Permissions, Review
from flows.engine import Waiting
from flows.questions import Languages, Question, Reader
from flows.rating import Rating
from flows.script import Json, Label, Template
from flows.understand import choice, levels, words
from flows.understand.reading import NotUnderstood, Reading, Understood, Unsure

CHANGE = Template("common.button_change")


@dataclass(frozen=True, slots=True)
class State:
    """What is stored of a conversation. ``draft`` belongs to the open question alone: its
    ``marks``, ``page``, ``guesses`` ("Did you mean…?"), ``at`` (the option of a rating that is
    shown), ``changing`` (a card's lines are shown as buttons) and, while a line of the summary card
    is being changed, what stood there (``restore``)."""

    answers: Mapping[str, Json] = field(default_factory=dict)
    draft: Mapping[str, Json] = field(default_factory=dict)
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Accepted:
    """An answer was taken (or taken back): replay and ask what is open now. ``value`` is the
    stored answer; None for skip, back and edit. ``onward``: all that was answered before is as it
    was, so the flow can go on from the open question."""

    state: State
    value: Json = None
    answered: bool = True
    onward: bool = True


@dataclass(frozen=True, slots=True)
class Redrawn:
    """Ticks or page changed: show the same question anew, in place."""

    state: State


@dataclass(frozen=True, slots=True)
class Guessed:
    """Uncertain: ask back, with the candidates in the draft."""

    state: State


@dataclass(frozen=True, slots=True)
class Refused:
    """Not accepted, and why. ``state``: what is kept of it all the same (None: nothing)."""

    problem: NotUnderstood
    state: State | None = None


Outcome: TypeAlias = Accepted | Redrawn | Guessed | Refused


def accept(state: State, question: Question[Any], value: Json) -> Accepted:
    """Store ``value`` under the question's key."""
    answers = {**state.answers, question.key: value}
    return Accepted(State(answers, {}, state.revision + 1), value)


def back(state: State, waiting: Waiting) -> Outcome:
    """Take back the last answer on the way here, or the change of a line under way. Within a
    rating: the option before."""
    if isinstance(waiting.question, Rating) and state.draft.get("at") in waiting.question.keys:
        earlier = waiting.question.beside(state.draft["at"], -1)
        if earlier is not None:
            return _show(state, earlier)
    restore = state.draft.get("restore")
    if restore:
        answers = {**state.answers, **restore}
        return Accepted(State(answers, {}, state.revision + 1), answered=False, onward=False)
    if not waiting.path:
        return Refused(NotUnderstood("nothing.before"))
    last = waiting.path[-1]
    answers = {key: value for key, value in state.answers.items() if key != last}
    question = next((asked for asked in waiting.asked if asked.key == last), None)
    draft = _as_it_was(question, state.answers.get(last))
    return Accepted(State(answers, draft, state.revision + 1), answered=False, onward=False)


def _as_it_was(question: Question[Any] | None, stored: Json) -> dict[str, Json]:
    """The draft of a question that is opened again: what was marked stands marked."""
    if not (isinstance(question, MARKED) and stored):
        return {}
    if isinstance(question, Rating):
        return {"marks": stored, "at": question.options[-1].key}
    return {"marks": stored}


def skip(state: State, waiting: Waiting, *, at_once: bool = False) -> Outcome:
    """Leave an optional question out; of a rating (unless it is shown ``at_once``) the option
    that is open."""
    if isinstance(waiting.question, Rating) and not at_once:
        return _passed(state, waiting.question, shown(state, waiting.question))
    if not waiting.question.optional:
        return Refused(NotUnderstood("nothing.to_skip"))
    return Accepted(accept(state, waiting.question, None).state, answered=False)


def edit(state: State, waiting: Waiting, key: str) -> Outcome:
    """Open the line ``key`` of the card again; "back" restores it."""
    if key not in waiting.path or not isinstance(waiting.question, Review):
        return _stale()
    question = next(asked for asked in waiting.asked if asked.key == key)
    stored = state.answers[key]
    answers = {name: value for name, value in state.answers.items() if name != key}
    draft: dict[str, Json] = {"restore": {key: stored}}
    if isinstance(question, MARKED) and stored:
        draft["marks"] = stored
    return Accepted(State(answers, draft, state.revision + 1), answered=False, onward=False)


def typed(
    state: State, waiting: Waiting, text: str, reader: Reader, *, at_once: bool = False
) -> Outcome:
    """Words typed to the open question. ``at_once``: a rating is shown as a table."""
    question = waiting.question
    guesses = state.draft.get("guesses")
    if guesses:
        picked = _pick_guess(question, guesses, text, reader)
        if picked is not None:
            return _chosen(state, question, picked)
    if isinstance(question, Review):
        return _typed_to_card(state, waiting, text, reader)
    if isinstance(question, Rating) and not at_once:
        return _typed_to_rating(state, question, text, reader)
    if isinstance(question, Marked) and question.long:
        reading = question.named(text, reader)
    else:
        reading = question.read(text, reader)
    if not guesses and _leaves_out(question, reading, text):
        return skip(state, waiting)
    ends = words.common(text) == "done" or words.yes_no(text)
    if isinstance(reading, NotUnderstood) and ends and _marks(question, state):
        return done(state, question)
    if isinstance(reading, Understood) and not isinstance(question, Rating):
        return _chosen(state, question, reading.value)
    return _read(state, question, reading)


def _leaves_out(question: Question[Any], reading: Reading[Json], text: str) -> bool:
    """ "nemám", "none", "-" to what may be skipped; but it may be the name of an option."""
    named = question.items() and isinstance(reading, Understood)
    return question.optional and not named and words.nothing(text)


def _read(state: State, question: Question[Any], reading: Reading[Json]) -> Outcome:
    if isinstance(reading, Understood):
        return accept(state, question, reading.value)
    if isinstance(reading, Unsure):
        draft = {**state.draft, "guesses": list(reading.candidates)}
        return Guessed(State(state.answers, draft, state.revision))
    return Refused(reading)


def _chosen(state: State, question: Question[Any], value: Json) -> Outcome:
    """What was said is the answer; or, where options are collected, part of it."""
    if isinstance(question, Rating):
        return _rated(state, question, value)
    if isinstance(question, Marked) and question.long:
        return _ticked(state, question, value)
    return accept(state, question, value)


def _ticked(state: State, question: Marked[Any], given: list[str]) -> Outcome:
    """Of many options some were named: they are ticked beside those that were. Several in one
    line, to a question on which nothing is ticked, are the whole answer."""
    marks = marks_of(question, state)
    if not marks and len(given) > 1 and question.check(given) is None:
        return accept(state, question, given)
    together = list(dict.fromkeys((*marks, *given)))
    if question.maximum is not None and len(together) > question.maximum:
        return Refused(NotUnderstood("choice.too_many", {"maximum": question.maximum}))
    return Redrawn(replace(state, draft={**_without_guesses(state), "marks": together}))


def _pick_guess(
    question: Question[Any], guesses: list[Json], text: str, reader: Reader
) -> Json | None:
    """The candidate meant by "yes", a number or its name."""
    if words.yes_no(text) is True:
        return guesses[0]
    pairs = [(str(i), reader.say(question.describe(guess))) for i, guess in enumerate(guesses)]
    reading = choice.option(text, pairs)
    return guesses[int(reading.value)] if isinstance(reading, Understood) else None


def line_label(question: Question[Any]) -> Label:
    """What a question's answer is called on a card."""
    return question.name or question.text


def _typed_to_card(state: State, waiting: Waiting, text: str, reader: Reader) -> Outcome:
    if words.yes_no(text) or words.common(text) == "done":
        return accept(state, waiting.question, True)
    pairs = [(asked.key, reader.say(line_label(asked))) for asked in waiting.asked]
    reading = choice.option(text, [*pairs, ("", reader.say(CHANGE))])
    if isinstance(reading, Understood) and not reading.value:
        return _unfold(state)
    if isinstance(reading, Understood):
        return edit(state, waiting, reading.value)
    return Refused(NotUnderstood("review.unclear"))


def pressed(state: State, waiting: Waiting, press: str) -> Outcome:
    """A button of the open question. ``press`` may be forged: anything unknown is refused."""
    question = waiting.question
    verb, value = press[:1], press[1:]
    if verb == "=":
        return _choose(state, question, value)
    if verb == "~":
        return _choose_guess(state, question, value)
    if verb == "#":
        return edit(state, waiting, value)
    if verb in ("+", "-"):
        return _mark(state, question, verb, value)
    if verb in ("/", "<") and isinstance(question, Rating):
        return _beside(state, question, verb, value)
    if verb == "*":
        return _mark_all_and_done(state, question, value)
    if verb == ">":
        return _turn_page(state, value)
    if press == "!done":
        return done(state, question)
    if press == "!change" and isinstance(question, Review):
        return _unfold(state)
    if press == "!all" and isinstance(question, Permissions):
        return accept(state, question, [item.key for item in question.options])
    return _stale()


def _unfold(state: State) -> Redrawn:
    """Show the card's lines as buttons."""
    return Redrawn(replace(state, draft={**state.draft, "changing": True}))


def _stale() -> Refused:
    return Refused(NotUnderstood("button.unknown"))


def _choose(state: State, question: Question[Any], key: str) -> Outcome:
    keys = {item.key for item in question.items()}
    if isinstance(question, MARKED) or key not in keys:
        return _stale()
    return accept(state, question, key)


def _choose_guess(state: State, question: Question[Any], index: str) -> Outcome:
    guesses = state.draft.get("guesses") or []
    if not (index.isdecimal() and int(index) < len(guesses)):
        return _stale()
    return _chosen(state, question, guesses[int(index)])


def _turn_page(state: State, page: str) -> Outcome:
    if not (page.isdecimal() and len(page) < 4):
        return _stale()
    return Redrawn(replace(state, draft={**state.draft, "page": int(page)}))


def marks_of(question: Question[Any], state: State) -> Json:
    """The marks so far on a question that collects them."""
    if isinstance(question, Marked):
        return question.known(state.draft.get("marks", question.empty()))
    return state.draft.get("marks", list(getattr(question, "ticked", ())))


def _marks(question: Question[Any], state: State) -> Json:
    return marks_of(question, state) if isinstance(question, MARKED) else None


def _with_marks(state: State, marks: Json) -> Redrawn:
    return Redrawn(replace(state, draft={**_without_guesses(state), "marks": marks}))


def _mark(state: State, question: Question[Any], verb: str, value: str) -> Outcome:
    """One tick. A press names the state wanted, so that a double tap ticks once."""
    if not isinstance(question, MARKED):
        return _stale()
    key, _, level = value.partition("~")
    if key not in {item.key for item in question.items()}:
        return _stale()
    marks = marks_of(question, state)
    if isinstance(question, Rating):
        if level not in {item.key for item in question.levels}:
            return _stale()
        return _rated(state, question, {key: level})
    if verb == "-":
        return _with_marks(state, [mark for mark in marks if mark != key])
    if key in marks:
        return _with_marks(state, list(marks))
    if question.maximum is not None and len(marks) >= question.maximum:
        return Refused(NotUnderstood("choice.too_many", {"maximum": question.maximum}))
    return _with_marks(state, [*marks, key])


def shown(state: State, question: Rating) -> str:
    """The option of a rating that is open."""
    return question.at(marks_of(question, state), state.draft.get("at"))


def _show(state: State, key: str) -> Redrawn:
    """Show that option of a rating."""
    return Redrawn(replace(state, draft={**_without_guesses(state), "at": key}))


def _without_guesses(state: State) -> dict[str, Json]:
    return {name: value for name, value in state.draft.items() if name != "guesses"}


def _rated(state: State, question: Rating, given: Mapping[str, str]) -> Outcome:
    """Options get levels, and the next one is shown; behind the last the rating is sent off. A
    level for another option than the one shown (an old button, the second of a double tap) leaves
    that where it is."""
    at = shown(state, question)
    marked = _with_marks(state, {**marks_of(question, state), **given}).state
    if at not in given:
        return _show(marked, at)
    if len(given) == 1:
        return _passed(marked, question, at)
    left = question.unrated(marks_of(question, marked), question.place(at))
    return done(marked, question) if left is None else _show(marked, left)


def _passed(state: State, question: Rating, key: str) -> Outcome:
    """Show what follows an option; behind the last, send off what was rated."""
    following = question.beside(key, 1)
    if following is not None:
        return _show(state, following)
    outcome = done(state, question)
    return replace(outcome, state=state) if isinstance(outcome, Refused) else outcome


def _beside(state: State, question: Rating, verb: str, key: str) -> Outcome:
    """Pass by the option ``key``, or go back from it: it is named, so that a double tap does so
    once."""
    if key not in question.keys:
        return _stale()
    if key != shown(state, question):
        return Redrawn(state)
    if verb == "/":
        return _passed(state, question, key)
    return _show(state, question.beside(key, -1) or key)


def _typed_to_rating(state: State, question: Rating, text: str, reader: Reader) -> Outcome:
    at, marks = shown(state, question), marks_of(question, state)
    if levels.onward(text):
        return _passed(state, question, at)
    reading = question.rate(text, at, marks, reader)
    if not isinstance(reading, Understood):
        return _read(state, question, reading)
    if not marks and len(reading.value) > 1 and not question.check(reading.value):
        return accept(state, question, reading.value)  # the whole answer in one line
    return _rated(state, question, reading.value)


def _mark_all_and_done(state: State, question: Question[Any], value: str) -> Outcome:
    """All marks at once; with "!done" behind them they are sent off."""
    given = value.removesuffix("!done")
    marked = _mark_all(state, question, given)
    if given == value or not isinstance(marked, Redrawn):
        return marked
    return done(marked.state, question)


def _mark_all(state: State, question: Question[Any], value: str) -> Outcome:
    """All marks at once, as platforms with checkboxes and selects send them."""
    given = [part for part in value.split(",") if part]
    if isinstance(question, Choice) and len(given) == 1:
        return _choose(state, question, given[0])
    if not isinstance(question, MARKED):
        return _stale()
    if isinstance(question, Rating):
        pairs = dict(part.split("~", 1) for part in given if "~" in part)
        levels = {item.key for item in question.levels}
        if not levels.issuperset(pairs.values()):
            return _stale()
        given = list(pairs)
        marks: Json = {**marks_of(question, state), **pairs}
    else:
        given = marks = list(dict.fromkeys(given))
    if not {item.key for item in question.items()}.issuperset(given):
        return _stale()
    return _with_marks(state, marks)


def done(state: State, question: Question[Any]) -> Outcome:
    """Send the marks off; on the summary card: "all correct"."""
    if isinstance(question, Review):
        return accept(state, question, True)
    if not isinstance(question, MARKED):
        return _stale()
    marks = marks_of(question, state)
    problem = check(question, marks)
    return Refused(problem) if problem else accept(state, question, marks)


def check(question: Question[Any], marks: Json) -> NotUnderstood | None:
    """What stands against sending ``marks`` off."""
    if isinstance(question, Marked):
        return question.check(marks)
    if isinstance(question, Languages) and len(marks) < question.minimum:
        return NotUnderstood("choice.too_few", {"minimum": question.minimum})
    return None


def filled(
    state: State, question: Question[Any], given: tuple[str, ...], reader: Reader
) -> Outcome:
    """One field of a form that was sent in as a whole."""
    if isinstance(question, MARKED):
        marked = _mark_all(state, question, ",".join(given))
        return done(marked.state, question) if isinstance(marked, Redrawn) else marked
    if isinstance(question, Choice) and given:
        return _choose(state, question, given[0])
    if not given or not given[0].strip():
        return Refused(NotUnderstood("text.empty"))
    reading = question.read(given[0], reader)
    if _leaves_out(question, reading, given[0]):
        return accept(state, question, None)
    return _read(state, question, reading)
