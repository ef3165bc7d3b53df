"""Nobody's text becomes a formula when a CSV file is opened in a spreadsheet.

A cell that begins with ``=``, ``+``, ``-`` or ``@`` (also after blanks or quotes) is run as a
formula. So is such a piece *inside* a cell after ``;``, a tab or a line break, where the
spreadsheet takes those for the end of a cell: with Slovak and Slovenian settings Excel splits at
``;``, and with English ones at ``,``. A file that parts its cells by commas needs no guard at
these: its quotes hold wherever commas part. One that parts them by ``;`` or tabs does, for a
spreadsheet that splits at commas finds no quote at the beginning of such a cell. Such pieces get an
apostrophe in front, as OWASP advises ("CSV Injection"). A piece that begins with an apostrophe
already gets one more, so that :func:`unguard` gives back what was typed.

A number as people write telephone numbers (``+421 905 123 456``, ``-5``) runs nothing and is
left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BLANK = "[ \t\n\r\x0b\x0c\x85\xa0\u2000-\u200b\u2028\u2029\u202f\u3000\ufeff\"']"
_RUNS = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"  # the wide forms count in some spreadsheets
_ENDS = r";\t\r\n\x0b\x0c"
_PIECE = rf"(?={_BLANK}*{_RUNS}|'*[\t\r])"

COMMA, SEMICOLON, TAB = ",", ";", "\t"
SEPARATORS = (COMMA, SEMICOLON, TAB)
"""What may part the cells of a file."""


@dataclass(frozen=True, slots=True)
class _Patterns:
    """``odd`` and ``looks_risky`` are the same as ``risky``, several times as fast, for texts with
    a line break (or \\x1f) in front of them: first whether anything but a letter or digit begins a
    piece, then whether it is risky."""

    odd: re.Pattern[str]
    looks_risky: re.Pattern[str]
    risky: re.Pattern[str]
    guarded: re.Pattern[str]


def _patterns(ends: str) -> _Patterns:
    begin = rf"(?:^|(?<=[{ends}]))"
    return _Patterns(
        odd=re.compile(rf"[\x1f{ends}][^0-9A-Za-z\x1f]"),
        looks_risky=re.compile(rf"[\x1f{ends}](?:{_BLANK}*{_RUNS}|'*[\t\r])"),
        risky=re.compile(begin + _PIECE),
        guarded=re.compile(f"{begin}'{_PIECE}"),
    )


_BY_COMMAS = _patterns(_ENDS)
_BY_OTHERS = _patterns(f",{_ENDS}")
_OF = {COMMA: _BY_COMMAS, SEMICOLON: _BY_OTHERS, TAB: _BY_OTHERS}
# No other signs between the digits: +421-905 would be worked out.
_NUMBER = re.compile(r"(?:\+[0-9][0-9 ()\u00a0]*|[+\-][0-9]+(?:[.,][0-9]+)?)\Z")


def looks_risky(text: str, separator: str = COMMA) -> bool:
    """Whether a text, with a line break or \\x1f in front, may need to be guarded in a file whose
    cells are parted by ``separator`` (one of SEPARATORS)."""
    of = _OF[separator]
    return of.odd.search(text) is not None and of.looks_risky.search(text) is not None


def risky_places(text: str, separator: str = COMMA) -> Iterator[int]:
    """Where the pieces begin (at the separator before them) that may need to be guarded."""
    return (found.start() for found in _OF[separator].looks_risky.finditer(text))


def guard(text: str, separator: str = COMMA) -> str:
    """The text as it may stand in a CSV cell."""
    if not looks_risky("\n" + text, separator) or _NUMBER.match(text):
        return text
    return _OF[separator].risky.sub("'", text)


def unguard(text: str, separator: str = COMMA) -> str:
    """What was typed, from a guarded cell."""
    return _OF[separator].guarded.sub("", text)
