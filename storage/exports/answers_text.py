"""An answer's JSON as texts: keys, ``option=level`` for ratings, numbers and dates as written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

Word = Callable[[str], str]


def parts(stored: str, word: Word = str) -> list[str]:
    """The answer's values as texts; ``word`` names keys (a reader's language)."""
    value = orjson.loads(stored)
    if value is None:
        return []
    if isinstance(value, dict):
        return [f"{word(key)}={word(str(level))}" for key, level in value.items()]
    return [_text(each, word) for each in (value if isinstance(value, list) else [value])]


def _text(value: Any, word: Word) -> str:
    if isinstance(value, bool):
        return word("yes" if value else "no")
    return word(value) if isinstance(value, str) else orjson.dumps(value).decode()
