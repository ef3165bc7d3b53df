"""What a line typed in the terminal means: buttons by number or label, a command, or words."""

from __future__ import annotations

import re

from bot.incoming import Command, Said, Text
from messages.message import Kind, Option, Widget

SEVERAL = frozenset({Kind.MULTI, Kind.RANK, Kind.RATING})

_NUMBERS = re.compile(r"\d{1,3}(?:[\s,;]+\d{1,3})*")
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:\s+(.*))?", re.DOTALL)


def buttons(line: str, widget: Widget | None) -> tuple[str, ...]:
    """The keys of the buttons that ``line`` presses, in order; none where it is words.

    Options are numbered from 1. Controls (back, skip …) have no numbers, so that a number typed
    to an open question stays one.
    """
    if widget is None:
        return ()
    line = line.strip()
    if _NUMBERS.fullmatch(line):
        return _numbered([int(number) for number in re.findall(r"\d+", line)], widget)
    wanted = line.casefold()
    for option in (*widget.options, *widget.controls):
        if plain(option.label).casefold() == wanted:
            return (option.key,)
    return ()


def _numbered(numbers: list[int], widget: Widget) -> tuple[str, ...]:
    there = all(1 <= number <= len(widget.options) for number in numbers)
    if not there or (len(numbers) > 1 and widget.kind not in SEVERAL):
        return ()
    return tuple(widget.options[number - 1].key for number in numbers)


def plain(label: str) -> str:
    """A label as somebody would type it: without a tick or an emoji in front."""
    words = label.split()
    while words and not any(map(str.isalnum, words[0])):
        words.pop(0)
    return " ".join(words) or label


def words(line: str) -> Said:
    """``/name argument`` is a command, anything else text."""
    found = _COMMAND.fullmatch(line.strip())
    return Command(found[1].lower(), (found[2] or "").strip()) if found else Text(line)


def find(key: str, widget: Widget | None) -> Option | None:
    """The button with this key."""
    if widget is None:
        return None
    return next((o for o in (*widget.options, *widget.controls) if o.key == key), None)
