"""One input to an open question. Nothing accepted is ever lost, whatever is pressed or typed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from flows import dialogue
from flows.choices import MARKED, Choice, Multi, Rank, Review
from flows.dialogue import Accepted, Guessed, Redrawn, Refused, State
from flows.engine import Finished, Waiting, find, play
from flows.questions import Question, Reader
from flows.rating import Rating
from flows.script import Label, Plain, Template, Texts
from tests.examples import examples
from tests.flows.test_engine import BLUEPRINT, TODAY, options, snapshot


def shown(label: Label) -> str:
    match label:
        case Plain(text):
            return text
        case Texts(by_language):
            return by_language["en"]
        case Template(key, _):
            return key
    return str(label)


READER = Reader("en", TODAY, shown)


def waiting(question: Question[Any], *before: Question[Any]) -> Waiting:
    return Waiting(question, (), before)


MULTI = Multi(key="m", text=Plain("?"), options=options("a", "b", "c"), minimum=1, maximum=2)
RANK = Rank(key="r", text=Plain("?"), options=options("a", "b", "c"), maximum=2)
RATING = Rating(
    key="g", text=Plain("?"), options=options("a", "b"), levels=options("liked", "possible")
)


def test_a_tick_names_the_state_it_wants() -> None:
    once = dialogue.pressed(State(), waiting(MULTI), "+a")
    assert isinstance(once, Redrawn)
    twice = dialogue.pressed(once.state, waiting(MULTI), "+a")
    assert isinstance(twice, Redrawn)
    assert twice.state.draft["marks"] == ["a"]


def test_more_ticks_than_allowed_are_refused() -> None:
    full = State(draft={"marks": ["a", "b"]})
    refused = dialogue.pressed(full, waiting(MULTI), "+c")
    assert isinstance(refused, Refused)
    assert refused.problem.reason == "choice.too_many"


def test_marks_and_done_in_one_press_answer_at_once() -> None:
    ticked = State(draft={"marks": ["a"]})
    sent = dialogue.pressed(ticked, waiting(MULTI), "*b,c!done")
    assert isinstance(sent, Accepted)
    assert sent.state.answers == {"m": ["b", "c"]}
    rated = dialogue.pressed(State(), waiting(RATING), "*a~liked,b~possible!done")
    assert isinstance(rated, Accepted)
    assert rated.state.answers == {"g": {"a": "liked", "b": "possible"}}


def test_marks_that_are_wrong_are_not_sent_off() -> None:
    for press in ("*a,b,c!done", "*x!done", "*!done", "*a!done!done", "*a!donex"):
        assert isinstance(dialogue.pressed(State(), waiting(MULTI), press), Refused)


def test_done_without_enough_is_refused_and_keeps_the_ticks() -> None:
    refused = dialogue.pressed(State(), waiting(MULTI), "!done")
    assert isinstance(refused, Refused)
    assert refused.problem.values == {"minimum": 1}


def test_the_order_of_taps_is_the_rank() -> None:
    state = State()
    for press in ("+c", "+a", "-c", "+c"):
        outcome = dialogue.pressed(state, waiting(RANK), press)
        assert isinstance(outcome, Redrawn)
        state = outcome.state
    done = dialogue.pressed(state, waiting(RANK), "!done")
    assert isinstance(done, Accepted)
    assert done.state.answers == {"r": ["a", "c"]}


def test_a_rating_tap_sets_the_level_it_names() -> None:
    outcome = dialogue.pressed(State(), waiting(RATING), "+a~possible")
    assert isinstance(outcome, Redrawn)
    assert outcome.state.draft["marks"] == {"a": "possible"}
    assert RATING.next_level("liked") == "possible"
    assert RATING.next_level("possible") == "liked"


@pytest.mark.parametrize(
    "press",
    [
        "+a~loved", "+a", "+a~", "-a", "+x~liked", "=a", "=a~liked",
        "*a~loved", "*a~liked,b~loved", "*x~liked", "*a~", "*a~liked~possible", "*a~loved!done",
    ],
)  # fmt: skip
def test_a_forged_rating_is_refused(press: str) -> None:
    """Levels and options that the question does not have, alone or among those that it has."""
    for state in (State(), State(draft={"marks": {"a": "possible"}})):
        assert isinstance(dialogue.pressed(state, waiting(RATING), press), Refused)


@pytest.mark.parametrize("given", ["a~loved", "x~liked"])
def test_a_forged_rating_in_a_form_is_refused(given: str) -> None:
    filled = dialogue.filled(State(), RATING, ("b~liked", given), READER)
    assert isinstance(filled, Refused)


@pytest.mark.parametrize("question", [MULTI, RANK], ids=["multi", "rank"])
@pytest.mark.parametrize("press", ["+x", "-x", "+", "=a", "*x", "*a,x", "*x!done", "~0", ">-1"])
def test_a_forged_tick_is_refused(question: Question[Any], press: str) -> None:
    state = State(draft={"marks": ["a"]})
    assert isinstance(dialogue.pressed(state, waiting(question), press), Refused)


@pytest.mark.parametrize(
    "press", ["=x", "=", "+a", "-a", "*x", "*a,b", "*", "~0", ">1000", ">x", "#c", "!done", "a"]
)
def test_a_forged_choice_is_refused(press: str) -> None:
    choice = Choice(key="c", text=Plain("?"), options=options("a", "b"))
    assert isinstance(dialogue.pressed(State(), waiting(choice, MULTI), press), Refused)


@pytest.mark.parametrize("press", ["#", "#x", "#r", "=m", "+m"])
def test_a_forged_line_of_the_card_is_refused(press: str) -> None:
    """Only what was asked on the way to the card can be asked again, and only from the card."""
    state = State(answers={"m": ["a"], "r": ["b"]})
    card = waiting(Review(key="review", text=Plain("card")), MULTI)
    assert isinstance(dialogue.pressed(state, card, press), Refused)
    assert isinstance(dialogue.pressed(state, waiting(RATING, MULTI), "#m"), Refused)


def test_all_ticks_at_once_replace_those_before() -> None:
    before = State(draft={"marks": ["a"]})
    outcome = dialogue.pressed(before, waiting(MULTI), "*b,c")
    assert isinstance(outcome, Redrawn)
    assert outcome.state.draft["marks"] == ["b", "c"]


def test_typed_choices_are_taken_at_once() -> None:
    outcome = dialogue.typed(State(), waiting(MULTI), "a, c", READER)
    assert isinstance(outcome, Accepted)
    assert outcome.state.answers == {"m": ["a", "c"]}


def test_typed_done_sends_the_ticks_off() -> None:
    outcome = dialogue.typed(State(draft={"marks": ["b"]}), waiting(MULTI), "done", READER)
    assert isinstance(outcome, Accepted)
    assert outcome.state.answers == {"m": ["b"]}


def test_back_at_the_first_question_is_refused() -> None:
    outcome = dialogue.back(State(), waiting(MULTI))
    assert isinstance(outcome, Refused)


def test_editing_a_marked_line_begins_with_its_marks() -> None:
    state = State(answers={"m": ["a", "b"]})
    card = waiting(Review(key="review", text=Plain("card")), MULTI)
    outcome = dialogue.pressed(state, card, "#m")
    assert isinstance(outcome, Accepted)
    assert outcome.state.draft == {"restore": {"m": ["a", "b"]}, "marks": ["a", "b"]}
    restored = dialogue.back(outcome.state, waiting(MULTI))
    assert isinstance(restored, Accepted)
    assert restored.state.answers == {"m": ["a", "b"]}


PRESSES = st.one_of(
    st.text(max_size=40),
    st.builds(
        "{}{}".format,
        st.sampled_from("=+-*>~#!"),
        st.sampled_from(["a", "b", "done", "0", "1", "a~liked", "yes", "go_on", "name", "expat"]),
    ),
)


@given(
    st.sampled_from([MULTI, RANK, RATING]), PRESSES, st.lists(st.sampled_from("abc"), unique=True)
)
def test_no_press_raises_or_touches_other_answers(
    question: Question[Any], press: str, marks: list[str]
) -> None:
    draft: Any = dict.fromkeys(marks, "liked") if question is RATING else marks
    state = State(answers={"other": 1}, draft={"marks": draft}, revision=3)
    outcome = dialogue.pressed(state, waiting(question), press)
    if not isinstance(outcome, Refused):
        assert outcome.state.answers["other"] == 1
    if isinstance(outcome, Accepted):
        assert outcome.state.revision == 4
        question.load(outcome.state.answers[question.key])


class Conversation(RuleBasedStateMachine):
    """Any order of presses, words, back, skip and edits keeps a conversation playable."""

    @initialize(flow=st.sampled_from(["join", "registration", "survey"]), n=st.integers(0, 2))
    def open(self, flow: str, n: int) -> None:
        self.flow = find(flow)
        self.me = snapshot(
            persona="expat", organisation="cike", params={"survey": BLUEPRINT.surveys[n].key}
        )
        self.state = State()

    @property
    def position(self) -> Waiting | Finished[Any]:
        return play(self.flow, self.me, self.state.answers)

    def _open(self) -> Waiting | None:
        position = self.position
        return position if isinstance(position, Waiting) else None

    def take(self, outcome: dialogue.Outcome) -> None:
        if isinstance(outcome, Accepted | Redrawn | Guessed):
            assert outcome.state.revision >= self.state.revision
            self.state = outcome.state

    @precondition(lambda self: self._open() is not None)
    @rule(data=st.data())
    def press_something_offered(self, data: st.DataObject) -> None:
        position = self._open()
        assert position is not None
        items = position.question.items()
        if isinstance(position.question, Review):
            offered = ["!done", *(f"#{key}" for key in position.path)]
        elif isinstance(position.question, Rating):
            offered = ["!done", *(f"+{item.key}~liked" for item in items)]
        elif isinstance(position.question, MARKED):
            offered = ["!done", *(f"+{item.key}" for item in items)]
        else:
            offered = [f"={item.key}" for item in items] or ["!done"]
        self.take(dialogue.pressed(self.state, position, data.draw(st.sampled_from(offered))))

    @precondition(lambda self: self._open() is not None)
    @rule(
        text=st.sampled_from(
            ["Jana", "Germany", "Boston", "Berlin", "2015", "yes", "1", "2, 3", "", "x" * 900]
        )
        | st.text(max_size=60)
    )
    def type_something(self, text: str) -> None:
        position = self._open()
        assert position is not None
        self.take(dialogue.typed(self.state, position, text, READER))

    @precondition(lambda self: self._open() is not None)
    @rule(press=PRESSES)
    def press_nonsense(self, press: str) -> None:
        position = self._open()
        assert position is not None
        self.take(dialogue.pressed(self.state, position, press))

    @precondition(lambda self: self._open() is not None)
    @rule()
    def go_back(self) -> None:
        position = self._open()
        assert position is not None
        self.take(dialogue.back(self.state, position))

    @precondition(lambda self: self._open() is not None)
    @rule()
    def skip(self) -> None:
        position = self._open()
        assert position is not None
        self.take(dialogue.skip(self.state, position))

    @precondition(lambda self: self._open() is None)
    @rule()
    def begin_anew(self) -> None:
        self.state = State()

    @invariant()
    def what_was_answered_on_the_way_here_is_kept(self) -> None:
        if not hasattr(self, "flow"):
            return
        position = self.position
        path = position.path if isinstance(position, Waiting) else tuple(position.answers)
        assert set(path) <= set(self.state.answers)
        assert len(set(path)) == len(path)


TestConversation = Conversation.TestCase
TestConversation.settings = settings(
    max_examples=examples(40), stateful_step_count=30, deadline=None
)
