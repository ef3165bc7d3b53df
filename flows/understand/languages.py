"""The languages that people say they speak: "slovensky a trochu nemecky", "EN, DE"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from babel import Locale

from flows.understand.fuzzy import nearest
from flows.understand.reading import NotUnderstood, Reading, Understood, Unsure
from flows.understand.text import fold, wordset

LONGEST_ANSWER = 500
_DATA = files("flows.understand.data")
_READERS = ("en", "sk", "sl")
_PARTS = re.compile(r"[,;/+&|\n]|\s(?:and|a|aj|in|ter|i)\s", re.IGNORECASE)
# "English, but not German": the languages after such a word may be the ones they don't speak.
_DOUBT = wordset("not no except nie okrem bez ne razen brez niet don dont t")
# Countries' codes that people write for their language, beside the languages' own.
_CODES_OF_COUNTRIES = {
    "cz": "cs", "si": "sl", "gb": "en", "us": "en", "at": "de", "ch": "de", "dk": "da",
    "se": "sv", "gr": "el", "jp": "ja", "cn": "zh", "ua": "uk", "nb": "no", "slo": "sl",
    "eng": "en", "ger": "de", "deu": "de", "fra": "fr", "esp": "es", "ita": "it", "slk": "sk",
    "svk": "sk", "cze": "cs", "hun": "hu", "rus": "ru", "hrv": "hr", "srb": "sr",
}  # fmt: skip
# Slovenes say "slovensko" of their own language, Slovaks "slovensky" of theirs.
_OWN = "slovensk"


@cache
def codes() -> tuple[str, ...]:
    """The ISO 639-1 codes that can be understood."""
    return tuple(code for code, _ in _stems())


def language_name(code: str, language: str) -> str:
    """What readers of ``language`` call the language (CLDR)."""
    return str(Locale.parse(language).languages.get(code, code))


def spoken(text: str, language: str) -> Reading[tuple[str, ...]]:
    """ISO 639-1 codes of the languages in ``text``, in the order said; ``language`` is the
    reader's ("en", "sk", "sl").

    Unsure when a name is misspelt or a "not" leaves open which are meant.
    Reasons: "text.empty", "text.too_long", "language.unknown".
    """
    if len(text) > LONGEST_ANSWER:
        return NotUnderstood("text.too_long", {"maximum": LONGEST_ANSWER, "length": len(text)})
    words = fold(text).replace("serbo ", "serbo").split()
    if not words:
        return NotUnderstood("text.empty")
    found = _unique(_codes_alone(text)) or _unique(_named(words, language))
    if found:
        return _doubted(found, words, language) or Understood(found)
    misspelt = _unique(code for word in words for code in _misspelt(word))
    return Unsure((misspelt,)) if misspelt else NotUnderstood("language.unknown")


def _unique(codes: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))


def _codes_alone(text: str) -> Iterator[str]:
    """Codes count where nothing but codes was typed ("en, de"; "SK EN")."""
    parts = [part.strip(" .()") for part in _PARTS.split(text)]
    words = [word for part in parts for word in part.split()]
    meant = [_code(word) for word in words]
    if all(meant):
        yield from (code for code in meant if code)


def _code(word: str) -> str | None:
    lower = word.lower()
    if lower == "no":
        return "no" if word.isupper() else None
    return _CODES_OF_COUNTRIES.get(lower) or (lower if lower in codes() else None)


def _named(words: Sequence[str], language: str) -> Iterator[str]:
    for word in words:
        yield from _of_word(word, language)


def _of_word(word: str, language: str) -> tuple[str, ...]:
    if word.startswith(_OWN):
        return ("sl" if language == "sl" else "sk",)
    if meant := _names().get(word):
        return (meant,)
    return tuple(
        code
        for code, stems in _stems()
        if any(word.startswith(stem[:-1]) if stem[-1] == "*" else word == stem for stem in stems)
    )[:2]


def _doubted(
    found: tuple[str, ...], words: Sequence[str], language: str
) -> Unsure[tuple[str, ...]] | None:
    doubts = [at for at, word in enumerate(words) if word in _DOUBT]
    if not doubts:
        return None
    before = _unique(_named(words[: doubts[0]], language))
    return Unsure(tuple(dict.fromkeys(answer for answer in (before, found) if answer)))


def _misspelt(word: str) -> tuple[str, ...]:
    names = tuple(_names())
    return tuple(dict.fromkeys(_names()[name] for name, _ in nearest(word, names)))[:1]


@cache
def _names() -> dict[str, str]:
    """One-word CLDR names in the readers' languages, folded, -> code."""
    return {
        fold(name): code
        for reader in _READERS
        for code in codes()
        if (name := Locale.parse(reader).languages.get(code)) and " " not in fold(name)
    }


@cache
def _stems() -> tuple[tuple[str, tuple[str, ...]], ...]:
    lines = _DATA.joinpath("languages.tsv").read_text("utf-8").splitlines()
    cells = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return tuple((code, tuple(word.strip() for word in words.split(","))) for code, words in cells)
