"""A widget as blocks: what fits the number of options and what Slack keeps the state of.

Everything that comes back carries ``ref:press`` in its value, but checkboxes and menus with
several choices: there the option's key is the value and the ref is in the action id, as they
come back as a whole (:mod:`bot.channels.slack.inbound`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count

from bot.channels.slack import blocks as kit
from bot.channels.slack.blocks import Json
from bot.channels.slack.ids import PICK, PRESS, SET, make_id
from messages.message import Kind, Link, Option, Widget

FEW = 5  # choices shown as buttons; more become a menu
PAGE = 20  # buttons, or menus below each other
WIDGET_TEXT = 3000  # characters of labels, beside messages.slack.TEXT_LIMIT for the text


def render(
    widget: Widget | None,
    links: Sequence[Link] = (),
    numbers: Iterator[int] | None = None,
    asked: str = "",
) -> list[Json]:
    """The blocks below a message's text. ``numbers`` are those of its page, where it stands on one
    with others; ``asked`` is what a menu is called where the widget has no word for that (a screen
    reader says it)."""
    if widget is None:
        return kit.actions(kit.link_buttons(links))
    numbers = numbers or count()
    drawing = _Drawing(widget, numbers, asked)
    made = [*drawing.options(), *kit.actions(kit.link_buttons(links, numbers))]
    return [*made, *kit.actions(drawing.controls())]


class _Drawing:
    """One widget; numbers its buttons, as action ids must differ within a message."""

    def __init__(self, widget: Widget, numbers: Iterator[int], asked: str) -> None:
        self.widget = widget
        self._asked = asked
        self._number = numbers

    def options(self) -> list[Json]:
        kinds: dict[Kind, Callable[[], list[Json]]] = {
            Kind.BUTTONS: self._buttons,
            Kind.CHOICE: self._choice,
            Kind.MULTI: self._multi,
            Kind.RANK: self._buttons,
            Kind.RATING: self._rating,
            Kind.TEXT: list,
        }
        return kinds[self.widget.kind]() if self.widget.options else []

    def controls(self) -> list[Json]:
        return [
            self._button(control.label, control.press, primary=control.key == "done")
            for control in self.widget.controls
        ]

    def _button(self, label: str, press: str, *, primary: bool = False) -> Json:
        action_id = make_id(PRESS, next(self._number))
        return kit.button(label, f"{self.widget.ref}:{press}", action_id, primary=primary)

    def _buttons(self) -> list[Json]:
        """Buttons with their marks. The order in which options of a menu were picked is
        documented nowhere, so ranks are buttons however many there are."""
        shown, turn = self._page(PAGE)
        return kit.actions(
            [*(self._button(_marked(self.widget, o), o.press) for o in shown), *turn]
        )

    def _choice(self) -> list[Json]:
        if len(self.widget.options) <= FEW:
            return self._buttons()
        shown, turn = self._page(kit.SELECT)
        ref = self.widget.ref
        menu: Json = {
            "type": "static_select",
            "action_id": make_id(PICK, ref),
            "options": [kit.option(_marked(self.widget, o), f"{ref}:{o.press}") for o in shown],
        }
        return kit.actions([self._hinted(menu), *turn])

    def _multi(self) -> list[Json]:
        options = self.widget.options
        if len(options) > kit.SELECT or _length(options) > WIDGET_TEXT:
            return self._buttons()
        shown = [kit.option(o.label, o.key) for o in options]
        on = [s for s, o in zip(shown, options, strict=True) if o.mark]
        element: Json = {"action_id": make_id(SET, self.widget.ref), "options": shown}
        if on:
            element["initial_options"] = on
        # With a block id of its own it keeps what is ticked when the message is edited, so that
        # an edit that comes late doesn't take back the tick that followed.
        if len(options) <= kit.BOXES:
            (block,) = kit.actions([{**element, "type": "checkboxes"}])
        else:
            # A menu with several choices may stand in a section only, beside a text.
            menu = self._hinted({**element, "type": "multi_static_select"})
            block = kit.section(self.widget.placeholder or "✓", menu)
        return [{**block, "block_id": element["action_id"]}]

    def _rating(self) -> list[Json]:
        shown, turn = self._page(PAGE)
        rows = []
        for option in shown:
            menu = self._levels(option)
            rows.append({**kit.section(option.label, menu), "block_id": menu["action_id"]})
        return [*rows, *kit.actions(turn)]

    def _levels(self, option: Option) -> Json:
        """A menu of levels; only what is picked is reported, so every value names its option."""
        ref, levels = self.widget.ref, self.widget.levels
        made = [kit.option(v.label, f"{ref}:*{option.key}~{v.key}") for v in levels]
        menu: Json = {
            "type": "static_select",
            "action_id": make_id(PICK, f"{ref}:{option.key}"),
            "options": made,
            "placeholder": kit.plain(option.label, kit.PLACEHOLDER),
        }
        chosen = [m for m, level in zip(made, levels, strict=True) if level.key == option.mark]
        return {**menu, "initial_option": chosen[0]} if chosen else menu

    def _hinted(self, menu: Json) -> Json:
        hint = self.widget.placeholder or self._asked
        return {**menu, "placeholder": kit.plain(hint, kit.PLACEHOLDER)}

    def _page(self, size: int) -> tuple[Sequence[Option], list[Json]]:
        """The options of the present page and the buttons that turn it."""
        pages = _pages(self.widget.options, size)
        page = min(max(self.widget.page, 0), len(pages) - 1)
        turn = []
        if page > 0:
            turn.append(self._button(f"← {page}/{len(pages)}", f">{page - 1}"))
        if page + 1 < len(pages):
            turn.append(self._button(f"{page + 2}/{len(pages)} →", f">{page + 1}"))
        return pages[page], turn


def _pages(options: Sequence[Option], size: int) -> list[list[Option]]:
    """The options in pages of at most ``size`` and of as much text as there is room for."""
    pages: list[list[Option]] = [[]]
    for option in options:
        if len(pages[-1]) >= size or _length([*pages[-1], option]) > WIDGET_TEXT:
            pages.append([])
        pages[-1].append(option)
    return pages


def _length(options: Sequence[Option]) -> int:
    return sum(len(option.label) for option in options)


def _marked(widget: Widget, option: Option) -> str:
    """The label with its state before it, for buttons, which have none of their own."""
    match widget.kind:
        case Kind.MULTI:
            return f"{'☑' if option.mark else '☐'} {option.label}"
        case Kind.RANK if option.mark:
            return f"{option.mark}. {option.label}"
        case Kind.CHOICE | Kind.BUTTONS if option.mark:
            return f"✓ {option.label}"
    return option.label
