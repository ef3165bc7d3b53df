"""Things to choose from, and what they are called."""

from __future__ import annotations

from blueprints.values import Esco, Flag, Key, Line, Model, Texts


class Option(Model):
    """One thing to choose. ``organisations`` limits it to people of these; empty: everybody."""

    key: Key
    label: Texts
    hint: Texts | None = None
    organisations: tuple[Key, ...] = ()


class Skill(Option):
    """A soft skill; ``esco`` is its ESCO concept URI (ec.europa.eu/esco, version 1.2.0)."""

    esco: Esco | None = None


class Field(Option):
    """A field of work. ``words``: how professions in it begin, in any language and without accents
    ("nurs", "zdravot"), so that it can be guessed from what somebody does. ``skills``: those
    that people in it are likeliest to have, offered to them first."""

    words: tuple[Line, ...] = ()
    skills: tuple[Key, ...] = ()


class Level(Option):
    """One step of a rating. ``counts``: an option rated so counts as chosen."""

    emoji: Line
    counts: Flag = False


def options_for(options: tuple[Option, ...], organisation: str | None) -> tuple[Option, ...]:
    """Those of the options that a person of this organisation may choose (None: all)."""
    return tuple(
        option
        for option in options
        if organisation is None or not option.organisations or organisation in option.organisations
    )


def label_of(options: tuple[Option, ...], key: str, language: str) -> str:
    """The option's label; the key itself for one that the blueprint no longer has."""
    return next((option.label[language] for option in options if option.key == key), key)
