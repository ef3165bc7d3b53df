"""Playing a flow: the same answers always lead to the same question."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprints.load import default_path, load
from blueprints.schema import Blueprint
from flows import (
    home,
    join,
    mentoring,
    mentoring_pair,
    registration,
    renew,
    settings,
    staff_broadcast,
    staff_event,
    staff_reply,
    survey,
)
from flows.choices import Choice, Multi, Rank
from flows.engine import Finished, Snapshot, Waiting, find, names, play, play_on
from flows.errors import DuplicateKey, Invalid, UnknownFlow
from flows.questions import Item, Text
from flows.script import Plain, Script, ask, ask_optional, say

BLUEPRINT = load(default_path())
TODAY = date(2026, 11, 22)
MODULES = (
    home, join, mentoring, mentoring_pair, registration, renew, settings, staff_broadcast,
    staff_event, staff_reply, survey,
)  # fmt: skip


def snapshot(**facts: Any) -> Snapshot:
    params = facts.pop("params", {})
    return Snapshot(BLUEPRINT, TODAY, "en", facts, params)


def options(*keys: str) -> tuple[Item, ...]:
    return tuple(Item(key, Plain(key)) for key in keys)


def colours(me: Snapshot) -> Script[tuple[str, str | None]]:
    colour = yield from ask(
        Choice(key="colour", text=Plain("Colour?"), options=options("red", "blue"))
    )
    yield from say("common.cancelled")
    if colour == "red":
        yield from ask(Text(key="why", text=Plain("Why red?")))
    name = yield from ask_optional(Text(key="name", text=Plain("Name?"), optional=True))
    return colour, name


def test_play_asks_the_first_open_question() -> None:
    result = play(colours, snapshot(), {})
    assert isinstance(result, Waiting)
    assert (result.question.key, result.path) == ("colour", ())


def test_play_says_only_what_follows_the_last_answer() -> None:
    first = play(colours, snapshot(), {"colour": "red"})
    second = play(colours, snapshot(), {"colour": "red", "why": "warm"})
    assert len(first.said) == 1
    assert second.said == ()


def test_play_finishes_with_the_answers_on_the_path_alone() -> None:
    result = play(colours, snapshot(), {"colour": "blue", "why": "left over", "name": None})
    assert isinstance(result, Finished)
    assert result.result == ("blue", None)
    assert result.answers == {"colour": "blue", "name": None}


def test_an_answer_that_no_longer_fits_is_asked_again() -> None:
    result = play(colours, snapshot(), {"colour": "green", "name": "Ana"})
    assert isinstance(result, Waiting)
    assert result.question.key == "colour"


def test_a_skip_counts_only_where_skipping_is_possible() -> None:
    result = play(colours, snapshot(), {"colour": None, "name": None})
    assert isinstance(result, Waiting)
    assert result.question.key == "colour"


def test_a_key_asked_twice_raises() -> None:
    def twice(me: Snapshot) -> Script[None]:
        for _ in range(2):
            yield from ask(Text(key="again", text=Plain("?")))

    with pytest.raises(DuplicateKey):
        play(twice, snapshot(), {"again": "x"})


def test_an_unknown_flow_raises() -> None:
    with pytest.raises(UnknownFlow):
        find("nothing of the kind")


PARAMS: dict[str, list[dict[str, Any]]] = {
    "join": [{}],
    "renew": [{}],
    "registration": [{}],
    "complete": [{"missing": ["email"]}],
    "survey": [{"survey": each.key} for each in BLUEPRINT.surveys],
    "pause": [{}],
    "home": [{}],
    "consents": [{}],
    "forget": [{}],
    "staff_reply": [{"message": 1}],
    "staff_event": [{"organisations": ["cike"], "audiences": ["vienna"]}, {}],
    "staff_broadcast": [{"organisations": ["cike"]}, {}],
    "staff_when": [{"broadcast": 1, "zone": "Europe/Bratislava"}],
    "mentor_request": [{}],
    "mentor_offer": [{}],
    "mentor_contacts": [{"match": 1, "known": {"email": "j@example.com"}}, {"match": 1}],
    "mentor_date": [{"match": 1, "what": "date"}, {"match": 1, "what": "suggest"}],
    "mentor_break": [{}],
    "mentor_note": [{"match": 1, "what": "stop"}],
    "mentor_avoid": [{}],
}


def test_every_registered_flow_is_tested_here() -> None:
    assert set(PARAMS) == names()


@pytest.mark.parametrize("persona", ["expat", "local"])
@pytest.mark.parametrize(
    ("name", "params"), [(name, each) for name, all_ in PARAMS.items() for each in all_]
)
def test_every_flow_opens_with_a_question(name: str, params: dict[str, Any], persona: str) -> None:
    result = play(find(name), snapshot(persona=persona, params=params), {})
    assert isinstance(result, Waiting)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = st.sampled_from(
    [
        "name",
        "country",
        "city",
        "since",
        "notice",
        "consents",
        "ready",
        "roles",
        "formats",
        "review",
        "goal",
        "skills",
        "capacity",
        "languages",
        "contacts",
        "hour",
    ]
)


@given(st.sampled_from(sorted(PARAMS)), st.dictionaries(KEYS, JSON))
def test_any_stored_answers_lead_to_a_question_or_the_end(
    name: str, answers: dict[str, Any]
) -> None:
    """Whatever an older release stored, nothing raises and nothing is asked twice."""
    me = snapshot(persona="expat", params=PARAMS[name][0])
    result = play(find(name), me, answers)
    if isinstance(result, Waiting):
        assert len(set(result.path)) == len(result.path)
        assert result.question.key not in result.path


def test_a_survey_that_left_the_blueprint_ends_politely() -> None:
    me = snapshot(persona="expat", params={"survey": "gone"})
    result = play(find("survey"), me, {"x": 1})
    assert isinstance(result, Finished)
    assert result.result.answers == {}


def _without(blueprint: Blueprint, key: str) -> Blueprint:
    first = blueprint.surveys[0]
    kept = tuple(question for question in first.questions if question.key != key)
    kept = tuple(q for q in kept if q.when is None or q.when.question != key)
    changed = first.model_copy(update={"questions": kept})
    return blueprint.model_copy(update={"surveys": (changed, *blueprint.surveys[1:])})


@pytest.mark.parametrize("gone", [question.key for question in BLUEPRINT.surveys[0].questions])
def test_a_question_taken_away_disturbs_no_open_survey(gone: str) -> None:
    me = Snapshot(
        _without(BLUEPRINT, gone), TODAY, "en", {"persona": "expat"},
        {"survey": BLUEPRINT.surveys[0].key},
    )  # fmt: skip
    answers = {question.key: None for question in BLUEPRINT.surveys[0].questions}
    result = play(find("survey"), me, answers)
    assert isinstance(result, Waiting | Finished)
    if isinstance(result, Waiting):
        assert result.question.key != gone


def test_multi_and_rank_load_only_what_is_offered() -> None:
    multi = Multi(key="m", text=Plain("?"), options=options("a", "b"), needed=("a",))
    rank = Rank(key="r", text=Plain("?"), options=options("a", "b", "c"), maximum=2)
    assert multi.load(["b", "a"]) == ("b", "a")
    assert rank.load(["c", "a"]) == ("c", "a")
    refused: list[tuple[Multi | Rank, Any]] = [
        (multi, ["b"]),
        (multi, ["a", "a"]),
        (rank, ["a", "b", "c"]),
    ]
    for question, stored in refused:
        with pytest.raises(Invalid):
            question.load(stored)


def test_going_on_from_the_open_question_leads_where_a_replay_leads() -> None:
    given: dict[str, Any] = {"colour": "red", "why": "warm", "name": None}
    answers: dict[str, Any] = {}
    result: Waiting | Finished[Any] = play(colours, snapshot(), answers)
    for key, value in given.items():
        assert isinstance(result, Waiting)
        answers[key] = value
        result = play_on(result, answers)
        assert _outline(result) == _outline(play(colours, snapshot(), answers))
    assert isinstance(result, Finished)


def test_going_on_with_an_answer_that_does_not_fit_asks_again() -> None:
    first = play(colours, snapshot(), {})
    assert isinstance(first, Waiting)
    again = play_on(first, {"colour": "green"})
    assert isinstance(again, Waiting)
    assert again.question.key == "colour"
    replayed = play(colours, snapshot(), {"colour": "red"})
    assert _outline(play_on(again, {"colour": "red"})) == _outline(replayed)


def _outline(result: Waiting | Finished[Any]) -> Any:
    """A result without the question objects, which are equal only to themselves."""
    if isinstance(result, Finished):
        return result
    return result.question.key, result.said, result.path
