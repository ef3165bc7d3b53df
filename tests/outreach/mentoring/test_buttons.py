"""Buttons of pairs and requests: what each press says, whatever is pressed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.message import Option
from outreach.mentoring import buttons
from outreach.mentoring.buttons import Buttons, Pressed, RequestButtons
from tests.outreach.mentoring.introducing import LANGUAGES, WORDS

MOMENT = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)


def _all(language: str) -> list[Option]:
    made = Buttons(WORDS, language, 77)
    return [
        *made.ask(), *made.no_reasons(), *made.suggested(MOMENT), *made.agreed(), *made.standing(1),
        *made.did_you_meet(12), *made.whys(), *made.ways_on(remind=True, new=True),
        *(option for which in buttons.CHECKS for option in made.check(which)),
        *made.at_the_end(), *made.stop_reasons(), *made.only(buttons.SHOW, buttons.STOP),
        *(
            option
            for page in range(buttons.PAGES)
            for option in made.times([(MOMENT, "Tuesday")], page)
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_is_understood(language: str) -> None:
    for option in _all(language):
        assert buttons.read(option.press) is not None, option


@pytest.mark.parametrize(
    ("press", "said"),
    [
        ("=yes", Pressed("yes")),
        ("=no", Pressed("no")),
        ("=no_time", Pressed("no", reason="time")),
        ("=why_silent", Pressed("why", reason="silent")),
        ("=stop", Pressed("stop")),
        ("=stop_none", Pressed("stop", reason="none")),
        ("=good_midway", Pressed("check", which="midway", value="good")),
        ("=met3", Pressed("met", number=3)),
        ("=times", Pressed("times", number=1)),
        ("=page0", Pressed("times", number=0)),
        ("=page4", Pressed("times", number=4)),
    ],
)
def test_press_says_what_its_button_does(press: str, said: Pressed) -> None:
    assert buttons.read(press) == said


@given(st.integers(0, 3_000_000_000))
def test_time_comes_back_to_the_minute(minutes: int) -> None:
    moment = datetime.fromtimestamp(minutes * 60, UTC)
    (option, *_) = Buttons(WORDS, "en", 1).times([(moment, "then")])
    assert buttons.read(option.press) == Pressed("t", at=moment)


@given(st.text(max_size=40) | st.from_regex(r"=(t|met|page|no_|stop_|good_)?[a-z0-9_]{0,20}"))
def test_forged_press_is_understood_or_refused(press: str) -> None:
    said = buttons.read(press)
    assert said is None or press.startswith("=")
    if said is not None and said.what == "met":
        assert 1 <= said.number <= 999


@pytest.mark.parametrize(
    "press",
    ["", "yes", "=", "=met0", "=met", "=met1000", "=met²", "=tzzzzzzzzzzzz", "=t", "=page5",
     "=no_silent", "=stop_", "=good", "=good_last", "=wait"],
)  # fmt: skip
def test_press_of_no_button_is_refused(press: str) -> None:
    assert buttons.read(press) is None


@given(st.integers(0, 2**60))
def test_reference_names_its_pair_or_request(number: int) -> None:
    assert buttons.number(buttons.reference(number)) == number
    assert buttons.number(buttons.request_reference(number)) == number


@pytest.mark.parametrize("ref", ["", "m", "@m", "@e25", "@mZZ", "@q-1"])
def test_other_reference_names_nothing(ref: str) -> None:
    assert buttons.number(ref) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_request_buttons_are_understood(language: str) -> None:
    for option in RequestButtons(WORDS, language, 5).some(*buttons.REQUESTED):
        assert buttons.read_request(option.press) == option.key
    assert buttons.read_request("=yes") is None
    assert buttons.read_request("wait") is None


def test_reminder_and_somebody_else_are_offered_where_that_makes_sense() -> None:
    made = Buttons(WORDS, "en", 77)
    keys = [option.key for option in made.ways_on(remind=False, new=False)]
    assert keys == ["date", "close"]
