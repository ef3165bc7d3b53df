"""What the methods share: a call's arguments, ids for blocks, messages and views as JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.fakes.slack.check import Json
from tests.fakes.slack.errors import Refused
from tests.fakes.slack.seen import controls
from tests.fakes.slack.state import APP, BOT_ID, TEAM, Posted, View, Workspace


@dataclass(frozen=True)
class Call:
    """One call as it reaches a method; ``url`` is the server's own root."""

    workspace: Workspace
    args: dict[str, Any]
    url: str

    def need(self, name: str) -> Any:
        if self.args.get(name) in (None, ""):
            raise Refused("invalid_arguments", [f"missing required field: {name}"])
        return self.args[name]


Method: TypeAlias = Callable[[Call], Json]
State: TypeAlias = dict[str, dict[str, Json]]


def message_json(message: Posted) -> Json:
    """A message as Slack shows it to an app."""
    body: Json = {"type": "message", "user": message.author, "text": message.text, "ts": message.ts}
    if message.by_bot:
        body |= {"bot_id": BOT_ID, "app_id": APP, "team": TEAM}
    if message.blocks:
        body["blocks"] = message.blocks
    if message.files:
        body["files"] = message.files
    if message.edited:
        body["edited"] = {"user": message.author, "ts": message.ts}
    return body


def view_json(view: View) -> Json:
    """A window or home page as Slack shows it to an app."""
    return {
        "id": view.id,
        "team_id": TEAM,
        "app_id": APP,
        "bot_id": BOT_ID,
        "hash": view.hash,
        "state": {"values": view.state},
        "private_metadata": "",
        "callback_id": "",
        **view.view,
    }


def with_ids(blocks: list[Json], workspace: Workspace) -> list[Json]:
    """Slack gives an id to each block and action that has none."""
    whole = []
    for block in blocks:
        given = {**block, "block_id": block.get("block_id") or f"b{workspace.number()}"}
        if "elements" in block and block["type"] == "actions":
            given["elements"] = [_with_action(e, workspace) for e in block["elements"]]
        for name in ("accessory", "element"):
            if name in block:
                given[name] = _with_action(block[name], workspace)
        whole.append(given)
    return whole


def _with_action(element: Json, workspace: Workspace) -> Json:
    return {**element, "action_id": element.get("action_id") or f"a{workspace.number()}"}


def kept_state(state: State, blocks: list[Json]) -> State:
    """What stays ticked when a message changes: where block and action have the same ids."""
    there = {(c.block_id, c.element["action_id"]) for c in controls(blocks)}
    return {
        block_id: kept
        for block_id, actions in state.items()
        if (kept := {a: v for a, v in actions.items() if (block_id, a) in there})
    }
