"""One or several of the options on offer, from what people type instead of pressing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz.distance import OSA

from flows.understand.ordinals import pick
from flows.understand.reading import (
    MOST_CANDIDATES,
    NotUnderstood,
    Reading,
    Understood,
    Unsure,
)
from flows.understand.several import several
from flows.understand.text import fold, wordset

LONGEST_ANSWER = 1000
_NUMBER = re.compile(r"\s*[#(]?\s*(\d{1,3})\s*[.):]?\s*")
_NUMBERS = re.compile(
    r"[\s#(]*\d{1,3}(?:[\s.,;:)#(&+]+(?:(?:and|a|in|ali|or|alebo)\s+)?\d{1,3})*[\s.)]*"
)
# "only 2", "options 1 and 2"; before a number or a place, since a label may begin so, too.
_ONLY = re.compile(
    r"^\s*(?:(?:only|just|len|iba|samo|le|the|options?|numbers?|možnosti|cisla|čísla|številke)\s+)+"
    r"(?=#?\d|first|second|third|last|prv|druh|drug|tret|posledn|zadnj)",
    re.IGNORECASE,
)
_STRONG_BREAK = re.compile(r"[,;\n\r•·|/+&]+|\s[-–—]\s")
_AND = re.compile(r"\s(?:and|or|a|aj|alebo|i|in|ter|ali)\s", re.IGNORECASE)
_SHORTEST_PREFIX = 2
_SHORTEST_FOR_SLIPS = 4
_LETTERS_PER_SLIP = 4
_ENOUGH_WORDS = 2
_SHORTEST_STEM = 3
_LITTLE = wordset("a an the of per to in on za na do v vo po do pri")

Options = Sequence[tuple[str, str]]


def option(text: str, options: Options) -> Reading[str]:
    """The key of the option that ``text`` chooses: by number ("2", "2."), place ("the second"),
    label, beginning of a label, label in a sentence, label with slips. ``options`` are (key, label)
    as shown.

    Reasons: "text.empty", "choice.unknown", "choice.number" (``maximum``).
    """
    if number := _NUMBER.fullmatch(text[:LONGEST_ANSWER]):
        return _numbered(int(number[1]), options)
    said = fold(text[:LONGEST_ANSWER])
    if not said:
        return NotUnderstood("text.empty")
    folded = [(key, fold(label)) for key, label in options]
    beginning = _beginning(said, folded)
    if len(beginning) == 1 and (more := _beside(said, folded, beginning[0])):
        return Unsure(tuple((*beginning, *more)[:MOST_CANDIDATES]))
    for found in (
        [key for key, label in folded if label == said],
        beginning,
        _within(said, folded),
    ):
        if found:
            return _reading(found)
    if (place := pick(text, len(options))) is not None:
        return Understood(options[place][0])
    if words := _words_of(said, folded):
        return words
    slips = _slips(said, folded)
    if len(slips) == 1 and len(said) > _LETTERS_PER_SLIP:
        return Understood(slips[0])
    return _reading(slips) if slips else NotUnderstood("choice.unknown")


def options(text: str, options: Options) -> Reading[tuple[str, ...]]:
    """The keys of all options that ``text`` chooses, in the order said and each once: numbers
    ("1, 3 and 5", "1-3"), labels between commas, lines, and, a, in, ali, or "all", "none", "the
    first two" (:mod:`flows.understand.several`).

    Unsure holds whole answers. Reasons: those of :func:`option`; "choice.unknown" then names the
    ``part`` that could not be placed.
    """
    text = _ONLY.sub("", text[:LONGEST_ANSWER]) or text[:LONGEST_ANSWER]
    if (together := several(text, options)) is not None:
        return Understood(together)
    parts = re.findall(r"\d+", text) if _NUMBERS.fullmatch(text) else _parts(text, options)
    if not parts:
        return NotUnderstood("text.empty")
    return _together([(part, option(part, options)) for part in parts])


def _together(readings: Sequence[tuple[str, Reading[str]]]) -> Reading[tuple[str, ...]]:
    answers: list[tuple[str, ...]] = [()]
    unsure = False
    for part, reading in readings:
        if isinstance(reading, NotUnderstood):
            return NotUnderstood(reason=reading.reason, values={**reading.values, "part": part})
        several = reading.candidates if isinstance(reading, Unsure) else (reading.value,)
        unsure = unsure or isinstance(reading, Unsure)
        answers = [(*answer, key) for answer in answers for key in several][:MOST_CANDIDATES]
    once = tuple(dict.fromkeys(tuple(dict.fromkeys(answer)) for answer in answers))
    return Unsure(once) if unsure else Understood(once[0])


def _parts(text: str, options: Options) -> list[str]:
    """The text in pieces: at commas, and at "and" only where no label itself has one."""
    parts: list[str] = []
    for piece in _pieces(_STRONG_BREAK, text, options):
        parts += _pieces(_AND, f" {piece} ", options)
    return [part.strip() for part in parts if fold(part)]


def _pieces(breaks: re.Pattern[str], text: str, options: Options) -> list[str]:
    said = fold(text)
    if any(fold(label).startswith(said) for _, label in options):
        return [text]
    return breaks.split(text)


def _numbered(number: int, options: Options) -> Reading[str]:
    if 1 <= number <= len(options):
        return Understood(options[number - 1][0])
    # The options may be numbers themselves ("10", "20 years").
    same = [key for key, label in options if fold(label).split()[:1] == [str(number)]]
    return _reading(same) if same else NotUnderstood("choice.number", {"maximum": len(options)})


def _beginning(said: str, folded: Options) -> list[str]:
    if len(said) < _SHORTEST_PREFIX:
        return []
    found = [key for key, label in folded if label.startswith(said + " ")]
    return found or [key for key, label in folded if label.startswith(said)]


def _beside(said: str, folded: Options, chosen: str) -> list[str]:
    """The other options that have a single word somewhere: "once" is in two of them."""
    if " " in said or any(label == said for _, label in folded):
        return []
    return [key for key, label in folded if key != chosen and said in label.split()]


def _within(said: str, folded: Options) -> list[str]:
    """Labels inside of what was said; failing that, what was said inside of labels."""
    spaced = f" {said} "
    inside = [(key, label) for key, label in folded if label and f" {label} " in spaced]
    longest = [
        key
        for key, label in inside
        if not any(label != other and f" {label} " in f" {other} " for _, other in inside)
    ]
    if longest or len(said) < _SHORTEST_FOR_SLIPS:
        return longest
    return [key for key, label in folded if spaced in f" {label} "]


def _words_of(said: str, folded: Options) -> Reading[str] | None:
    """ "once a year" has the words of "Once or twice a year" and of no other; words that are only
    akin ("raz za rok" to "Raz či dvakrát do roka") are asked."""
    words = [word for word in said.split() if word not in _LITTLE] or said.split()
    if len(words) < _ENOUGH_WORDS:
        return None
    for alike in (_is_same, _is_akin):
        found = [
            key
            for key, label in folded
            if all(any(alike(word, each) for each in label.split()) for word in words)
        ]
        if found:
            return _reading(found) if alike is _is_same else Unsure(tuple(found[:MOST_CANDIDATES]))
    return None


def _is_same(word: str, other: str) -> bool:
    return word == other


def _is_akin(word: str, other: str) -> bool:
    """Two cases of a word."""
    stem = max(_SHORTEST_STEM, min(len(word), len(other)) - 2)
    return word == other or word[:stem] == other[:stem]


def _slips(said: str, folded: Options) -> list[str]:
    if len(said) < _SHORTEST_FOR_SLIPS:
        return []
    allowed = min(3, len(said) // _LETTERS_PER_SLIP)
    distances = [
        (OSA.distance(said, part), key)
        for key, label in folded
        for part in (label, label[: len(said)], *label.split())
        if len(part) >= _SHORTEST_FOR_SLIPS
    ]
    near = sorted(item for item in distances if item[0] <= allowed)
    best = [key for distance, key in near if distance == near[0][0]]
    return list(dict.fromkeys(best))


def _reading(found: Sequence[str]) -> Reading[str]:
    if len(found) == 1:
        return Understood(found[0])
    return Unsure(tuple(found[:MOST_CANDIDATES]))
