"""A country from what people type: "Nemčija", "v Nemecku", "Germany", "DE", "Berlin, Germany"."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.core import get_global

from flows.understand.fuzzy import nearest
from flows.understand.gazetteer import gazetteer
from flows.understand.phrases import PREPOSITIONS, dictionary_forms, without_lead_in
from flows.understand.reading import (
    MOST_CANDIDATES,
    NotUnderstood,
    Reading,
    Understood,
    Unsure,
)
from flows.understand.text import fold, wordset

LANGUAGES = ("en", "sk", "sl")
LONGEST_ANSWER = 200
_DATA = files("flows.understand.data")
_WORDS_READ = 12
_LONGEST_PHRASE = 7
_LONGEST_NAME = 4  # words that may be declined; longer names are found as they are
_SHORTEST_IN_A_SENTENCE = 4
# One wrong letter in a name this long is a slip of the finger, not another country.
_SURELY_A_SLIP = 7
_LITTLE_WORDS = frozenset({"the", "and", "a", "in", "i", "of"})
_FLAG_A = 0x1F1E6
_DOUBT = wordset("not no nie ne ni never nikdy nikoli")
# Two-letter words that are also codes: asked back unless typed as a code, in capitals.
_WORDS_LIKE_CODES = wordset(
    "ad ae al am as at be bo by do fo id in io is it je kde ki la ma me mi mo mu my na ne no om "
    "pa se so sm st to tu za"
)


@cache
def codes() -> frozenset[str]:
    """ISO 3166-1 alpha-2 codes, and XK, which everybody uses for Kosovo."""
    listed = {code for code in get_global("territory_zones") if code.isalpha()}
    return frozenset(listed - {"ZZ"} | {"XK", "BV", "HM"})


def country_name(code: str, language: str) -> str:
    """What readers of ``language`` call the country (CLDR); the code where they have no name."""
    return str(Locale.parse(language).territories.get(code, code))


def country(text: str, language: str) -> Reading[str]:
    """The ISO 3166-1 alpha-2 code of the country in ``text``; ``language`` is the reader's
    ("en", "sk", "sl"), which decides what an ambiguous name means.

    A city leads to Unsure with its country. Reasons: "country.unknown", "text.empty",
    "text.too_long".
    """
    if len(text) > LONGEST_ANSWER:
        return NotUnderstood("text.too_long", {"maximum": LONGEST_ANSWER, "length": len(text)})
    if shown := flag(text):
        return Understood(shown)
    words = fold(text).split()
    if not words:
        return NotUnderstood("text.empty")
    return (
        _code(text)
        or _named(words, language)
        or _in_a_sentence(words, language)
        or _by_city(text)
        or _misspelt(words, language)
        or NotUnderstood("country.unknown")
    )


def meant(text: str, language: str, *, small: bool = False) -> str | None:
    """The country that the whole of ``text`` names: in any of our languages, in any case, as a
    flag or as a code; in ``small`` letters, too, where a code is expected. None for anything else.
    """
    if shown := flag(text):
        return shown
    typed = text.strip(" .!")
    if len(typed) in (2, 3) and (small or typed.isupper()):
        reading = _code(typed.upper())
        if isinstance(reading, Understood):
            return reading.value
    words = fold(typed).split()
    while len(words) > 1 and words[0] in PREPOSITIONS:
        words = words[1:]
    if not words or len(words) > _LONGEST_PHRASE:
        return None
    for each in (language, *(one for one in LANGUAGES if one != language)):
        found = names(each).get(_key(words)) or (
            _declined(words, each) if len(words) <= _LONGEST_NAME else ()
        )
        if len(found) == 1:
            return found[0]
    return None


def is_country(text: str, language: str) -> bool:
    """Whether the whole of ``text`` is a country's name."""
    return bool(names(language).get(_key(fold(text).split())))


@cache
def names(language: str) -> dict[str, tuple[str, ...]]:
    """Every name typed by readers of ``language`` -> the countries that it can mean."""
    found: dict[str, tuple[str, ...]] = {}
    for code, name in _foreign_names():
        _add(found, name, (*found.get(_key(fold(name).split()), ()), code))
    for meant, readers, name in _other_names():
        if readers == "*":
            _add(found, name, meant)
    for code, name in _cldr_names(language):
        _add(found, name, (code,))
    for meant, readers, name in _other_names():
        if readers == language:
            _add(found, name, meant)
    return found


def _add(found: dict[str, tuple[str, ...]], name: str, meant: Iterable[str]) -> None:
    key = _key(fold(name).split())
    if key:
        found[key] = tuple(dict.fromkeys(meant))


def _key(words: Sequence[str]) -> str:
    return "".join(word for word in words if word not in _LITTLE_WORDS)


def _foreign_names() -> Iterator[tuple[str, str]]:
    endonyms: dict[str, list[str]] = json.loads(_DATA.joinpath("endonyms.json").read_text("utf-8"))
    for code, own in endonyms.items():
        yield from ((code, name) for name in own)
    for language in LANGUAGES:
        yield from _cldr_names(language)


@cache
def _cldr_names(language: str) -> tuple[tuple[str, str], ...]:
    """Full names and, for "Myanmar (Burma)", both of them."""
    found: list[tuple[str, str]] = []
    for code, name in Locale.parse(language).territories.items():
        if code in codes():
            found += [(code, part) for part in re.split(r"[()]", name) if part.strip()]
            found.append((code, name))
    return tuple(found)


@cache
def _other_names() -> tuple[tuple[tuple[str, ...], str, str], ...]:
    lines = _DATA.joinpath("countries.tsv").read_text("utf-8").splitlines()
    cells = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return tuple(
        (tuple(meant.split()), readers, name.strip())
        for meant, readers, listed in cells
        for name in listed.split(",")
    )


def _reading(meant: Sequence[str]) -> Reading[str] | None:
    if not meant:
        return None
    if len(meant) == 1:
        return Understood(meant[0])
    return Unsure(tuple(meant[:MOST_CANDIDATES]))


def _code(text: str) -> Reading[str] | None:
    """Codes count only as the whole answer: two or three letters ("DE", "deu")."""
    typed = text.strip().strip(".!")
    if not (typed.isascii() and typed.isalpha()):
        return None
    upper = typed.upper()
    if len(typed) == 3:
        aliases = get_global("territory_aliases").get(upper, ())
        return Understood(aliases[0]) if len(aliases) == 1 and aliases[0] in codes() else None
    if upper not in codes():
        return None
    if typed != upper and typed.lower() in _WORDS_LIKE_CODES:
        return Unsure((upper,))
    return Understood(upper)


def flag(text: str) -> str | None:
    """The code of the one flag in ``text``: flags are pairs of letters A to Z of their own."""
    letters = "".join(chr(ord(c) - _FLAG_A + ord("A")) for c in text if 0 <= ord(c) - _FLAG_A < 26)
    return letters if letters in codes() else None


def _named(words: Sequence[str], language: str) -> Reading[str] | None:
    known = names(language)
    bare = without_lead_in(words)
    for candidate in (words, bare):
        if meant := known.get(_key(candidate)):
            return _reading(meant)
    return _reading(_declined(bare, language)) if len(bare) <= _LONGEST_NAME else None


def _declined(words: Sequence[str], language: str) -> tuple[str, ...]:
    known = names(language)
    for form in dictionary_forms(words):
        if meant := known.get(_key(form)):
            return meant
    return ()


def _in_a_sentence(words: Sequence[str], language: str) -> Reading[str] | None:
    found = list(dict.fromkeys(_mentions(words[:_WORDS_READ], language)))
    if not found:
        return None
    certain = len(words) < _WORDS_READ and not _DOUBT.intersection(words)
    if len(found) == 1 and certain:
        return Understood(found[0])
    return Unsure(tuple(found[:MOST_CANDIDATES]))


def _mentions(words: Sequence[str], language: str) -> Iterator[str]:
    at = 0
    while at < len(words):
        length, meant = _longest_name(words, at, language)
        yield from meant
        at += length


def _longest_name(words: Sequence[str], at: int, language: str) -> tuple[int, tuple[str, ...]]:
    for length in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
        part = words[at : at + length]
        after_preposition = at > 0 and words[at - 1] in PREPOSITIONS
        if part[0] in _LITTLE_WORDS or part[0] in PREPOSITIONS:
            continue
        if len(_key(part)) < _SHORTEST_IN_A_SENTENCE:
            if after_preposition or part[0] in {"usa", "zda"}:
                meant = names(language).get(_key(part), ())
                if meant:
                    return length, meant
            continue
        if meant := _declined(part, language):
            return length, meant
    return 1, ()


def _by_city(text: str) -> Reading[str] | None:
    found = gazetteer().countries_with(text)
    return Unsure(found[:MOST_CANDIDATES]) if found else None


def _misspelt(words: Sequence[str], language: str) -> Reading[str] | None:
    known = names(language)
    bare = without_lead_in(words)[:_LONGEST_NAME]
    # Endings are taken off only where the word before calls for one: "v Nemćiji".
    declined = len(bare) == 1 and PREPOSITIONS.intersection(words)
    spellings = {_key(form) for form in dictionary_forms(bare)} if declined else {_key(bare)}
    best: dict[str, int] = {}
    for spelling in sorted(spellings):
        for name, distance in nearest(spelling, tuple(known)):
            for code in known[name]:
                best[code] = min(distance, best.get(code, distance))
    ranked = sorted(best, key=lambda code: best[code])
    if not ranked:
        return None
    alone = len(ranked) == 1 and best[ranked[0]] == 1
    if alone and len(_key(bare)) >= _SURELY_A_SLIP:
        return Understood(ranked[0])
    return Unsure(tuple(ranked[:3]))
