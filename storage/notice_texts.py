"""The words of the notice and the consents, as people read them: once a version and language."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from storage.moments import as_moment, moment
from storage.statements import sql
from storage.transaction import Transaction

_KEEP = sql(
    "INSERT INTO notice_text (version, language, sha256, text, material, stored_at)"
    " VALUES (:version, :language, :sha256, :text, :material, :now)"
    " ON CONFLICT (version, language) DO NOTHING"
)
_MARK = sql(
    "UPDATE notice_text SET material = :material WHERE version = :version AND material <> :material"
)
_OF = sql("SELECT language, sha256, stored_at FROM notice_text WHERE version = :version")
_BEGAN = sql(
    "SELECT version, min(stored_at), max(material) FROM notice_text GROUP BY version"
    " ORDER BY min(stored_at), min(id)"
)


def digest(text: str) -> str:
    """The hash that tells two texts apart: SHA-256 in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def keep(
    tx: Transaction, version: str, texts: Mapping[str, str], now: datetime, *, material: bool
) -> None:
    """Store the words of a version (language -> text) where they are not there yet. Those that
    are stay as they are: see :func:`changed`."""
    for language, text in texts.items():
        tx.run(
            _KEEP, version=version, language=language, sha256=digest(text), text=text,
            material=int(material), now=moment(now),
        )  # fmt: skip
    tx.run(_MARK, version=version, material=int(material))


def changed(tx: Transaction, version: str, texts: Mapping[str, str]) -> dict[str, datetime]:
    """Languages in which other words are stored under this version, and since when."""
    return {
        language: as_moment(stored)
        for language, known, stored in tx.run(_OF, version=version).fetchall()
        if language in texts and digest(texts[language]) != known
    }


def fine(tx: Transaction) -> frozenset[str] | None:
    """The versions whose readers need not be asked again: the last material one and what came
    after it. None: no version was material, and nobody is asked."""
    found: list[str] | None = None
    for version, _, material in tx.run(_BEGAN).fetchall():
        if material:
            found = []
        if found is not None:
            found.append(version)
    return None if found is None else frozenset(found)
