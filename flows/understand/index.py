"""Where a place stands in places.tsv: arrays that are read as they lie, and looked up by halving.

:func:`packed` makes the bytes of places.index from places.tsv, :class:`Index` reads them where they
are mapped into memory: nothing is copied. First a line of JSON (the number of each array's items,
of each country's places, of its spellings by their length), then the arrays one after the other,
little-endian, and the spellings. A *row* is the number of a line, from 0.
"""

from __future__ import annotations

import hashlib
import json
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from mmap import mmap
from typing import Any, TypeAlias

# In this order, all of 32 bits:
_ARRAYS = (
    "names",  # of each name of each place a number (see _number), in their order
    "named",  # the rows that have these names
    "starts",  # where each sixteenth row begins
    "ids",  # GeoNames' numbers, in their order
    "identified",  # the rows that have these numbers
    "by_country",  # rows, those of a country together
)
_ITEM = 4  # bytes
_STEP = 16
_WELL_KNOWN = 15_000  # people: of larger places all names are looked at for slips
_LARGE = 100_000
EVERYWHERE = ""
"""Stands for a country where the large cities of all are meant."""

Bytes: TypeAlias = bytes | mmap


def packed(text: bytes) -> bytes:
    """The index of places.tsv."""
    starts = [0]
    names: list[tuple[int, int]] = []
    ids: list[tuple[int, int]] = []
    countries: list[tuple[str, int]] = []
    spellings: dict[str, set[str]] = {}
    at = 0
    for row, line in enumerate(text.splitlines(keepends=True)):
        number, country, _, _, people, _, keys = line.decode().rstrip("\n").split("\t")
        at += len(line)
        if (row + 1) % _STEP == 0:
            starts.append(at)
        names += [(_number(name), row) for name in keys.split(" ")]
        ids.append((int(number), row))
        countries.append((country, row))
        _spell(spellings, country, keys.split(" "), int(people))
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
    stored = {name: array("I", arrays[name]) for name in _ARRAYS}
    ordered = {
        country: sorted(listed, key=lambda key: (len(key), key))
        for country, listed in sorted(spellings.items())
    }
    header = {
        "places": len(ids),
        "arrays": {name: len(items) for name, items in stored.items()},
        "countries": _counted(country for country, _ in countries),
        "spellings": {c: _counted(str(len(key)) for key in keys) for c, keys in ordered.items()},
    }
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-(len(head) + 1) % 8) + b"\n"
    written = "".join(key for keys in ordered.values() for key in keys).encode("ascii")
    return head + b"".join(_little(items).tobytes() for items in stored.values()) + written


def _spell(found: dict[str, set[str]], country: str, keys: Sequence[str], people: int) -> None:
    """Add the names in which slips are looked for: a place's own and the short form of that, all of
    a well-known one; of a large one its own everywhere, too."""
    own = keys[0]
    known = keys if people >= _WELL_KNOWN else [key for key in keys if own.startswith(key)]
    found.setdefault(country, set()).update(key for key in known if key.isascii())
    if people >= _LARGE and own.isascii():
        found.setdefault(EVERYWHERE, set()).add(own)


class Index:
    """What :func:`packed` made."""

    def __init__(self, raw: Bytes) -> None:
        end_of_head = raw.find(b"\n") + 1
        header: dict[str, Any] = json.loads(raw[:end_of_head])
        self._raw = raw
        self._count: int = header["places"]
        self._arrays: dict[str, Sequence[int]] = {}
        at = end_of_head
        for name, count in header["arrays"].items():
            end = at + count * _ITEM
            self._arrays[name] = _items(raw, at, end)
            at = end
        self._countries: dict[str, range] = {}
        begin = 0
        for country, count in header["countries"].items():
            self._countries[country] = range(begin, begin + count)
            begin += count
        self._spellings: dict[str, dict[int, tuple[int, int]]] = {}
        for country, by_length in header["spellings"].items():
            found = self._spellings[country] = {}
            for length, count in by_length.items():
                found[int(length)] = (at, count)
                at += int(length) * count

    def __len__(self) -> int:
        return self._count

    def line(self, lines: Bytes, row: int) -> bytes:
        """The line of ``row`` in places.tsv, without its end."""
        at = self._arrays["starts"][row // _STEP]
        for _ in range(row % _STEP):
            at = lines.find(b"\n", at) + 1
        return lines[at : lines.find(b"\n", at)]

    def named(self, name: str) -> tuple[int, ...]:
        """The rows with this name (squeezed), in their order; and, once in thousands of times, one
        that has it not: two names may have one number."""
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

    def first_in(self, country: str) -> int:
        """The row of the country's largest place. Raises KeyError where it has none."""
        return self._arrays["by_country"][self._countries[country].start]

    def spelt(self, country: str, length: int) -> list[str]:
        """The names of ``length`` letters in which slips are looked for, of places in ``country``
        (or :data:`EVERYWHERE`)."""
        at, count = self._spellings.get(country, {}).get(length, (0, 0))
        written = self._raw[at : at + count * length].decode("ascii")
        return [written[begin : begin + length] for begin in range(0, len(written), length)]


def _items(raw: Bytes, at: int, end: int) -> Sequence[int]:
    if sys.byteorder == "little":
        return memoryview(raw)[at:end].cast("I")
    items = array("I")
    items.frombytes(raw[at:end])
    return _little(items)


def _number(name: str) -> int:
    """32 bits for a name."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "little")


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
