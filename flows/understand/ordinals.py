"""Which of several things is meant by its number or place: "2", "the second", "druhá", "zadnji"."""

from __future__ import annotations

import re

from flows.understand.text import fold, wordset

LAST = -1
_NUMBER = re.compile(r"\s*(?:#|no\.?|nr\.?|number|option|možnosť|moznost|možnost|č\.|št\.)?\s*"
                     r"[(\[]?(\d{1,2})[.)\]:]?\s*", re.IGNORECASE)  # fmt: skip
_PLACES = (
    wordset("first 1st prva prvy prve prvu prvej prvi prvo prveho prvega jedna jednotka ena eno "
            "enka one jednicka"),
    wordset("second 2nd druha druhy druhe druhu druhej druhi drugi druga drugo druge dva dvojka "
            "two dve druheho drugega"),
    wordset("third 3rd tretia treti tretie tretiu tretej tretji tretja tretjo tretje tri trojka "
            "three tretieho"),
    wordset("fourth 4th stvrta stvrty stvrte stvrtu cetrti cetrta cetrto cetrte styri stiri four"),
    wordset("fifth 5th piata piaty piate piatu peti peta peto pet five"),
    wordset("sixth 6th siesta siesty sieste siestu sesti sesta sesto sest six"),
)  # fmt: skip
_LAST = wordset("last posledna posledny posledne poslednu zadnji zadnja zadnjo zadnje")
_AROUND = wordset(
    "the this that one option button answer please i take choose pick want would like it is number "
    "ta to ten tu tlacidlo moznost moznosti odpoved prosim beriem vyberam chcem volim je cislo "
    "tista tisto tisti gumb odgovor prosim vzamem izberem zelim stevilka"
)


def ordinal(text: str) -> int | None:
    """The place meant, from 1, or :data:`LAST`; None where something else was said."""
    if number := _NUMBER.fullmatch(text):
        return int(number[1])
    words = fold(text).split()
    if not 1 <= len(words) <= 6:
        return None
    # "the second one": the last word that can only be filler here is none.
    meant = [word for word in words if word not in _AROUND] or words
    if len(meant) != 1:
        return None
    for place, said in enumerate(_PLACES, start=1):
        if meant[0] in said:
            return place
    return LAST if meant[0] in _LAST else None


def pick(text: str, count: int) -> int | None:
    """The index, from 0, of the one of ``count`` things that is meant."""
    place = ordinal(text)
    if place == LAST:
        return count - 1 if count else None
    return place - 1 if place is not None and 1 <= place <= count else None
