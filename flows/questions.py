"""Questions that are answered in words. Each reads what was typed and loads what was stored.

The stored form is plain JSON; ``load`` turns it into the flow's type and raises
:class:`~flows.errors.Invalid` when it no longer fits (a release or the blueprint changed).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from flows.errors import Invalid
from flows.script import Json, Label, Many, Name, Plain
from flows.understand import contact, dates, languages, names, text, years
from flows.understand.reading import NotUnderstood, Reading, Understood, Unsure

T = TypeVar("T")

EARLIEST_YEAR = 1930


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: their language, their day, and how a label reads to them."""

    language: str
    today: date
    say: Callable[[Label], str]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to choose. ``key`` is stored, ``label`` is shown."""

    key: str
    label: Label


@dataclass(frozen=True, kw_only=True, eq=False)
class Question(ABC, Generic[T]):
    """One question. ``key`` is unique in its flow and never re-used with a new meaning.

    ``name`` is what its answer is called on a summary card (None: the question itself); ``why``
    what is said to whoever asks why this is asked (None: what :mod:`bot.turn.asked` says).
    Equal only to itself (``eq=False``, in every kind), so that it can be the key of a cache.
    """

    key: str
    text: Label
    name: Label | None = None
    hint: Label | None = None
    optional: bool = False
    why: Label | None = None

    @abstractmethod
    def load(self, stored: Json) -> T:
        """The stored answer in the flow's type; raises Invalid."""

    @abstractmethod
    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        """What was typed, in the stored form."""

    def describe(self, stored: Json) -> Label:
        """The stored answer as the person would read it."""
        return Plain(str(stored))

    def asks_back(self, guesses: Sequence[Json]) -> Label | None:
        """How ``guesses``, in the stored form, are offered; None: "Did you mean this?"."""
        return None

    def items(self) -> tuple[Item, ...]:
        """What can be pressed instead of typing."""
        return ()


def _string(stored: Json) -> str:
    if not isinstance(stored, str) or not stored:
        raise Invalid("not a text")
    return stored


@dataclass(frozen=True, kw_only=True, eq=False)
class Text(Question[str]):
    """Free text of at most ``maximum`` characters; ``lines`` keeps line breaks."""

    maximum: int = 200
    lines: bool = False

    def load(self, stored: Json) -> str:
        """Longer than a new release allows is kept: it was accepted once."""
        return _string(stored)

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        return text.clean(typed, self.maximum, multiline=self.lines)


@dataclass(frozen=True, kw_only=True, eq=False)
class PersonName(Text):
    """What to call somebody: "volám sa Ján Horák" is Ján Horák; a greeting is asked again."""

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        return names.name(typed, reader.language, self.maximum)


@dataclass(frozen=True, kw_only=True, eq=False)
class Email(Question[str]):
    def load(self, stored: Json) -> str:
        return _string(stored)

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        return contact.email(typed)


@dataclass(frozen=True, kw_only=True, eq=False)
class LinkedIn(Question[str]):
    def load(self, stored: Json) -> str:
        return _string(stored)

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        return contact.linkedin(typed)


@dataclass(frozen=True, kw_only=True, eq=False)
class Url(Question[str]):
    """An address on the web."""

    def load(self, stored: Json) -> str:
        return _string(stored)

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        return contact.url(typed)


@dataclass(frozen=True, kw_only=True, eq=False)
class Year(Question[int]):
    """A year gone by, "since 2015" or "5 years ago"."""

    def load(self, stored: Json) -> int:
        if not isinstance(stored, int) or stored < EARLIEST_YEAR:
            raise Invalid("not a year")
        return stored

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        return years.year(typed, reader.language, reader.today)


@dataclass(frozen=True, kw_only=True, eq=False)
class Number(Question[int]):
    minimum: int = 0
    maximum: int = 1_000_000

    def load(self, stored: Json) -> int:
        if not isinstance(stored, int) or not self.minimum <= stored <= self.maximum:
            raise Invalid("not a number in range")
        return stored

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        digits = typed.strip().replace(" ", "")
        if len(digits) < 10 and digits.isdecimal() and self.minimum <= int(digits) <= self.maximum:
            return Understood(int(digits))
        limits = {"minimum": self.minimum, "maximum": self.maximum}
        return NotUnderstood("number.out_of_range", limits)


@dataclass(frozen=True, kw_only=True, eq=False)
class Day(Question[date]):
    """A day from today on, always confirmed: the grammar's guess is shown with its date.

    ``presets`` are days that can be pressed.
    """

    presets: tuple[Item, ...] = ()

    def load(self, stored: Json) -> date:
        try:
            return date.fromisoformat(_string(stored))
        except ValueError as problem:
            raise Invalid("not a day") from problem

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        reading = dates.day(typed, reader.language, reader.today)
        if isinstance(reading, NotUnderstood):
            return reading
        days = (reading.value,) if isinstance(reading, Understood) else reading.candidates
        past = [day for day in days if day < reader.today]
        if past:
            return NotUnderstood("date.past")
        stored = tuple(day.isoformat() for day in days)
        return Understood(stored[0]) if stored == (typed.strip(),) else Unsure(stored)

    def describe(self, stored: Json) -> Label:
        return Name("date", str(stored))

    def items(self) -> tuple[Item, ...]:
        return self.presets


@dataclass(frozen=True, kw_only=True, eq=False)
class Languages(Question[tuple[str, ...]]):
    """Spoken languages, pressed or typed ("slovensky, anglicky"); those in
    ``ticked`` stand ticked to begin with."""

    common: tuple[str, ...] = ()
    ticked: tuple[str, ...] = ()
    minimum: int = 1
    maximum: int | None = None

    def load(self, stored: Json) -> tuple[str, ...]:
        if not isinstance(stored, list) or not stored:
            raise Invalid("not a list of languages")
        return tuple(str(code) for code in stored)

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        reading = languages.spoken(typed, reader.language)
        if isinstance(reading, NotUnderstood) and "known" in reading.values:
            known = self.describe(reading.values["known"])
            return NotUnderstood(reading.reason, {**reading.values, "known": known})
        if isinstance(reading, Understood):
            return Understood(list(reading.value))
        if isinstance(reading, Unsure):
            return Unsure(tuple(list(candidate) for candidate in reading.candidates))
        return reading

    def describe(self, stored: Json) -> Label:
        return Many(tuple(Name("language", code) for code in stored))

    def items(self) -> tuple[Item, ...]:
        return tuple(Item(code, Name("language", code)) for code in self.common)
