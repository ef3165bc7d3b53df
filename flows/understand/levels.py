"""A level of a rating within what people type: "👍", "not for me", "all of them like it"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flows.understand.text import fold

# Signs that people use for the best level and for the worst, beside the blueprint's own.
_BEST = "👍❤♥😍🔥💯⭐🙂😀😊✔✅"
_WORST = "👎❌✖✗🚫🙁😞"
_MIDDLE = "👌🆗😐🤷"
_DRESS = re.compile("[\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff♂♀]")  # variants, skin, sex
_MARKS = re.compile(r"[\s,.;:!–—-]+")
_FILLERS = frozenset({"i", "to", "je", "mi", "sa", "me", "se", "it"})
# Folded; English, Slovak, Slovenian.
_EVERYTHING = frozenset(
    {
        *("all", "all of them", "all of it", "everything", "every one", "the rest", "rest"),
        *("all the rest", "all others", "the others", "others", "all formats"),
        *("vsetko", "vsetky", "vsetci", "uplne vsetko", "zvysok", "ostatne", "vsetko ostatne"),
        *("vsetky ostatne", "vsetky formaty"),
        *("vse", "vsa", "vsi", "prav vse", "ostalo", "ostale", "vse ostalo", "vse ostale"),
        *("preostale", "preostalo", "vse oblike"),
    }
)
_ONWARD = frozenset(
    {
        *("next", "next one", "pass", "no idea", "don t know", "i don t know", "no opinion"),
        *("dalej", "dalsi", "dalsia", "neviem", "bez nazoru"),
        *("naprej", "dalje", "naslednji", "naslednja", "ne vem", "brez mnenja"),
    }
)


def onward(text: str) -> bool:
    """Whether these words pass what is asked by: "next", "neviem", "ne vem"."""
    return fold(text) in _ONWARD


def everything(text: str) -> bool:
    """Whether these words mean all options, or all that are left: "the rest", "všetky", "vse"."""
    return fold(text) in _EVERYTHING


def split(
    text: str, levels: Sequence[tuple[str, str]], emojis: Mapping[str, str]
) -> tuple[str, str] | None:
    """The level (of (key, label), the best first) that a text begins or ends with, by a sign or
    by its words, and the rest of the text; None where there is none."""
    if found := _sign(text, [key for key, _ in levels], emojis):
        return found
    said = fold(text)
    for key, label in sorted(levels, key=lambda level: -len(level[1])):
        for words in _ways(fold(label)):
            if said == words:
                return key, ""
            if said.endswith(f" {words}"):
                return key, _MARKS.sub(" ", said.removesuffix(words)).strip()
            if said.startswith(f"{words} "):
                return key, _MARKS.sub(" ", said.removeprefix(words)).strip()
    return None


def _sign(text: str, keys: list[str], emojis: Mapping[str, str]) -> tuple[str, str] | None:
    bare = _DRESS.sub("", text).strip()
    meant = {_DRESS.sub("", sign): key for key, sign in emojis.items()}
    usual = ((_BEST, keys[0]), (_WORST, keys[-1]), (_MIDDLE, keys[len(keys) // 2]))
    for signs, key in usual:
        for sign in signs:
            meant.setdefault(sign, key)
    for sign, key in meant.items():
        if sign and sign in bare and not sign.isalnum():
            return key, _MARKS.sub(" ", bare.replace(sign, " ")).strip()
    return None


def _ways(label: str) -> list[str]:
    """A label, and the same without the words it begins with that nobody types: "like it"."""
    first, _, rest = label.partition(" ")
    return [label, rest] if first in _FILLERS and len(rest) > 3 else [label]
