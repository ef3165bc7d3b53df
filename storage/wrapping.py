"""SQLAlchemy around a connection that is already open, and inside its transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool


class _Borrowed:
    """The driver's connection, whose transactions and end are its owner's business."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def commit(self) -> None:
        """Not here: the owner commits."""

    def rollback(self) -> None:
        """Not here: the owner rolls back."""

    def close(self) -> None:
        """Not here: the owner closes."""


class Wrapping:
    """``connection`` believes in one endless transaction; the real ones are the owner's."""

    def __init__(self, raw: Any, dialect: str) -> None:
        if dialect == "sqlite":
            url, options = "sqlite+pysqlite://", {}
        else:
            # Looking for hstore would need the real connection, and nothing uses it.
            url, options = "postgresql+psycopg://", {"use_native_hstore": False}
        borrowed = _Borrowed(raw)
        self._engine = create_engine(url, creator=lambda: borrowed, poolclass=StaticPool, **options)
        self.connection = self._engine.connect()
        self.connection.begin()

    def close(self) -> None:
        self.connection.close()
        self._engine.dispose()
