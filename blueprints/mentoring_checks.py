"""What the values of ``[mentoring]`` say about each other: orders of days, priorities."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from blueprints.problems import Finding, did_you_mean
from blueprints.raw import Raw, keys, number, top, words
from blueprints.schema import Mentoring

_TABLE = "mentoring"
# (the earlier, the later, what is wrong where it is not earlier)
_ORDERS = (
    ("remind_days", "answer_days", "the reminder would come when the answer is late already"),
    ("midway_days", "end_days", "half-way would come after the end"),
)


def mentoring_checks(raw: Raw) -> Iterator[Finding]:
    """Whatever is no table, list or number is told by the schema and passed over here."""
    given = raw.get(_TABLE)
    if isinstance(given, dict):
        yield from _orders(given)
        yield from _nudges(given)
        yield from _priorities(given, keys(top(raw, "skills")))


def _orders(given: Raw) -> Iterator[Finding]:
    usual = Mentoring()
    for earlier, later, trouble in _ORDERS:
        first = number(given.get(earlier, getattr(usual, earlier)))
        second = number(given.get(later, getattr(usual, later)))
        if first is None or second is None or first < second:
            continue
        place = (_TABLE, earlier if earlier in given else later)
        remedy = f"Choose {earlier} less than {later}; left out they are "
        remedy += f"{getattr(usual, earlier)} and {getattr(usual, later)}."
        yield Finding(place, f"{earlier} is {first} and {later} is {second}: {trouble}", remedy)


def _nudges(given: Raw) -> Iterator[Finding]:
    listed = given.get("nudges")
    days = [number(each) for each in listed] if isinstance(listed, list) else []
    for index, (before, day) in enumerate(itertools.pairwise(days), start=1):
        if before is not None and day is not None and day <= before:
            message = f"{day} does not come after {before}"
            remedy = "Write the days in order, each once, like [7, 14]."
            yield Finding((_TABLE, "nudges", index), message, remedy)


def _priorities(given: Raw, skills: list[str]) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, key in enumerate(words(given.get("priorities"))):
        place = (_TABLE, "priorities", index)
        if key not in skills:
            yield Finding(place, f'there is no skill "{key}"', did_you_mean(key, skills))
        elif key in seen:
            yield Finding(place, f'"{key}" is there twice', "Remove one.")
        seen.add(key)
