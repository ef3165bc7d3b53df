"""What staff write is a template in a sandbox: some variables, ``|default("…")`` and ``{% if %}``.

It is filled first, and then its Markdown is read, with the values veiled: so it means what a
reader with these values sees, and a value is never markup.

Nothing can be called, repeated, compared or set, so a template of 8 kB takes no longer than its
length. Whatever could go wrong with a reader's values is found when it is written: with five
variables that are there or not, there are 32 kinds of readers, and all of them are tried.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from html import unescape

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from messages import rich
from messages.errors import MarkupError
from messages.message import Block, Listing, Paragraph, Rich, Span
from messages.templating import shown
from outreach.broadcasts.markdown import cleaned, source, veiled
from outreach.told import Told, why

VARIABLES = ("name", "city", "country", "organisation", "programme")
MAYBE_EMPTY = ("city", "country", "name")  # what not everybody has told
BYTES = 8 * 1024  # of one text
DEPTH = 12  # of {% if %} and of expressions inside each other

# Stand for the values until a text is put together; nobody's text holds them (see cleaned).
_MARKS = {name: chr(0x100000 + number) for number, name in enumerate(VARIABLES)}
_MARK = re.compile("[\U00100000-\U0010fffd]")
_FILTERS = ("default", "d")
_EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_ESCAPED = re.compile(rf"{_EXPRESSION.pattern}|\\.", re.DOTALL)
# After every {% endif %}: where it left nothing between stars, these are still a pair.
_END = "\U0010fffd"
_ENDIF = re.compile(r"\{%-?\s*endif\s*%\}")
_NOTHING = re.compile(rf"(?<=\*){_END}+(?=\*)")
_IN_TAG = re.compile(r"<[^<>{}]*\{[{%]|\]\([^()\s{}]*\{[{%]")
_HREF = re.compile(r'href="([^"]*)"')
_SCHEMES = ("https://", "http://", "mailto:")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.Name, nodes.Const,
    nodes.Filter, nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip
_NO_TEXT = why("not_outside_if", example="{% if not city %}…{% endif %}")
_NAMES: dict[type[nodes.Node], Told] = {
    nodes.For: why("no_for"),
    nodes.Call: why("no_call"),
    nodes.Getattr: why("no_dot"),
    nodes.Getitem: why("no_bracket"),
    nodes.Assign: why("no_set"),
    nodes.AssignBlock: why("no_set"),
    nodes.Compare: why("no_comparison"),
    nodes.CondExpr: why("no_inline_if"),
    nodes.Test: why("no_test"),
    nodes.Include: why("no_include"),
    nodes.Import: why("no_import"),
    nodes.FromImport: why("no_import"),
    nodes.Extends: why("no_extends"),
    nodes.Block: why("no_block"),
    nodes.Macro: why("no_macro"),
    nodes.CallBlock: why("no_call_block"),
    nodes.FilterBlock: why("no_filter_block"),
    nodes.With: why("no_with"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to mend: ``line`` of the text, from 1 on. ``detail`` is what the parser says of
    it, in English."""

    line: int
    told: Told
    detail: str = ""

    @property
    def what(self) -> str:
        """All of it in English."""
        return f"{self.detail}. {self.told}" if self.detail else str(self.told)


class _Environment(ImmutableSandboxedEnvironment):
    """Values are data: they go in as :func:`outreach.broadcasts.markdown.veiled` makes them."""

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, finalize=_value, keep_trailing_newline=True)
        self.globals.clear()
        self.tests.clear()
        self.filters = {"default": _default, "d": _default}


def _value(value: object) -> str:
    return veiled(value) if isinstance(value, str) else shown(value)


def _default(value: str, otherwise: str = "") -> str:
    """Jinja's own thinks of undefined values only; ours are there, and may be empty."""
    return value or otherwise


@lru_cache(maxsize=1)
def _environment() -> _Environment:
    return _Environment()


def fill(text: str, values: Mapping[str, str]) -> Rich:
    """The text with a reader's values (all of VARIABLES); a text that :func:`faults` found
    nothing wrong with. Raises MarkupError or jinja2's errors for another."""
    known = {mark: _plain(values[name]) for name, mark in _MARKS.items()}
    shape = _shape(text, tuple(map(bool, known.values())))
    return tuple(_put(block, known) for block in shape)


@lru_cache(maxsize=1024)
def _shape(text: str, kind: tuple[bool, ...]) -> Rich:
    """The text for one kind of reader, with a mark where each value goes: thousands of readers
    differ only in these."""
    marks = {name: mark * there for (name, mark), there in zip(_MARKS.items(), kind, strict=True)}
    return _read(_compiled(text).render(marks))


@lru_cache(maxsize=64)  # the 32 kinds of readers mostly differ in what a text does not ask for
def _read(filled: str) -> Rich:
    return rich.parse(source(_NOTHING.sub(veiled(""), filled).replace(_END, "")))


def _put(block: Block, known: Mapping[str, str]) -> Block:
    if isinstance(block, Paragraph):
        return Paragraph(_filled(block.spans, known))
    return Listing(tuple(_filled(item, known) for item in block.items))


def _filled(spans: tuple[Span, ...], known: Mapping[str, str]) -> tuple[Span, ...]:
    return tuple(
        replace(span, text=_MARK.sub(lambda found: known[found[0]], span.text))
        if _MARK.search(span.text)
        else span
        for span in spans
    )


def _plain(value: str) -> str:
    """The visible characters of a value."""
    return rich.visible(value.replace("\r\n", "\n").replace("\r", "\n"))


@lru_cache(maxsize=256)
def _compiled(text: str) -> Template:
    return _environment().from_string(_prepared(text))


def _prepared(text: str) -> str:
    """A text as Jinja reads it: an escaped brace is no beginning of anything."""
    escaped = _ESCAPED.sub(
        lambda found: veiled("{") if found[0] == r"\{" else found[0], cleaned(text)
    )
    return _ENDIF.sub(rf"\g<0>{_END}", escaped)


def _unfilled(text: str) -> str:
    """A text with a brace wherever it depends on the reader, its lines as they are."""
    return _EXPRESSION.sub(lambda found: "{" + "\n" * found[0].count("\n"), cleaned(text))


def faults(text: str) -> list[Fault]:
    """Everything that is wrong with a text, each with its line and what would be right."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > BYTES:
        return [Fault(1, why("text_too_long", size=size, most=BYTES))]
    if not text.strip():
        return [Fault(1, why("no_text"))]
    found = list(_syntax(text)) or [*_tags(text), *_links(text)] or list(_rendered(text))
    return sorted(dict.fromkeys(found), key=lambda fault: fault.line)


def remarks(text: str) -> list[Fault]:
    """What is right but may read badly: a variable that not every reader has."""
    found: list[Fault] = []
    for name in MAYBE_EMPTY:
        used = re.search(r"\{\{-?\s*" + name + r"\s*-?\}\}", text)
        if used and not re.search(r"\{%-?\s*if\b[^%]*\b" + name + r"\b", text):
            line = text.count("\n", 0, used.start()) + 1
            found.append(Fault(line, why("not_everybody", name=name)))
    return found


def _syntax(text: str) -> Iterator[Fault]:
    """What Jinja refuses, and what the sandbox does."""
    try:
        tree = _environment().parse(_prepared(text))
    except TemplateSyntaxError as error:
        message = (error.message or "").rstrip(".")
        remedy = why("only_if") if "tag" in message else why("only_braces")
        yield Fault(error.lineno or 1, remedy, message)
        return
    except RecursionError:
        yield Fault(1, why("too_deep", most=DEPTH))
        return
    yield from _refused(tree, 0)


def _refused(node: nodes.Node, depth: int, *, read: bool = False) -> Iterator[Fault]:
    """``read``: it stands in braces, so it gives what is read; yes and no are nothing to read."""
    if depth > DEPTH:
        yield Fault(node.lineno, why("too_deep", most=DEPTH))
        return
    read = read or isinstance(node, nodes.Output)
    refusal = _NO_TEXT if read and isinstance(node, nodes.Not) else _refusal(node)
    if refusal:
        yield Fault(node.lineno, refusal)
        return
    for child in node.iter_child_nodes():
        yield from _refused(child, depth + 1, read=read)


def _refusal(node: nodes.Node) -> Told | None:
    """Why the sandbox does not take a node; None where it does."""
    if type(node) not in _ALLOWED:
        return _NAMES.get(type(node)) or why("not_usable")
    if isinstance(node, nodes.Name):
        return _unknown(node)
    if isinstance(node, nodes.Filter):
        plain = len(node.args) <= 1 and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        if node.name not in _FILTERS:
            return why("only_default", name=node.name)
        if not plain or node.node is None:
            return why("default_takes")
    if isinstance(node, nodes.Const) and not isinstance(node.value, str):
        return why("no_quotes", value=repr(node.value))
    return None


def _unknown(node: nodes.Name) -> Told | None:
    if node.name in VARIABLES and node.ctx == "load":
        return None
    near = get_close_matches(node.name, VARIABLES, 1)
    return why(
        "no_variable", name=node.name, near=near[0] if near else "", listed=", ".join(VARIABLES)
    )


def _tags(text: str) -> Iterator[Fault]:
    """Tags that hold a variable: a value must not decide where a link leads."""
    for found in _IN_TAG.finditer(_without_comments(text)):
        line = text.count("\n", 0, found.start()) + 1
        yield Fault(line, why("variable_in_tag"))


def _without_comments(text: str) -> str:
    """Comments blanked out, so that places and lines stay where they are."""
    return re.sub(r"\{#.*?#\}", lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.S)


def _links(text: str) -> Iterator[Fault]:
    for number, line in enumerate(_unfilled(text).split("\n"), 1):
        for address in _HREF.findall(source(line)):
            if not address.startswith(_SCHEMES) and "{" not in address:
                yield Fault(number, why("no_link", address=unescape(address)))


def _rendered(text: str) -> Iterator[Fault]:
    """What goes wrong for some reader: tags across an {% if %}, nothing left to say."""
    for kind in itertools.product((True, False), repeat=len(VARIABLES)):
        values = {name: name * there for name, there in zip(VARIABLES, kind, strict=True)}
        try:
            said = fill(text, values)
        except MarkupError as error:
            yield Fault(_line_of(text), why("look_unclear"), str(error))
            return
        except (SyntaxError, RecursionError, MemoryError):
            yield Fault(1, why("too_much_inside"))
            return
        if not any(map(_says, said)):
            lacking = ", ".join(name for name in VARIABLES if not values[name])
            yield Fault(1, why("nothing_left", lacking=lacking))
            return


def _says(block: Block) -> bool:
    spans: tuple[Span, ...] = (
        block.spans if isinstance(block, Paragraph) else tuple(itertools.chain(*block.items))
    )
    return any(span.text.strip() for span in spans)


def _line_of(text: str) -> int:
    """The first line of the first paragraph whose markup cannot be read; 1 where each for itself
    can."""
    line = 1
    for part in re.split(r"(\n[ \t]*\n)", _unfilled(text)):
        try:
            rich.parse(source(part))
        except MarkupError:
            return line + len(part) - len(part.lstrip("\n"))
        line += part.count("\n")
    return 1
