"""Rich text as Telegram's HTML. https://core.telegram.org/bots/api#html-style"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from html import escape

from messages.cut import Cutter
from messages.message import Block, Paragraph, Rich, Span
from messages.rich import addressed, layout, visible

TEXT_LIMIT = 4096  # UTF-16 units "after entities parsing"
ENTITY_LIMIT = 100  # more are silently not shown


def html(rich: Rich) -> str:
    """For ``parse_mode="HTML"``: shows every character as it is."""
    return layout(rich, _line)


def length(rich: Rich) -> int:
    """What Telegram counts: UTF-16 units of the text that is shown."""
    return units(layout(rich, lambda spans: "".join(map(_shown, spans))))


def units(text: str) -> int:
    """UTF-16 units of ``text``."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def texts(rich: Rich) -> list[str]:
    """The HTML of the messages it takes to say ``rich``; one when it fits."""
    whole = html(rich)
    # With its markup it is longer than what Telegram counts.
    if units(whole) <= TEXT_LIMIT and whole.count("</") <= ENTITY_LIMIT:
        return [whole] if rich else []
    return [html(part) for part in split(rich)]


def split(rich: Rich, limit: int = TEXT_LIMIT) -> list[Rich]:
    """``rich`` in parts that each fit one message; one part when it fits whole."""
    if length(rich) <= limit and html(rich).count("</") <= ENTITY_LIMIT:
        return [rich] if rich else []
    return Cutter(limit, units, ENTITY_LIMIT).split(tuple(map(_without_mail, rich)))


def _without_mail(block: Block) -> Block:
    """Links to e-mail addresses as the text they will be."""
    if isinstance(block, Paragraph):
        return Paragraph(tuple(map(_as_text, block.spans)))
    return replace(block, items=tuple(tuple(map(_as_text, item)) for item in block.items))


def _as_text(span: Span) -> Span:
    return replace(span, text=_shown(span), href=None) if _is_mail(span) else span


@lru_cache(maxsize=1024)  # of a message to many, most lines are the same for all
def _line(spans: tuple[Span, ...]) -> str:
    return "".join(map(_tagged, spans))


def _shown(span: Span) -> str:
    """Telegram has no links to e-mail addresses, but makes one of any address it sees."""
    return visible(addressed(span) if _is_mail(span) else span.text)


def _is_mail(span: Span) -> bool:
    return span.href is not None and span.href.startswith("mailto:")


def _tagged(span: Span) -> str:
    text = escape(_shown(span), quote=False)
    if not text:
        return ""
    if span.code:  # "code entities can't contain other entities", nor be inside one
        return f"<code>{text}</code>"
    if span.italic:
        text = f"<i>{text}</i>"
    if span.bold:
        text = f"<b>{text}</b>"
    if span.href and not _is_mail(span):
        text = f'<a href="{escape(span.href)}">{text}</a>'
    return text
