"""XLSX: two sheets written as the rows come, in constant memory.

A workbook is a zip of small XML files (ECMA-376, part 1). Texts are inline strings, so nobody's
text can be a formula or a link and no table of strings has to be kept; a row is put together by
one formatting operation, which is what makes a million rows bearable in Python. (XlsxWriter needs
four minutes for them; rustpy-xlsxwriter leaves out the header of an empty list.)
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO
from xml.sax.saxutils import escape as escape_xml

from storage.exports.xlsx_parts import STYLES, package

MAX_ROWS = 1_048_576  # a sheet's, header included (Excel's limit)
MAX_TEXT = 32_767  # a cell's, in UTF-16 units (Excel's limit)

BLOCK_ROWS = 500
_LEVEL = 1  # of compression: 3 times faster than the usual 6, files a fifth larger
_BETWEEN = "\x1f"
_MARKUP = re.compile("[&<>\x00-\x1e\ufffe\uffff]")  # cannot stand in XML as it is
_ODD = re.compile("[^0-9A-Za-z.:;,/@-]")  # anything that may need a closer look
_ESCAPE_LOOKALIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """``cells`` tells what each column holds: "text", "number" or "moment" (day numbers).

    A row is its cells' texts, "" for none, however many rows there are.
    """

    name: str
    headings: Sequence[str]
    cells: Sequence[str]
    widths: Sequence[int]
    rows: Iterator[Sequence[str]]


def write_xlsx(out: BinaryIO, sheets: Iterable[Sheet], names: Sequence[str]) -> None:
    """The workbook; ``names`` are the sheets' in order, known before their rows are."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for name, content in package(names):
            archive.writestr(name, content)
        for number, sheet in enumerate(sheets, 1):
            name = f"xl/worksheets/sheet{number}.xml"
            with archive.open(name, "w", force_zip64=True) as file:
                for part in _sheet(sheet):
                    file.write(part.encode())


def _sheet(sheet: Sheet) -> Iterator[str]:
    last = _letters(len(sheet.headings) - 1)
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, width in enumerate(sheet.widths, 1)
    )
    yield (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2"'
        ' activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData>"
    )
    heading = _template(["text"] * len(sheet.headings), STYLES["heading"])
    yield _row(heading, 1, sheet.headings)
    template = _template(sheet.cells)
    number = 1
    block: list[str] = []
    for number, cells in enumerate(sheet.rows, 2):
        block.append(_row(template, number, cells))
        if len(block) >= BLOCK_ROWS:
            yield _joined(block)
            block.clear()
    yield _joined(block)
    yield f'</sheetData><autoFilter ref="A1:{last}{number}"/></worksheet>'


def _joined(rows: list[str]) -> str:
    """The rows, their cells without a value made empty ones."""
    xml = "".join(rows).replace(' t="inlineStr"><is><t></t></is></c>', "/>")
    return xml.replace("><v></v></c>", "/>")


def _template(cells: Sequence[str], style: int = 0) -> str:
    """A row with ``\\x1f`` for its number and ``%s`` for its values."""
    parts = []
    for place, holds in enumerate(cells):
        at = f'r="{_letters(place)}{_BETWEEN}"'
        if holds == "text":
            look = f' s="{style}"' if style else ""
            parts.append(f'<c {at}{look} t="inlineStr"><is><t>%s</t></is></c>')
        else:
            look = f' s="{STYLES["moment"]}"' if holds == "moment" else ""
            parts.append(f"<c {at}{look}><v>%s</v></c>")
    return f'<row r="{_BETWEEN}">' + "".join(parts) + "</row>"


def _row(template: str, number: int, cells: Sequence[str]) -> str:
    text = _BETWEEN.join(("", *cells, ""))
    if (
        _MARKUP.search(text)
        or "_x" in text
        or f" {_BETWEEN}" in text
        or f"{_BETWEEN} " in text
        or text.count(_BETWEEN) > len(cells) + 1
        or len(text) * 2 > MAX_TEXT
    ):
        escaped = tuple(_escaped(cell) if _ODD.search(cell) else cell for cell in cells)
        return (template.replace(_BETWEEN, str(number)) % escaped).replace(_KEPT, _KEEPING)
    return template.replace(_BETWEEN, str(number)) % tuple(cells)


_KEEP = "\x1f"  # stands at the beginning of a text whose outer blanks matter
_KEPT = f"<t>{_KEEP}"
_KEEPING = '<t xml:space="preserve">'


def _escaped(text: str) -> str:
    """A text as it stands in XML; control characters the way Excel writes them, ``_x0007_``."""
    text = cut(text)
    keep = _KEEP if text != text.strip() or "\n" in text or "\t" in text else ""
    text = _ESCAPE_LOOKALIKE.sub("_x005F_", text)
    text = escape_xml(text)
    return keep + _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def cut(text: str) -> str:
    """As much of a text as a cell can hold."""
    if len(text) * 2 <= MAX_TEXT or len(text.encode("utf-16-le")) // 2 <= MAX_TEXT:
        return text
    units = text.encode("utf-16-le")[: (MAX_TEXT - 1) * 2]
    return units.decode("utf-16-le", "ignore") + "…"


def _letters(place: int) -> str:
    """A column's name: A, B, …, Z, AA, …"""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
