"""Rich text as HTML for the project's own pages."""

from __future__ import annotations

from html import escape

from markupsafe import Markup

from messages.message import Block, Paragraph, Rich, Span
from messages.rich import visible

_SAFE = ("https://", "mailto:")


def html(rich: Rich) -> Markup:
    """Paragraphs and lists; everything in them escaped, links only to https and mailto."""
    return Markup("".join(map(_block, rich)))  # noqa: S704 - every text in it went through escape


def _block(block: Block) -> str:
    if isinstance(block, Paragraph):
        return f"<p>{_line(block.spans)}</p>"
    return f"<ul>{''.join(f'<li>{_line(item)}</li>' for item in block.items)}</ul>"


def _line(spans: tuple[Span, ...]) -> str:
    return "".join(map(_span, spans))


def _span(span: Span) -> str:
    text = escape(visible(span.text)).replace("\n", "<br>")
    for on, tag in ((span.code, "code"), (span.italic, "i"), (span.bold, "b")):
        if on:
            text = f"<{tag}>{text}</{tag}>"
    if span.href and span.href.startswith(_SAFE):
        href = escape(visible(span.href))
        text = f'<a href="{href}" rel="noopener noreferrer" target="_blank">{text}</a>'
    return text
