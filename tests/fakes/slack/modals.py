"""Filling in a window as Slack's client does, and its own checks before it sends anything."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from tests.fakes.slack.check import Json
from tests.fakes.slack.seen import Control, controls
from tests.fakes.slack.state import View

Filled: TypeAlias = str | Sequence[str] | int | None

TYPED = ("plain_text_input", "email_text_input", "url_text_input", "number_input")
# A picker's kind -> where its state holds what was picked, and what it shows at first.
PICKED = {
    "datepicker": ("selected_date", "initial_date"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "timepicker": ("selected_time", "initial_time"),
}


def fill(modal: View, values: Mapping[str, Filled]) -> None:
    """Set ``modal.state`` from labels; what isn't mentioned keeps its initial value.

    Raises AssertionError where the client would not let the person send.
    """
    blocks = [block for block in modal.view["blocks"] if block["type"] == "input"]
    inputs = list(controls(blocks))
    optional = {b["block_id"] for b in modal.view["blocks"] if b.get("optional")}
    unknown = set(values) - {control.label for control in inputs}
    assert not unknown, f"no such fields: {sorted(unknown)}; there are {[c.label for c in inputs]}"
    modal.state = {}
    for control in inputs:
        state = _state(modal, control, values.get(control.label, ...))
        empty = not any(value for name, value in state.items() if name != "type")
        assert not empty or control.block_id in optional, f"please fill in {control.label!r}"
        modal.state[control.block_id] = {str(control.element["action_id"]): state}


def _state(modal: View, control: Control, value: object) -> Json:
    """One element's part of ``view.state.values``; ``...`` leaves it as it is shown."""
    if control.kind in TYPED:
        text = control.element.get("initial_value") if value is ... else value
        assert len(str(text or "")) <= control.element.get("max_length", 3000), "too long"
        if control.kind == "email_text_input" and text:
            assert re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", str(text)), "not an e-mail address"
        if control.kind == "url_text_input" and text:
            assert re.match(r"https?://[^\s]+", str(text)), "not an address"
        if control.kind == "number_input" and text:
            assert re.fullmatch(r"-?\d+", str(text)), "not a number"
        return {"type": control.kind, "value": text or None}
    if control.kind in PICKED:
        name, shown = PICKED[control.kind]
        return {"type": control.kind, name: control.element.get(shown) if value is ... else value}
    if control.kind == "external_select":
        offered = modal.offered.get(control.block_id, [])
        if value is ...:
            return {"type": control.kind, "selected_option": control.element.get("initial_option")}
        found = [each for each in offered if each["text"]["text"] == value]
        assert found or value is None, f"{value!r} was not offered in {control.label!r}"
        return {"type": control.kind, "selected_option": found[0] if found else None}
    if control.kind in ("checkboxes", "multi_static_select"):
        chosen = control.initial if value is ... else _options(control, value)
        most = control.element.get("max_selected_items", len(chosen))
        assert len(chosen) <= most, f"at most {most} in {control.label!r}"
        return {"type": control.kind, "selected_options": chosen}
    chosen = control.initial if value is ... else _options(control, value)
    return {"type": control.kind, "selected_option": chosen[0] if chosen else None}


def _options(control: Control, value: object) -> list[Json]:
    labels = [] if value is None else [value] if isinstance(value, str) else list(value)  # type: ignore[call-overload]  # Filled
    chosen = []
    for label in labels:
        option = control.option(label)
        assert option is not None, f"no option {label!r} in {control.label!r}"
        chosen.append(option)
    return chosen
