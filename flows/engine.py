"""Play a flow: answers in, the open question or the result out. Pure, and fast enough to
replay the whole conversation for every message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeAlias, TypeVar

from blueprints.schema import Blueprint
from flows.errors import DuplicateKey, Invalid, UnknownFlow
from flows.questions import Question
from flows.script import Answers, Json, Label, Recall, Say, Script

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a flow may know, frozen when the conversation opens.

    ``facts`` are the person's (persona, language …) and ``today`` their day then; ``params`` say
    what the flow was opened for (which survey). Only the blueprint is always the present one.
    """

    blueprint: Blueprint
    today: date
    language: str
    facts: Mapping[str, Json] = field(default_factory=dict)
    params: Mapping[str, Json] = field(default_factory=dict)


Flow: TypeAlias = Callable[[Snapshot], Script[Any]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """``question`` is open. ``said`` is what follows the answer just given; ``asked`` the
    questions answered on the way here, in order; ``script`` stands at the question."""

    question: Question[Any]
    said: tuple[Label, ...]
    asked: tuple[Question[Any], ...]
    script: Script[Any] | None = field(default=None, repr=False, compare=False)

    @property
    def path(self) -> tuple[str, ...]:
        """The keys answered on the way here."""
        return tuple(question.key for question in self.asked)


@dataclass(frozen=True, slots=True)
class Finished(Generic[R]):
    """The flow is over. ``answers`` are those on its path; any others count for nothing."""

    result: R
    said: tuple[Label, ...]
    answers: Answers


def play(flow: Flow, snapshot: Snapshot, answers: Answers) -> Waiting | Finished[Any]:
    """Replay ``flow`` from the top. Raises DuplicateKey when it asks a key twice."""
    return _play(flow(snapshot), None, [], answers)


def play_on(waiting: Waiting, answers: Answers) -> Waiting | Finished[Any]:
    """What :func:`play` would give, from the open question on: ``answers`` holds its answer now,
    and what was answered before is as it was. ``waiting`` is used up by this."""
    if waiting.script is None:
        raise ValueError("nobody plays this")
    question = waiting.question
    known, value = _recall(question, answers)
    if not known:
        return Waiting(question, (), waiting.asked, waiting.script)
    return _play(waiting.script, value, [*waiting.asked, question], answers)


def _play(
    script: Script[Any], value: Any, asked: list[Question[Any]], answers: Answers
) -> Waiting | Finished[Any]:
    """Run ``script``, which gets ``value`` as the answer to the last one ``asked``."""
    said: list[Label] = []
    path = {question.key for question in asked}
    while True:
        try:
            step = script.send(value)
        except StopIteration as end:
            return Finished(end.value, tuple(said), {each.key: answers[each.key] for each in asked})
        value = None
        if isinstance(step, Say):
            said.append(step.label)
            continue
        question = step.question if isinstance(step, Recall) else step
        if question.key in path:
            raise DuplicateKey(f"the key {question.key!r} is asked twice")
        known, value = _recall(question, answers)
        if not known and isinstance(step, Recall):
            continue
        if not known:
            return Waiting(question, tuple(said), tuple(asked), script)
        path.add(question.key)
        asked.append(question)
        said.clear()


def _recall(question: Question[Any], answers: Answers) -> tuple[bool, Any]:
    """Whether ``question`` is answered already, and with what; an answer that no longer fits
    counts as none."""
    if question.key not in answers:
        return False, None
    stored = answers[question.key]
    if stored is None:
        return question.optional, None
    try:
        return True, question.load(stored)
    except Invalid:
        return False, None


_FLOWS: dict[str, Flow] = {}


def flow(name: str) -> Callable[[Flow], Flow]:
    """Register a flow under ``name`` (stored with every conversation: never re-used)."""

    def register(function: Flow) -> Flow:
        if name in _FLOWS:
            raise DuplicateKey(f"there are two flows named {name!r}")
        _FLOWS[name] = function
        return function

    return register


def find(name: str) -> Flow:
    """The flow named ``name``; raises UnknownFlow."""
    try:
        return _FLOWS[name]
    except KeyError:
        raise UnknownFlow(f"there is no flow named {name!r}") from None


def names() -> frozenset[str]:
    """All registered flows (tests walk them)."""
    return frozenset(_FLOWS)
