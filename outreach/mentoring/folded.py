"""Long lists between processes: kept as bytes, taken apart a piece at a time.

Unpickling ten thousand proposals at once would hold Python's interpreter, and every message that
is on its way, for a good part of a second.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, overload

T = TypeVar("T")
PIECE = 20


class Folded(Sequence[T]):
    """The same as the ``items`` it was made of; each look unfolds the pieces it needs."""

    __slots__ = ("_length", "_pieces")

    def __init__(self, items: Sequence[T]) -> None:
        self._length = len(items)
        self._pieces = [
            pickle.dumps(tuple(items[at : at + PIECE]), pickle.HIGHEST_PROTOCOL)
            for at in range(0, len(items), PIECE)
        ]

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, at: int) -> T: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...

    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        if isinstance(at, slice):
            begin, end, step = at.indices(self._length)
            if step != 1:
                raise ValueError("a folded list is read in order")
            first = begin // PIECE
            found = self._unfolded(first, -(-end // PIECE))
            return found[begin - first * PIECE : end - first * PIECE]
        if not -self._length <= at < self._length:
            raise IndexError(at)
        piece, place = divmod(at % self._length, PIECE)
        return self._unfolded(piece, piece + 1)[place]

    def __iter__(self) -> Iterator[T]:
        for piece in range(len(self._pieces)):
            yield from self._unfolded(piece, piece + 1)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __getstate__(self) -> tuple[int, list[bytes]]:
        return self._length, self._pieces

    def __setstate__(self, state: tuple[int, list[bytes]]) -> None:
        self._length, self._pieces = state

    def _unfolded(self, begin: int, end: int) -> tuple[T, ...]:
        found: list[Any] = []
        for piece in self._pieces[begin:end]:
            found += pickle.loads(piece)  # noqa: S301 - made above, by ourselves
        return tuple(found)
