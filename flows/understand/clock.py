"""A time of day from what people type: "18:30", "6 pm", "o 18.00", "ob 18h"."""

from __future__ import annotations

import re

from flows.understand.reading import NotUnderstood, Reading, Understood
from flows.understand.text import fold

LONGEST_ANSWER = 60
_DIGITS = re.compile(r"(\d\d)(\d\d)")
_UNKNOWN = NotUnderstood("clock.unknown")
# "at", "o", "ob" may stand before; "h", "hod", "ura", "uri", "o'clock" behind.
_TIME = re.compile(
    r"(?:at|from|o|od|ob|ab)?\s*(\d{1,2})(?:\s+(\d{2}))?"
    r"\s*(?:h|hod|hodin[ae]?|hodine|ur[aei]?|uri|o clock)?\s*(am|pm|a m|p m)?"
)


def clock(text: str) -> Reading[str]:
    """The time as "HH:MM". Reasons: "text.empty", "clock.unknown"."""
    if len(text) > LONGEST_ANSWER:
        return _UNKNOWN
    said = fold(text)  # "18:30", "18.30" and "18h30" read alike
    if not said:
        return NotUnderstood("text.empty")
    said = re.sub(r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)", " ", said)
    said = re.sub(r"(\d{1,2}) h (\d{2})", r"\1 \2", said)
    if said.isdecimal() and len(said) > 2:
        packed = _DIGITS.fullmatch(said.zfill(4))
        return _read(int(packed[1]), int(packed[2]), "") if packed else _UNKNOWN
    found = _TIME.fullmatch(said)
    if not found:
        return _UNKNOWN
    return _read(int(found[1]), int(found[2] or 0), (found[3] or "").replace(" ", ""))


def _read(hour: int, minute: int, half: str) -> Reading[str]:
    """``half``: "am", "pm" or nothing, on a clock of twenty-four hours."""
    if half and not 1 <= hour <= 12:
        return _UNKNOWN
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59:
        return _UNKNOWN
    return Understood(f"{hour:02}:{minute:02}")
