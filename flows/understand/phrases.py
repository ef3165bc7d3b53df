"""The ways a name sits in a sentence: the words before it and its case endings.

Everything here works on folded words (:func:`flows.understand.text.fold`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product

from flows.understand.text import wordset

# "Žijem v …", "trenutno živim v …", "I currently live in …"
LEAD_INS = wordset(
    # English
    "between i im am we live lives living currently now presently based from in at the to of city "
    "country town moved work working and my is its it place s m "
    # Slovak
    "medzi ja zijem zijeme byvam byvame som sme teraz momentalne aktualne uz tu v vo na z zo do "
    "mesto meste krajina krajine kraj kraji obec obci pracujem posobim stat state "
    "prave stale je to "
    # Slovenian
    "med jaz zivim zivimo bivam prebivam stanujem sem smo trenutno zdaj ze se iz ob mestu "
    "drzava drzavi vas vasi delam to kraju"
)
PREPOSITIONS = wordset("v vo na z zo do pri iz ob in at from near the")

_MOST_FORMS = 256

# ending -> endings of the dictionary form, tried in this order
_ENDINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("iach", ("e", "ia")),
    ("ach", ("y", "e", "i", "a")),
    ("och", ("y", "e", "")),
    ("ych", ("e", "y")),
    ("ich", ("e", "i")),
    ("ah", ("e", "a", "i")),
    ("ih", ("e", "i")),
    ("eho", ("y", "e")),
    ("ega", ("o", "i", "a")),
    ("emu", ("o", "i", "e")),
    ("ov", ("i", "y", "e", "")),
    ("om", ("e", "o", "y", "")),
    ("em", ("o", "e", "a", "i", "")),
    ("ej", ("a",)),
    ("iec", ("ce",)),
    ("ju", ("", "j", "jo", "je")),
    ("ja", ("", "j")),
    ("e", ("", "a", "o")),
    ("i", ("", "a", "e")),
    ("u", ("", "o", "a", "e")),
    ("y", ("a",)),
    ("c", ("ce",)),
    ("a", ("", "o")),
    ("o", ("", "a")),
)
_VOWELS = frozenset("aeiouy")
_SHORTEST_STEM = 2


def without_lead_in(words: Sequence[str]) -> Sequence[str]:
    """The words after "I live in …"; all of them when nothing would be left."""
    start = 0
    while start < len(words) and words[start] in LEAD_INS:
        start += 1
    return words[start:] if start < len(words) else words


def dictionary_forms(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """What ``words`` may have been before declension, the words themselves first:
    ("velkej", "britanii") gives among others ("velka", "britania")."""
    choices = [_forms(word) for word in words]
    return islice(product(*choices), _MOST_FORMS)


def _forms(word: str) -> tuple[str, ...]:
    forms = [word]
    for ending, replacements in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < _SHORTEST_STEM:
            continue
        forms += [stem + replacement for replacement in replacements]
        if len(ending) == 1 or ending == "ju":
            forms += _fleeting(stem)
        if len(ending) > 1:
            break
    return tuple(dict.fromkeys(forms))


def _fleeting(stem: str) -> list[str]:
    """The e that declension drops: viedn- is Viedeň, celovc- Celovec, bruslj- Bruselj."""
    stem = stem.removesuffix("j") if stem.endswith(("lj", "nj")) else stem
    if len(stem) < _SHORTEST_STEM or stem[-1] in _VOWELS or stem[-2] in _VOWELS:
        return []
    bare = f"{stem[:-1]}e{stem[-1]}"
    return [bare, bare + "j"]
