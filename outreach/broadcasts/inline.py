"""What stands inside a paragraph of staff's Markdown: looks, links, tags, line breaks.

markdown-it-py reads it, with the rules of CommonMark 0.31 named in :func:`_reader` and no others;
two of them are stricter here. It is imported only where a text is read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

_RULES = ("newline", "escape", "backticks", "emphasis", "link", "html_inline", "entity")
_CODE = re.compile(r"(`+)(?!`)([^\n]*?[^`\n])\1(?!`)")
_NO_WORD = frozenset(",.;:!?)]}")  # what no bold or italic run begins with


def read(text: str) -> Sequence[Token]:
    """The tokens of a paragraph: text, text_special, softbreak, hardbreak, code_inline,
    strong_open, em_open, link_open and their ends, html_inline."""
    (paragraph,) = _reader().parseInline(text)
    return paragraph.children or ()


class _Markdown(MarkdownIt):
    """Addresses stay as they were written; which of them are links is looked at elsewhere."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        return url

    def validateLink(self, url: str) -> bool:  # noqa: N802
        return True


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    made = _Markdown("zero", {"html": True}).enable(_RULES)
    made.inline.ruler.at("backticks", _code)
    made.inline.ruler.at("emphasis", _stars)
    return made


def _code(state: StateInline, silent: bool) -> bool:
    """A code span, of one line: three backticks on a line of their own begin nothing."""
    if state.src[state.pos] != "`":
        return False
    found = _CODE.match(state.src, state.pos, state.posMax)
    end = found.end() if found else _run(state)
    if not silent:
        if found:
            state.push("code_inline", "code", 0).content = _unpadded(found[2])
        else:
            state.pending += state.src[state.pos : end]
    state.pos = end
    return True


def _unpadded(code: str) -> str:
    """As CommonMark has it: one space on both sides lets a span begin with a backtick."""
    padded = code.startswith(" ") and code.endswith(" ") and code.strip(" ")
    return code[1:-1] if padded else code


def _stars(state: StateInline, silent: bool) -> bool:
    """``*`` and ``**`` (no underscores: they stand in names and addresses) where they hug words.

    Stricter than CommonMark: none between digits and no single one inside a word, so that
    ``2*3*4`` keeps its stars, and so does ``(****)``. More lenient: ``**When:**28`` is bold.
    """
    if silent or state.src[state.pos] != "*":
        return False
    end = _run(state)
    length = end - state.pos
    before = state.src[state.pos - 1] if state.pos else " "
    after = state.src[end] if end < state.posMax else " "
    between = before.isdigit() and after.isdigit()
    inside = length == 1
    opens = not (between or after.isspace() or after in _NO_WORD or (inside and _in_word(before)))
    closes = not (between or before.isspace() or before in "([{" or (inside and _in_word(after)))
    for _ in range(length):
        state.push("text", "", 0).content = "*"
        number = len(state.tokens) - 1
        state.delimiters.append(Delimiter(ord("*"), length, number, -1, opens, closes))
    state.pos = end
    return True


def _run(state: StateInline) -> int:
    """Where the run of equal signs ends that begins here."""
    end = state.pos
    while end < state.posMax and state.src[end] == state.src[state.pos]:
        end += 1
    return end


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"
