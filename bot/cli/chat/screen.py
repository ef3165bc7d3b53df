"""A message as a terminal shows it: words, numbered options, controls in brackets. Pure."""

from __future__ import annotations

import textwrap

from messages import rich, terminal
from messages.message import Kind, Message, Option, Widget

WIDTH = 88  # characters: longer lines are hard to read


def show(message: Message) -> str:
    """The whole message; no control characters but newline and tab."""
    parts = [terminal.text(message.text)]
    if message.widget is not None and (message.widget.options or message.widget.controls):
        parts.append("\n".join(_widget(message.widget)))
    if message.links:
        parts.append("\n".join(f"{safe(link.label)}: {link.url}" for link in message.links))
    if message.file is not None:
        name = safe(message.file.name)
        text = terminal.text(rich.paragraph(message.file.text))
        parts.append(f"--- {name} ---\n{text}\n--- end of {name} ---")
    return "\n\n".join(part for part in parts if part)


def safe(text: str) -> str:
    """One line of somebody's text, without what could play tricks on a terminal."""
    return " ".join(terminal.text(rich.paragraph(text)).split())


def wrapped(text: str, width: int) -> str:
    """``text`` with its long lines folded; lines of a list keep their indentation."""
    width = max(20, min(width, WIDTH))
    return "\n".join(_folded(line, width) for line in text.split("\n"))


def _folded(line: str, width: int) -> str:
    if len(line) <= width:
        return line
    head = len(line) - len(line.lstrip(" •0123456789.-"))
    return textwrap.fill(
        line, width, subsequent_indent=" " * min(head, 8), break_long_words=False,
        break_on_hyphens=False, drop_whitespace=True,
    )  # fmt: skip


def _widget(widget: Widget) -> list[str]:
    lines = [
        f"{number:>3} {_option(option, widget)}"
        for number, option in enumerate(widget.options, start=1)
    ]
    if widget.controls:
        lines.append("    " + " ".join(f"[{safe(control.label)}]" for control in widget.controls))
    return lines


def _option(option: Option, widget: Widget) -> str:
    label = safe(option.label)
    if widget.kind is Kind.MULTI:
        return f"[{'x' if option.mark else ' '}] {label}"
    if widget.kind is Kind.RANK:
        return f"[{option.mark or ' '}] {label}"
    if widget.kind is Kind.RATING:
        level = next((each.label for each in widget.levels if each.key == option.mark), "")
        return f"{label}: {safe(level)}" if level else label
    return label
