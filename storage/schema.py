"""Which revision of the tables this release works with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage.errors import NotMigrated

if TYPE_CHECKING:
    from storage.connections import Link

HEAD = "0010"  # the newest file in migrations/versions; a test compares the two


def current_revision(raw: Any, dialect: str) -> str | None:
    """The revision of the tables behind a driver's connection; None for an empty database."""
    if dialect == "sqlite":
        known = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
    else:
        known = "SELECT 1 WHERE to_regclass('alembic_version') IS NOT NULL"
    if raw.execute(known).fetchone() is None:
        return None
    row = raw.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def check_schema(link: Link) -> None:
    """Raises NotMigrated unless the tables are those of this release."""
    found = current_revision(link.raw, link.dialect)
    link.rollback()
    if found == HEAD:
        return
    if found is None:
        raise NotMigrated(f"the database {link.address} has no tables; run `domov migrate`")
    if found > HEAD:
        raise NotMigrated(
            f"the database {link.address} was written by a newer release "
            f"(revision {found}, this one knows {HEAD}); install that release"
        )
    raise NotMigrated(
        f"the tables of {link.address} are at revision {found}, this release needs {HEAD}; "
        "run `domov migrate`"
    )
