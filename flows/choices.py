"""Questions that are answered by choosing. Several may be ticked before they are sent off;
the ticks so far ("marks") live in the conversation's draft, so they survive a restart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from flows.errors import Invalid
from flows.questions import Item, Languages, Question, Reader
from flows.script import Json, Label, Many, Plain, Template, Texts
from flows.understand import choice, words
from flows.understand.reading import NotUnderstood, Reading, Understood, Unsure
from flows.understand.text import fold

T = TypeVar("T")
_NOT = frozenset({"no", "not", "nie", "ne"})
_FIRST_WORDS = re.compile(r"[,.!;:–-]")
FEW = 10  # options that are seen at once; of more, the likeliest are shown first


def _label(items: tuple[Item, ...], key: Json) -> Label:
    return next((item.label for item in items if item.key == key), Plain(str(key)))


def labels_of(items: tuple[Item, ...], keys: Json) -> Label:
    """The labels of the items with these keys, listed."""
    return Many(tuple(_label(items, key) for key in keys))


def _pairs(items: tuple[Item, ...], reader: Reader) -> list[tuple[str, str]]:
    return [(item.key, reader.say(item.label)) for item in items]


def _heard(typed: str) -> bool | None:
    """A yes or no, also with something behind it: "yes, gladly", "nie, ďakujem"."""
    for said in (typed, _FIRST_WORDS.split(typed.strip(), 1)[0]):
        if (heard := words.agreed(said, onward=False)) is not None:
            return heard
    return None


def _says(label: str) -> bool | None:
    """Whether an option is a yes or a no: "Yes, gladly", "Not now"."""
    said = fold(label).split()
    if said and words.agreed(said[0], onward=False):
        return True
    return False if _NOT.intersection(said) else None


def known_keys(keys: frozenset[str], stored: Json) -> tuple[str, ...]:
    """``stored`` as the keys of options, each once. Raises Invalid."""
    if not (isinstance(stored, list) and all(isinstance(key, str) for key in stored)):
        raise Invalid("not a list of options")
    if not keys.issuperset(stored) or len(set(stored)) != len(stored):
        raise Invalid("an option that is not there (any more)")
    return tuple(stored)


@dataclass(frozen=True, kw_only=True, eq=False)
class Choice(Question[str]):
    """Exactly one of ``options``."""

    options: tuple[Item, ...]

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(item.key for item in self.options)

    def load(self, stored: Json) -> str:
        if not isinstance(stored, str) or stored not in self.keys:
            raise Invalid("an option that is not there (any more)")
        return str(stored)

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        """By what stands on a button; and where yes or no stands on one, by any yes or no."""
        pairs = _pairs(self.options, reader)
        reading = choice.option(typed, pairs)
        if isinstance(reading, Understood) or (heard := _heard(typed)) is None:
            return reading
        meant = [key for key, label in pairs if _says(label) is heard]
        return Understood(meant[0]) if len(meant) == 1 else reading

    def describe(self, stored: Json) -> Label:
        return _label(self.options, stored)

    def items(self) -> tuple[Item, ...]:
        return self.options


@dataclass(frozen=True, kw_only=True, eq=False)
class Agreement(Choice):
    """A choice that is a matter of yes or no, said in any words: yes means the option ``yes``, no
    means ``no``, which need not stand on a button. ``onward``: "let's go" is a yes as well.
    ``unclear`` is the reason told to whoever says something else."""

    yes: str
    no: Item
    unclear: str
    onward: bool = False

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(item.key for item in (*self.options, self.no))

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        heard = words.agreed(typed, onward=self.onward)
        if heard is not None:
            return Understood(self.yes if heard else self.no.key)
        reading = super().read(typed, reader)
        return reading if isinstance(reading, Understood) else NotUnderstood(self.unclear)

    def describe(self, stored: Json) -> Label:
        return _label((*self.options, self.no), stored)


@dataclass(frozen=True, kw_only=True, eq=False)
class Called(Choice):
    """A choice of what somebody is, which they say in words of their own. ``called``: option -> how
    such words begin, folded ("expat", "v zahranic")."""

    called: Mapping[str, tuple[str, ...]]

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        reading = super().read(typed, reader)
        if not isinstance(reading, NotUnderstood):
            return reading
        said = f" {fold(typed[: choice.LONGEST_ANSWER])}"
        meant = [
            key for key, begun in self.called.items() if any(f" {word}" in said for word in begun)
        ]
        return Understood(meant[0]) if len(meant) == 1 else reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Guessed(Choice):
    """A choice that was guessed: a plain yes means ``likely``."""

    likely: str

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        if words.yes_no(typed) is True:
            return Understood(self.likely)
        return super().read(typed, reader)


@dataclass(frozen=True, kw_only=True, eq=False)
class Marked(Question[T]):
    """Shared by the questions whose options are marked one after the other and then sent."""

    options: tuple[Item, ...]
    minimum: int = 0
    maximum: int | None = None

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(item.key for item in self.options)

    def items(self) -> tuple[Item, ...]:
        return self.options

    @property
    def long(self) -> bool:
        """Whether there are more options than are seen at once."""
        return len(self.options) > FEW

    def check(self, marks: Json) -> NotUnderstood | None:
        """What still stands against sending ``marks`` off."""
        if len(marks) < self.minimum:
            return NotUnderstood("choice.too_few", {"minimum": self.minimum})
        if self.maximum is not None and len(marks) > self.maximum:
            return NotUnderstood("choice.too_many", {"maximum": self.maximum})
        return None

    def empty(self) -> Json:
        return []

    def known(self, marks: Json) -> Json:
        """``marks`` without options that a release or the blueprint took away meanwhile."""
        return [mark for mark in marks if mark in self.keys]

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        reading = self.named(typed, reader)
        if isinstance(reading, Understood):
            return self.check(reading.value) or reading
        return reading

    def named(self, typed: str, reader: Reader) -> Reading[Json]:
        """The options that were named, however many; in any language that they have words in."""
        reading = choice.options(typed, _pairs(self.options, reader))
        for pairs in self._elsewhere if isinstance(reading, NotUnderstood) else ():
            if isinstance(other := choice.options(typed, pairs), Understood):
                reading = other
                break
        if isinstance(reading, Unsure):
            return Unsure(tuple(list(candidate) for candidate in reading.candidates))
        if isinstance(reading, NotUnderstood):
            return reading
        return Understood(list(reading.value))

    @cached_property
    def _elsewhere(self) -> list[list[tuple[str, str]]]:
        """The options as they are called in each language, where the blueprint names them all."""
        texts = [(item.key, item.label) for item in self.options if isinstance(item.label, Texts)]
        if len(texts) < len(self.options) or not texts:
            return []
        languages = texts[0][1].by_language
        return [
            [(key, label.by_language.get(language, "")) for key, label in texts]
            for language in languages
        ]

    def describe(self, stored: Json) -> Label:
        if not stored:
            return Template("common.nothing")
        return labels_of(self.options, stored)


@dataclass(frozen=True, kw_only=True, eq=False)
class Multi(Marked[tuple[str, ...]]):
    """Any number of ``options``; those in ``needed`` must be among them; those in ``ticked``
    stand ticked to begin with."""

    needed: tuple[str, ...] = ()
    ticked: tuple[str, ...] = ()

    def empty(self) -> Json:
        return list(self.ticked)

    def load(self, stored: Json) -> tuple[str, ...]:
        keys = known_keys(self.keys, stored)
        if self.check(list(keys)):
            raise Invalid("not as many as asked for")
        return keys

    def check(self, marks: Json) -> NotUnderstood | None:
        missing = [key for key in self.needed if key not in marks]
        if missing:
            return NotUnderstood("choice.needed", {"option": _label(self.options, missing[0])})
        return super().check(marks)


@dataclass(frozen=True, kw_only=True, eq=False)
class Permissions(Multi):
    """What may be done: all of ``options`` in one tap (or "yes"), each alone, or none."""

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        answer = words.yes_no(typed)
        if answer is not None:
            return Understood([item.key for item in self.options] if answer else [])
        return super().read(typed, reader)

    def describe(self, stored: Json) -> Label:
        everything = len(self.options) > 1 and self.keys.issubset(stored)
        return Template("common.everything") if everything else super().describe(stored)


@dataclass(frozen=True, kw_only=True, eq=False)
class Rank(Marked[tuple[str, ...]]):
    """Up to ``maximum`` of ``options``, the most important first."""

    maximum: int | None = 3

    def load(self, stored: Json) -> tuple[str, ...]:
        keys = known_keys(self.keys, stored)
        if self.check(list(keys)):
            raise Invalid("not as many as asked for")
        return keys


@dataclass(frozen=True, kw_only=True, eq=False)
class Review(Question[bool]):
    """The card at the end: every answer on the way here is a line that can be pressed to
    answer its question again; ``folded``: once "change something" was pressed."""

    folded: bool = False

    def load(self, stored: Json) -> bool:
        if stored is not True:
            raise Invalid("not confirmed")
        return True

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        """Typed words are the dialogue's to understand: it knows the lines."""
        return NotUnderstood("review.unclear")

    def describe(self, stored: Json) -> Label:
        return Template("common.button_yes")


MARKED = (Marked, Languages)
"""Question kinds that collect marks before they are sent off."""
