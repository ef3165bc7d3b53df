"""What the bot says and what stands on its buttons, in one language, from where the bot has it."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from blueprints.load import default_path, load
from blueprints.schema import Blueprint, Survey, SurveyQuestion
from messages import rich
from messages.words import Words, capitalised


@cache
def blueprint() -> Blueprint:
    return load(default_path())


@cache
def _words() -> Words:
    return Words(blueprint().languages)


def one_line(text: str) -> str:
    """Without line breaks, to look for one text in another."""
    return " ".join(text.split())


class Speech:
    """One language's words."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.blueprint = blueprint()

    def __call__(self, key: str, **values: Any) -> str:
        """A template as one line."""
        return _words().text(key, self.language, **values)

    def first(self, key: str, **values: Any) -> str:
        """The first paragraph of a template as one line."""
        return one_line(rich.plain(_words().rich(key, self.language, **values)[:1]))

    def label(self, options: str, key: str) -> str:
        """``label("fields", "it")``: what stands on a button of the blueprint's."""
        listed = getattr(self.blueprint, options)
        found = next(each for each in listed if each.key == key)
        words = found.name if options == "regions" else found.label
        return str(words[self.language])

    def control(self, name: str) -> str:
        """Back, Skip, Done …"""
        return self(f"common.button_{name}")

    def menu(self, name: str) -> str:
        """A button of the menu."""
        return self(f"menu.button_{name}")

    def spoken(self, code: str) -> str:
        """A spoken language on its button."""
        return capitalised(_words().language_name(code, self.language))

    def country(self, code: str) -> str:
        return _words().country(code, self.language)

    def own_name(self, code: str) -> str:
        return capitalised(_words().own_name(code))

    def day(self, value: date) -> str:
        return capitalised(_words().date(value, self.language))

    def survey(self, key: str) -> Survey:
        found = self.blueprint.survey(key)
        assert found is not None
        return found

    def title(self, survey: str) -> str:
        return self.survey(survey).title[self.language]

    def question(self, survey: str, key: str) -> SurveyQuestion:
        return next(each for each in self.survey(survey).questions if each.key == key)

    def asked(self, survey: str, key: str) -> str:
        return one_line(self.question(survey, key).text[self.language])

    def choice(self, survey: str, question: str, option: str) -> str:
        """An option of a survey's question."""
        found = self.question(survey, question).option(option)
        assert found is not None
        return found.label[self.language]

    def level(self, survey: str, question: str, level: str) -> str:
        """A level of a rating, as it stands in a menu or beside what was rated."""
        found = self.question(survey, question).level(level)
        assert found is not None
        return f"{found.emoji or ''} {found.label[self.language]}".strip()
