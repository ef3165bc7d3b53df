"""Pictures and files: kept once, whole, with what platforms call them."""

from __future__ import annotations

from datetime import UTC, datetime

from storage import media
from storage.database import Database
from storage.media import Medium

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ROSE = Medium("rose.png", "image/png", bytes(range(256)) * 100)


def test_the_same_content_is_kept_once_under_its_first_name(database: Database) -> None:
    with database.transaction() as tx:
        first = media.keep(tx, ROSE, NOW)
        again = media.keep(tx, Medium("other.png", "image/png", ROSE.content), NOW)
        other = media.keep(tx, Medium("rose.png", "image/png", b"another"), NOW)
    assert first == again != other
    with database.reading() as tx:
        assert media.content(tx, first) == ROSE
        assert media.label(tx, first) == ("rose.png", "image/png")
        assert media.content(tx, 999) is None
        assert media.label(tx, 999) is None


def test_a_platforms_name_for_it_is_remembered_until_it_is_lost(database: Database) -> None:
    with database.transaction() as tx:
        number = media.keep(tx, ROSE, NOW)
        assert media.copy_of(tx, number, "telegram", "1") is None
        media.copied(tx, number, "telegram", "1", "old")
        media.copied(tx, number, "telegram", "1", "new")
        media.copied(tx, number, "slack", "T1", "F1")
        assert media.copy_of(tx, number, "telegram", "1") == "new"
        media.forget_copy(tx, number, "telegram", "1")
        assert media.copy_of(tx, number, "telegram", "1") is None
        assert media.copy_of(tx, number, "slack", "T1") == "F1"
