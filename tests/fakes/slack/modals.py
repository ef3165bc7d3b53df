"""Filling in a window as Slack's client does, and its own checks before it sends anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from tests.fakes.slack.check import Json
from tests.fakes.slack.seen import Control, controls
from tests.fakes.slack.state import View

Filled: TypeAlias = str | Sequence[str] | None


def fill(modal: View, values: Mapping[str, Filled]) -> None:
    """Set ``modal.state`` from labels; what isn't mentioned keeps its initial value.

    Raises AssertionError where the client would not let the person send.
    """
    inputs = list(controls(modal.view["blocks"]))
    optional = {b["block_id"] for b in modal.view["blocks"] if b.get("optional")}
    unknown = set(values) - {control.label for control in inputs}
    assert not unknown, f"no such fields: {sorted(unknown)}; there are {[c.label for c in inputs]}"
    modal.state = {}
    for control in inputs:
        state = _state(control, values.get(control.label, ...))
        empty = not (
            state.get("value") or state.get("selected_option") or state.get("selected_options")
        )
        assert not empty or control.block_id in optional, f"please fill in {control.label!r}"
        modal.state[control.block_id] = {str(control.element["action_id"]): state}


def _state(control: Control, value: object) -> Json:
    """One element's part of ``view.state.values``; ``...`` leaves it as it is shown."""
    if control.kind == "plain_text_input":
        text = control.element.get("initial_value") if value is ... else value
        assert len(str(text or "")) <= control.element.get("max_length", 3000), "too long"
        return {"type": control.kind, "value": text or None}
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
