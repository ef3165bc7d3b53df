"""Typed text: made safe to keep (:func:`clean`) and made comparable (:func:`fold`)."""

from __future__ import annotations

import re
import unicodedata

from flows.understand.reading import NotUnderstood, Understood

_JOINERS = "\u200c\u200d"
_EMOJI_VARIATION = "\ufe0f"
_TAGS = range(0xE0020, 0xE0080)  # spell the region of a flag such as Scotland's
_BLACK_FLAG = "\U0001f3f4"
# Noncharacters and the selectors of glyph variants.
_NOT_CHARACTERS = (range(0xFDD0, 0xFDF0), range(0xFE00, 0xFE0F), range(0xE0100, 0xE01F0))
_SKIN_TONES = range(0x1F3FB, 0x1F400)
# Invisible although Unicode calls them letters: without them a name can look empty.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_FIRST_BLANK = min(_BLANKS)
_LINE_ENDS = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_NOT_PLAIN = re.compile(r"[^\x20-\x7e\n]")

# What has no decomposition in Unicode but a plain letter that people type instead.
_PLAIN_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h"}
)
_BEFORE_FOLDING = str.maketrans({"İ": "I"})
_SEPARATORS = re.compile(r"[\W_]+")


def clean(text: str, maximum: int, *, multiline: bool = False) -> Understood[str] | NotUnderstood:
    """``text`` as typed but without what cannot be seen: control characters, direction
    overrides, zero-width characters outside emoji, surrogates. In NFC, spaces collapsed;
    line ends are spaces unless ``multiline``. ``maximum`` counts characters.

    Reasons: "text.empty", "text.too_long" (``maximum``, ``length``).
    """
    text = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    if _NOT_PLAIN.search(text):
        text = _visible(unicodedata.normalize("NFC", text))
    text = _spaced(text, multiline=multiline)
    if not text:
        return NotUnderstood("text.empty")
    if len(text) > maximum:
        return NotUnderstood("text.too_long", {"maximum": maximum, "length": len(text)})
    return Understood(text)


def fold(text: str) -> str:
    """``text`` for comparing: no accents, no case, punctuation as single spaces.

    ``fold("Žijem v Nemčiji!") == "zijem v nemciji"``; folding twice changes nothing.
    """
    if not text.isascii():
        text = _without_marks(text.translate(_BEFORE_FOLDING).casefold())
        text = _without_marks(text.translate(_PLAIN_LETTERS).casefold())
    return _SEPARATORS.sub(" ", text.lower()).strip()


def squeeze(text: str) -> str:
    """``fold(text)`` without its spaces: "New-York" and "new york" are one key."""
    return fold(text).replace(" ", "")


def wordset(text: str) -> frozenset[str]:
    """The words of ``text``, for tables of words that read as prose."""
    return frozenset(text.split())


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if unicodedata.category(c) != "Mn")


def _spaced(text: str, *, multiline: bool) -> str:
    if not multiline:
        return " ".join(text.split())
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _visible(text: str) -> str:
    kept: list[str] = []
    for at, character in enumerate(text):
        # Letters below the first hidden blank are most of what is ever typed.
        ordinary = character < _FIRST_BLANK and character.isalnum()
        if ordinary or _stays(character, kept[-1] if kept else "", text[at + 1 : at + 2]):
            kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))


def _stays(character: str, before: str, after: str) -> bool:
    if character in _JOINERS:
        return _joins(character, before, after)
    if character == _EMOJI_VARIATION:
        return before != "" and _takes_variation(before)
    if ord(character) in _TAGS:
        return before != "" and (before == _BLACK_FLAG or ord(before) in _TAGS)
    return character == "\n" or not _is_hidden(character)


def _is_hidden(character: str) -> bool:
    code = ord(character)
    return (
        character in _BLANKS
        or (code & 0xFFFE) == 0xFFFE
        or any(code in codes for codes in _NOT_CHARACTERS)
        or unicodedata.category(character) in {"Cc", "Cf", "Cs"}
    )


def _joins(character: str, before: str, after: str) -> bool:
    """Joiners shape emoji families and the letters of some scripts; elsewhere they hide."""
    if not before or not after:
        return False
    if before == _EMOJI_VARIATION or _is_emoji(before):
        return character == "\u200d" and _is_emoji(after)
    return _is_joined_script(before) and _is_joined_script(after)


def _is_joined_script(character: str) -> bool:
    return 0x0600 <= ord(character) <= 0x1FFF and unicodedata.category(character)[0] in "LM"


def _is_emoji(character: str) -> bool:
    code = ord(character)
    return (
        code in _SKIN_TONES
        or (unicodedata.category(character) in {"So", "Sk", "Cn"} and code > 0xFF)
        or character in "♀♂⚕⚖✈❤"
    )


def _takes_variation(character: str) -> bool:
    return _is_emoji(character) or character in "0123456789#*©®↔↕‼⁉™ℹ〰"
