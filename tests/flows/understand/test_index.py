"""places.index finds what stands in places.tsv."""

from __future__ import annotations

import sys

import pytest

from flows.understand.gazetteer import DATA
from flows.understand.index import EVERYWHERE, Index, packed

TEXT = (
    "20\tSK\tKošický kraj\tEurope/Bratislava\t230000\tKošice\tkosice kassa\n"
    "7\tDE\t\tEurope/Berlin\t90\tBrod\tbrod\n"
    "300\tSK\t\tEurope/Bratislava\t80\tBrod\tbrod kassa\n"
).encode()


def test_index_is_that_of_the_places() -> None:
    """After a change of places.tsv: ``python flows/understand/data/build_places.py --index``."""
    assert (DATA / "places.index").read_bytes() == packed((DATA / "places.tsv").read_bytes())


@pytest.mark.parametrize("order", ["little", "big"])
def test_places_are_found_by_name_number_and_country(
    order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "byteorder", order)
    index = Index(packed(TEXT))
    assert len(index) == 3
    assert index.named("kosice") == (0,)
    assert index.named("kassa") == (0, 2)
    assert index.named("brod") == (1, 2)
    assert index.named("brno") == index.named("") == ()
    assert [index.identified(number) for number in (7, 20, 300)] == [1, 0, 2]
    assert [index.identified(number) for number in (0, 8, 301)] == [None, None, None]
    assert list(index.countries()) == ["DE", "SK"]
    assert list(index.in_country("SK")) == [0, 2]
    assert list(index.in_country("AT")) == []
    assert [index.line(TEXT, row) for row in range(3)] == TEXT.splitlines()
    assert index.spelt("SK", 6) == ["kosice"]
    assert index.spelt("SK", 5) == ["kassa"]
    assert index.spelt(EVERYWHERE, 6) == ["kosice"]
    assert index.spelt("DE", 3) == []
