"""The staff's questions, and the conversations made of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprints.load import default_path, load
from flows.engine import Finished, Snapshot, Waiting, find, play
from flows.errors import Invalid
from flows.questions import Reader
from flows.script import Label, Many, Name, Plain, Template, Texts
from flows.staff_broadcast import BroadcastDraft, SendingTime
from flows.staff_event import EventDraft
from flows.staff_questions import Body, Clock, Lines, Web, Zone
from flows.understand.clock import clock
from flows.understand.reading import NotUnderstood, Understood, Unsure

BLUEPRINT = load(default_path())
TODAY = date(2026, 11, 22)
EVENT: dict[str, Any] = {
    "organisation": "cike", "format": "none", "title_sk": "Brunch", "title_en": "Brunch",
    "title_sl": None, "description_sk": "Raňajky", "description_en": None, "where": "both",
    "place": "Kasárne", "link": "https://example.org/x", "zone": "Europe/Bratislava",
    "day": "2026-12-13", "starts": "22:30", "ends": "00:30", "capacity": None, "guests": "1",
    "answer_by": None, "audience": "everybody", "review": True,
}  # fmt: skip
BROADCAST: dict[str, Any] = {
    "organisation": "cike", "name": "November", "body_sk": "Ahoj", "body_en": "Hello",
    "body_sl": None, "below": "question", "options_sk": ["Áno", "Nie"],
    "options_en": ["Yes", "No"], "audience": "@vienna", "review": True,
}  # fmt: skip


def say(label: Label) -> str:
    match label:
        case Plain(text):
            return text
        case Texts(texts):
            return texts["en"]
        case Name(_, code, _):
            return code.rpartition("/")[2]
        case Many(items):
            return ", ".join(map(say, items))
        case Template(key, _):
            return key


READER = Reader("en", TODAY, say)


def played(flow: str, answers: dict[str, Any], **params: Any) -> Any:
    return play(find(flow), Snapshot(BLUEPRINT, TODAY, "en", {}, params), answers)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("18:30", "18:30"), ("18.30", "18:30"), ("1830", "18:30"), ("830", "08:30"),
        ("18", "18:00"), ("6 pm", "18:00"), ("6:30 p.m.", "18:30"), ("12 am", "00:00"),
        ("12 pm", "12:00"), ("o 18:00", "18:00"), ("ob 18h", "18:00"), ("18h30", "18:30"),
        ("at 6 o'clock", "06:00"), ("o 18 hodine", "18:00"), ("od 9", "09:00"), ("0:05", "00:05"),
    ],
)  # fmt: skip
def test_a_time_of_day_is_understood_as_people_write_it(typed: str, read: str) -> None:
    assert clock(typed) == Understood(read)


@pytest.mark.parametrize(
    "typed", ["24:00", "13 pm", "0 am", "18:3", "25", "99:99", "soon", "1" * 99]
)
def test_what_is_no_time_of_day_is_refused(typed: str) -> None:
    assert clock(typed) == NotUnderstood("clock.unknown")


@given(st.text(max_size=80))
def test_any_text_is_a_time_of_day_or_refused(text: str) -> None:
    reading = clock(text)
    if isinstance(reading, Understood):
        assert Clock(key="k", text=Plain("?")).load(reading.value) == reading.value


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("https://example.org/a?b=1", "https://example.org/a?b=1"),
        ("example.org", "https://example.org"),
    ],
)
def test_an_address_gets_its_beginning(typed: str, read: str) -> None:
    assert Web(key="k", text=Plain("?")).read(typed, READER) == Understood(read)


@pytest.mark.parametrize(
    "typed", ["http://example.org", "javascript://x.y", "here", "https://localhost/", "a b.org",
              "https://[::1", "tg://resolve?domain=x"],
)  # fmt: skip
def test_what_no_button_can_open_is_refused(typed: str) -> None:
    assert Web(key="k", text=Plain("?")).read(typed, READER) == NotUnderstood("link.not_https")


def test_a_time_zone_is_chosen_named_or_found_by_a_city() -> None:
    zone = Zone(key="k", text=Plain("?"), common=("Europe/Bratislava", "Europe/Ljubljana"))
    assert zone.read("1", READER) == Understood("Europe/Bratislava")
    assert zone.read("Ljubljana", READER) == Understood("Europe/Ljubljana")
    assert zone.read("America/New_York", READER) == Understood("America/New_York")
    assert zone.read("Tokyo", READER) == Understood("Asia/Tokyo")
    assert isinstance(zone.read("Springfield", READER), Understood | Unsure)
    assert zone.read("qqqqq", READER) == NotUnderstood("zone.unknown")
    with pytest.raises(Invalid):
        zone.load("Europe/Nowhere")


def test_quick_answers_are_lines_as_many_as_asked_for() -> None:
    lines = Lines(key="k", text=Plain("?"))
    assert lines.read("- Yes\n\n• No", READER) == Understood(["Yes", "No"])
    assert lines.read("-5 °C\n2. 12.\n*", READER) == Understood(["-5 °C", "2. 12."])
    assert lines.read("Yes; No ;Maybe", READER) == Understood(["Yes", "No", "Maybe"])
    assert lines.read("Yes", READER) == NotUnderstood("lines.number", {"minimum": 2, "maximum": 6})
    assert lines.read("Yes\nYES", READER) == NotUnderstood("lines.twice")
    two = Lines(key="k", text=Plain("?"), count=2)
    assert two.read("a\nb\nc", READER) == NotUnderstood("lines.count", {"count": 2})


def test_an_event_is_what_was_said_of_it() -> None:
    finished = played("staff_event", EVENT, organisations=["cike", "bsc_kranj"])
    assert isinstance(finished, Finished)
    assert finished.result == EventDraft(
        "cike", None, {"sk": "Brunch", "en": "Brunch"}, {"sk": "Raňajky"}, "Kasárne",
        "https://example.org/x", "Europe/Bratislava", date(2026, 12, 13), "22:30", "00:30", None,
        1, None, "everybody",
    )  # fmt: skip


def test_a_description_is_asked_only_where_there_is_a_title() -> None:
    answers = {key: value for key, value in EVENT.items() if key != "where"}
    waiting = played("staff_event", answers, organisations=["cike"])
    assert isinstance(waiting, Waiting)
    assert waiting.question.key == "where"
    assert "description_sl" not in waiting.path
    assert "organisation" not in waiting.path


def test_the_first_language_is_the_organisation_s_own() -> None:
    asked = played("staff_event", {"format": "none"}, organisations=["bsc_kranj"])
    assert isinstance(asked, Waiting)
    assert asked.question.key == "title_sl"
    assert not asked.question.optional


def test_a_broadcast_is_what_was_written() -> None:
    finished = played("staff_broadcast", BROADCAST, audiences=["vienna"])
    assert isinstance(finished, Finished)
    assert finished.result == BroadcastDraft(
        "cike", "November", {"sk": "Ahoj", "en": "Hello"}, "@vienna", None,
        ({"sk": "Áno", "en": "Yes"}, {"sk": "Nie", "en": "No"}),
    )  # fmt: skip


def test_a_link_has_a_label_in_every_language_written() -> None:
    answers = {**BROADCAST, "below": "link", "url": "https://example.org", "button_sk": "Viac"}
    waiting = played("staff_broadcast", answers)
    assert isinstance(waiting, Waiting)
    assert waiting.question.key == "button_en"
    finished = played("staff_broadcast", {**answers, "button_en": "More"})
    assert finished.result.link == ("https://example.org", {"sk": "Viac", "en": "More"})


def test_answers_of_another_number_are_asked_again() -> None:
    waiting = played("staff_broadcast", {**BROADCAST, "options_sk": ["Áno", "Nie", "Možno"]})
    assert isinstance(waiting, Waiting)
    assert waiting.question.key == "options_en"


def test_a_time_of_sending_is_local_or_a_moment() -> None:
    answers = {"way": "local", "day": "2026-12-01", "hour": "10:00"}
    finished = played("staff_when", answers, broadcast=7, zone="Europe/Bratislava")
    assert finished.result == SendingTime(7, date(2026, 12, 1), "10:00", local=True)


JSON = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=12)
    | st.lists(st.text(max_size=5), max_size=3)
)


@pytest.mark.parametrize(
    ("flow", "answers"), [("staff_event", EVENT), ("staff_broadcast", BROADCAST)]
)
@given(data=st.data())
def test_any_stored_answer_leads_on(
    flow: str, answers: dict[str, Any], data: st.DataObject
) -> None:
    """Whatever stands in the database, nothing raises and nothing is asked twice."""
    key = data.draw(st.sampled_from(sorted(answers)))
    result = played(flow, {**answers, key: data.draw(JSON)}, organisations=["cike", "bsc_kranj"])
    if isinstance(result, Waiting):
        assert len(set(result.path)) == len(result.path)


def test_a_card_shows_how_a_long_text_begins() -> None:
    body = Body(key="k", text=Plain("?"))
    assert body.describe("short\nand  two") == Plain("short and two")
    shown = body.describe("word " * 100)
    assert isinstance(shown, Plain)
    assert len(shown.text) <= 160
    assert shown.text.endswith("word…")
