"""What the page of somebody's data is made of, and how its sections are laid out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from blueprints.schema import Blueprint
from bot.turn.copy.html import Section, Table
from messages.words import Words

Held: TypeAlias = Mapping[str, Any]  # table -> rows
Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Copy:
    """What a page is made of. ``events``: number -> title; ``at`` the moment of the copy."""

    held: Held
    events: Mapping[int, str]
    language: str
    blueprint: Blueprint
    words: Words
    at: datetime

    def say(self, key: str, **values: Any) -> str:
        return self.words.text(f"copy.{key}", self.language, **values)

    def rows(self, table: str) -> Sequence[Row]:
        found: Sequence[Row] = self.held.get(table, ())
        return found

    @property
    def person(self) -> Row:
        return self.rows("person")[0]

    @property
    def zone(self) -> str:
        return str(self.person["timezone"] or "UTC")

    def moment(self, told: str | None) -> str:
        """A moment as JSON has it, by the person's clock."""
        if not told:
            return ""
        return self.words.datetime(datetime.fromisoformat(told), self.language, self.zone)

    def day(self, told: str | None) -> str:
        return self.words.date(date.fromisoformat(told[:10]), self.language) if told else ""


def tabled(
    copy: Copy,
    title: str,
    heads: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    note: str = "kept_erasure",
) -> Section | None:
    """A section with a table, where there is something to tell."""
    if not rows:
        return None
    return Section(copy.say(title), table=Table(heads, tuple(rows)), note=copy.say(note))
