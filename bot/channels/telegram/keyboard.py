"""A widget as an inline keyboard.

Plain JSON, not the library's Button: making those and turning them into JSON again
took more time than all else about a message (bench/README.md).
https://core.telegram.org/bots/api#inlinekeyboardmarkup
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias
from urllib.parse import urlsplit

from bot.outgoing import Rejected
from messages.message import START, Kind, Link, Message, Option, Widget

PAGE = 10  # options; more get ‹ 2/4 ›
LOOSE_PAGE = 24  # loose buttons: what a menu has is seen at once
SHORT = 18  # characters: two buttons with such labels fit one row of a telephone
CONTROLS_IN_ROW = 3
DATA_BYTES = 64  # https://core.telegram.org/bots/api#inlinekeyboardbutton
TICKED, UNTICKED = "✅ ", "▫️ "
CHOSEN = "● "
RANKS = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣", "🔟")

Button: TypeAlias = dict[str, str]
Row: TypeAlias = list[Button]
Markup: TypeAlias = dict[str, list[Row]]


def keyboard(message: Message, bot: str | None = None) -> Markup | None:
    """The buttons below ``message``; None when it has none. ``bot`` is the bot's username, for
    links that open the chat with it.

    Raises:
        Rejected: a button's data would be longer than Telegram allows.
    """
    rows: list[Row] = []
    if message.widget:
        rows += _options(message.widget)
    rows += [[{"text": link.label, "url": link.url}] for link in _web(message.links, bot)]
    if message.widget:
        rows += _controls(message.widget)
    return {"inline_keyboard": rows} if rows else None


def _web(links: Iterable[Link], bot: str | None) -> Iterator[Link]:
    """Those Telegram takes: one wrong address, and it would refuse the whole message."""
    for link in links:
        payload = link.url.removeprefix(START)
        if payload != link.url and bot:  # https://core.telegram.org/bots/features#deep-linking
            yield Link(link.label, f"https://t.me/{bot}?start={payload}")
        elif _is_public(link.url):
            yield link


def _is_public(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and "." in (parts.hostname or "").strip(".")
    except ValueError:
        return False


def _options(widget: Widget) -> Iterator[Row]:
    if widget.kind is Kind.TEXT:
        return
    size = LOOSE_PAGE if widget.kind is Kind.BUTTONS or widget.whole else PAGE
    pages = max(1, -(-len(widget.options) // size))
    page = min(max(widget.page, 0), pages - 1)
    shown = widget.options[page * size : (page + 1) * size]
    buttons = [_button(widget, option.press, _label(widget, option)) for option in shown]
    width = 2 if _pairs(widget) else 1
    yield from _rows(buttons, width)
    if pages > 1:
        yield _pager(widget, page, pages)


def _pairs(widget: Widget) -> bool:
    """By the labels without marks, so that no button moves when one is pressed."""
    return widget.kind is not Kind.RATING and all(
        len(option.label) <= SHORT for option in widget.options
    )


def _pager(widget: Widget, page: int, pages: int) -> Row:
    """‹ 2/4 ›; the middle one shows the page again, the ends go round."""
    return [
        _button(widget, f">{(page - 1) % pages}", "‹"),
        _button(widget, f">{page}", f"{page + 1}/{pages}"),
        _button(widget, f">{(page + 1) % pages}", "›"),
    ]


def _controls(widget: Widget) -> Iterator[Row]:
    buttons = [_button(widget, control.press, control.label) for control in widget.controls]
    return _rows(buttons, CONTROLS_IN_ROW)


def _rows(buttons: Sequence[Button], width: int) -> Iterator[Row]:
    for start in range(0, len(buttons), width):
        yield list(buttons[start : start + width])


def _label(widget: Widget, option: Option) -> str:
    match widget.kind:
        case Kind.MULTI:
            return (TICKED if option.mark else UNTICKED) + option.label
        case Kind.RANK if option.mark:
            return f"{_rank(option.mark)} {option.label}"
        case Kind.RATING if option.mark:
            return f"{option.label} · {_level(widget, option.mark)}"
        case Kind.CHOICE if option.mark:
            return CHOSEN + option.label
        case _:
            return option.label


def _rank(mark: str) -> str:
    return RANKS[int(mark) - 1] if mark.isdigit() and 0 < int(mark) <= len(RANKS) else f"{mark}."


def _level(widget: Widget, mark: str) -> str:
    return next((level.label for level in widget.levels if level.key == mark), mark)


def _button(widget: Widget, press: str, label: str) -> Button:
    data = f"{widget.ref}:{press}"
    if len(data.encode()) > DATA_BYTES:
        raise Rejected(f"the button's data is longer than {DATA_BYTES} bytes: {data}")
    return {"text": label, "callback_data": data}
