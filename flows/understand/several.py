"""Several of the options at once: "all of them", "1-3", "the first two", "none", "all but 2"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.understand.numbers import number
from flows.understand.reading import Understood
from flows.understand.text import fold, wordset

_ALL = wordset(
    "all everything every any each whole both lot vsetko vsetky vsetci vsetkych vsetkymi "
    "kazdy kazdu oboje obe oba obidve obidva vse vsi vsa vsem vsake vsakega oboji"
)
_BOTH = wordset("both oboje obe oba obidve obidva oboji")
_NONE = wordset(
    "none nothing neither nic ziadne ziadnu ziadna ziadny ziaden ani nobene nobenega nobeno nobena "
    "nobeden"
)
_BESIDE = wordset(
    "of them the these those that this is are it its fine ok please i d like want take choose and "
    "here one options option ones above answers z toho tych nich to je su tieto moznosti odpovede "
    "prosim vyberam beriem chcem uplne uvedene spomenute jedno jednu jeden z ktore od tega teh "
    "nastetega three four five six seven eight "
    "njih prav so te moznosti odgovore prosim izberem vzamem zelim cisto nastete navedene po nic"
)
_BUT = re.compile(
    r"\b(?:except(?: for)?|but(?: not)?|without|other than|minus|okrem|bez|az na|mimo|razen|brez|"
    r"a nie|ne pa)\b"
)
_RANGE = re.compile(
    r"(?:from|between|od|z)?\s*#?(\d{1,3})\.?\s*"
    r"(?:-|–|—|\.\.+|…|to|till|until|through|thru|az po|az|do|po)\s*#?(\d{1,3})\.?",
)
_ONE = re.compile(r"#?(\d{1,3})\.?")
_LIST = re.compile(r"[\s,;&+]+(?:(?:and|a|in|ali|or|alebo|aj|ter)\s+)?")
_SOME = re.compile(
    r"(?:the |len |iba |samo |only |just )*(first|prv\w+|last|poslednyc?h?|posledn\w+|zadnj\w+|top)"
    r" (\w+)(?: (?:ones|options|moznosti|odgovor\w*|odpoved\w*))?"
)
_TWO = 2
_LAST = ("last", "posl", "zadn")

Options = Sequence[tuple[str, str]]


def several(text: str, options: Options) -> tuple[str, ...] | None:
    """The keys of the options that ``text`` means together, in their order; () for none of them;
    None where it speaks of no such number of options."""
    keys = tuple(key for key, _ in options)
    said = fold(text)
    if any(fold(label) == said for _, label in options):
        return None
    but = _BUT.search(said)
    if but and _is_all(said[: but.start()], len(keys)):
        left_out = _places(said[but.end() :].strip(), options)
        return None if left_out is None else tuple(key for key in keys if key not in left_out)
    if _is_all(said, len(keys)):
        return keys
    words = said.split()
    if words and not _NONE.isdisjoint(words) and set(words) <= _NONE | _BESIDE:
        return ()
    return _first_or_last(said, keys) or _ranges(text, keys)


def _is_all(said: str, count: int) -> bool:
    words = said.split()
    named = _ALL.intersection(words)
    if not named or not set(words) <= _ALL | _BESIDE:
        return False
    return count == _TWO or not named <= _BOTH


def _places(said: str, options: Options) -> tuple[str, ...] | None:
    """What is left out: by number or by label."""
    from flows.understand import choice  # noqa: PLC0415 - which asks this module first

    reading = choice.options(said, options)
    return reading.value if isinstance(reading, Understood) else None


def _first_or_last(said: str, keys: tuple[str, ...]) -> tuple[str, ...] | None:
    found = _SOME.fullmatch(said)
    many = number(found[2]) if found else None
    if found is None or many is None or not 1 <= many <= len(keys):
        return None
    last = found[1].startswith(_LAST)
    return keys[-int(many) :] if last else keys[: int(many)]


def _ranges(text: str, keys: tuple[str, ...]) -> tuple[str, ...] | None:
    """ "1-3", "1 to 3", "1-3, 5 a 7"."""
    bare = text.casefold().strip(" .!")
    bare = bare.replace("až", "az")
    if not _RANGE.search(bare):
        return None
    chosen: list[str] = []
    at = 0
    while at < len(bare):
        span = _RANGE.match(bare, at) or _ONE.match(bare, at)
        if span is None:
            return None
        numbers = [int(each) for each in span.groups()]
        first, last = min(numbers), max(numbers)
        if not 1 <= first <= last <= len(keys):
            return None
        chosen += keys[first - 1 : last]
        at = span.end()
        if at < len(bare):
            between = _LIST.match(bare, at)
            if between is None:
                return None
            at = between.end()
    return tuple(dict.fromkeys(chosen))
