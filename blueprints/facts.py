"""What a region knows of people: facts, declared once, and which of them each persona is asked.

The program acts on some facts by itself; they are built in and need no declaration, unless a region
wants other words for them. Every other fact is the blueprint's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

from pydantic import model_validator

from blueprints.options import Option
from blueprints.values import Flag, Key, Model, Positive, Texts

FactKind: TypeAlias = Literal[
    "choice", "multi", "rank", "text", "url", "number", "year", "yes_no", "languages",
    "email", "linkedin", "name", "region", "place", "profession", "field", "willingness",
]  # fmt: skip

WITH_OPTIONS = frozenset({"choice", "multi", "rank"})
WITH_LIMIT = frozenset({"text", "multi", "rank"})
SKIPPABLE = frozenset({"url", "email", "linkedin"})
"""Kinds that may be skipped wherever they are asked, unless the fact is ``needed``."""
ONLY_BUILT_IN = frozenset({"name", "region", "place", "profession", "field", "willingness"})
"""Kinds that the program acts on: each is the kind of one built-in fact alone."""


class BuiltIn(NamedTuple):
    """``listed``: the list of the blueprint that its options are from ("" for none)."""

    kind: FactKind
    listed: str = ""


BUILT_IN: Mapping[str, BuiltIn] = {
    "name": BuiltIn("name"),
    "home_region": BuiltIn("region", "regions"),
    "place": BuiltIn("place"),
    "profession": BuiltIn("profession"),
    "field": BuiltIn("field", "fields"),
    "employer": BuiltIn("text"),
    "expertise": BuiltIn("text"),
    "linkedin": BuiltIn("linkedin"),
    "email": BuiltIn("email"),
    "since": BuiltIn("year"),
    "spoken_languages": BuiltIn("languages"),
    "occupation": BuiltIn("choice", "occupations"),
    "wants": BuiltIn("multi", "wants"),
    "willingness": BuiltIn("willingness"),
}

RESERVED = frozenset({
    "review", "consents", "persona", "country", "city", "timezone", "geonameid", "residence",
    "organisation", "language", "status", "source", "id", "registered_at", "confirmed_at",
    "notice_version", "paused_until", "event", "home", "confirmed", "region", "spoken", "person",
    "person_id", "last_active", "last_active_at", "registered", "channel", "channels", "consent",
    "joined_to", "joined_until", "created_at", "next_home", "everybody", "and", "or", "not",
})  # fmt: skip
"""Keys that mean something else in conversations, audiences and exports."""


class Fact(Model):
    """Something to know of a person.

    ``kind`` may be left out of a built-in fact. ``options`` of choice, multi and rank. ``ask`` is
    the question, ``name`` what it is called on cards and in exports, ``why`` what is answered when
    somebody asks why. ``public``: may be shown to everybody, of those who agreed to that.
    ``limit``: the most characters of a text, the most options of multi and rank. ``needed``: can't
    be skipped where a persona is asked it (None: the kind decides).
    """

    key: Key
    kind: FactKind | None = None
    options: tuple[Option, ...] = ()
    ask: Texts | None = None
    name: Texts | None = None
    why: Texts | None = None
    hint: Texts | None = None
    public: Flag = False
    limit: Positive | None = None
    needed: Flag | None = None

    @property
    def built_in(self) -> bool:
        return self.key in BUILT_IN

    @property
    def skippable(self) -> bool:
        """Whether it may be skipped where it is asked at registration."""
        if self.needed is not None:
            return not self.needed
        return self.kind in SKIPPABLE or self.key == "employer"

    def option(self, key: str) -> Option | None:
        return next((option for option in self.options if option.key == key), None)


class Ask(Model):
    """A fact that a persona is asked, in its own words where ``ask`` is given. ``"website"`` is
    short for ``{ fact = "website" }``."""

    fact: Key
    ask: Texts | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, raw: Any) -> Any:
        return {"fact": raw} if isinstance(raw, str) else raw


class Pick(Model):
    """One option of a fact, or of the column of the living database that a survey feeds."""

    fact: Key
    option: Key


class OptionList(Model):
    """Options that facts and survey questions name instead of repeating them."""

    key: Key
    options: tuple[Option, ...]


USUAL_ASKS = ("name", "home_region", "place", "profession", "willingness")
USUAL_LATER = ("since", "employer", "expertise", "linkedin", "email", "spoken_languages")
"""What a persona is asked whose blueprint doesn't say."""
