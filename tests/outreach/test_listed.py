"""Lists of who was there, as Excel and others save them."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.events.listed import BadList, people

ROWS = "person_id;meno\n1;Žofia Ľuptáková\n22;Črt Šuštar\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "utf-16", "utf-16-le",
                                      "utf-16-be"])  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_list_is_read_however_it_was_saved(encoding: str, end: str, separator: str) -> None:
    text = ROWS.replace(";", separator).replace("\n", end)
    assert people(text.encode(encoding)) == ["1", "22"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sep=;\r\n1;a,b\r\n2;c", ["1", "2"]),
        ('"sep=,"\n"1","a;b"\n"2","c"', ["1", "2"]),
        ("SEP=|\n7|x", ["7"]),
        ("12\n57\njana@example.org\n", ["12", "57", "jana@example.org"]),
        ("meno;person_id\nJana;5\nEva;6", ["5", "6"]),
        ("Brunch v Tabačke;;\nOsoba;Meno;\n1;A;\n;;\n2;B;\n", ["1", "2"]),
        ('"1";"Jana\nNováková"\n"2";"x"', ["1", "2"]),
        ("1 234;a\n1\u00a0235;b\n3,0;c\n4.00;d", ["1234", "1235", "3", "4"]),
        ('="12";a\n\'13;b\n', ["12", "13"]),
        ("mailto:jana@example.org;a", ["jana@example.org"]),
        ("Číslo\n5", ["5"]),
        ("1,Nováková; Jana\n2,Kranjc; Matej", ["1", "2"]),
        ("1;Nováková, Jana\n2;Kranjc, Matej", ["1", "2"]),
    ],
)
def test_what_counts_is_the_number_or_address(text: str, found: list[str]) -> None:
    assert people(text.encode()) == found


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"1;a\n2;b\nEva;c", "line 3: “Eva c” begins neither with a number nor"),
        (b"sep=;\n1;a\n;Eva", "line 3: “Eva” begins"),
        (b'person_id,name\n,Eva\n1,Jana', "line 2: “Eva” begins"),
        (b'1;"a\nb"\nx;y', "line 3: “x y” begins"),
        (b"", "there is no number and no e-mail address in it"),
        (b"name\nJana\n", "there is no number"),
        (b"1;a\n2;\x81\x83", "line 2: this text can't be read"),
        (b"PK\x03\x04rest", "this is a workbook; save it as CSV"),
        (b"\xff\xfe1\x00\n", "line 1: this text can't be read"),
    ],
)  # fmt: skip
def test_anything_else_is_named_with_its_line(content: bytes, problem: str) -> None:
    with pytest.raises(BadList, match=f"^{re.escape(problem)}"):
        people(content)


@given(st.binary(max_size=200))
def test_whatever_is_in_the_file_is_read_or_named(content: bytes) -> None:
    with suppress(BadList):
        assert people(content)
