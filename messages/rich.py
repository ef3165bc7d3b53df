"""Rich text from the few HTML tags that templates may hold, and plain text from rich text.

The source is what :mod:`messages.templating` renders:

- ``<b> <i> <code> <a href="…">`` give a run of characters its look, ``<br>`` breaks the line;
- a blank line ends a paragraph; any other newline is only a space (sources may be wrapped);
- a line that begins with ``- `` is a list item; items that follow each other, with or without
  blank lines between, are one list. A number at the beginning of a line is text.

In ``{% trans %}`` the first variable counts; otherwise say which: ``{% pluralize count %}``.

Values were put in by :func:`literal`: what a person typed keeps its every character, newlines
too, and can become neither a tag nor a paragraph nor a list item.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Protocol, TypeAlias

from markupsafe import Markup, escape

from messages.errors import MarkupError
from messages.message import Block, Listing, Paragraph, Rich, Span

# Unicode noncharacters, "intended for process-internal uses" (Unicode 16, 23.7).
EDGE = "\ufdd0"  # where a value begins and ends: its characters are not those of the source
NEWLINE = "\ufdd1"  # a line break that belongs to the text

ITEM = re.compile(r"-(?: |$)")
BULLET = "•"
_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_BREAK = re.compile(r"\s*<br ?/?>\s*")
_TAG = re.compile(r"<([^<>]*)>")
_LINK = re.compile(r'a href="([^"]*)"')
_ENDINGS = re.compile(r"\r\n?|\n")
_SCHEMES = ("https://", "http://", "mailto:")
# Not text on any platform: C0 and C1 controls but tab and newline, lone surrogates, and the
# two marks above.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0\ufdd1]")


_Look: TypeAlias = tuple[bool, bool, bool, str | None]  # as the fields of a Span


class _Line(Protocol):
    def __call__(self, spans: tuple[Span, ...], /) -> str: ...


def visible(text: str) -> str:
    """``text`` without control characters (newline and tab stay) and lone surrogates."""
    return text if text.isprintable() else _INVISIBLE.sub("", text)


def literal(value: str | int) -> Markup:
    """A value as source: reads back, through :func:`parse`, as exactly its visible characters."""
    text = value if isinstance(value, str) else str(value)
    if not text.isprintable():
        text = _ENDINGS.sub("\n", text)
        text = visible(text).replace("\n", NEWLINE)
    return Markup(f"{EDGE}{escape(text)}{EDGE}")  # noqa: S704 - escaped right here


@lru_cache(maxsize=4096)
def parse(source: str) -> Rich:
    """Rich text from the source described above.

    Raises MarkupError for a tag that is unknown, not closed in its paragraph or wrongly nested.
    """
    source = _BREAK.sub(NEWLINE, source) if "<br" in source else source
    blocks: list[Block] = []
    for chunk in _BLANK.split(source.strip(" \t\n")):
        for item, spans in _chunk(chunk):
            _append(blocks, item, spans)
    return tuple(blocks)


@lru_cache(maxsize=1024)  # of a message to many, most paragraphs are the same for all
def _chunk(chunk: str) -> tuple[tuple[bool, tuple[Span, ...]], ...]:
    """The lines of a paragraph or list: (whether it is an item, spans)."""
    made = ((item, _spans(line)) for item, line in _lines(chunk))
    return tuple((item, spans) for item, spans in made if spans)


def plain(rich: Rich) -> str:
    """The characters alone: paragraphs apart by a blank line, list items with bullets."""
    return layout(rich, lambda spans: "".join(span.text for span in spans))


def size(rich: Rich) -> int:
    """How many characters there are, quickly: without bullets and the breaks between."""
    count = 0
    for block in rich:
        lines = (block.spans,) if isinstance(block, Paragraph) else block.items
        count += sum(len(span.text) for line in lines for span in line)
    return count


def addressed(span: Span) -> str:
    """The text of a span and, in brackets, where it leads: for places that have no links."""
    address = (span.href or "").removeprefix("mailto:")
    return f"{span.text} ({address})" if address and span.text != address else span.text


def paragraph(text: str, *, bold: bool = False, italic: bool = False) -> Rich:
    """One paragraph of plain text; nothing in it is markup."""
    text = visible(_ENDINGS.sub("\n", text)).strip()
    return (Paragraph((Span(text, bold=bold, italic=italic),)),) if text else ()


def paragraphs(text: str) -> Rich:
    """Plain text with blank lines between its paragraphs; nothing in it is markup."""
    return concat(*(paragraph(chunk) for chunk in _BLANK.split(_ENDINGS.sub("\n", text))))


def bullets(items: Iterable[str]) -> Rich:
    """A list of plain texts; empty ones are left out."""
    lines = tuple(part[0].spans for item in items if (part := _paragraph(item)))
    return (Listing(lines),) if lines else ()


def concat(*parts: Rich) -> Rich:
    """The blocks of all parts, one after the other."""
    return tuple(block for part in parts for block in part)


def layout(rich: Rich, line: _Line) -> str:
    """Blocks put under each other as text, every run of spans written by ``line``.

    A list stands right below the paragraph that leads to it; otherwise a blank line parts blocks.
    """
    text = ""
    before: Block | None = None
    for block in rich:
        if before is not None:
            text += "\n" if _leads_to(before, block) else "\n\n"
        if isinstance(block, Paragraph):
            text += line(block.spans)
        else:
            text += "\n".join(f"{BULLET} {line(item)}" for item in block.items)
        before = block
    return text


def _leads_to(before: Block, block: Block) -> bool:
    return isinstance(before, Paragraph) and isinstance(block, Listing)


def _paragraph(text: str) -> tuple[Paragraph, ...]:
    return tuple(block for block in paragraph(text) if isinstance(block, Paragraph))


def _lines(chunk: str) -> Iterator[tuple[bool, str]]:
    """(whether it is an item, text) of a paragraph or of each list item in ``chunk``."""
    item, words = False, list[str]()
    for line in chunk.split("\n"):
        stripped = line.strip(" \t")
        found = ITEM.match(stripped)
        if found:
            if words:
                yield item, " ".join(words)
            item, words = True, [stripped[found.end() :].lstrip(" \t")]
        elif stripped:
            words.append(stripped)
    if words:
        yield item, " ".join(words)


def _append(blocks: list[Block], item: bool, spans: tuple[Span, ...]) -> None:
    last = blocks[-1] if blocks else None
    if not item:
        blocks.append(Paragraph(spans))
    elif isinstance(last, Listing):
        blocks[-1] = Listing((*last.items, spans))
    else:
        blocks.append(Listing((spans,)))


def _spans(line: str) -> tuple[Span, ...]:
    """The spans of one line, neighbours of the same look joined, empty ones left out."""
    runs: list[tuple[str, _Look]] = []
    look: _Look = (False, False, False, None)
    stack: list[tuple[str, _Look]] = []
    position = 0
    for tag in _TAG.finditer(line):
        _add(runs, look, line[position : tag.start()])
        position = tag.end()
        name = tag[1]
        if name.startswith("/"):
            if not stack or stack[-1][0] != name[1:]:
                raise MarkupError(f"<{name}> closes nothing in {_shown(line)!r}")
            look = stack.pop()[1]
        else:
            stack.append((name[:1] if name.startswith("a ") else name, look))
            look = _opened(look, name, line)
    _add(runs, look, line[position:])
    if stack:
        raise MarkupError(f"<{stack[-1][0]}> is not closed in {_shown(line)!r}")
    if not any(text.strip() for text, _ in runs):
        return ()
    return tuple(Span(text, *look) for text, look in runs)


def _opened(look: _Look, name: str, line: str) -> _Look:
    bold, italic, code, href = look
    if name in {"b", "i", "code"}:
        return bold or name == "b", italic or name == "i", code or name == "code", href
    link = _LINK.fullmatch(name)
    if link is None:
        raise MarkupError(f"<{name}> is not one of <b> <i> <code> <a href> in {_shown(line)!r}")
    address = _text(link[1])
    return bold, italic, code, address if address.startswith(_SCHEMES) else None


def _add(runs: list[tuple[str, _Look]], look: _Look, source: str) -> None:
    text = _text(source)
    if not text:
        return
    if runs and runs[-1][1] == look:
        text = runs.pop()[0] + text
    runs.append((text, look))


def _text(source: str) -> str:
    if "<" in source:
        raise MarkupError(f"a bare < in {_shown(source)!r}: write &lt;")
    text = source.replace(EDGE, "").replace(NEWLINE, "\n")
    return html.unescape(text) if "&" in text else text


def _shown(source: str) -> str:
    return source.replace(EDGE, "").replace(NEWLINE, "\n")
