"""A rating, one option after the other: taps, words and signs, forwards and back."""

from __future__ import annotations

from typing import Any

import pytest

from flows import dialogue
from flows.dialogue import Accepted, Outcome, Redrawn, Refused, State
from flows.engine import Waiting
from flows.questions import Item, Reader
from flows.rating import Rating
from flows.script import Plain, Texts
from tests.flows.test_engine import TODAY

LEVELS = (
    Item("liked", Texts({"en": "I like it", "sk": "Páči sa mi", "sl": "Všeč mi je"})),
    Item("possible", Texts({"en": "Possible", "sk": "Možné", "sl": "Mogoče"})),
    Item("not_for_me", Texts({"en": "Not for me", "sk": "Nie je pre mňa", "sl": "Ni zame"})),
)
FORMATS = tuple(
    Item(key, Plain(label))
    for key, label in (("talk", "Talk"), ("workshop", "Workshop"), ("brunch", "Sunday brunch"))
)
RATING = Rating(
    key="g",
    text=Plain("?"),
    options=FORMATS,
    levels=LEVELS,
    emojis={"liked": "👍", "possible": "👌", "not_for_me": "✖️"},
    minimum=1,
)
WAITING = Waiting(RATING, (), ())


def reader(language: str = "en") -> Reader:
    def say(label: Any) -> str:
        return label.text if isinstance(label, Plain) else label.by_language[language]

    return Reader(language, TODAY, say)


def marks(outcome: Outcome) -> tuple[dict[str, str], str]:
    """What is rated so far, and the option that is shown."""
    assert isinstance(outcome, Redrawn)
    return outcome.state.draft.get("marks", {}), dialogue.shown(outcome.state, RATING)


def after(*presses: str) -> State:
    state = State()
    for press in presses:
        outcome = dialogue.pressed(state, WAITING, press)
        assert isinstance(outcome, Redrawn)
        state = outcome.state
    return state


def test_a_tap_rates_and_shows_the_next() -> None:
    assert marks(Redrawn(after("+talk~liked"))) == ({"talk": "liked"}, "workshop")
    passed = after("+talk~liked", "/workshop")
    assert marks(Redrawn(passed)) == ({"talk": "liked"}, "brunch")


def test_the_last_tap_sends_the_rating_off() -> None:
    state = after("+talk~liked", "/workshop")
    sent = dialogue.pressed(state, WAITING, "+brunch~not_for_me")
    assert isinstance(sent, Accepted)
    assert sent.value == {"talk": "liked", "brunch": "not_for_me"}


@pytest.mark.parametrize("press", ["+talk~liked", "/talk"])
def test_the_second_of_a_double_tap_changes_nothing(press: str) -> None:
    once, twice = after(press), after(press, press)
    assert marks(Redrawn(twice)) == marks(Redrawn(once))


def test_an_old_button_rates_its_own_option_and_leaves_the_open_one() -> None:
    state = after("+talk~liked", "+workshop~liked", "+talk~not_for_me")
    assert marks(Redrawn(state)) == ({"talk": "not_for_me", "workshop": "liked"}, "brunch")


def test_back_shows_the_option_before_and_keeps_its_level() -> None:
    state = after("+talk~liked", "/workshop", "<brunch", "<brunch")
    assert marks(Redrawn(state)) == ({"talk": "liked"}, "workshop")
    assert marks(dialogue.back(state, WAITING)) == ({"talk": "liked"}, "talk")


def test_back_from_the_question_behind_shows_the_last_with_all_that_was_rated() -> None:
    state = State(answers={"g": {"talk": "liked"}})
    behind = Waiting(RATING, (), (RATING,))
    outcome = dialogue.back(state, behind)
    assert isinstance(outcome, Accepted)
    assert marks(Redrawn(outcome.state)) == ({"talk": "liked"}, "brunch")


def test_whoever_skips_all_of_what_is_needed_hears_so_and_keeps_the_place() -> None:
    refused = dialogue.pressed(after("/talk", "/workshop"), WAITING, "/brunch")
    assert isinstance(refused, Refused)
    assert refused.problem.reason == "choice.too_few"
    assert refused.state is not None
    assert dialogue.shown(refused.state, RATING) == "brunch"


@pytest.mark.parametrize(
    ("language", "typed", "level"),
    [
        ("en", "👍", "liked"), ("en", "👍🏽", "liked"), ("en", "like it", "liked"),
        ("en", "I like it!", "liked"), ("en", "not for me", "not_for_me"),
        ("en", "✖", "not_for_me"), ("en", "sounds great 👍", "liked"),
        ("en", "👎", "not_for_me"), ("en", "👌", "possible"), ("en", "yes", "liked"),
        ("en", "no", "not_for_me"), ("en", "2", "possible"), ("en", "maybe possible", "possible"),
        ("sk", "paci sa mi", "liked"), ("sk", "nie je pre mna", "not_for_me"),
        ("sk", "možné", "possible"), ("sl", "vsec mi je", "liked"), ("sl", "ni zame", "not_for_me"),
        ("sl", "mogoče", "possible"), ("sl", "da", "liked"),
    ],
)  # fmt: skip
def test_words_and_signs_rate_the_option_that_is_shown(
    language: str, typed: str, level: str
) -> None:
    outcome = dialogue.typed(after("/talk"), WAITING, typed, reader(language))
    assert marks(outcome) == ({"workshop": level}, "brunch")


@pytest.mark.parametrize("typed", ["next", "ďalej", "naprej", "neviem"])
def test_words_pass_an_option_by(typed: str) -> None:
    assert marks(dialogue.typed(State(), WAITING, typed, reader())) == ({}, "workshop")


@pytest.mark.parametrize(
    "typed", ["all of them 👍", "👍 all of them", "everything: I like it", "všetky 👍", "vse 👍"]
)
def test_all_of_them_get_a_level_in_one_line(typed: str) -> None:
    outcome = dialogue.typed(State(), WAITING, typed, reader())
    assert isinstance(outcome, Accepted)
    assert outcome.value == dict.fromkeys(("talk", "workshop", "brunch"), "liked")


def test_the_rest_get_a_level_and_what_was_rated_stays() -> None:
    outcome = dialogue.typed(after("+talk~liked"), WAITING, "the rest not for me", reader())
    assert isinstance(outcome, Accepted)
    rest = dict.fromkeys(("workshop", "brunch"), "not_for_me")
    assert outcome.value == {"talk": "liked", **rest}


def test_an_option_named_gets_its_level_wherever_one_is() -> None:
    outcome = dialogue.typed(State(), WAITING, "brunch: not for me", reader())
    assert marks(outcome) == ({"brunch": "not_for_me"}, "talk")
    several = dialogue.typed(State(), WAITING, "talk, workshop", reader())
    assert isinstance(several, Accepted)
    assert several.value == {"talk": "liked", "workshop": "liked"}


def test_what_is_no_level_and_no_option_is_refused() -> None:
    for typed in ("quantum", "7", "9"):
        assert isinstance(dialogue.typed(State(), WAITING, typed, reader()), Refused)


@pytest.mark.parametrize("press", ["/x", "/", "<x", "<", "/talk~liked"])
def test_a_forged_press_is_refused(press: str) -> None:
    assert isinstance(dialogue.pressed(State(), WAITING, press), Refused)


def test_an_option_that_a_release_took_away_is_not_shown() -> None:
    state = State(draft={"marks": {"talk": "liked", "gone": "liked"}, "at": "gone"})
    assert dialogue.shown(state, RATING) == "workshop"
    assert dialogue.marks_of(RATING, state) == {"talk": "liked"}
