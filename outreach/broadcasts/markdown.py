"""The simple rich text of staff as the source that :mod:`messages.rich` reads.

``**bold**``, ``*italic*``, ``[words](https://…)`` and a code span in backticks, besides the tags
that templates know (``<b> <i> <code> <a href> <br>``), ``- `` and ``1. `` lists and paragraphs
parted by blank lines. A backslash before a sign keeps it as it is. What stands between ``{{ }}``
and ``{% %}`` is left alone.
"""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise

from messages.rich import literal, visible

EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)

# What is not to be touched is kept aside; a private use character stands for it meanwhile.
_FIRST = 0xF0000
_KEPT = re.compile("[\U000f0000-\U000ffffd]")
_PRIVATE = re.compile("[\U000f0000-\U0010fffd]")

_ESCAPED = re.compile(r"\\([\\`*_\[\](){}<>#&!.-])")
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[([^\[\]\n]+)\]\(\s*([^()\s]+)\s*\)")
_BOTH = re.compile(r"\*\*\*(?=[^\s*])(.+?)(?<=[^\s*])\*\*\*", re.DOTALL)
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", re.DOTALL)
_ITALIC = re.compile(r"(?<![\w*])\*(?=[^\s*])(.+?)(?<=[^\s*])\*(?![\w*])", re.DOTALL)
_PARAGRAPH = re.compile(r"(\n[ \t]*\n)")
_KNOWN_TAG = r"/?(?:b|i|code|a)(?:\s[^<>]*)?>|br ?/?>"
_TAG = re.compile(f"<(?:{_KNOWN_TAG})")
_SIGN = re.compile(f"<(?!{_KNOWN_TAG})")
_LESS = re.compile(r"<(?![A-Za-z/])")  # "1 < 2", "<3": no tag begins so
_ITEM = re.compile(r"\s*(?:-|\d{1,3}\.)(?: |$)")


def source(text: str) -> str:
    """``text`` (at most some thousand characters) with its Markdown as tags."""
    kept: list[str] = []

    def keep(what: str) -> str:
        kept.append(what)
        return chr(_FIRST + len(kept) - 1)

    text = _PRIVATE.sub("", visible(text))
    text = _ESCAPED.sub(lambda found: keep(literal(found[1])), text)
    text = EXPRESSION.sub(lambda found: keep(found[0]), text)
    text = _CODE.sub(lambda found: keep(f"<code>{escape(found[1], quote=False)}</code>"), text)
    text = _TAG.sub(lambda found: keep(found[0]), text)
    text = _LESS.sub("&lt;", text)
    text = "".join(map(_marked, _PARAGRAPH.split(text)))
    while _KEPT.search(text):  # a code span may hold an expression that was kept before it
        text = _KEPT.sub(lambda found: kept[ord(found[0]) - _FIRST], text)
    return text


def typed(text: str) -> str:
    """A text typed in a chat, to be the body of a broadcast: its line breaks stay, and a "<" that
    begins no known tag is a sign like any other."""
    lines = _SIGN.sub("&lt;", text.replace("\r\n", "\n").replace("\r", "\n").strip()).split("\n")
    made = lines[0]
    for before, line in pairwise(lines):
        made += ("<br>\n" if _flows(before, line) else "\n") + line
    return made


def _flows(before: str, line: str) -> bool:
    """Whether two lines are of one paragraph, not of a list and not apart."""
    return bool(before.strip() and line.strip()) and not _ITEM.match(line)


def _marked(paragraph: str) -> str:
    paragraph = _LINK.sub(_link, paragraph)
    paragraph = _BOTH.sub(r"<b><i>\1</i></b>", paragraph)
    paragraph = _BOLD.sub(r"<b>\1</b>", paragraph)
    return _ITALIC.sub(r"<i>\1</i>", paragraph)


def _link(found: re.Match[str]) -> str:
    return f'<a href="{escape(found[2])}">{found[1]}</a>'
