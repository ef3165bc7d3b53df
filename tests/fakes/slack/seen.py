"""What a person sees of blocks: text, and things to press, tick and choose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.fakes.slack.check import Json

CHOICES = ("checkboxes", "radio_buttons", "static_select", "multi_static_select")

MARKS = ("✓ ", "☑ ", "☐ ")


@dataclass(frozen=True)
class Control:
    """One interactive element, with the block it stands in and the words beside it."""

    element: Json
    block_id: str
    beside: str

    @property
    def kind(self) -> str:
        return str(self.element["type"])

    @property
    def label(self) -> str:
        """A button's words; for the rest, those beside it."""
        return str(self.element["text"]["text"]) if self.kind == "button" else self.beside

    @property
    def options(self) -> list[Json]:
        groups = self.element.get("option_groups", [])
        return [*self.element.get("options", []), *(o for g in groups for o in g["options"])]

    def option(self, label: str) -> Json | None:
        return next((o for o in self.options if o["text"]["text"] == label), None)

    @property
    def initial(self) -> list[Json]:
        """Options ticked or chosen when it appears."""
        one = self.element.get("initial_option")
        return [one] if one else list(self.element.get("initial_options", []))


def controls(blocks: list[Json]) -> Iterator[Control]:
    """Every interactive element, top to bottom."""
    for block in blocks:
        block_id = str(block.get("block_id", ""))
        beside = text_of([block]) if block["type"] == "section" else ""
        if block["type"] == "input":
            yield Control(block["element"], block_id, str(block["label"]["text"]))
        elif block["type"] == "actions":
            for element in block["elements"]:
                yield Control(element, block_id, "")
        elif "accessory" in block and block["accessory"]["type"] != "image":
            yield Control(block["accessory"], block_id, beside)


def text_of(blocks: list[Json]) -> str:
    """The words to read, a line a block or list item."""
    return "\n".join(line for block in blocks for line in _lines(block))


def _lines(block: Json) -> Iterator[str]:
    match block["type"]:
        case "rich_text":
            for element in block["elements"]:
                yield from _rich_lines(element)
        case "section" | "header":
            if "text" in block:
                yield _unescaped(block["text"])
            for item in block.get("fields", []):
                yield _unescaped(item)
        case "context":
            yield " ".join(_unescaped(e) for e in block["elements"] if "text" in e)
        case "markdown":
            yield str(block["text"])
        case "input":
            yield str(block["label"]["text"])


def _rich_lines(element: Json) -> Iterator[str]:
    if element["type"] == "rich_text_list":
        for index, item in enumerate(element["elements"], 1):
            mark = f"{index}." if element["style"] == "ordered" else "•"
            yield f"{mark} {_inline(item)}"
    else:
        yield _inline(element)


def _inline(section: Json) -> str:
    return "".join(
        str(item.get("text") or item.get("url") or item.get("unicode") or f":{item.get('name')}:")
        for item in section["elements"]
    )


def _unescaped(words: Json) -> str:
    text = str(words["text"])
    if words["type"] == "mrkdwn":
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return text


def drawn(text: str, blocks: list[Json]) -> str:
    """A message as a line or more of a transcript, its controls in brackets."""
    lines = [text_of(blocks) if blocks else text]
    marks = [_drawn_control(control) for control in controls(blocks)]
    return "\n".join([*(line for line in lines if line), *marks])


def _drawn_control(control: Control) -> str:
    if control.kind == "button":
        return f"[{control.label}]"
    if control.kind.endswith(("_input", "picker")) or control.kind == "external_select":
        return f"{control.beside}: ____"
    initial = control.initial
    options = " ".join(
        f"{'☑' if option in initial else '☐'} {option['text']['text']}"
        for option in control.options
    )
    return f"{{{control.beside + ': ' if control.beside else ''}{options}}}"


def ticked(states: dict[str, dict[str, Json]], control: Control) -> list[Json]:
    """The options as ticked now: what the person did, else what the app set."""
    state = states.get(control.block_id, {}).get(str(control.element["action_id"]))
    if state is None or control.kind not in CHOICES:
        return control.initial
    return [o for o in state.get("selected_options", []) if o in control.options]


def same_label(shown: str, wanted: str) -> bool:
    """Whether a button is meant: its words, or its words without the mark before them."""
    bare = shown
    for mark in MARKS:
        bare = bare.removeprefix(mark)
    head, dot, tail = shown.partition(". ")
    return wanted in (shown, bare) or (dot != "" and head.isdigit() and tail == wanted)


def whole_state(state: dict[str, dict[str, Json]], blocks: list[Json]) -> dict[str, Any]:
    """What an app is told beside a press: every choice on the screen as it stands, those that
    nobody has touched, too."""
    whole: dict[str, dict[str, Json]] = {}
    for control in controls(blocks):
        if control.kind not in CHOICES:
            continue
        action_id = str(control.element["action_id"])
        single = control.kind in ("static_select", "radio_buttons")
        first = control.initial[0] if control.initial else None
        shown = {"selected_option": first} if single else {"selected_options": control.initial}
        now = state.get(control.block_id, {}).get(action_id)
        whole.setdefault(control.block_id, {})[action_id] = now or {"type": control.kind, **shown}
    return whole
