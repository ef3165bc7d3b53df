"""Answers to any question of any flow, so that a conversation comes to its end. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from flows.choices import Choice, Marked, Rank, Review
from flows.places import City, Country, Residence, Timezone
from flows.questions import Day, Languages, Number, Question, Reader, Text, Year
from flows.rating import Rating
from flows.script import Json
from flows.understand.reading import Understood, Unsure

FEW = 4  # of many options, somebody marks up to so many
SOME_TEXT = "…"


class Answerer:
    """Answers as one person would. ``known`` are their stored answers by question key (a town as
    typed); ``texts`` what they could write, by question key and under "any"."""

    def __init__(
        self,
        random: Random,
        reader: Reader,
        known: Mapping[str, Json],
        texts: Mapping[str, Sequence[str]],
    ) -> None:
        self._random = random
        self._reader = reader
        self._known = known
        self._texts = texts

    def answer(self, question: Question[Any]) -> Json:
        """A stored answer that ``question`` accepts. Raises Invalid where a known one is none."""
        value = self._value(question)
        if value is not None or not question.optional:
            question.load(value)
        return value

    def _value(self, question: Question[Any]) -> Json:
        if isinstance(question, City | Residence):
            return self._town(question)
        known = self._known.get(question.key)
        if question.key in self._known and (known is not None or question.optional):
            return self._fitting(question, known)
        if isinstance(question, Review):
            return True
        if isinstance(question, Rating):
            return self._rating(question)
        if isinstance(question, Marked):
            return self._marks(question)
        if isinstance(question, Languages):
            return list(question.common[:1]) or ["en"]
        if isinstance(question, Choice | Timezone):
            return self._one(question)
        return self._plain(question)

    def _fitting(self, question: Question[Any], known: Json) -> Json:
        """Of several ticks those that this question offers."""
        if not isinstance(question, Marked):
            return known
        offered = {item.key for item in question.options}
        return [each for each in known if each in offered]

    def _plain(self, question: Question[Any]) -> Json:
        """What is not chosen from a list."""
        if isinstance(question, Country):
            return question.common[0] if question.common else "SK"
        if isinstance(question, Year):
            return self._reader.today.year - self._random.randint(1, 20)
        if isinstance(question, Number):
            return self._random.randint(question.minimum, min(question.maximum, 10))
        if isinstance(question, Day):
            day = self._reader.today + timedelta(days=self._random.randint(10, 200))
            return day.isoformat()
        if isinstance(question, Text):
            return self._text(question)
        if question.items():
            return self._one(question)
        return None if question.optional else SOME_TEXT

    def _text(self, question: Text) -> Json:
        if question.optional and self._random.random() < 0.4:
            return None
        texts = self._texts.get(question.key) or self._texts.get("any") or (SOME_TEXT,)
        return self._random.choice(texts)[: question.maximum]

    def _one(self, question: Question[Any]) -> Json:
        """The first options more often: they say yes."""
        keys = [item.key for item in question.items()]
        weights = [len(keys) - index for index in range(len(keys))]
        return self._random.choices(keys, weights)[0]

    def _marks(self, question: Marked[Any]) -> Json:
        keys = [item.key for item in question.options]
        most = min(question.maximum or FEW, len(keys))
        least = min(max(question.minimum, 1), most)
        count = most if isinstance(question, Rank) else self._random.randint(least, most)
        needed = [key for key in getattr(question, "needed", ()) if key in keys]
        others = [key for key in keys if key not in needed]
        extra = min(max(count - len(needed), 0), len(others))
        return [*needed, *self._random.sample(others, extra)]

    def _rating(self, question: Rating) -> Json:
        levels = [level.key for level in question.levels]
        weights = [len(levels) - index for index in range(len(levels))]
        rated = [item.key for item in question.options if self._random.random() < 0.8]
        rated = (rated or [question.options[0].key])[: question.maximum]
        return {key: self._random.choices(levels, weights)[0] for key in rated}

    def _town(self, question: City | Residence) -> Json:
        name = self._known.get(question.key) or SOME_TEXT
        reading = question.read(name, self._reader)
        if isinstance(reading, Understood):
            return reading.value
        if isinstance(reading, Unsure):
            return reading.candidates[0]
        country = question.country if isinstance(question, City) else None
        return {"name": name, "country": country, "geonameid": None, "timezone": None}
