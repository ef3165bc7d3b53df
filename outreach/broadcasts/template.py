"""What staff write is a template in a sandbox: some variables, ``|default("…")`` and ``{% if %}``.

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

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from messages import rich
from messages.errors import MarkupError
from messages.message import Block, Listing, Paragraph, Rich, Span
from messages.templating import shown
from outreach.broadcasts.markdown import EXPRESSION, source

VARIABLES = ("name", "city", "country", "organisation", "programme")
MAYBE_EMPTY = ("city", "country", "name")  # what not everybody has told
BYTES = 8 * 1024  # of one text
DEPTH = 12  # of {% if %} and of expressions inside each other

# Stand for the values until a text is put together; nobody's text holds them (see markdown).
_MARKS = {name: chr(0x100000 + number) for number, name in enumerate(VARIABLES)}
_MARK = re.compile("[\U00100000-\U0010fffd]")
_FILTERS = ("default", "d")
_IN_TAG = re.compile(r"<[^<>{}]*\{[{%]")
_EMPTY_TAG = re.compile(r"<(b|i|code)>\s*</\1>")
_HREF = re.compile(r'href="([^"]*)"')
_SCHEMES = ("https://", "http://", "mailto:")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.Name, nodes.Const,
    nodes.Filter, nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip
_NAMES: dict[type[nodes.Node], str] = {
    nodes.For: "{% for %}: a broadcast cannot repeat anything; write the lines out",
    nodes.Call: "a call: nothing can be called here; only variables can be shown",
    nodes.Getattr: "a dot after a variable: variables have no parts; write {{ name }}",
    nodes.Getitem: "a bracket after a variable: variables have no parts; write {{ name }}",
    nodes.Assign: "{% set %}: nothing can be set here",
    nodes.AssignBlock: "{% set %}: nothing can be set here",
    nodes.Compare: "a comparison: {% if %} can only ask whether something is known",
    nodes.CondExpr: "an inline if: write {% if city %}…{% endif %}",
    nodes.Test: "a test: write {% if city %} to ask whether the city is known",
    nodes.Include: "{% include %}: a broadcast holds its whole text itself",
    nodes.Import: "{% import %}: a broadcast holds its whole text itself",
    nodes.FromImport: "{% import %}: a broadcast holds its whole text itself",
    nodes.Extends: "{% extends %}: a broadcast holds its whole text itself",
    nodes.Block: "{% block %}: a broadcast is one text",
    nodes.Macro: "{% macro %}: nothing can be defined here",
    nodes.CallBlock: "{% call %}: nothing can be called here",
    nodes.FilterBlock: '{% filter %}: only {{ name|default("…") }} is known',
    nodes.With: "{% with %}: nothing can be set here",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to mend: ``line`` of the text, from 1 on."""

    line: int
    what: str


class _Environment(ImmutableSandboxedEnvironment):
    """Values are data: they go in as :func:`messages.rich.literal` makes them."""

    def __init__(self) -> None:
        super().__init__(
            undefined=StrictUndefined, autoescape=True, finalize=shown, keep_trailing_newline=True
        )
        self.globals.clear()
        self.tests.clear()
        self.filters = {"default": _default, "d": _default}


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
    return rich.parse(_compiled(text).render(marks))


def _put(block: Block, known: Mapping[str, str]) -> Block:
    if isinstance(block, Paragraph):
        return Paragraph(_filled(block.spans, known))
    return Listing(tuple(_filled(item, known) for item in block.items), block.ordered)


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
    return _environment().from_string(source(text))


def faults(text: str) -> list[Fault]:
    """Everything that is wrong with a text, each with its line and what would be right."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > BYTES:
        over = f"{size:,} bytes; at most {BYTES:,} fit. Shorten it, or link to a page"
        return [Fault(1, over)]
    if not text.strip():
        return [Fault(1, "there is no text; write some below the heading")]
    found = list(_syntax(text)) or [*_tags(text), *_links(text)] or list(_rendered(text))
    return sorted(dict.fromkeys(found), key=lambda fault: fault.line)


def remarks(text: str) -> list[Fault]:
    """What is right but may read badly: a variable that not every reader has."""
    told: list[Fault] = []
    for name in MAYBE_EMPTY:
        used = re.search(r"\{\{-?\s*" + name + r"\s*-?\}\}", text)
        if used and not re.search(r"\{%-?\s*if\b[^%]*\b" + name + r"\b", text):
            line = text.count("\n", 0, used.start()) + 1
            remedy = f'not everybody told it; perhaps {{{{ {name}|default("…") }}}}'
            told.append(Fault(line, f"{{{{ {name} }}}}: {remedy}"))
    return told


def _syntax(text: str) -> Iterator[Fault]:
    """What Jinja refuses, and what the sandbox does."""
    try:
        tree = _environment().parse(source(text))
    except TemplateSyntaxError as error:
        message = (error.message or "").rstrip(".")
        yield Fault(error.lineno or 1, f"{message}. {_remedy(message)}")
        return
    except RecursionError:
        yield Fault(1, f"more than {DEPTH} things inside each other; make it simpler")
        return
    yield from _refused(tree, 0)


def _remedy(message: str) -> str:
    if "tag" in message:
        return "There is only {% if city %}…{% else %}…{% endif %}"
    return "A variable reads {{ name }}; a brace that is meant as a brace is written \\{"


def _refused(node: nodes.Node, depth: int) -> Iterator[Fault]:
    if depth > DEPTH:
        yield Fault(node.lineno, f"more than {DEPTH} things inside each other; make it simpler")
        return
    refusal = _refusal(node)
    if refusal:
        yield Fault(node.lineno, refusal)
        return
    for child in node.iter_child_nodes():
        yield from _refused(child, depth + 1)


def _refusal(node: nodes.Node) -> str | None:
    """Why the sandbox does not take a node; None where it does."""
    if type(node) not in _ALLOWED:
        return _NAMES.get(type(node)) or (
            f"{type(node).__name__} cannot be used here; there are variables"
            ' ({{ name }}), {{ name|default("…") }} and {% if name %}…{% endif %}'
        )
    if isinstance(node, nodes.Name):
        return _unknown(node)
    if isinstance(node, nodes.Filter):
        plain = len(node.args) <= 1 and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        if node.name not in _FILTERS:
            return f'|{node.name}: the only filter is {{{{ name|default("…") }}}}'
        if not plain or node.node is None:
            return '|default takes one text: {{ name|default("…") }}'
    if isinstance(node, nodes.Const) and not isinstance(node.value, str):
        return f"{node.value!r} is no text; write it in quotes, or outside the braces"
    return None


def _unknown(node: nodes.Name) -> str | None:
    if node.name in VARIABLES and node.ctx == "load":
        return None
    near = get_close_matches(node.name, VARIABLES, 1)
    meant = f"; did you mean {near[0]}?" if near else "."
    return f"there is no {{{{ {node.name} }}}}{meant} There are {', '.join(VARIABLES)}"


def _tags(text: str) -> Iterator[Fault]:
    """Tags that hold a variable: a value must not decide where a link leads."""
    for found in _IN_TAG.finditer(_without_comments(text)):
        line = text.count("\n", 0, found.start()) + 1
        yield Fault(line, "a variable inside a tag; write the address in full")


def _without_comments(text: str) -> str:
    """Comments blanked out, so that places and lines stay where they are."""
    return re.sub(r"\{#.*?#\}", lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.S)


def _links(text: str) -> Iterator[Fault]:
    for number, line in enumerate(text.split("\n"), 1):
        for address in _HREF.findall(source(line)):
            if not address.startswith(_SCHEMES) and "{" not in address:
                yield Fault(number, f"{address!r} is no address to link to; begin it with https://")


def _rendered(text: str) -> Iterator[Fault]:
    """What goes wrong for some reader: tags across an {% if %}, nothing left to say."""
    for kind in itertools.product((True, False), repeat=len(VARIABLES)):
        values = {name: name * there for name, there in zip(VARIABLES, kind, strict=True)}
        try:
            said = fill(text, values)
        except MarkupError as error:
            yield Fault(_line_of(text), str(error))
            return
        except (SyntaxError, RecursionError, MemoryError):
            yield Fault(1, "too much inside each other; make it simpler")
            return
        if not any(map(_says, said)):
            lacking = ", ".join(name for name in VARIABLES if not values[name])
            yield Fault(1, f"nothing is left to say to somebody without {lacking}; add words")
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
    for part in re.split(r"(\n[ \t]*\n)", text):
        try:
            rich.parse(source(EXPRESSION.sub("x", part)))
        except MarkupError:
            return line + len(part) - len(part.lstrip("\n"))
        line += part.count("\n")
    return 1
