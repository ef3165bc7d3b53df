"""Recorded conversations, played again.

After a change of words: look at the difference, then ``python -m tests.recorded``.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from random import Random
from typing import Any

import pytest

from blueprints.schema import Blueprint
from bot.cli.chat import recording
from bot.cli.chat.session import Session
from bot.cli.demo.answering import Answerer
from bot.turn.context import House
from bot.turn.labels import Labels
from flows.engine import Finished, Waiting, find, play
from flows.errors import Invalid
from flows.questions import Question, Reader
from messages.message import Kind, Widget
from storage.database import Database
from tests.recorded.cases import CASES, AnswerSet, answer_sets, before_ease, house, replay
from tests.recorded.mutations import mutations

BEFORE = before_ease()
LONGEST = 60  # questions until a conversation must have ended
SETS = list(answer_sets())
MUTATIONS = dict(mutations(house().blueprint))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_recorded_conversation_reads_the_same_today(path: Path, database: Database) -> None:
    case = recording.read(path)
    today = replay(case, database)
    for number, (then, now) in enumerate(zip(case["steps"], today["steps"], strict=True), start=1):
        assert now == then, f"{path.name}, step {number}: `python -m tests.recorded` renews it"
    assert {**today, "steps": []} == {**case, "steps": []}


def test_the_same_lines_give_the_same_file(tmp_path: Path, database: Database) -> None:
    """The bytes on disk are those that a replay writes."""
    path = next(each for each in CASES if each.stem == "expat_en")
    again = tmp_path / "again.json"
    recording.write(recording.replay(recording.read(path), database, house()), again)
    assert again.read_bytes() == path.read_bytes()


def test_the_cases_cover_personas_languages_and_flows() -> None:
    facts = {(each.facts["persona"], each.language) for each in SETS}
    assert facts >= {("expat", "en"), ("expat", "sk"), ("expat", "sl"), ("local", "sl")}
    flows = {each.flow for each in SETS}
    assert flows >= {"join", "registration", "survey", "pause", "consents", "forget"}
    surveys = {each.params["survey"] for each in SETS if each.flow == "survey"}
    assert surveys == {survey.key for survey in house().blueprint.surveys}
    assert len(SETS) > 100


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_release_does_not_disturb_any_recorded_answer_set(name: str) -> None:
    """Whatever a release changes: the conversation goes on to its end, answers that still fit
    stand, and nothing is asked that is answered or twice."""
    for held in (*SETS, *BEFORE):
        _goes_on(held, MUTATIONS[name])


def test_who_had_begun_before_this_release_is_asked_only_what_is_new() -> None:
    """The notice that they read, the consents that they ticked and whatever came after count."""
    asked = {len(each.answers): _open(each) for each in BEFORE if each.flow == "join"}
    assert asked == {0: "hello", 1: "agree", 2: "agree", 3: "persona"}
    begun = [each for each in BEFORE if each.flow == "registration"]
    assert not [each for each in begun if _open(each) == "consents"]


def _open(held: AnswerSet) -> str:
    result = play(find(held.flow), held.snapshot(house().blueprint), held.answers)
    assert isinstance(result, Waiting)
    return result.question.key


def _goes_on(held: AnswerSet, blueprint: Blueprint) -> None:
    where = f"{held.case}, step {held.step}, {held.flow}"
    answers, asked = dict(held.answers), list[str]()
    flow, snapshot = find(held.flow), held.snapshot(blueprint)
    answerer = _answerer(held.language, snapshot.today)
    result: Waiting | Finished[Any] = play(flow, snapshot, answers)
    while isinstance(result, Waiting):
        question = result.question
        assert question.key not in asked, f"{where}: {question.key} is asked twice"
        assert not _fits(question, held.answers), f"{where}: {question.key} was answered"
        asked.append(question.key)
        answers[question.key] = answerer.answer(question)
        result = play(flow, snapshot, answers)
        assert len(asked) < LONGEST, f"{where}: does not end"
    for key, value in result.answers.items():
        if key not in asked:
            assert value == held.answers[key], f"{where}: {key} changed by itself"


def _fits(question: Question[Any], answers: dict[str, Any]) -> bool:
    """Whether a stored answer is one that today's question accepts."""
    if question.key not in answers:
        return False
    if answers[question.key] is None:
        return question.optional
    try:
        question.load(answers[question.key])
    except Invalid:
        return False
    return True


def _answerer(language: str, today: Any) -> Answerer:
    reader = Reader(language, today, Labels(house().words, language).text)
    known = {"hello": "start", "agree": "agree"}
    return Answerer(Random(1), reader, known, {"any": ("Something",)})


@pytest.mark.parametrize("name", [n for n in MUTATIONS if n.startswith(("willingness", "a quest"))])
def test_an_interrupted_survey_is_finished_under_a_new_release(name: str, sqlite_url: str) -> None:
    """The same through the turn: recorded under the old blueprint, gone on with under the new."""
    case = recording.read(next(each for each in CASES if each.stem == "expat_sl_interrupted"))
    database = Database.open(sqlite_url)
    session = Session(database, house(), "you", "sl", recording.steady_clock())
    for step in case["steps"]:
        recording.again(session, step)
    before = _answers(session)
    assert before, "the recording ends inside a survey"
    session.house = _house(MUTATIONS[name])
    session.say("/menu")
    unfinished = [k for k in _keys(session.widget) if k.startswith("continue")]
    if unfinished:
        session.press((unfinished[0],))
        _press_through(session)
    stored = [each for each in session.stored if each.flow == "survey"]
    assert [each.status for each in stored] == ["done"] * len(stored)
    database.close()


def _house(blueprint: Blueprint) -> House:
    return dataclasses.replace(house(), blueprint=blueprint)


def _answers(session: Session) -> dict[str, Any]:
    return next(each.answers for each in session.stored if each.status == "open")


def _keys(widget: Widget | None) -> list[str]:
    return [] if widget is None else [o.key for o in (*widget.options, *widget.controls)]


def _press_through(session: Session) -> None:
    """Answer whatever is asked until the survey is over."""
    for _ in range(LONGEST):
        widget = session.widget
        if widget is None or widget.ref == "m":
            return
        keys = _keys(widget)
        if "skip" in keys:
            session.press(("skip",))
        elif widget.kind is Kind.TEXT:
            session.say("Nekaj")
        elif widget.kind is Kind.CHOICE:
            session.press((keys[0],))
        else:
            session.press((keys[0], "done"))
    pytest.fail("the survey does not end")
