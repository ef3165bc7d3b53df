"""A rating, one option after the other: each gets a level by one tap or word, or is passed by.

Where a platform shows all options at once (a table, a window), the same question is answered as a
whole; what is stored is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.choices import Marked, known_keys, labels_of
from flows.errors import Invalid
from flows.questions import Item, Reader
from flows.script import Json, Label, Many, Template
from flows.understand import choice, words
from flows.understand.levels import everything, split
from flows.understand.reading import NotUnderstood, Reading, Understood, Unsure


@dataclass(frozen=True, kw_only=True, eq=False)
class Rating(Marked[dict[str, str]]):
    """Each of ``options`` may get one of ``levels``, the best first; stored option -> level.
    ``hints`` say more of an option, by its key."""

    levels: tuple[Item, ...]
    emojis: dict[str, str] = field(default_factory=dict)
    hints: Mapping[str, Label] = field(default_factory=dict)

    def load(self, stored: Json) -> dict[str, str]:
        if not isinstance(stored, dict):
            raise Invalid("not a rating")
        levels = {item.key for item in self.levels}
        known_keys(self.keys, list(stored))
        given = list(stored.values())
        if not all(isinstance(level, str) and level in levels for level in given) or self.check(
            stored
        ):
            raise Invalid("a level that is not there (any more)")
        return dict(stored)

    def empty(self) -> Json:
        return {}

    def known(self, marks: Json) -> Json:
        levels = {item.key for item in self.levels}
        return {key: level for key, level in marks.items() if key in self.keys and level in levels}

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        """A whole answer: the options named get the first level ("talk, workshop"), or the one
        that is said with them ("all of them 👍")."""
        level, of = self.said(typed, reader) or ("", "")
        if of and everything(of):
            return Understood(dict.fromkeys((item.key for item in self.options), level))
        reading = super().read(of or typed, reader)
        given = level if of else self.levels[0].key
        if isinstance(reading, Understood):
            return Understood(dict.fromkeys(reading.value, given))
        if isinstance(reading, Unsure):
            return Unsure(tuple(dict.fromkeys(keys, given) for keys in reading.candidates))
        return reading

    def said(self, typed: str, reader: Reader) -> tuple[str, str] | None:
        """The level that words, a number or a sign begin or end with, and what else they say:
        "not for me" is ("not_for_me", ""), "all of them 👍" ("liked", "all of them"). A bare yes is
        the first level, a bare no the last. None: they name no level."""
        if "?" in typed:
            return None  # "is that possible?"
        named = [(level.key, reader.say(level.label)) for level in self.levels]
        if found := split(typed, named, self.emojis):
            return found
        yes = words.yes_no(typed)
        if yes is not None:
            return self.levels[0 if yes else -1].key, ""
        reading = choice.option(typed, named)
        return (reading.value, "") if isinstance(reading, Understood) else None

    def rate(self, typed: str, at: str, marks: Mapping[str, str], reader: Reader) -> Reading[Json]:
        """What words say while the option ``at`` is shown: option -> level."""
        level, of = self.said(typed, reader) or ("", "")
        if level and not of:
            return Understood({at: level})
        if of and everything(of) and (left := self._left(marks)):
            return Understood(dict.fromkeys(left, level))
        reading = self.read(typed, reader)
        if level and isinstance(reading, NotUnderstood):
            return Understood({at: level})  # "sounds great, I like it"
        return reading

    def _left(self, marks: Mapping[str, str]) -> list[str]:
        return [item.key for item in self.options if item.key not in marks]

    def at(self, marks: Mapping[str, str], at: Json) -> str:
        """The option to show: ``at`` where there is such a one, else the first without a level."""
        if at in self.keys:
            return str(at)
        return self.unrated(marks) or self.options[0].key

    def unrated(self, marks: Mapping[str, str], after: int = -1) -> str | None:
        """The next option without a level, from behind the place ``after`` round to the start."""
        keys = [item.key for item in self.options]
        around = (*keys[after + 1 :], *keys[: after + 1])
        return next((key for key in around if key not in marks), None)

    def place(self, key: str) -> int:
        """The place of an option, from 0."""
        return next(place for place, item in enumerate(self.options) if item.key == key)

    def beside(self, key: str, step: int) -> str | None:
        """The option one further (1) or one before (-1); None at the ends."""
        place = self.place(key) + step
        return self.options[place].key if 0 <= place < len(self.options) else None

    def next_level(self, level: str | None) -> str:
        """The level a tap in a table leads to: none yet -> first -> second … -> first again."""
        keys = [item.key for item in self.levels]
        return keys[(keys.index(level) + 1) % len(keys)] if level in keys else keys[0]

    def by_level(self, stored: Json) -> list[tuple[Item, Label]]:
        """The levels that were given, and the options that got each."""
        found = []
        for level in self.levels:
            keys = [item.key for item in self.options if stored.get(item.key) == level.key]
            if keys:
                found.append((level, labels_of(self.options, keys)))
        return found

    def describe(self, stored: Json) -> Label:
        if not stored:
            return Template("common.nothing")
        return Many(
            tuple(
                Template("survey.level", {"level": level.label, "options": options})
                for level, options in self.by_level(stored)
            )
        )
