"""Messages as what Slack's methods take. Pure: the calls are made in sender.py."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.slack import pages, widgets
from bot.channels.slack.blocks import MESSAGE_BLOCKS, VIEW_BLOCKS, Json
from messages import rich
from messages import slack as rich_text
from messages.message import Message, Rich

EVENT_TYPE = "domov_delivery"  # of message metadata, see metadata()


@dataclass(frozen=True, slots=True)
class Part:
    """One Slack message: its blocks, and the text for notifications and screen readers."""

    text: str
    blocks: list[Json]

    def arguments(self) -> Json:
        """For chat.postMessage and chat.update. Blocks are always given: an update with a text
        alone would take away the message's buttons."""
        return {"text": self.text, "blocks": self.blocks}


def parts(message: Message, image: Json | None = None) -> list[Part]:
    """The message in as few parts as Slack's limits allow; what can be pressed is in the last,
    an ``image`` (a block) on top of the first.

    Empty when there is nothing to show (a file alone).
    """
    if image is not None:
        first, *rest = parts(message) or [Part("…", [])]
        return [Part(first.text, [image, *first.blocks][:MESSAGE_BLOCKS]), *rest]
    if message.panels:
        shown = pages.blocks(message.panels)[:MESSAGE_BLOCKS]
        return [Part(rich_text.fallback(message.text) or "…", shown)]
    below = widgets.render(message.widget, message.links, asked=rich.plain(message.text[:1]))
    texts: list[Rich] = rich_text.split(message.text) or ([()] if below else [])
    made = []
    for number, text in enumerate(texts, 1):
        blocks = rich_text.blocks(text)
        if number == len(texts):
            blocks = [*blocks, *below[: MESSAGE_BLOCKS - len(blocks)]]
        made.append(Part(rich_text.fallback(text) or "…", blocks))
    return made


def home(message: Message) -> Json:
    """The view for views.publish. What is too long for one message is too long for a home page
    as well; it keeps the first part of its text."""
    return {"type": "home", "blocks": page(message)[:VIEW_BLOCKS]}


def page(message: Message) -> list[Json]:
    """All of a message below each other, for a view."""
    if message.panels:
        return pages.blocks(message.panels)
    texts = rich_text.split(message.text)
    blocks = rich_text.blocks(texts[0]) if texts else []
    asked = rich.plain(message.text[:1])
    return [*blocks, *widgets.render(message.widget, message.links, asked=asked)]


def metadata(delivery: int) -> Json:
    """What a message carries to be found again; no personal data.

    https://docs.slack.dev/messaging/message-metadata
    """
    return {"event_type": EVENT_TYPE, "event_payload": {"delivery": delivery}}


def delivery_of(message: Json) -> int | None:
    """The delivery id in a message from conversations.history."""
    found = message.get("metadata") or {}
    if found.get("event_type") != EVENT_TYPE:
        return None
    number = (found.get("event_payload") or {}).get("delivery")
    return number if isinstance(number, int) else None
