"""The rules of Block Kit, strict: what is not known here is refused, as Slack refuses it.

Figures from https://docs.slack.dev/reference/block-kit (blocks, block elements, composition
objects) and https://docs.slack.dev/reference/views.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.fakes.slack.blocks import check_block
from tests.fakes.slack.check import Check, Json
from tests.fakes.slack.errors import Refused

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
# Not in the reference; seen in practice: all text of a message's blocks together.
MESSAGE_TEXT = 13_200


def check_message(blocks: object) -> None:
    """Refuse a message's blocks: ``invalid_blocks`` or ``msg_too_long``."""
    check = Check()
    for block, at in check.rows(blocks, "/blocks", MESSAGE_BLOCKS, least=0):
        check_block(check, block, at)
    if check.problems:
        raise Refused("invalid_blocks", check.problems)
    if check.text > MESSAGE_TEXT:
        raise Refused("msg_too_long")


def check_view(view: object, kinds: tuple[str, ...] = ("modal",)) -> Json:
    """The view when it may be shown; refused with ``invalid_arguments``."""
    check = Check()
    if not isinstance(view, dict):
        raise Refused("invalid_arguments", ["must provide an object [json-pointer:/view]"])
    kind = view.get("type")
    if kind not in kinds:
        raise Refused("invalid_arguments", [f"must be one of {kinds} [json-pointer:/view/type]"])
    common = "private_metadata callback_id external_id"
    if kind == "modal":
        optional = f"submit close clear_on_close notify_on_close submit_disabled {common}"
        check.keys(view, "/view", "title blocks", optional)
    else:
        check.keys(view, "/view", "blocks", common)
    for name in ("title", "submit", "close"):
        if name in view:
            check.plain(view[name], f"/view/{name}", 24)
    for name, longest in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        if name in view:
            check.string(view[name], f"/view/{name}", longest, shortest=0)
    for block, at in check.rows(view.get("blocks", []), "/view/blocks", VIEW_BLOCKS, least=0):
        check_block(check, block, at)
    if kind == "modal" and check.inputs and "submit" not in view:
        check.wrong("/view", "`submit` is required when an `input` block is in the view")
    if check.problems:
        raise Refused("invalid_arguments", check.problems)
    return view


def check_metadata(metadata: object) -> None:
    """Message metadata: https://docs.slack.dev/messaging/message-metadata"""
    if not isinstance(metadata, Mapping) or not isinstance(metadata.get("event_type"), str):
        raise Refused("invalid_metadata_format")
    payload = metadata.get("event_payload")
    if not isinstance(payload, Mapping) or set(metadata) - {"event_type", "event_payload"}:
        raise Refused("invalid_metadata_schema")
    if not all(isinstance(v, (str, int, float, bool)) for v in payload.values()):
        raise Refused("invalid_metadata_schema")
