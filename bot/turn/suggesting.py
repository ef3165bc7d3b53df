"""What fits the words that somebody types into a menu of a window. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from bot.turn.fields import COUNTRIES
from flows.understand.countries import LANGUAGES, codes, country_name
from flows.understand.text import fold
from messages.words import capitalised

MOST = 100


def suggest(what: str, typed: str) -> Sequence[tuple[str, str]]:
    """Labels and keys of what fits, those that begin so first. ``what``: "country:sk"."""
    kind, _, language = what.partition(":")
    wanted = fold(typed)
    if kind != COUNTRIES or language not in LANGUAGES or not wanted:
        return ()
    found = [each for each in _countries(language) if wanted in each[2]]
    found.sort(key=lambda each: (not each[2].startswith(wanted), each[2]))
    return [(label, code) for label, code, _ in found[:MOST]]


@cache
def _countries(language: str) -> tuple[tuple[str, str, str], ...]:
    named = ((capitalised(country_name(code, language)), code) for code in codes())
    return tuple((label, code, fold(label)) for label, code in named)
