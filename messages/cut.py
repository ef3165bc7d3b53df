"""Long texts in pieces that a platform takes: at blocks, else at lines, else at words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby

from messages.message import Block, Paragraph, Rich, Span
from messages.rich import BULLET, plain

_WORD = re.compile(r"\S+\s*|\s+")
Size = Callable[[str], int]
Unit = tuple[Span, ...]


class Cutter:
    """Cuts rich text into parts of at most ``limit`` (as ``size`` measures text) and ``looks``
    bold, italic, code or link runs."""

    def __init__(self, limit: int, size: Size = len, looks: int | None = None) -> None:
        self._limit = limit
        self._size = size
        self._looks = looks

    def split(self, rich: Rich) -> list[Rich]:
        """The parts, in order: nothing is lost but blank space at a cut, and a run with one look
        is cut only when it is longer than a whole part."""
        if self._fits(rich):
            return [rich] if rich else []
        parts: list[Rich] = []
        current: Rich = ()
        for block in rich:
            for piece in self._pieces(block):
                if current and not self._fits((*current, piece)):
                    parts.append(current)
                    current = ()
                current = (*current, piece)
        return [*parts, current]

    def _fits(self, rich: Rich) -> bool:
        return self._size(plain(rich)) <= self._limit and (
            self._looks is None or sum(count_looks(spans) for spans in _runs(rich)) <= self._looks
        )

    def _pieces(self, block: Block) -> Iterator[Block]:
        """The block, or paragraphs that each fit."""
        if self._fits((block,)):
            yield block
            return
        spans: list[Span] = []
        length = looks = 0
        for unit in self._units(_as_paragraph(block).spans):
            size, more = sum(self._size(span.text) for span in unit), count_looks(unit)
            if spans and not self._room(length + size, looks + more):
                yield Paragraph(_joined(tuple(spans)))
                spans, length, looks = [], 0, 0
            spans += unit
            length, looks = length + size, looks + more
        yield Paragraph(_joined(tuple(spans)))

    def _room(self, length: int, looks: int) -> bool:
        return length <= self._limit and (self._looks is None or looks <= self._looks)

    def _units(self, spans: Unit) -> Iterator[Unit]:
        """What is not to be parted: lines; runs and words of lines too long; bits of words."""
        for line in _split_lines(spans):
            if self._fits((Paragraph(line),)):
                yield line
                continue
            for span in line:
                styled = count_looks((span,)) > 0
                if styled and self._size(span.text) <= self._limit:
                    yield (span,)
                else:
                    yield from ((replace(span, text=bit),) for bit in self._bits(span.text))

    def _bits(self, text: str) -> Iterator[str]:
        for word in _WORD.findall(text):
            if self._size(word) <= self._limit:
                yield word
            else:
                yield from self._letters(word)

    def _letters(self, word: str) -> Iterator[str]:
        start = length = 0
        for at, character in enumerate(word):
            size = self._size(character)
            if at > start and length + size > self._limit:
                yield word[start:at]
                start, length = at, 0
            length += size
        yield word[start:]


def count_looks(spans: Unit) -> int:
    """How many bold, italic, code and link runs there are."""
    return sum(
        1 if span.code else span.bold + span.italic + (span.href is not None) for span in spans
    )


def _runs(rich: Rich) -> Iterator[Unit]:
    for block in rich:
        if isinstance(block, Paragraph):
            yield block.spans
        else:
            yield from block.items


def _as_paragraph(block: Block) -> Paragraph:
    if isinstance(block, Paragraph):
        return block
    spans: list[Span] = []
    for item in block.items:
        spans += [Span(f"{BULLET} " if not spans else f"\n{BULLET} "), *item]
    return Paragraph(tuple(spans))


def _split_lines(spans: Unit) -> Iterator[Unit]:
    """The spans line by line; the newline stays at the end of its line."""
    line: list[Span] = []
    for span in spans:
        for text in span.text.splitlines(keepends=True):
            line.append(replace(span, text=text))
            if text.endswith("\n"):
                yield tuple(line)
                line = []
    if line:
        yield tuple(line)


def _joined(spans: Unit) -> Unit:
    """Neighbours of the same look made one."""
    return tuple(
        replace(look, text="".join(span.text for span in alike))
        for look, alike in groupby(spans, lambda span: replace(span, text=""))
    )
