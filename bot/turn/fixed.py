"""What a question shows to every reader of one language, made once."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.turn.labels import Labels
from flows.choices import MARKED, Rank, Review
from flows.questions import Question
from flows.rating import Rating
from messages import rich
from messages.base36 import base36
from messages.message import Kind, Option, Rich
from messages.words import capitalised

MOST = 4096  # questions and languages kept; a blueprint has a hundred questions


@dataclass(frozen=True, slots=True)
class Fixed:
    """``words`` is the question's text with its hint and how to answer, but not a card's lines;
    ``brief`` its first paragraph. ``labels`` are those of its items, by key; ``options`` its items
    as they stand unmarked. ``short`` names the question in a button's data."""

    kind: Kind
    short: str
    words: Rich
    brief: Rich
    labels: dict[str, str]
    options: tuple[Option, ...]
    levels: tuple[Option, ...]
    placeholder: str


@lru_cache(maxsize=MOST)
def fixed(labels: Labels, question: Question[Any]) -> Fixed:
    """What ``question`` shows to readers of these labels' language."""
    kind = _kind(question)
    named = {item.key: labels.button(item.label) for item in question.items()}
    sign = "+" if kind in (Kind.MULTI, Kind.RANK) else "="
    words = () if isinstance(question, Review) else _words(labels, question)
    return Fixed(
        kind=kind,
        short=base36(zlib.crc32(question.key.encode()) % 36**4),
        words=words,
        brief=words[:1],
        labels=named,
        options=tuple(Option(key, f"{sign}{key}", label) for key, label in named.items()),
        levels=_levels(labels, question),
        placeholder=labels.text(question.hint) if question.hint else "",
    )


def _kind(question: Question[Any]) -> Kind:
    if isinstance(question, Review):
        return Kind.BUTTONS
    if isinstance(question, Rating):
        return Kind.RATING
    if isinstance(question, Rank):
        return Kind.RANK
    if isinstance(question, MARKED):
        return Kind.MULTI
    return Kind.CHOICE if question.items() else Kind.TEXT


def _words(labels: Labels, question: Question[Any]) -> Rich:
    words = labels.rich(question.text)
    if question.hint:
        words = rich.concat(words, labels.rich(question.hint))
    if isinstance(question, Rating):
        levels = tuple(level.label for level in _levels(labels, question))
        words = rich.concat(words, labels.say("survey.how_to_rate", levels=levels))
    elif isinstance(question, Rank) and not question.hint:
        how = labels.say("survey.how_to_rank", maximum=question.maximum)
        words = rich.concat(words, how)
    return words


def _levels(labels: Labels, question: Question[Any]) -> tuple[Option, ...]:
    if not isinstance(question, Rating):
        return ()
    return tuple(
        Option(
            level.key,
            "",
            f"{question.emojis.get(level.key, '')} {labels.text(level.label)}".strip(),
        )
        for level in question.levels
    )


@lru_cache(maxsize=MOST)
def controls(
    labels: Labels, names: tuple[str, ...], languages: tuple[str, ...]
) -> tuple[Option, ...]:
    """Buttons below a question: its controls by name, and the languages to switch to."""
    words = labels.words
    return (
        *(Option(_key(name), f"!{_key(name)}", words.text(f"common.button_{name}", labels.language))
          for name in names),
        *(Option(f"language_{code}", f"!language.{code}", capitalised(words.own_name(code)))
          for code in languages),
    )  # fmt: skip


def _key(name: str) -> str:
    """The button "all correct" is the card's "done"."""
    return "done" if name == "all_correct" else name
