"""Nobody's text becomes a formula when a CSV file is opened in a spreadsheet.

A cell that begins with ``=``, ``+``, ``-`` or ``@`` (also after blanks or quotes) is run as a
formula. So is such a piece *inside* a cell after ``;``, a tab or a line break, where the
spreadsheet takes those for the end of a cell: with Slovak and Slovenian settings Excel splits at
``;``. Such pieces get an apostrophe in front, as OWASP advises ("CSV Injection"). A piece that
begins with an apostrophe already gets one more, so that :func:`unguard` gives back what was typed.

A number as people write telephone numbers (``+421 905 123 456``, ``-5``) runs nothing and is
left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_BLANK = "[ \t\n\r\x0b\x0c\x85\xa0\u2000-\u200b\u2028\u2029\u202f\u3000\ufeff\"']"
_RUNS = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"  # the wide forms count in some spreadsheets
_ENDS = r";\t\r\n\x0b\x0c"
_BEGIN = rf"(?:^|(?<=[{_ENDS}]))"

_PIECE = rf"(?={_BLANK}*{_RUNS}|'*[\t\r])"

# The same, several times as fast, for texts with a line break (or \x1f) in front of them: first
# whether anything but a letter or digit begins a piece, then whether it is risky.
_ODD = re.compile(rf"[\x1f{_ENDS}][^0-9A-Za-z\x1f]")
_LOOKS_RISKY = re.compile(rf"[\x1f{_ENDS}](?:{_BLANK}*{_RUNS}|'*[\t\r])")

_RISKY = re.compile(_BEGIN + _PIECE)

_GUARDED = re.compile(f"{_BEGIN}'{_PIECE}")
# No other signs between the digits: +421-905 would be worked out.
_NUMBER = re.compile(r"(?:\+[0-9][0-9 ()\u00a0]*|[+\-][0-9]+(?:[.,][0-9]+)?)\Z")


def looks_risky(text: str) -> bool:
    """Whether a text, with a line break or \\x1f in front, may need to be guarded."""
    return _ODD.search(text) is not None and _LOOKS_RISKY.search(text) is not None


def risky_places(text: str) -> Iterator[int]:
    """Where the pieces begin (at the separator before them) that may need to be guarded."""
    return (found.start() for found in _LOOKS_RISKY.finditer(text))


def guard(text: str) -> str:
    """The text as it may stand in a CSV cell."""
    if not looks_risky("\n" + text) or _NUMBER.match(text):
        return text
    return _RISKY.sub("'", text)


def unguard(text: str) -> str:
    """What was typed, from a guarded cell."""
    return _GUARDED.sub("", text)
