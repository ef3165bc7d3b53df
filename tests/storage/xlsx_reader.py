"""A reader of workbooks of our own, by the standard (ECMA-376), to check what was written."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"

Cell = str | float | None


def read_xlsx(path: Path) -> dict[str, list[list[Cell]]]:
    """Sheet name -> rows of cells; fails on formulas, links and anything not declared."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        declared = archive.read("[Content_Types].xml").decode()
        for name in archive.namelist():
            assert name.endswith(".rels") or name.startswith("[") or f'"/{name}"' in declared
        targets = {
            each.attrib["Id"]: each.attrib["Target"]
            for each in _xml(archive, "xl/_rels/workbook.xml.rels").iter(f"{PACKAGE}Relationship")
        }
        return {
            sheet.attrib["name"]: _rows(_xml(archive, "xl/" + targets[sheet.attrib[RELATION]]))
            for sheet in _xml(archive, "xl/workbook.xml").iter(f"{MAIN}sheet")
        }


def _xml(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(archive.read(name))


def _rows(sheet: ElementTree.Element) -> list[list[Cell]]:
    assert not list(sheet.iter(f"{MAIN}f"))
    assert not list(sheet.iter(f"{MAIN}hyperlink"))
    rows = []
    for number, row in enumerate(sheet.iter(f"{MAIN}row"), 1):
        assert row.attrib["r"] == str(number)
        cells = []
        for place, cell in enumerate(row):
            assert cell.attrib["r"] == f"{_letters(place)}{number}"
            cells.append(_cell(cell))
        rows.append(cells)
    return rows


def _cell(cell: ElementTree.Element) -> Cell:
    if cell.attrib.get("t") == "inlineStr":
        text = cell.find(f"{MAIN}is/{MAIN}t")
        assert text is not None
        return _unescaped(text)
    value = cell.find(f"{MAIN}v")
    return None if value is None else float(value.text or "")


def _unescaped(element: ElementTree.Element) -> str:
    text = element.text or ""
    keep = element.attrib.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"
    if not keep:
        text = text.strip(" \t\r\n")  # as Excel does
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def _letters(place: int) -> str:
    return chr(65 + place) if place < 26 else chr(64 + place // 26) + chr(65 + place % 26)
