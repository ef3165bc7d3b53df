"""Mentoring in numbers, as staff read them: how long requests wait, how many really met."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from blueprints.schema import Blueprint
from outreach.mentoring import listing
from storage.mentoring import figures as counted
from storage.mentoring.figures import MentoringFigures
from storage.transaction import Transaction

SHOWN = (
    "requests", "asked", "long", "waits", "longest", "mentors", "resting", "places", "taken",
    "free", "proposed", "asked_mentor", "asked_mentee", "pairs", "going", "met", "again",
    "meetings", "lately",
)  # fmt: skip
"""The figures, in the order in which they are read; waits are days."""


def figures(
    tx: Transaction, organisation: str | None, blueprint: Blueprint, now: datetime
) -> MentoringFigures:
    """An organisation's (None: the region's) requests, mentors, pairs and meetings, counted now."""
    long = timedelta(days=blueprint.mentoring.unmatched_days)
    today = listing.day_of(blueprint, organisation, now)
    return counted.figures(tx, organisation, now, today, long)


def lines(found: MentoringFigures) -> Iterator[tuple[str, int | float | None]]:
    """Each of :data:`SHOWN` with its number; days with one decimal, None where nobody waits."""
    for key in SHOWN:
        match key:
            case "waits" | "longest":
                yield key, _days(getattr(found, key))
            case "proposed" | "asked_mentor" | "asked_mentee":
                yield key, found.states[key]
            case "going":
                yield key, found.states["introduced"] + found.states["met"]
            case _:
                yield key, getattr(found, key)


def _days(wait: timedelta | None) -> float | None:
    return None if wait is None else round(wait / timedelta(days=1), 1)
