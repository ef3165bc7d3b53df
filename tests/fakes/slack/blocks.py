"""Every kind of block the server knows, one rule each."""

from __future__ import annotations

from typing import Any

from tests.fakes.slack.check import Check, Json, Rule
from tests.fakes.slack.elements import check_element
from tests.fakes.slack.richtext import check_rich_text

PICKERS = ("datepicker", "datetimepicker", "timepicker")
IN_ACTIONS = (
    "button",
    "checkboxes",
    "external_select",
    "overflow",
    "radio_buttons",
    "static_select",
    *PICKERS,
)
IN_SECTION = (*IN_ACTIONS, "image", "multi_static_select")
IN_INPUT = (
    "checkboxes",
    "email_text_input",
    "external_select",
    "number_input",
    "url_text_input",
    *PICKERS,
    "multi_static_select",
    "plain_text_input",
    "radio_buttons",
    "static_select",
)


def check_block(check: Check, block: Any, at: str) -> None:
    """Note what Slack would say against one block."""
    if not isinstance(block, dict) or block.get("type") not in RULES:
        check.wrong(
            at, f"unsupported block: {block.get('type') if isinstance(block, dict) else block!r}"
        )
        return
    check.identify(block, at, name="block_id", seen=check.block_ids)
    RULES[block["type"]](check, block, at)


def _actions(check: Check, block: Json, at: str) -> None:
    if check.keys(block, at, "elements", "block_id"):
        for element, place in check.rows(block["elements"], f"{at}/elements", 25):
            check_element(check, element, place, IN_ACTIONS)


def _context(check: Check, block: Json, at: str) -> None:
    if check.keys(block, at, "elements", "block_id"):
        for element, place in check.rows(block["elements"], f"{at}/elements", 10):
            if isinstance(element, dict) and element.get("type") == "image":
                check_element(check, element, place, ("image",))
            else:
                check.words(element, place, 3000)


def _divider(check: Check, block: Json, at: str) -> None:
    check.keys(block, at, "", "block_id")


def _header(check: Check, block: Json, at: str) -> None:
    if check.keys(block, at, "text", "block_id"):
        check.plain(block["text"], f"{at}/text", 150)


def _image(check: Check, block: Json, at: str) -> None:
    if not check.keys(block, at, "alt_text", "image_url slack_file title block_id"):
        return
    check.string(block["alt_text"], f"{at}/alt_text", 2000)
    if ("image_url" in block) == ("slack_file" in block):
        check.wrong(at, "must provide either image_url or slack_file")
    elif "image_url" in block:
        check.string(block["image_url"], f"{at}/image_url", 3000)
    elif check.keys(block["slack_file"], f"{at}/slack_file", "", "id url"):
        check.string(block["slack_file"].get("id"), f"{at}/slack_file/id", 20)


def _input(check: Check, block: Json, at: str) -> None:
    check.inputs += 1
    if not check.keys(block, at, "label element", "optional hint dispatch_action block_id"):
        return
    check.plain(block["label"], f"{at}/label", 2000)
    if "hint" in block:
        check.plain(block["hint"], f"{at}/hint", 2000)
    if not isinstance(block.get("optional", False), bool):
        check.wrong(f"{at}/optional", "must provide a boolean")
    check_element(check, block["element"], f"{at}/element", IN_INPUT)


def _markdown(check: Check, block: Json, at: str) -> None:
    if check.keys(block, at, "text", "block_id"):
        check.string(block["text"], f"{at}/text", 12_000)
        check.text += len(str(block["text"]))


def _section(check: Check, block: Json, at: str) -> None:
    if not check.keys(block, at, "", "text fields accessory expand block_id"):
        return
    if "text" not in block and "fields" not in block:
        check.wrong(at, "missing required field: text or fields")
    if "text" in block:
        check.words(block["text"], f"{at}/text", 3000)
    if "fields" in block:
        for item, place in check.rows(block["fields"], f"{at}/fields", 10):
            check.words(item, place, 2000)
    if "accessory" in block:
        check_element(check, block["accessory"], f"{at}/accessory", IN_SECTION)


RULES: dict[str, Rule] = {
    "actions": _actions,
    "context": _context,
    "divider": _divider,
    "header": _header,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "rich_text": check_rich_text,
    "section": _section,
}
