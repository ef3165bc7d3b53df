"""The one door to all texts: a key, a language and values in, rich text out.

A key is "area.block": the block ``{% block ask_city %}`` of ``templates/registration.j2`` is
``registration.ask_city``. How a template is written is told in :mod:`messages.rich`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from jinja2 import UndefinedError
from jinja2.runtime import Context

from messages import catalogs, cldr, rich, templating
from messages.errors import BadValue, UnknownKey, UnknownLanguage
from messages.message import Rich
from messages.templating import Block

capitalised = cldr.capitalised


class Words:
    """All texts in ``languages``, read once. Raises CatalogError for a language without catalog.

    ``root`` holds ``templates/`` and ``locale/``; the default is this package.
    """

    def __init__(self, languages: tuple[str, ...], root: Path = catalogs.ROOT) -> None:
        self.languages = languages
        self.root = root
        self._env = templating.environment(
            root, {language: catalogs.load(root, language) for language in languages}
        )
        self._areas = templating.areas(self._env)
        self._blocks: dict[str, Block] = {}  # of the areas that were asked for
        self._fixed: dict[tuple[str, str], str] = {}  # texts without values

    def spoken(self, language: str | None, otherwise: str) -> str:
        """``language`` where there are words in it, else ``otherwise``."""
        return language if language and language in self.languages else otherwise

    def rich(self, key: str, language: str, /, **values: object) -> Rich:
        """The text of ``key`` as rich text; values are str, int, date, datetime or lists of str.

        Raises UnknownKey, UnknownLanguage, and BadValue for a value that is missing or unusable.
        """
        return rich.parse(self._source(key, language, values))

    def text(self, key: str, language: str, /, **values: object) -> str:
        """The text of ``key`` as one plain line: for labels, placeholders, titles. Raises as
        :meth:`rich`."""
        return _line(self._source(key, language, values))

    def keys(self) -> frozenset[str]:
        """Every key there is."""
        for area in self._areas:
            self._read(area)
        return frozenset(self._blocks)

    def _read(self, area: str) -> None:
        self._blocks |= templating.blocks(self._env, area)

    def _block(self, key: str) -> Block:
        found = self._blocks.get(key)
        if found is None:
            area = key.partition(".")[0]
            if area in self._areas:
                self._read(area)
            found = self._blocks.get(key)
        if found is None:
            raise UnknownKey(key)
        return found

    def _source(self, key: str, language: str, values: dict[str, object]) -> str:
        if values:
            return self._render(key, language, values)
        fixed = self._fixed.get((key, language))
        if fixed is None:
            fixed = self._fixed[key, language] = self._render(key, language, values)
        return fixed

    def _render(self, key: str, language: str, values: dict[str, object]) -> str:
        block = self._block(key)
        if language not in self.languages:
            raise UnknownLanguage(language, self.languages)
        known = {**self._env.globals, **values, templating.LANGUAGE: language}
        try:
            return "".join(block(Context(self._env, known, key, {})))
        except UndefinedError as error:
            raise BadValue(f"{key} in {language}: {error}") from error

    def date(self, value: date, language: str, style: str = "long") -> str:
        """A day; ``style`` "long", "full" (with weekday), "short", "day", "weekday" or "month"."""
        return cldr.format_date(value, language, style)

    def hours(self, starts: datetime, ends: datetime, language: str) -> str:
        """From when till when, by the clock of both: 18:30–20:00."""
        return cldr.hours(starts, ends, language)

    def datetime(self, value_utc: datetime, language: str, timezone: str) -> str:
        """Day and time of day in ``timezone`` (IANA name)."""
        return cldr.format_datetime(value_utc, language, timezone)

    def country(self, code: str, language: str) -> str:
        """The name of a country by its ISO 3166-1 code."""
        return cldr.country(code, language)

    def language_name(self, code: str, language: str) -> str:
        """The name of a spoken language, as inside a sentence: "angličtina"."""
        return cldr.language_name(code, language)

    def own_name(self, language: str) -> str:
        """What a language calls itself: "slovenčina"."""
        return cldr.own_name(language)

    def timezone(self, name: str, language: str) -> str:
        """The city that names an IANA time zone."""
        return cldr.timezone(name, language)

    def listing(self, items: Sequence[str], language: str) -> str:
        """``a, b and c``."""
        return cldr.listing(items, language)

    def number(self, n: int, language: str) -> str:
        """A whole number with thousands apart."""
        return cldr.number(n, language)


@lru_cache(maxsize=4096)
def _line(source: str) -> str:
    return " ".join(rich.plain(rich.parse(source)).split())
