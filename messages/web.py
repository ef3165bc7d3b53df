"""Rich text as HTML for the project's own pages."""

from __future__ import annotations

from markupsafe import Markup, escape

from messages.message import Block, Paragraph, Rich, Span
from messages.rich import visible

_SAFE = ("https://", "mailto:")


def html(rich: Rich) -> Markup:
    """Paragraphs and lists; everything in them escaped, links only to https and mailto."""
    return Markup("").join(_block(block) for block in rich)


def _block(block: Block) -> Markup:
    if isinstance(block, Paragraph):
        return Markup("<p>{}</p>").format(_line(block.spans))
    items = Markup("").join(Markup("<li>{}</li>").format(_line(item)) for item in block.items)
    return (Markup("<ol>{}</ol>") if block.ordered else Markup("<ul>{}</ul>")).format(items)


def _line(spans: tuple[Span, ...]) -> Markup:
    return Markup("").join(_span(span) for span in spans)


def _span(span: Span) -> Markup:
    text = escape(visible(span.text)).replace("\n", Markup("<br>"))
    for on, tag in ((span.code, "code"), (span.italic, "i"), (span.bold, "b")):
        if on:
            text = Markup("<{0}>{1}</{0}>").format(Markup(tag), text)  # noqa: S704 - three constants
    if span.href and span.href.startswith(_SAFE):
        link = '<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>'
        text = Markup(link).format(span.href, text)  # noqa: S704 - a constant
    return text
