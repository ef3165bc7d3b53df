"""From a flow's labels to the reader's words."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from flows.script import Label, Many, Name, Plain, Template, Texts
from flows.understand.places import city_name
from messages import rich
from messages.message import Rich
from messages.words import Words, capitalised


class Labels:
    """Labels in one language."""

    def __init__(self, words: Words, language: str) -> None:
        self.words = words
        self.language = language

    def text(self, label: Label) -> str:
        """One line, for a button or inside a sentence."""
        match label:
            case Plain(text):
                return text
            case Texts(by_language):
                return by_language.get(self.language) or next(iter(by_language.values()))
            case Name(kind, code, fallback):
                return self._name(kind, code) or fallback
            case Many(items):
                return ", ".join(self.text(item) for item in items)
            case Template(key, values):
                return self.words.text(key, self.language, **self._values(values))

    def button(self, label: Label) -> str:
        """As it stands on a button: with a capital where the language writes it small."""
        text = self.text(label)
        return capitalised(text) if isinstance(label, Name) else text

    def rich(self, label: Label) -> Rich:
        """Paragraphs, for a message."""
        if isinstance(label, Template):
            return self.words.rich(label.key, self.language, **self._values(label.values))
        return rich.paragraphs(self.text(label))

    def say(self, key: str, **values: Any) -> Rich:
        """A template of the bot's own."""
        return self.rich(Template(key, values))

    def _values(self, values: Any) -> dict[str, Any]:
        return {name: self._value(value) for name, value in values.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, Template | Texts | Name | Plain | Many):
            return self.text(value)
        if isinstance(value, tuple | list):
            return [self._value(each) for each in value]
        return value

    def _name(self, kind: str, code: str) -> str:
        if kind == "country":
            return self.words.country(code, self.language)
        if kind == "language":
            return self.words.language_name(code, self.language)
        if kind == "city":
            return city_name(int(code), self.language) or ""
        if kind == "timezone":
            return self.words.timezone(code, self.language)
        return self.words.date(date.fromisoformat(code), self.language)


@lru_cache(maxsize=64)
def labels_in(words: Words, language: str) -> Labels:
    """The labels of a language, always the same: caches tell them apart by identity."""
    return Labels(words, language)
