"""Translations, read straight from the .po files: the copy beside them (:mod:`messages.compiled`)
holds for exactly this file only, so there is none to go stale.

The English of the templates is the key of every translation, so English has no catalog.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import babel

from messages import compiled
from messages.cldr import plural_index
from messages.errors import CatalogError

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog as BabelCatalog

Forms: TypeAlias = Mapping[tuple[str | None, str], tuple[str, ...]]

SOURCE_LANGUAGE = "en"
DOMAIN = "domov"
ROOT = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Catalog:
    """The translations into one language: (context or None, English singular) -> forms."""

    language: str
    forms: Forms = field(default_factory=dict)

    def one(self, context: str | None, text: str) -> str:
        """The translation of ``text``, or ``text``."""
        found = self.forms.get((context, text))
        return found[0] if found else text

    def many(self, context: str | None, singular: str, plural: str, n: int) -> str:
        """The form for ``n``, or the English one."""
        found = self.forms.get((context, singular))
        if found is None:
            return singular if n == 1 else plural
        index = plural_index(self.language)(n)
        return found[index] if index < len(found) else found[-1]


def path(root: Path, language: str) -> Path:
    """Where the catalog of ``language`` lies under ``root``."""
    return root / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(root: Path, language: str) -> BabelCatalog:
    """The catalog as Babel sees it. Raises CatalogError."""
    from babel.messages.pofile import PoFileError, read_po  # noqa: PLC0415 - mostly not needed

    file = path(root, language)
    try:
        return read_po(
            io.BytesIO(_source(file, language)), locale=language, domain=DOMAIN, abort_invalid=True
        )
    except (PoFileError, ValueError) as error:
        raise CatalogError(f"{file}: {error}") from error


def load(root: Path, language: str) -> Catalog:
    """The finished translations of ``language``: empty and fuzzy ones are left out. Raises
    CatalogError."""
    if language == SOURCE_LANGUAGE:
        return Catalog(language)
    file = path(root, language)
    ours = Path(__file__).read_bytes()
    made_of = compiled.digest(babel.__version__.encode(), ours, _source(file, language))
    return Catalog(language, compiled.kept(file, made_of, lambda: _finished(read(root, language))))


def _source(file: Path, language: str) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise CatalogError(f"{file}: there is no catalog for {language!r}") from error


def _finished(catalog: BabelCatalog) -> Forms:
    forms: dict[tuple[str | None, str], tuple[str, ...]] = {}
    for message in catalog:
        source = message.id if isinstance(message.id, str) else message.id[0]
        target = (
            (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        )
        if source and target and all(target) and not message.fuzzy:
            forms[message.context or None, source] = target
    return forms
