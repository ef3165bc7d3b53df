"""When people have time: the slots of their own zone as half-hours of one week in UTC."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from blueprints.values import SLOTS
from outreach.hours import zone

WEEK = 2 * 24 * 7  # half-hours: some zones are half an hour off (India, Newfoundland)


def free(hours: Iterable[str], timezone: str, day: date) -> int:
    """The half-hours of a week in which somebody has time, one bit each.

    Bit 0 is Monday 00:00–00:30 UTC. ``hours`` are keys of blueprints.values.SLOTS, meant in
    ``timezone`` (an IANA name) with the offset that holds there at noon UTC of ``day``: after a
    clock change the same slots are other bits. A zone off by a quarter counts as the half-hour
    before. 0: nothing is known (no slots, or a zone or slots that this release does not know).
    """
    slots = [SLOTS[key] for key in hours if key in SLOTS]
    shift = _offset(timezone, day)
    if shift is None:
        return 0
    bits = 0
    for slot in slots:
        for weekday in slot.days:
            for half in range(2 * slot.begins, 2 * slot.ends):
                bits |= 1 << (48 * weekday + half - shift) % WEEK
    return bits


def overlap(one: int, other: int) -> float:
    """How many hours a week two people both have time (two results of :func:`free`)."""
    return (one & other).bit_count() / 2


def _offset(timezone: str, day: date) -> int | None:
    """Half-hours ahead of UTC; None for no zone of that name."""
    there = zone(timezone)
    if there is None:
        return None
    offset = datetime.combine(day, time(12), UTC).astimezone(there).utcoffset()
    return None if offset is None else int(offset.total_seconds() // 1800)
