"""What people who do not exist are called and say, by language: the TOML files beside this."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FALLBACK = "en"
TEXTS = ("topics", "wishes", "note", "comment", "goal", "any")


@dataclass(frozen=True, slots=True)
class Work:
    """A profession as a woman and as a man would say it, and what such a person is good at."""

    field: str
    woman: str
    man: str
    expertise: str
    employer: str | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """``surnames`` are pairs (hers, his); ``domestic`` towns, ``abroad`` pairs (country, town),
    ``region`` towns by home region; ``texts`` by the key of a survey's question, and "any"."""

    language: str
    women: tuple[str, ...]
    men: tuple[str, ...]
    surnames: tuple[tuple[str, str], ...]
    works: tuple[Work, ...]
    domestic: tuple[str, ...]
    abroad: tuple[tuple[str, str], ...]
    region: Mapping[str, tuple[str, ...]]
    texts: Mapping[str, tuple[str, ...]]


def languages() -> frozenset[str]:
    """Those that have a file of their own."""
    here = files(__package__).iterdir()
    return frozenset(
        each.name.removesuffix(".toml") for each in here if each.name.endswith(".toml")
    )


@cache
def voice(language: str) -> Voice:
    """The voice of a language; English for one that has none."""
    known = language if language in languages() else FALLBACK
    raw = tomllib.loads(files(__package__).joinpath(f"{known}.toml").read_text("utf-8"))
    towns = raw["towns"]
    return Voice(
        language=known,
        women=tuple(raw["women"]),
        men=tuple(raw["men"]),
        surnames=tuple((hers, his) for hers, his in raw["surnames"]),
        works=tuple(Work(**work) for work in raw["work"]),
        domestic=tuple(towns["domestic"]),
        abroad=tuple((country, town) for country, town in towns["abroad"]),
        region={key: tuple(names) for key, names in towns["region"].items()},
        texts={name: tuple(raw[name]) for name in TEXTS},
    )
