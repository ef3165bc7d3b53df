"""The simple rich text of staff as the source that :mod:`messages.rich` reads.

``**bold**``, ``*italic*``, ``[words](https://…)`` and a code span in backticks, besides the tags
that templates know (``<b> <i> <code> <a href> <br>``), lines that begin with ``- `` as items of a
list, and paragraphs parted by blank lines. A backslash before a sign keeps it as it is.

Nothing else at the beginning of a line means anything, and so nothing there is ever changed: a
number is text, whether it is the day of a date or counts an item, and so are ``+ * # > |``, rows of
dashes and leading spaces (which are as good as none). A line break is a space, but for lines that
plainly stand for themselves (:func:`_apart`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from messages.rich import EDGE, literal, visible

if TYPE_CHECKING:
    from markdown_it.token import Token

# A value on its way through the reading of Markdown: each UTF-16 unit of it as a character that
# means nothing there, between edges, so that an empty one is something too.
_UNIT = 0xF0000
_VEILED = re.compile(f"{EDGE}([\U000f0000-\U000fffff]*){EDGE}")
_PRIVATE = re.compile("[\U000f0000-\U0010fffd]")

_BULLET = re.compile(r"-[ \t]+")  # of a line without blank space around it
# Lines that stand for themselves. "28. 11. …", "5.–7. 12.", "18:00 …", "2) …":
_NUMBERED = re.compile(r"\d+[.:)]")
_MARKED = re.compile(r"[+*•][ \t]")
_DRAWN = re.compile(r"[>|]|#{1,6}[ \t]|```|~~~|[-=*_]+$")
# The line before has come to an end: a full stop and its like, perhaps in quotes or tags.
_ENDED = re.compile(r"[.:;!?…](?:[*`)\]\"'”“’»›]|</\w+>)*$")
_BROKEN = re.compile(r"<br ?/?>$")
_BREAK = "  \n"  # Markdown's own

_KNOWN_TAG = r"/?(?:b|i|code|a)(?:\s[^<>]*)?>|br ?/?>"
_SIGN = re.compile(f"(?<!`)(`+)(?!`)[^\n]*?[^`\n]\\1(?!`)|<(?!{_KNOWN_TAG})")
_TAG = re.compile(r"</?[A-Za-z]")

_TOKENS = {
    "softbreak": " ",
    "hardbreak": "<br>",
    "strong_open": "<b>",
    "strong_close": "</b>",
    "em_open": "<i>",
    "em_close": "</i>",
    "link_close": "</a>",
}


def source(text: str) -> str:
    """``text`` (at most some thousand characters) with its Markdown as tags, values as literals.
    Values are in it as :func:`veiled` makes them."""
    made = (("- " if bullet else EDGE) + _tagged(_joined(lines)) for bullet, lines in _blocks(text))
    return "\n\n".join(made)


def veiled(value: str) -> str:
    """A value to be put into a text before its Markdown is read: it will be no part of that."""
    units = value.encode("utf-16-le", "surrogatepass")
    pairs = zip(units[::2], units[1::2], strict=True)
    return EDGE + "".join(chr(_UNIT + low + (high << 8)) for low, high in pairs) + EDGE


def cleaned(text: str) -> str:
    """What staff wrote, without control characters and those that stand for values here."""
    return _PRIVATE.sub("", visible(text))


def typed(text: str) -> str:
    """A text typed in a chat, to be the body of a broadcast: its line breaks stay, and a "<" that
    begins no known tag is a sign like any other."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    text = _SIGN.sub(lambda found: "&lt;" if found[0] == "<" else found[0], text)
    lines = [line.strip(" \t") for line in text.split("\n")]
    made = lines[0]
    for before, line in pairwise(lines):
        made += (_typed_break(before) if _flows(before, line) else "\n") + line
    return made


def _typed_break(before: str) -> str:
    return " <br>\n" if before.endswith("\\") else "<br>\n"  # not an escaped "<"


def _flows(before: str, line: str) -> bool:
    """Whether two lines are of one paragraph, not of a list and not apart."""
    return bool(before and line) and not _BULLET.match(line)


def _blocks(text: str) -> Iterator[tuple[bool, list[str]]]:
    """(whether it is an item of a list, its lines) of each paragraph and item."""
    lines = (line.strip(" \t") for line in text.split("\n"))
    for empty, chunk in groupby(lines, lambda line: not line):
        if not empty:
            yield from _items(chunk)


def _items(chunk: Iterator[str]) -> Iterator[tuple[bool, list[str]]]:
    bullet, lines = False, list[str]()
    for line in chunk:
        found = _BULLET.match(line)
        if found and lines:
            yield bullet, lines
            lines = []
        bullet = bullet or bool(found)
        lines.append(line[found.end() :] if found else line)
    yield bullet, lines


def _joined(lines: list[str]) -> str:
    listed = sum(1 for line in lines if _NUMBERED.match(line)) > 1
    made = lines[0]
    for before, line in pairwise(lines):
        made += (_BREAK if _apart(before, line, listed=listed) else "\n") + line
    return made


def _apart(before: str, line: str, *, listed: bool) -> bool:
    """Whether a line stands for itself, below the one before.

    One that begins with a number does where others of its paragraph do (a list, the dates of a
    programme) or where the one before has come to an end; else a sentence was wrapped at its date.
    """
    if _BROKEN.search(before):
        return False
    if _NUMBERED.match(line):
        return listed or bool(_ENDED.search(before))
    return bool(_MARKED.match(line) or _DRAWN.match(line) or _DRAWN.match(before))


def _tagged(text: str) -> str:
    from outreach.broadcasts.inline import read  # noqa: PLC0415 - most commands read no Markdown

    return "".join(map(_token, read(text)))


def _token(token: Token) -> str:
    match token.type:
        case "code_inline":
            return f"<code>{_text(token.content)}</code>"
        case "link_open":
            return f'<a href="{_address(token)}">'
        case "html_inline" if _TAG.match(token.content):
            return _VEILED.sub(_unveiled, token.content)
        case "text" | "text_special" | "html_inline":
            return _text(token.content)
        case kind:
            return _TOKENS[kind]


def _address(token: Token) -> str:
    """Where a link leads; nowhere if a value should decide it."""
    address = str(token.attrs["href"])
    return "" if EDGE in address else escape(address)


def _text(content: str) -> str:
    return _VEILED.sub(_unveiled, escape(content, quote=False))


def _unveiled(found: re.Match[str]) -> str:
    units = (ord(character) - _UNIT for character in found[1])
    value = b"".join(unit.to_bytes(2, "little") for unit in units)
    return literal(value.decode("utf-16-le", "surrogatepass"))
