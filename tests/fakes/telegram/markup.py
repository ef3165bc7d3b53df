"""Telegram's HTML parse mode, as strict as the real one (tdlib, MessageEntity.cpp parse_html)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram.errors import ApiError, bad

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_ENTITY = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TAG = re.compile(r"<(/?)([^\s>/]*)([^>]*)>")
_ATTRIBUTE = re.compile(r"""\s+([a-zA-Z0-9-]+)(?:=("[^"]*"|'[^']*'|[^\s"'>]+))?""")


def units(text: str) -> int:
    """Length in UTF-16 code units, the way Telegram counts."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def unescape(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        named, decimal, hexadecimal = match.groups()
        if named:
            return _NAMED[named]
        code = int(decimal) if decimal else int(hexadecimal, 16)
        return chr(code) if 0 < code < 0x110000 else match[0]

    return _ENTITY.sub(one, text) if "&" in text else text


@dataclass(slots=True)
class _Open:
    tag: str
    start: int
    extra: dict[str, Any]


@dataclass(slots=True)
class _Parser:
    source: str
    out: list[str] = field(default_factory=list)
    length: int = 0
    stack: list[_Open] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)

    def _error(self, what: str, at: int) -> ApiError:
        offset = len(self.source[:at].encode())
        return bad(f"can't parse entities: {what} at byte offset {offset}")

    def _text(self, raw: str) -> None:
        text = unescape(raw)
        self.out.append(text)
        self.length += units(text)

    def _start(self, tag: str, rest: str, at: int) -> None:
        if tag not in TAGS:
            raise self._error(f'Unsupported start tag "{tag}"', at)
        attributes = {
            key.lower(): unescape(value[1:-1] if value[:1] in "\"'" and value else value)
            for key, value in _ATTRIBUTE.findall(rest)
        }
        if _ATTRIBUTE.sub("", rest).strip():
            raise self._error(f'Unexpected attribute in the tag "{tag}"', at)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._error('Tag "span" must have class "tg-spoiler"', at)
        extra = {"url": attributes["href"]} if tag == "a" and "href" in attributes else {}
        self.stack.append(_Open(tag, self.length, extra))

    def _end(self, tag: str, at: int) -> None:
        if not self.stack:
            raise self._error("Unexpected end tag", at)
        opened = self.stack.pop()
        if tag and tag != opened.tag:
            raise self._error(
                f'Unmatched end tag, expected "</{opened.tag}>", found "</{tag}>"', at
            )
        length = self.length - opened.start
        if length and not (opened.tag == "a" and not opened.extra):
            self.entities.append(
                {
                    "type": TAGS[opened.tag],
                    "offset": opened.start,
                    "length": length,
                    **opened.extra,
                }
            )

    def parse(self) -> tuple[str, list[dict[str, Any]]]:
        at = 0
        while (found := self.source.find("<", at)) >= 0:
            self._text(self.source[at:found])
            match = _TAG.match(self.source, found)
            if match is None:
                raise self._error("Unclosed start tag", found)
            closing, tag, rest = match.groups()
            if closing:
                self._end(tag.lower(), found)
            else:
                self._start(tag.lower(), rest, found)
            at = match.end()
        self._text(self.source[at:])
        if self.stack:
            tag = self.stack[-1].tag
            raise bad(
                f"can't parse entities: Can't find end tag corresponding to start tag \"{tag}\""
            )
        return "".join(self.out), sorted(self.entities, key=lambda e: (e["offset"], -e["length"]))


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Text and entities (offsets in UTF-16 units). Raises ApiError 400 as Telegram does."""
    return _Parser(source).parse()
