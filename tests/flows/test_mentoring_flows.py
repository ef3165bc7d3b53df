"""What those who look for a mentor, and those who offer to be one, are asked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprints.load import default_path, load
from blueprints.values import SLOTS
from flows import dialogue, mentoring
from flows.dialogue import Accepted, Redrawn, State, marks_of
from flows.engine import Finished, Snapshot, Waiting, find, play
from flows.errors import Invalid
from flows.mentoring import Avoided, Offered, OnBreak, Places, Requested
from flows.mentoring_pair import Agreed, Dated, Noted, contacts_question
from flows.questions import Reader
from flows.script import Label, Many, Name, Plain, Template, Texts
from flows.understand.reading import NotUnderstood, Understood

BLUEPRINT = load(default_path())
BARE = BLUEPRINT.model_copy(update={"skills": ()})
TODAY = date(2026, 11, 22)
SKILLS = tuple(skill.key for skill in BLUEPRINT.skills)
FIELDS = tuple(field.key for field in BLUEPRINT.fields)
REQUEST: dict[str, Any] = {
    "goal": "Selling abroad", "skills": ["negotiation"], "field": "any", "languages": ["sk"],
    "mode": "online", "urgency": "soon", "rhythm": "monthly", "hours": ["weekends"],
    "review": True,
}  # fmt: skip
OFFER: dict[str, Any] = {
    "capacity": "2", "skills": ["leadership"], "topics": None, "languages": ["en"],
    "mode": "both", "hours": [], "review": True,
}  # fmt: skip


def say(label: Label) -> str:
    match label:
        case Plain(text):
            return text
        case Texts(texts):
            return texts["en"]
        case Name(_, code, _):
            return code
        case Many(items):
            return ", ".join(map(say, items))
        case Template(key, _):
            return key


READER = Reader("en", TODAY, say)


def played(flow: str, answers: dict[str, Any], blueprint: Any = BLUEPRINT, **params: Any) -> Any:
    return play(find(flow), Snapshot(blueprint, TODAY, "en", {}, params), answers)


def path(flow: str, answers: dict[str, Any], **params: Any) -> tuple[str, ...]:
    """The keys that are asked, each answered from ``answers`` in its turn."""
    given: dict[str, Any] = {}
    result = played(flow, given, **params)
    while isinstance(result, Waiting):
        given[result.question.key] = answers[result.question.key]
        result = played(flow, given, **params)
    return tuple(result.answers)


def test_a_request_is_asked_line_by_line_and_ends_at_a_card() -> None:
    assert path("mentor_request", REQUEST) == tuple(REQUEST)
    assert played("mentor_request", REQUEST).result == Requested(
        "Selling abroad", ("negotiation",), None, ("sk",), "online", "soon", "monthly",
        ("weekends",),
    )  # fmt: skip


def test_what_may_be_skipped_of_a_request_is_nothing() -> None:
    result = played("mentor_request", {**REQUEST, "skills": None, "hours": []}).result
    assert (result.skills, result.hours) == ((), ())


def test_what_staff_did_not_ask_is_left_open() -> None:
    request = Requested("Ideas", (), None, ("sk",), "both", None, None, ())
    answers = {**mentoring.request_answers(request), "review": True}
    result = played("mentor_request", answers).result
    assert (result.urgency, result.rhythm) == ("open", "open")


@pytest.mark.parametrize("key", ["goal", "field", "languages", "mode", "urgency", "rhythm"])
def test_the_rest_of_a_request_is_needed(key: str) -> None:
    result = played("mentor_request", {**REQUEST, key: None})
    assert isinstance(result, Waiting)
    assert result.question.key == key
    assert not result.question.optional


def test_an_open_request_waits_at_its_card_and_comes_out_as_it_was() -> None:
    request = Requested("Ideas", ("leadership", "planning"), "it", ("sk", "en"), "both", "now",
                        "weekly", ())  # fmt: skip
    answers = mentoring.request_answers(request)
    waiting = played("mentor_request", answers)
    assert isinstance(waiting, Waiting)
    assert waiting.question.key == "review"
    assert played("mentor_request", {**answers, "review": True}).result == request


def test_an_offer_with_its_defaults_waits_at_its_card() -> None:
    offer = Offered(2, "", (), ("en", "sk"), "both", ())
    waiting = played("mentor_offer", mentoring.offer_answers(offer))
    assert isinstance(waiting, Waiting)
    assert waiting.question.key == "review"
    confirmed = dialogue.done(State(mentoring.offer_answers(offer)), waiting.question)
    assert isinstance(confirmed, Accepted)
    assert played("mentor_offer", dict(confirmed.state.answers)).result == offer


@given(
    st.builds(
        Requested,
        goal=st.text(min_size=1, max_size=500).filter(str.strip),
        skills=st.lists(st.sampled_from(SKILLS), max_size=3, unique=True).map(tuple),
        field=st.none() | st.sampled_from(FIELDS),
        languages=st.lists(st.sampled_from(["en", "sk", "sl"]), min_size=1, unique=True).map(tuple),
        mode=st.sampled_from(["online", "in_person", "both"]),
        urgency=st.sampled_from(mentoring.URGENCIES),
        rhythm=st.sampled_from(mentoring.RHYTHMS),
        hours=st.lists(st.sampled_from(sorted(SLOTS)), unique=True).map(tuple),
    )
)
def test_any_request_goes_through_its_answers_unchanged(request: Requested) -> None:
    answers = {**mentoring.request_answers(request), "review": True}
    assert played("mentor_request", answers).result == request


@given(
    st.builds(
        Offered,
        capacity=st.integers(1, mentoring.MOST_PLACES),
        topics=st.just("") | st.text(min_size=1, max_size=300),
        skills=st.lists(st.sampled_from(SKILLS), unique=True).map(tuple),
        languages=st.lists(st.sampled_from(["en", "sk", "sl"]), min_size=1, unique=True).map(tuple),
        mode=st.sampled_from(["online", "in_person", "both"]),
        hours=st.lists(st.sampled_from(sorted(SLOTS)), unique=True).map(tuple),
    )
)
def test_any_offer_goes_through_its_answers_unchanged(offer: Offered) -> None:
    answers = {**mentoring.offer_answers(offer), "review": True}
    assert played("mentor_offer", answers).result == offer


def test_where_a_blueprint_has_no_skills_nobody_is_asked_for_them() -> None:
    assert "skills" not in path("mentor_request", REQUEST, blueprint=BARE)
    assert "skills" not in path("mentor_offer", OFFER, blueprint=BARE)
    assert played("mentor_request", REQUEST, BARE).result.skills == ()


def test_a_skill_that_left_the_blueprint_is_asked_for_again() -> None:
    result = played("mentor_request", {**REQUEST, "skills": ["gone"]})
    assert isinstance(result, Waiting)
    assert result.question.key == "skills"


def test_the_reader_s_language_stands_ticked() -> None:
    answers = {key: REQUEST[key] for key in ("goal", "skills", "field")}
    waiting = played("mentor_request", answers)
    assert waiting.question.key == "languages"
    assert marks_of(waiting.question, State()) == ["en"]
    sent = dialogue.done(State(answers), waiting.question)
    assert isinstance(sent, Accepted)
    assert sent.value == ["en"]
    unticked = dialogue.pressed(State(answers), waiting, "-en")
    assert isinstance(unticked, Redrawn)
    assert marks_of(waiting.question, unticked.state) == []


@pytest.mark.parametrize(("typed", "places"), [("1", 1), (" 3 ", 3), ("20", 20)])
def test_places_are_pressed_or_typed(typed: str, places: int) -> None:
    question = Places(key="k", text=Plain("?"))
    reading = question.read(typed, READER)
    assert isinstance(reading, Understood)
    assert question.load(reading.value) == places


@pytest.mark.parametrize("typed", ["0", "21", "-1", "2.5", "two hundred", "", "²", "٣", "9" * 40])
def test_what_is_no_number_of_places_is_refused(typed: str) -> None:
    question = Places(key="k", text=Plain("?"))
    assert isinstance(question.read(typed, READER), NotUnderstood)
    with pytest.raises(Invalid):
        question.load(typed)


def test_known_contacts_stand_ticked_and_any_can_be_left_out() -> None:
    known = {"email": "j@example.com", "chat": "@jana"}
    question = contacts_question(known)
    assert [item.key for item in question.items()] == ["email", "chat"]
    assert marks_of(question, State()) == ["email", "chat"]
    only_chat = {"contacts": ["chat"]}
    assert played("mentor_contacts", only_chat, match=7, known=known).result == Agreed(7, ("chat",))
    assert isinstance(dialogue.done(State({}, {"marks": []}), question), dialogue.Refused)


def test_an_e_mail_address_is_asked_for_only_where_it_is_ticked_and_unknown() -> None:
    waiting = played("mentor_contacts", {"contacts": ["email"]}, match=7, known={"chat": "@jana"})
    assert isinstance(waiting, Waiting)
    assert waiting.question.key == "email"
    answers = {"contacts": ["email"], "email": "j@example.com"}
    agreed = played("mentor_contacts", answers, match=7, known={}).result
    assert agreed == Agreed(7, ("email",), "j@example.com")


def test_who_has_no_contact_yet_is_offered_to_give_an_address() -> None:
    question = contacts_question({})
    assert [item.key for item in question.items()] == ["email"]
    assert marks_of(question, State()) == []


@pytest.mark.parametrize("what", ["date", "suggest"])
def test_a_time_is_a_day_and_an_hour(what: str) -> None:
    answers = {"day": "2026-12-01", "hour": "18:30"}
    dated = played("mentor_date", answers, match=9, what=what).result
    assert dated == Dated(9, what, date(2026, 12, 1), "18:30")


def test_the_short_ones_give_what_was_said() -> None:
    assert played("mentor_break", {"until": "2027-01-01"}).result == OnBreak(date(2027, 1, 1))
    assert played("mentor_avoid", {"name": "Ján Hus"}).result == Avoided("Ján Hus")
    assert played("mentor_note", {"note": None}, match=3, what="no").result == Noted(3, "no", None)
    assert played("mentor_note", {"note": "x"}, match=3, what="stop").result.note == "x"


def test_every_flow_ends_whatever_is_answered_first() -> None:
    for name, answers in (("mentor_request", REQUEST), ("mentor_offer", OFFER)):
        assert isinstance(played(name, answers), Finished)
