"""A page's panels as blocks: the home page, cards, windows.

What is bold in a panel needs ``mrkdwn``, which cannot quote the characters that it takes for
markup: words that hold one of them are shown as plain text, whole and without looks.
https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from itertools import count

from bot.channels.slack import blocks as kit
from bot.channels.slack import widgets
from bot.channels.slack.blocks import Json
from bot.channels.slack.ids import PICK, PRESS, make_id
from messages import rich, slack
from messages.message import Fact, Look, Option, Panel, Rich, Span

HEADER = 150
FIELD = 2000
OVERFLOW = 5
_MARKUP = re.compile(r"[*_~`]|:[a-z0-9_+'-]+:")
# "Thursday, 31 December, 10:00" as each reader's Slack writes it.
# https://docs.slack.dev/messaging/formatting-message-text#date-formatting
_MOMENT = "{date_long_pretty}, {time}"


def blocks(panels: Sequence[Panel]) -> list[Json]:
    """The blocks of a page, from top to bottom. Ids differ over the whole page."""
    drawing = _Page()
    return [block for panel in panels for block in drawing.panel(panel)]


class _Page:
    """One page; numbers what can be pressed on it."""

    def __init__(self) -> None:
        self._number = count()

    def panel(self, panel: Panel) -> list[Json]:
        if panel.look is Look.RULE:
            return [{"type": "divider"}]
        controls = self._controls(panel)
        beside = len(controls) == 1 and bool(panel.text) and controls[0]["type"] in BESIDE
        made = self._words(panel, controls[0] if beside else None)
        if panel.facts:
            made.append({"type": "section", "fields": [_fact(each) for each in panel.facts[:10]]})
        if panel.widget is not None:
            asked = rich.plain(panel.text[:1])
            made += widgets.render(panel.widget, panel.links, self._number, asked)
        elif panel.links:
            made += kit.actions(kit.link_buttons(panel.links, self._number))
        return made if beside else [*made, *kit.actions(controls)]

    def _words(self, panel: Panel, accessory: Json | None) -> list[Json]:
        if not panel.text:
            return []
        match panel.look:
            case Look.HEADING:
                words = rich.plain(panel.text)
                return [{"type": "header", "text": kit.plain(words, HEADER)}]
            case Look.SMALL:
                return [{"type": "context", "elements": [_words(panel.text, kit.SECTION)]}]
        if accessory is None:
            return slack.blocks(panel.text)
        text = _words(panel.text, kit.SECTION)
        return [{"type": "section", "text": text, "accessory": accessory}]

    def _controls(self, panel: Panel) -> list[Json]:
        made = [
            kit.button(
                option.label, f"{panel.ref}:{option.press}", self._id(PRESS),
                primary=option.mark == "on",
            )
            for option in panel.buttons
        ]  # fmt: skip
        if panel.choices:
            made.append(self._menu(panel))
        if panel.more:
            options = _options(panel.ref, panel.more[:OVERFLOW])
            made.append({"type": "overflow", "action_id": self._id(PICK), "options": options})
        return made

    def _menu(self, panel: Panel) -> Json:
        options = _options(panel.ref, panel.choices[: kit.SELECT])
        menu: Json = {
            "type": "static_select",
            "action_id": self._id(PICK),
            "options": options,
            "placeholder": kit.plain(panel.hint or "…", kit.PLACEHOLDER),
        }
        on = [
            made
            for made, option in zip(options, panel.choices, strict=False)
            if option.mark == "on"
        ]
        return {**menu, "initial_option": on[0]} if on else menu

    def _id(self, kind: str) -> str:
        return make_id(kind, next(self._number))


BESIDE = frozenset({"button", "overflow", "static_select"})


def _options(ref: str, options: Sequence[Option]) -> list[Json]:
    return [kit.option(each.label, f"{ref}:{each.press}") for each in options]


def _fact(fact: Fact) -> Json:
    """A field: the name above the value. A moment is what each reader's clock shows."""
    if fact.at is None:
        text = f"{fact.name}\n{fact.value}"
        if _MARKUP.search(text):
            return {"type": "plain_text", "text": text[:FIELD], "emoji": False}
        return _mrkdwn(f"*{_quoted(fact.name)}*\n{_quoted(fact.value)}"[:FIELD])
    otherwise = _quoted(fact.value).replace("|", "/")
    moment = f"<!date^{int(fact.at.timestamp())}^{_MOMENT}|{otherwise}>"
    return _mrkdwn(f"*{_quoted(fact.name)}*\n{moment}")


def _mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _words(text: Rich, longest: int) -> Json:
    """A text object with its looks where that is safe."""
    words = rich.plain(text)
    looks = rich.layout(text, lambda spans: "".join(map(_look, spans)))
    if _MARKUP.search(words) or len(looks) > longest:
        return {"type": "plain_text", "text": words[:longest] or "…", "emoji": False}
    return _mrkdwn(looks)


def _look(span: Span) -> str:
    text = _quoted(span.text)
    if span.href:
        return f"<{escape(span.href, quote=False)}|{text}>"
    bare = text.strip()
    for mark, on in (("_", span.italic), ("*", span.bold)):
        if on and bare and "\n" not in bare:
            text = text.replace(bare, f"{mark}{bare}{mark}", 1)
            bare = f"{mark}{bare}{mark}"
    return text


def _quoted(text: str) -> str:
    return escape(text, quote=False)
