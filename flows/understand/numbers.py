"""How much, in words and figures: "1,5", "2½", "dva a pol", "twenty-five", "enaindvajset"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from flows.understand.text import fold, wordset

HALF: frozenset[str] = wordset("half pol polovica polovico")
_QUARTER = wordset("quarter stvrt cetrt")
_PARTS = HALF | _QUARTER | {"of"}
_ONE_AND_A_HALF = wordset("poldruha poldruhy poldruheho poldrugo poldrugi poldrugega poldrugem")
_AND = wordset("and a in i plus ter")
_VULGAR = {"½": "5", "¼": "25", "¾": "75", "⅓": "33", "⅔": "67"}
_DECIMAL = re.compile(
    r"(?<![\d.,])(\d{1,4})\s?[.,]\s?(\d{1,2})(?=\s*-?\s*(?:years?|yrs?|months?|weeks?|days?|decades?|"
    r"rok|mesiac|mesec|t[yý][zž]d|ted[en]|let|d[nň][ií]|dne))",
    re.IGNORECASE,
)
_JOINED = re.compile(r"(\d)(?=(?:yrs?|y|years?|months?|mos?|weeks?|wks?|r|l)\b)", re.IGNORECASE)
_BARE_POINT = re.compile(r"(?<![\w.,])[.,](?=\d)")
_POINT = re.compile(r"(\d{1,4})point(\d{1,2})")
_MOST = 5000.0

# Value -> words, folded: English; Slovak with its cases; Slovenian with its cases.
_SMALL = {
    1: "one a an single jeden jedna jedno jednu jedneho jednom jednym en ena eno enega enem enim",
    2: "two couple dva dve dvoch dvomi dvoma dveh dvema par paru paroch",
    3: "three few tri troch tromi treh tremi trije niekolko nekaj zopar",
    4: "four styri styroch styrmi stiri stirih stirimi",
    5: "five pat piatich piatimi pet petih petimi",
    6: "six sest siestich siestimi sestih sestimi",
    7: "seven sedem siedmich siedmimi sedmih sedmimi",
    8: "eight osem osmich osmimi osmih",
    9: "nine devat deviatich deviatimi devet devetih devetimi",
    10: "ten desat desiatich desiatimi deset desetih desetimi",
    11: "eleven jedenast enajst",
    12: "twelve dozen dvanast dvanajst",
    13: "thirteen trinast trinajst",
    14: "fourteen strnast stirinajst",
    15: "fifteen patnast petnajst",
    16: "sixteen sestnast sestnajst",
    17: "seventeen sedemnast sedemnajst",
    18: "eighteen osemnast osemnajst",
    19: "nineteen devatnast devetnajst",
    20: "twenty dvadsat dvajset dvadsiatich dvadsiatimi",
    30: "thirty tridsat trideset tridsiatich tridsiatimi",
    40: "forty fourty styridsat stirideset styridsiatich styridsiatimi",
    50: "fifty patdesiat petdeset patdesiatich patdesiatimi",
    60: "sixty sestdesiat sestdeset sestdesiatich sestdesiatimi",
    70: "seventy sedemdesiat sedemdeset sedemdesiatich sedemdesiatimi",
    80: "eighty osemdesiat osemdeset osemdesiatich osemdesiatimi",
    90: "ninety devatdesiat devetdeset devatdesiatich devatdesiatimi",
}
_CASES = ("", "ich", "imi", "ih", "im")  # of the numbers from eleven on
_TENS_SLOVAK = {
    20: "dvadsat", 30: "tridsat", 40: "styridsat", 50: "patdesiat",
    60: "sestdesiat", 70: "sedemdesiat", 80: "osemdesiat", 90: "devatdesiat",
}  # fmt: skip
_TENS_SLOVENIAN = {
    20: "dvajset", 30: "trideset", 40: "stirideset", 50: "petdeset",
    60: "sestdeset", 70: "sedemdeset", 80: "osemdeset", 90: "devetdeset",
}  # fmt: skip
_UNITS_SLOVAK = ("jeden", "dva", "tri", "styri", "pat", "sest", "sedem", "osem", "devat")
_UNITS_SLOVENIAN = ("ena", "dva", "tri", "stiri", "pet", "sest", "sedem", "osem", "devet")


def with_decimals(text: str) -> str:
    """``text`` with "1,5", "2.5", "2½" and "1/2" before a word as one word each, which survives
    folding ("1point5"); "1.5." and "1. 5." stay the dates that they are."""
    for sign, digits in _VULGAR.items():
        text = re.sub(rf"(\d+)\s?{sign}", rf" \g<1>point{digits} ", text)
        text = text.replace(sign, f" 0point{digits} ")
    text = re.sub(r"(?:\b(\d+)\s(?:a |and |in )?)?\b1/2\b(?!\s*/?\s*\d)", _half, text)
    text = _BARE_POINT.sub("0.", _JOINED.sub(r"\1 ", text))
    return _DECIMAL.sub(r"\1point\2", text)


def _half(found: re.Match[str]) -> str:
    return f"{found[1] or 0}point5"


def number(word: str) -> float | None:
    """What one folded word says: "25", "1point5", "petindvajset"."""
    if word.isdecimal() and word.isascii():
        return min(float(word[:6]), _MOST)
    if decimal := _POINT.fullmatch(word):
        return float(f"{decimal[1]}.{decimal[2]}")
    if word in _ONE_AND_A_HALF:
        return 1.5
    return NUMBERS.get(word)


def amount(words: Sequence[str], at: int) -> float | None:
    """How many of the unit ``words[at]`` there are: "dva a pol [roka]", "a [year] and a half",
    "[leto] in pol", "half a [year]"; None where no number stands beside it."""
    before = _before(words[:at])
    if _and_a_half(words[at + 1 :]):
        return (1.0 if before is None else before) + 0.5
    return before


def _before(words: Sequence[str]) -> float | None:
    if not words:
        return None
    at = len(words) - 1
    while at and words[at] in {"a", "an", "of"} and words[at - 1] in _PARTS:
        at -= 1
    last = words[at]
    if last in HALF | _QUARTER:
        rest = list(words[:at])
        while rest and rest[-1] in _AND:
            rest.pop()
        whole = _whole(rest) if len(rest) < at else None  # "one half" is no one and a half
        return (whole or 0.0) + (0.5 if last in HALF else 0.25)
    return _whole(words[: at + 1])


def _whole(words: Sequence[str]) -> float | None:
    """The number at the end: "twenty five" is 25."""
    if not words:
        return None
    last = number(words[-1])
    if last is None or not 1 <= last <= 9 or len(words) < 2:
        return last
    tens = NUMBERS.get(words[-2])
    return tens + last if tens is not None and tens >= 20 and tens % 10 == 0 else last


def _and_a_half(words: Sequence[str]) -> bool:
    said = list(words[:3])
    if not said or said[0] not in _AND:
        return False
    return bool(HALF.intersection(word for word in said[1:] if word not in {"a", "an"})) and (
        said[1] in HALF or said[1] in {"a", "an"}
    )


def _forms() -> Iterator[tuple[str, int]]:
    for value, listed in _SMALL.items():
        for word in listed.split():
            yield word, value
            if value > 10:
                yield from ((word + ending, value) for ending in _CASES)
    for tens, word in _TENS_SLOVAK.items():
        yield from ((word + unit, tens + at) for at, unit in enumerate(_UNITS_SLOVAK, 1))
    for tens, word in _TENS_SLOVENIAN.items():
        for at, unit in enumerate(_UNITS_SLOVENIAN, 1):
            yield from ((f"{unit}in{word}{ending}", tens + at) for ending in _CASES)


@cache
def _numbers() -> dict[str, int]:
    found: dict[str, int] = {}
    for word, value in _forms():
        found.setdefault(fold(word), value)
    return found


NUMBERS: Mapping[str, int] = _numbers()
