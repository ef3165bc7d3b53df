"""The address of the database: ``sqlite:///path`` or ``postgresql://user:secret@host/name``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from storage.errors import CannotConnect, WrongUrl

EXAMPLES = "use sqlite:///domov.sqlite3 or postgresql://user:password@host/name"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the database is. ``path`` is the file of an SQLite database, else None."""

    url: URL
    path: Path | None

    @property
    def dialect(self) -> str:
        return "postgresql" if self.path is None else "sqlite"

    def __str__(self) -> str:
        """For people to read: without the password."""
        return self.url.render_as_string(hide_password=True)


def parse_url(url: str) -> Address:
    """Understand a DATABASE_URL. Raises WrongUrl; the password is never part of the message."""
    try:
        parsed = make_url(url.strip())
    except (ArgumentError, ValueError):
        raise WrongUrl(f"the database address cannot be understood; {EXAMPLES}") from None
    backend = parsed.drivername.split("+")[0]
    if backend in {"postgresql", "postgres"}:
        return Address(parsed.set(drivername="postgresql+psycopg"), None)
    if backend != "sqlite":
        raise WrongUrl(f"databases of the kind {backend!r} are not supported; {EXAMPLES}")
    if parsed.host:
        raise WrongUrl(f"sqlite:// needs three slashes before the path; {EXAMPLES}")
    if parsed.database in {None, "", ":memory:"}:
        raise WrongUrl(f"a database in memory would forget everybody; {EXAMPLES}")
    if parsed.query:
        raise WrongUrl(f"options after the path are not supported; {EXAMPLES}")
    path = Path(str(parsed.database)).expanduser()
    return Address(parsed.set(drivername="sqlite+pysqlite", database=str(path)), path)


def check_folder(path: Path) -> None:
    """Raises CannotConnect where the file's folder is missing."""
    if not path.parent.is_dir():
        raise CannotConnect(f"the folder {path.parent.resolve()} of the database does not exist")
    if path.is_dir():
        raise CannotConnect(f"{path} is a folder, not a database file")
