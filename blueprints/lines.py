"""On which line each key of a TOML file stands: the standard parser does not tell.

The text has already been parsed by :mod:`tomllib`, so this only follows the structure (tables,
keys, strings, arrays, inline tables) and never judges it. Grammar: https://toml.io/en/v1.0.0
"""

from __future__ import annotations

import bisect
import re
import tomllib

from blueprints.problems import Place

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACES = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^,\]}#\n]+")  # number, boolean, date


def line_index(text: str) -> dict[Place, int]:
    """Every table, key and array item of valid TOML ``text`` -> its line, from 1."""
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Place, int] = {}
        self.last: dict[Place, int] = {}  # array of tables -> index of its newest table
        self.breaks = [match.start() for match in re.finditer("\n", text)]

    def scan(self) -> dict[Place, int]:
        table: Place = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)
        return self.lines

    def _header(self) -> Place:
        """``[a.b]`` or ``[[a.b]]``; leaves the place of the table that it opens."""
        start = self.at
        several = self.text.startswith("[[", start)
        self.at += 2 if several else 1
        keys = self._dotted()
        self.at = self.text.index("]", self.at) + (2 if several else 1)
        place: Place = ()
        for number, key in enumerate(keys, 1):
            place = (*place, key)
            if several and number == len(keys):
                self.last[place] = self.last.get(place, -1) + 1
            self._mark(place, start)
            if place in self.last:
                place = (*place, self.last[place])
                self._mark(place, start)
        return place

    def _pair(self, table: Place) -> None:
        start = self.at
        place = table
        for key in self._dotted():
            place = (*place, key)
            self._mark(place, start)
        self._skip(_SPACES)
        self.at += 1  # the "="
        self._skip(_SPACES)
        self._value(place)

    def _dotted(self) -> list[str]:
        keys = []
        while True:
            self._skip(_SPACES)
            keys.append(self._key())
            self._skip(_SPACES)
            if self.text[self.at] != ".":
                return keys
            self.at += 1

    def _key(self) -> str:
        if bare := _BARE.match(self.text, self.at):
            self.at = bare.end()
            return bare.group()
        quoted = self._match(_STRING)
        return str(tomllib.loads(f"key = {quoted}")["key"])

    def _value(self, place: Place) -> None:
        opening = self.text[self.at]
        if opening == "[":
            self._array(place)
        elif opening == "{":
            self._inline_table(place)
        else:
            self._match(_STRING if opening in "\"'" else _PLAIN)

    def _array(self, place: Place) -> None:
        self.at += 1
        index = 0
        self._skip(_BLANK)
        while self.text[self.at] != "]":
            self._mark((*place, index), self.at)
            self._value((*place, index))
            index += 1
            self._comma()
        self.at += 1

    def _inline_table(self, place: Place) -> None:
        self.at += 1
        self._skip(_BLANK)
        while self.text[self.at] != "}":
            self._pair(place)
            self._comma()
        self.at += 1

    def _comma(self) -> None:
        self._skip(_BLANK)
        if self.text[self.at] == ",":
            self.at += 1
            self._skip(_BLANK)

    def _mark(self, place: Place, at: int) -> None:
        self.lines.setdefault(place, bisect.bisect_left(self.breaks, at) + 1)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        if found := pattern.match(self.text, self.at):
            self.at = found.end()

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if not found:  # not valid TOML after all
            raise ValueError(f"nothing to read at character {self.at}")
        self.at = found.end()
        return found.group()
