"""The pieces of Block Kit that widgets and forms are made of.

Labels are ``plain_text`` without ``:emoji:`` names: nothing that people typed is read as markup.
https://docs.slack.dev/reference/block-kit
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, TypeAlias

from bot.channels.slack.ids import LINK, make_id
from messages.labels import SLACK_LABEL, fit
from messages.message import START, Link

Json: TypeAlias = dict[str, Any]

ACTIONS = 25  # elements of an actions block
SELECT = 100  # options of a menu
BOXES = 10  # checkboxes or radio buttons in a group
PLACEHOLDER = 150
SECTION = 3000
ALT_TEXT = 2000
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100


def plain(text: str, longest: int = SLACK_LABEL) -> Json:
    """A text object; Slack refuses an empty one."""
    return {"type": "plain_text", "text": fit(text, longest) or "…", "emoji": False}


def option(label: str, value: str) -> Json:
    return {"text": plain(label), "value": value}


def button(label: str, value: str, action_id: str, *, primary: bool = False) -> Json:
    made: Json = {
        "type": "button",
        "text": plain(label),
        "value": value,
        "action_id": action_id,
    }
    return {**made, "style": "primary"} if primary else made


def link_buttons(links: Sequence[Link], numbers: Iterator[int] | None = None) -> list[Json]:
    """Buttons that open an address. They need an id, as a press of them is reported, too.

    One that opens the chat with the bot is pressed, not followed: Slack's links cannot say what
    for, and the bot writes to whoever presses it.
    """
    made = []
    for link, number in zip(links, numbers or count(), strict=False):
        action_id, payload = make_id(LINK, number), link.url.removeprefix(START)
        if payload == link.url:
            made.append(
                {
                    "type": "button",
                    "text": plain(link.label),
                    "url": link.url,
                    "action_id": action_id,
                }
            )
        else:
            # as the button of a menu: the command /start
            made.append(button(link.label, f"m:=start.{payload}", action_id))
    return made


def actions(elements: Sequence[Json]) -> list[Json]:
    """As many actions blocks as the elements need."""
    return [
        {"type": "actions", "elements": list(elements[start : start + ACTIONS])}
        for start in range(0, len(elements), ACTIONS)
    ]


def image(file: str, name: str) -> Json:
    """A picture that Slack holds: https://docs.slack.dev/reference/block-kit/blocks/image-block"""
    return {"type": "image", "slack_file": {"id": file}, "alt_text": fit(name, ALT_TEXT) or "…"}


def section(text: str, accessory: Json | None = None) -> Json:
    made: Json = {"type": "section", "text": plain(text, SECTION)}
    return {**made, "accessory": accessory} if accessory else made
