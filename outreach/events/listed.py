"""A list of who was there, as a file: what Excel, Calc or a text editor saves of it.

With Slovak and Slovenian settings Excel parts cells by ``;`` and writes CSV in Windows-1250, or in
UTF-16 with tabs ("Unicode text"); "CSV UTF-8" begins with a byte order mark. A first line ``sep=;``
says how cells are parted. On old Macs lines end with a CR alone.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from outreach.errors import OutreachError
from outreach.told import why
from storage.exports.guard import unguard

SEPARATORS = (";", "\t", ",")
HEADING = "person_id"  # of the column that counts, in an export of the program's own
SHOWN = 40  # characters of a line in an error

_SEP = re.compile(r'\s*"?sep=(.)"?[;,\t ]*', re.IGNORECASE)
_NUMBER = re.compile(r"([0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+|[0-9]+)(?:[.,]0+)?")
_WRAPPED = re.compile(r'="?(.*?)"?')  # ="12" keeps a number a text in Excel
_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods; .xls


class BadList(OutreachError):
    """The file is no such list; the message names the line."""


@dataclass(frozen=True, slots=True)
class _Line:
    number: int  # in the file, from 1
    cells: Sequence[str]


def people(content: bytes) -> list[str]:
    """The numbers and e-mail addresses that begin the lines, or stand under ``person_id``.

    What stands above the first of them are headings. Raises BadList for anything else that stands
    in their place below, for a file without any, and for one that is no text.
    """
    lines = _lines(_text(content))
    return _whom(lines)


def _text(content: bytes) -> str:
    """Raises BadList, with the line."""
    if content.startswith(_WORKBOOK):
        raise BadList(why("list_workbook"))
    for encoding in _encodings(content):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            at = error.start
    raise BadList(why("list_encoding", line=content.count(b"\n", 0, at) + 1))


def _encodings(content: bytes) -> tuple[str, ...]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    start = content[:200]
    if start.count(0) * 3 > len(start):  # every second byte of plain letters is empty
        return ("utf-16-be",) if start[:1] == b"\x00" else ("utf-16-le",)
    return ("utf-8-sig", "cp1250")


def _lines(text: str) -> list[_Line]:
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    first, _, rest = text.partition("\n")
    if told := _SEP.fullmatch(first):
        return list(_parsed(rest, told[1], before=1))
    return max((list(_parsed(text, each)) for each in SEPARATORS), key=_understood)


def _parsed(text: str, separator: str, before: int = 0) -> Iterator[_Line]:
    """The lines with something in them. A cell may hold line breaks: a line has the number of
    where it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    begins = before + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _Line(begins, [cell.strip() for cell in cells])
            begins = before + reader.line_num + 1
    except csv.Error:
        raise BadList(why("list_line", line=begins, text=_shown(text, begins - before))) from None


def _understood(lines: Sequence[_Line]) -> tuple[bool, int]:
    """How well the lines were parted."""
    column = _column(lines)
    whom = sum(1 for line in lines if _who(line, column or 0))
    return column is not None, whom


def _column(lines: Sequence[_Line]) -> int | None:
    """Where the heading ``person_id`` stands, if it does."""
    headings = [cell.lower() for cell in lines[0].cells] if lines else []
    return headings.index(HEADING) if HEADING in headings else None


def _whom(lines: Sequence[_Line]) -> list[str]:
    column = _column(lines)
    found: list[str] = []
    for line in lines:
        who = _who(line, column or 0)
        if who:
            found.append(who)
        elif found or (column is not None and line is not lines[0]):
            shown = " ".join(filter(None, line.cells))[:SHOWN]
            raise BadList(why("list_line", line=line.number, text=shown))
    if not found:
        raise BadList(why("list_nobody"))
    return found


def _who(line: _Line, column: int) -> str:
    """The number or address of a line; "" where there is none."""
    cell = line.cells[column] if column < len(line.cells) else ""
    wrapped = _WRAPPED.fullmatch(cell)
    cell = unguard(wrapped[1] if wrapped else cell).removeprefix("'").strip()
    if number := _NUMBER.fullmatch(cell):
        return "".join(filter(str.isdecimal, number[1]))
    address = cell.removeprefix("mailto:").strip("<>")
    return address if "@" in address and " " not in address else ""


def _shown(text: str, number: int) -> str:
    lines = text.split("\n")
    return lines[number - 1][:SHOWN] if number <= len(lines) else ""
