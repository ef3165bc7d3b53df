"""What is told when the values of [mentoring] do not fit together."""
# ruff: noqa: E501 (messages stand as they are told)

from __future__ import annotations

import pytest
from inline_snapshot import snapshot

from blueprints.load import default_path, load, warnings
from blueprints.schema import Mentoring
from tests.blueprints.editing import change, load_text, tiny, told


def mentoring(*lines: str) -> str:
    """The small blueprint (95 lines) with a [mentoring] of these lines, the first of which is line 96."""
    return tiny() + "[mentoring]\n" + "".join(f"{line}\n" for line in lines)


def test_reminder_after_the_deadline_is_told() -> None:
    assert told(mentoring("answer_days = 3", "remind_days = 3")) == snapshot(
        [
            "97 mentoring.remind_days: remind_days is 3 and answer_days is 3: the reminder would come when the answer is late already. Choose remind_days less than answer_days; left out they are 2 and 4."
        ]
    )


def test_deadline_before_the_usual_reminder_is_told_where_it_stands() -> None:
    assert told(mentoring("answer_days = 2")) == snapshot(
        [
            "96 mentoring.answer_days: remind_days is 2 and answer_days is 2: the reminder would come when the answer is late already. Choose remind_days less than answer_days; left out they are 2 and 4."
        ]
    )


def test_half_way_after_the_end_is_told() -> None:
    assert told(mentoring("midway_days = 90", "end_days = 60")) == snapshot(
        [
            "96 mentoring.midway_days: midway_days is 90 and end_days is 60: half-way would come after the end. Choose midway_days less than end_days; left out they are 45 and 90."
        ]
    )


def test_nudges_in_disorder_are_told_each() -> None:
    assert told(mentoring("nudges = [7, 14, 14, 3]")) == snapshot(
        [
            "96 mentoring.nudges[2]: 14 does not come after 14. Write the days in order, each once, like [7, 14].",
            "96 mentoring.nudges[3]: 3 does not come after 14. Write the days in order, each once, like [7, 14].",
        ]
    )


def test_priority_that_is_no_skill_is_told() -> None:
    assert told(mentoring('priorities = ["humor", "patience", "patience"]')) == snapshot(
        [
            '96 mentoring.priorities[0]: there is no skill "humor". Did you mean "humour"?',
            '96 mentoring.priorities[2]: "patience" is there twice. Remove one.',
        ]
    )


def test_odd_values_are_told_once_by_the_schema() -> None:
    text = mentoring('nudges = ["7", 0]', "remind_days = true", "priorities = 3", "weight = 2")
    assert told(text) == snapshot(
        [
            '96 mentoring.nudges[0]: "7" does not fit. Write a whole number without quotes.',
            "96 mentoring.nudges[1]: 0 is too small. At least 1.",
            "97 mentoring.remind_days: true does not fit. Write a whole number without quotes.",
            "98 mentoring.priorities: 3 does not fit. Write a list: [ … ].",
            '99 mentoring.weight: unknown key "weight". Did you mean "weights"?',
        ]
    )


def test_mentoring_that_is_no_table_is_told() -> None:
    text = change(tiny(), "languages = [", "mentoring = 3\nlanguages = [")
    assert told(text) == snapshot(["4 mentoring: 3 does not fit. Write a table: [name] or { … }."])


def test_unknown_weight_is_told() -> None:
    assert told(mentoring("[mentoring.weights]", "skill = 3", "hours = -1")) == snapshot(
        [
            '97 mentoring.weights.skill: unknown key "skill". Did you mean "skills"?',
            "98 mentoring.weights.hours: -1 is too small. At least 0.",
        ]
    )


def test_no_nudges_and_rounds_only_by_staff_are_fine() -> None:
    found = load_text(mentoring("nudges = []", "round_days = 0", 'priorities = ["humour"]'))
    assert (found.mentoring.nudges, found.mentoring.round_days) == ((), 0)


def test_blueprint_without_mentoring_runs_on_the_defaults() -> None:
    assert load_text(tiny()).mentoring == Mentoring()


@pytest.mark.parametrize("weight", ["waiting", "passed_over"])
def test_requests_that_may_wait_for_ever_are_remarked_on(weight: str) -> None:
    both = mentoring("[mentoring.weights]", "waiting = 0", "passed_over = 0")
    assert [each for each in warnings(load_text(both)) if "weights" in each] == snapshot(
        [
            "mentoring.weights: waiting and passed_over are both 0. Whoever fits nobody well may wait for ever."
        ]
    )
    one = mentoring("[mentoring.weights]", f"{weight} = 0")
    assert [each for each in warnings(load_text(one)) if "weights" in each] == []


def test_real_blueprint_has_its_priorities_and_asks_staff_before_anybody() -> None:
    found = load(default_path())
    assert set(found.mentoring.priorities) <= {each.key for each in found.skills}
    assert found.mentoring.priorities
    assert found.mentoring.unattended is False
    assert found.mentoring.capacity == 2
    assert found.mentoring.nudges == (7, 14)
    assert found.mentoring.unmatched_days == 45
