"""Which questions a conversation will ask: for a window, which shows them all at once.

A flow asks what follows from the answers before, so it is played on with answers that stand for
those that are not there yet. What is asked on other paths is asked in the chat afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.choices import MARKED, Agreement, Review
from flows.dialogue import check
from flows.engine import Snapshot, Waiting, find, play
from flows.errors import Invalid
from flows.questions import Question
from flows.script import Answers, Json

MOST = 60  # questions; a window has 100 blocks

_TOWN = {"name": "x", "country": "SK", "geonameid": None, "timezone": "Europe/Bratislava"}
# What stands for an answer: the first that a question takes. Nobody sees it, and nothing is stored.
_STANDING: tuple[Json, ...] = (
    [],
    "x",
    2000,
    1,
    "2999-12-31",
    "10:00",
    "https://example.org/",
    "Europe/Bratislava",
    ["en"],
    _TOWN,
)


def questions(
    flow: str, snapshot: Snapshot, answers: Answers, assumed: Mapping[str, Json]
) -> tuple[Question[Any], ...]:
    """All that is asked after these answers, those that have one among them, in order; not the
    card at the end. ``assumed``: what stands for an answer where it matters which."""
    known = dict(answers)
    asked: tuple[Question[Any], ...] = ()
    for _ in range(MOST):
        found = play(find(flow), snapshot, known)
        if not isinstance(found, Waiting):
            return asked
        asked = found.asked
        question = found.question
        if isinstance(question, Review):
            return asked
        known[question.key] = standing(question, assumed.get(question.key))
        asked = (*asked, question)
    return asked


def standing(question: Question[Any], wanted: Json = None) -> Json:
    """Something that this question takes for an answer."""
    for each in _candidates(question, wanted):
        try:
            question.load(each)
        except (Invalid, TypeError, ValueError, AttributeError):
            continue
        if not isinstance(question, MARKED) or check(question, each) is None:
            return each
    return None


def _candidates(question: Question[Any], wanted: Json) -> Iterator[Json]:
    if wanted is not None:
        yield wanted
    if isinstance(question, Agreement):
        yield question.yes
    keys = [item.key for item in question.items()]
    needed = list(getattr(question, "needed", ()))
    if isinstance(question, MARKED):
        yield needed
        for count in range(1, len(keys) + 1):
            yield keys[:count]
        yield {}
    if keys:
        yield keys[0]
    country = getattr(question, "country", None)  # of a town
    if country:
        yield {**_TOWN, "country": country}
    yield from _STANDING
