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

_BLANK = r"[\s\"'\u200b\ufeff]"
_RUNS = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"  # the wide forms count in some spreadsheets
_BEGIN = r"(?:^|(?<=[;\t\r\n\x0b\x0c\x85\u2028\u2029]))"

_PIECE = rf"(?={_BLANK}*{_RUNS}|'*[\t\r])"

RISKY = re.compile(_BEGIN + _PIECE)
"""A place where an apostrophe is needed."""

_GUARDED = re.compile(f"{_BEGIN}'{_PIECE}")
# No other signs between the digits: +421-905 would be worked out.
_NUMBER = re.compile(r"(?:\+[0-9][0-9 ()\u00a0]*|[+\-][0-9]+(?:[.,][0-9]+)?)\Z")


def guard(text: str) -> str:
    """The text as it may stand in a CSV cell."""
    if RISKY.search(text) is None or _NUMBER.match(text):
        return text
    return RISKY.sub("'", text)


def unguard(text: str) -> str:
    """What was typed, from a guarded cell."""
    return _GUARDED.sub("", text)
