"""A widget as rows of keys: what is shown, what is sent when it is pressed."""

from __future__ import annotations

from dataclasses import dataclass

from messages.message import Kind, Option, Widget

PER_PAGE = 12  # options shown at once; more of them get pages
LOOSE_PAGE = 24  # loose buttons: what a menu has is seen at once


@dataclass(frozen=True, slots=True)
class Key:
    """One button. ``name`` stays when a press changes what the next press means; ``pressed`` is
    None where it is no switch; ``badge`` is a rank's figure."""

    name: str
    press: str
    label: str
    pressed: bool | None = None
    badge: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """An option of a rating: its label and a key for each level."""

    label: str
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """All keys of one message. ``page`` counts from 0."""

    ref: str
    kind: str
    keys: tuple[Key, ...]
    rows: tuple[Row, ...]
    controls: tuple[Key, ...]
    page: int
    pages: int
    placeholder: str


def board(widget: Widget) -> Board:
    """The keys of ``widget``, the page that it asks for."""
    size = LOOSE_PAGE if widget.kind is Kind.BUTTONS or widget.whole else PER_PAGE
    pages = max(1, -(-len(widget.options) // size))
    page = min(max(widget.page, 0), pages - 1)
    shown = widget.options[page * size : (page + 1) * size]
    rating = widget.kind is Kind.RATING
    return Board(
        ref=widget.ref,
        kind=widget.kind.value,
        keys=() if rating else tuple(_key(widget.kind, option) for option in shown),
        rows=tuple(_row(widget, option) for option in shown) if rating else (),
        controls=tuple(_control(option) for option in widget.controls),
        page=page,
        pages=pages,
        placeholder=widget.placeholder,
    )


def _key(kind: Kind, option: Option) -> Key:
    switch = kind in (Kind.MULTI, Kind.RANK) or (kind is Kind.CHOICE and option.mark != "")
    return Key(
        name=option.key,
        press=option.press,
        label=option.label,
        pressed=option.mark != "" if switch else None,
        badge=option.mark if kind is Kind.RANK else "",
    )


def _control(option: Option) -> Key:
    return Key(f"!{option.key}", option.press, option.label, primary=option.key == "done")


def _row(widget: Widget, option: Option) -> Row:
    # Not "*key~level": that is for platforms that show ticks by themselves, and redraws nothing.
    names = [(level, f"{option.key}~{level.key}") for level in widget.levels]
    keys = (Key(name, f"+{name}", level.label, option.mark == level.key) for level, name in names)
    return Row(option.label, tuple(keys))
