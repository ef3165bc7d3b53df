"""Codes that people read out and type: made by chance, typed in any case, kept as a keyed hash."""

from __future__ import annotations

import secrets

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without what is easily misread


def new(length: int) -> str:
    """A code of so many characters."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def shown(code: str) -> str:
    """In two halves, easier to read."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"


def typed(text: str) -> str:
    """A code as somebody typed it: in capitals, without blanks and dashes."""
    return "".join(each for each in text.upper() if each.isalnum())
