"""Where a place stands in places.tsv: arrays that are read as they lie, and looked up by halving.

:func:`packed` makes the bytes of places.index from places.tsv, :class:`Index` reads them. First a
line of JSON (the number of each array's items, and of each country's places), then the arrays one
after the other, little-endian. A *row* is the number of a line, from 0.
"""

from __future__ import annotations

import hashlib
import json
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any

_TYPES = {
    "names": "Q",  # of each name of each place a number (see _number), in their order
    "named": "H",  # the rows that have these names
    "starts": "I",  # where each row begins, and at last where the file ends
    "ids": "I",  # GeoNames' numbers, in their order
    "identified": "H",  # the rows that have these numbers
    "by_country": "H",  # rows, those of a country together
}


def packed(text: bytes) -> bytes:
    """The index of places.tsv. Raises OverflowError for more than 65,536 places."""
    starts = [0]
    names: list[tuple[int, int]] = []
    ids: list[tuple[int, int]] = []
    countries: list[tuple[str, int]] = []
    for row, line in enumerate(text.splitlines(keepends=True)):
        cells = line.decode().rstrip("\n").split("\t")
        starts.append(starts[-1] + len(line))
        names += [(_number(name), row) for name in cells[-1].split(" ")]
        ids.append((int(cells[0]), row))
        countries.append((cells[1], row))
    names.sort()
    ids.sort()
    countries.sort()
    arrays: dict[str, Iterable[int]] = {
        "names": (number for number, _ in names),
        "named": (row for _, row in names),
        "starts": starts,
        "ids": (number for number, _ in ids),
        "identified": (row for _, row in ids),
        "by_country": (row for _, row in countries),
    }
    stored = {name: array(_TYPES[name], items) for name, items in arrays.items()}
    header = {
        "arrays": {name: len(items) for name, items in stored.items()},
        "countries": _counted(country for country, _ in countries),
    }
    head = json.dumps(header, separators=(",", ":")).encode() + b"\n"
    return head + b"".join(_little(items).tobytes() for items in stored.values())


class Index:
    """What :func:`packed` made."""

    def __init__(self, raw: bytes) -> None:
        head, _, rest = raw.partition(b"\n")
        header: dict[str, Any] = json.loads(head)
        self._arrays: dict[str, array[int]] = {}
        at = 0
        for name, count in header["arrays"].items():
            items = array(_TYPES[name])
            end = at + count * items.itemsize
            items.frombytes(rest[at:end])
            self._arrays[name] = _little(items)
            at = end
        self._countries: dict[str, range] = {}
        begin = 0
        for country, count in header["countries"].items():
            self._countries[country] = range(begin, begin + count)
            begin += count

    def __len__(self) -> int:
        return len(self._arrays["starts"]) - 1

    def line(self, row: int) -> slice:
        """Where the line is, its end included."""
        starts = self._arrays["starts"]
        return slice(starts[row], starts[row + 1])

    def named(self, name: str) -> tuple[int, ...]:
        """The rows with this name (squeezed), in their order."""
        names, number = self._arrays["names"], _number(name)
        begin = end = bisect_left(names, number)
        while end < len(names) and names[end] == number:
            end += 1
        return tuple(self._arrays["named"][begin:end])

    def identified(self, geonameid: int) -> int | None:
        """The row with this number."""
        ids = self._arrays["ids"]
        at = bisect_left(ids, geonameid)
        return self._arrays["identified"][at] if at < len(ids) and ids[at] == geonameid else None

    def countries(self) -> Iterable[str]:
        """The countries that have a place."""
        return self._countries.keys()

    def in_country(self, country: str) -> Iterator[int]:
        """The country's rows, in their order."""
        rows = self._arrays["by_country"]
        return (rows[at] for at in self._countries.get(country, ()))


def _number(name: str) -> int:
    """64 bits for a name: two of a million names are alike once in forty million times."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def _counted(countries: Iterable[str]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for country in countries:
        counted[country] = counted.get(country, 0) + 1
    return counted


def _little(items: array[int]) -> array[int]:
    """From this machine's order of bytes to the file's, or back."""
    if sys.byteorder == "big":
        items.byteswap()
    return items
