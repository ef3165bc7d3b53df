"""What somebody is called, from what they type: "Volám sa Jana Nováková", "hi, I'm Sam"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from importlib.resources import files

from flows.understand import words
from flows.understand.reading import NotUnderstood, Reading, Understood, Unsure
from flows.understand.text import clean, fold

_DATA = files("flows.understand.data")
_UNCLEAR = NotUnderstood("name.unclear")
_NAMES_TOO = frozenset({"jo", "mentor", "link"})  # words of ours that people are called, too
_LONGEST_PHRASE = 6  # words
_MOST_WORDS = 8
_SENTENCE = 3
_ADDRESS = re.compile(r"@|https?:|www\.", re.IGNORECASE)
# What stands around a name and is no part of it; a full stop may end "Jr.".
_AROUND = ' \t\n,;:!…"“”„‚‘«»()[]{}|/\\*_~=+&-–—'
_CLOSING = {"(": ")", "[": "]", "„": "“", "“": "”", "«": "»"}  # of a nickname at the end
_ORIGIN = re.compile(r"(?<=\w),?\s+(?:from|z|zo|iz)\s+(?=\w)")
_AGE = re.compile(r",\s*\d.*$")  # "Jana Nováková, 34 rokov"
_COLON = re.compile(r"(?<=\w):(?=\w)")


def name(text: str, language: str, maximum: int) -> Reading[str]:
    """The name in ``text``, as typed but without greeting, "my name is" and emoji; ``language`` is
    the reader's ("en", "sk", "sl"), ``maximum`` counts characters.

    Unsure where what stands before may be a name itself ("Som Novák" of an English reader).
    Reasons: "text.empty", "text.too_long", "name.unclear": no letters, a question, a greeting.
    """
    cleaned = clean(text, maximum)
    if isinstance(cleaned, NotUnderstood):
        return cleaned
    typed = _bare(cleaned.value)
    if not fold(typed) or _is_phrase(typed):
        return _UNCLEAR
    greeted = _without(typed, _phrases("greeting")) or typed
    tail = _without_tail(greeted)
    led = _without(tail, _phrases("lead"))
    if led is not None:
        return _named(_without_origin(led), after_lead=True)
    short = _without(tail, _phrases("short"))
    if short is None:
        return _named(tail)
    return _short(tail, short, language)


def _short(whole: str, rest: str, language: str) -> Reading[str]:
    """ "Som Jana" says "I am Jana" in Slovak, but Som may be a name elsewhere."""
    before = whole.removesuffix(rest).strip(_AROUND)
    sure = fold(before) in _phrases("short", language) or before[:1].islower()
    reading = _named(_without_origin(rest), after_lead=True)
    if sure or not isinstance(reading, Understood):
        return reading
    return Unsure((reading.value, whole))


def _without_origin(rest: str) -> str:
    """ "I'm Jana from Košice": only behind "I'm"; Ján z Lobkovic is called so."""
    return _ORIGIN.split(rest, maxsplit=1)[0].strip(_AROUND) or rest


def _named(typed: str, *, after_lead: bool = False) -> Reading[str]:
    said = fold(typed).split()
    if _is_none(typed) or (after_lead and said[0] in _phrases("after") and typed[0].islower()):
        return _UNCLEAR
    return Understood(typed)


def _is_none(typed: str) -> bool:
    """Whether this is certainly no name."""
    letters = sum(character.isalpha() for character in typed)
    digits = sum(character.isdigit() for character in typed)
    said = fold(typed)
    return (
        digits >= letters
        or (letters == 1 and typed[0].isascii())
        or typed.rstrip(_AROUND).endswith("?")
        or bool(_ADDRESS.search(typed))
        or len(said.split()) > _MOST_WORDS
        or _is_phrase(typed)
        or _is_question(typed)
    )


def _is_phrase(typed: str) -> bool:
    """A greeting, "none", "my name is" and nothing else, or a common word."""
    said = fold(typed)
    return (
        said in _phrases("greeting") | _phrases("none") | _phrases("lead")
        or any(said.startswith(f"{start} ") for start in _phrases("starts"))
        or (said not in _NAMES_TOO and words.common(typed) is not None)
    )


def _is_question(typed: str) -> bool:
    """ "why", "ako dlho to trvá"; but somebody may be called Ako Mensah."""
    said = fold(typed).split()
    if not said:
        return False
    if said[0] in _phrases("question"):
        return len(said) == 1 or len(said) >= _SENTENCE or typed[0].islower()
    small = any(word[0].islower() for word in typed.split()[:2])
    return len(said) >= _SENTENCE and small and said[0] in _phrases("asks")


def _bare(text: str) -> str:
    """Without emoji and other symbols, and without what surrounds a name."""
    kept = "".join(" " if _is_symbol(c) else c for c in _COLON.sub(": ", text))
    bare = _AGE.sub("", " ".join(kept.split())).strip(_AROUND)
    bare += _closed(bare, kept)
    last = fold(bare.rpartition(" ")[2])
    ends = bare.endswith(".") and len(last) > 1 and last not in _phrases("title")
    return bare.rstrip(". ") if ends else bare


def _closed(bare: str, kept: str) -> str:
    """What closes a nickname at the end: Ján "Janko", Ján (Janko)."""
    if bare.count('"') % 2:
        return '"'
    for opening, closing in _CLOSING.items():
        if bare.count(opening) > bare.count(closing) and closing in kept:
            return closing
    return ""


def _is_symbol(character: str) -> bool:
    return ord(character) > 0x7F and unicodedata.category(character) in {"So", "Sk", "Cn", "Co"}


def _without(typed: str, phrases: Collection[str]) -> str | None:
    """``typed`` without the longest of ``phrases`` at its beginning; None where none stands
    there, or nothing behind it."""
    parts = typed.split()
    for count in range(min(_LONGEST_PHRASE, len(parts) - 1), 0, -1):
        if fold(" ".join(parts[:count])) in phrases:
            return " ".join(parts[count:]).lstrip(_AROUND) or None
    return None


def _without_tail(typed: str) -> str:
    """ "Jana Nováková, teší ma", "Jana here"."""
    parts = typed.split()
    for count in range(min(_LONGEST_PHRASE, len(parts) - 1), 0, -1):
        if fold(" ".join(parts[-count:])) in _phrases("tail"):
            return " ".join(parts[:-count]).strip(_AROUND) or typed
    return typed


@cache
def _phrases(kind: str, language: str = "") -> frozenset[str]:
    """The folded phrases of a kind; of one language's only, where that is given."""
    lines = _DATA.joinpath("names.tsv").read_text("utf-8").splitlines()
    cells = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return frozenset(
        fold(phrase)
        for what, readers, listed in cells
        if what == kind and language in ("", readers)
        for phrase in listed.split(",")
    )
