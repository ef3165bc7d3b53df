"""Numbers as short ids for buttons: Telegram allows 64 bytes for all that a press carries."""

from __future__ import annotations

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LONGEST = 12  # digits: 36**12 still fits a database's number


def base36(number: int) -> str:
    """A number from 0 on in base 36."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"


def from_base36(text: str) -> int | None:
    """The number; None for anything that :func:`base36` does not write."""
    if not 0 < len(text) <= _LONGEST or not set(text) <= set(_DIGITS):
        return None
    return int(text, 36)
