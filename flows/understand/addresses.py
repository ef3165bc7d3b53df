"""What stands around a town's name when people type where they live: postcodes, districts,
countries, "near". Cuts text into pieces; knows no place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from flows.understand.text import fold, wordset

LONGEST_QUALIFIER = 4  # words of a country's or region's name
_SEPARATORS = re.compile(r"[,;/()\[\]|\n•·]|\s[-–—]+\s|[–—]")
_DASH = re.compile(r"\s[-–—]+\s|[–—]|(?<=\w)-(?=\w)")
_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
_EITHER = re.compile(r"\s(?:and|or|a|aj|alebo|i|in|ali|ter|und|oder|&)\s", re.IGNORECASE)
_WORD_WITH_DIGIT = re.compile(r"[^\s,;/()]*\d[^\s,;/()]*")
# The letters of "1012 AB", "A 1010", "D-10115"; "Budapest XIII".
_LETTERS_BESIDE = re.compile(r"(?<=\d )[A-Z]{2}(?=\s|,|$)|(?:(?<=\s)|^)[A-Z]{1,2}[\s-]+(?=\d)")
_ROMAN = re.compile(r"(?<=\S\s)[IVX]{1,6}\.?(?=$|\s|,)")
_FLAG = range(0x1F1E6, 0x1F200)

NEAR = wordset(
    "near nearby close outside around vicinity area surroundings suburb suburbs outskirts greater "
    "metro metropolitan okolie okolia okoli okolim pri nedaleko blizko predmestie predmesti okraj "
    "okraji okolica okolici okolico blizu blizini blizina blizkosti predmestje "
    "predmestju obrobje obrobju bei nahe umgebung"
)
"""Words that say: not in the town itself, but not far."""
_LINKS = wordset("von vom der of to from the in an od a v vo na do s and not far mesta mestu city")
_TRAILING = wordset(
    "now currently presently atm since already please still teraz momentalne uz stale od prosim "
    "zdaj trenutno ze se vedno od prosim "
    "originally povodne povodom rodom izvorno"
)


def without_postcode(text: str) -> str:
    """Without emoji and whatever has digits: "SK-040 01 Košice", "London SW1A 1AA", "Praha 6". The
    text as it was where nothing would be left."""
    visible = "".join(" " if _is_symbol(character) else character for character in text)
    bare = visible
    if _WORD_WITH_DIGIT.search(visible):
        bare = _WORD_WITH_DIGIT.sub(" ", _LETTERS_BESIDE.sub(" ", visible))
    bare = " ".join(_ROMAN.sub("", bare).split()).strip(" ,;.-–—!?:/")
    while (last := bare.rpartition(" "))[0] and fold(last[2]) in _TRAILING:
        bare = last[0].rstrip(" ,;-")
    return bare if any(character.isalpha() for character in bare) else text


def _is_symbol(character: str) -> bool:
    return ord(character) > 0x7F and unicodedata.category(character) in {"So", "Sk", "Cn"}


def parts(text: str) -> list[str]:
    """The pieces between commas, brackets, slashes and dashes."""
    found = [part.strip(" .-") for part in _SEPARATORS.split(text)]
    return [part for part in found if fold(part)]


def hyphenated(text: str) -> list[str]:
    """ "Bratislava-Petržalka" in its two halves."""
    found = [part.strip() for part in _HYPHEN.split(text)]
    return found if len(found) == 2 else []


def qualified(text: str) -> Iterator[tuple[str, str, bool]]:
    """The ways to cut ``text`` into a town and a country or region, the likeliest first, each with
    whether a comma or the like stands between them."""
    pieces = parts(text)
    if len(pieces) > 1:
        yield ", ".join(pieces[:-1]), pieces[-1], True
        yield ", ".join(pieces[1:]), pieces[0], True
        if len(pieces) > 2:
            yield pieces[0], pieces[1], True
        return
    words = text.split()
    longest = min(LONGEST_QUALIFIER, len(words) - 1)
    for count in range(longest, 0, -1):
        yield " ".join(words[:-count]), " ".join(words[-count:]), False
    for count in range(longest, 0, -1):
        yield " ".join(words[count:]), " ".join(words[:count]), False


def vicinity(words: Sequence[str]) -> tuple[Sequence[str], Sequence[str]] | None:
    """What stands before and behind "near", folded; None where nobody says that."""
    at = next((at for at, word in enumerate(words) if word in NEAR), None)
    if at is None:
        return None
    before, after = list(words[:at]), list(words[at + 1 :])
    while before and before[-1] in _LINKS:
        before.pop()
    while after and (after[0] in _LINKS or after[0] in NEAR):
        after.pop(0)
    return before, after


def dashed(text: str) -> list[str]:
    """The pieces between dashes: "Brno - Židenice", "Brno-střed"; but not "Frankfurt (Oder)"."""
    return [part.strip() for part in _DASH.split(text) if fold(part)]


def either(text: str) -> list[str]:
    """ "Vienna and Bratislava", "Košice alebo Prešov"."""
    return _EITHER.split(text)
