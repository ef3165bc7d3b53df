"""The address of the database: ``sqlite:///path`` or ``postgresql://user:secret@host/name``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from storage.errors import CannotConnect, WrongUrl

EXAMPLES = "use sqlite:///domov.sqlite3 or postgresql://user:password@host/name"

_PASSWORD = re.compile(r"(?<=:)[^:@/?]+(?=@)|(?<=[?&]password=)[^&]*")


@dataclass(frozen=True, slots=True)
class Address:
    """Where the database is: the file of an SQLite one, or what libpq understands."""

    path: Path | None = None
    server: str = ""

    @property
    def dialect(self) -> str:
        return "sqlite" if self.path is not None else "postgresql"

    def __str__(self) -> str:
        """For people to read: without the password."""
        return str(self.path) if self.path is not None else _PASSWORD.sub("***", self.server)


def parse_url(url: str) -> Address:
    """Understand a DATABASE_URL. Raises WrongUrl; the password is never part of the message."""
    scheme, colon, rest = url.strip().partition("://")
    backend = scheme.split("+")[0].lower()
    if not colon or not backend:
        raise WrongUrl(f"the database address cannot be understood; {EXAMPLES}")
    if backend in {"postgresql", "postgres"}:
        return _server(rest)
    if backend != "sqlite":
        raise WrongUrl(f"databases of the kind {backend!r} are not supported; {EXAMPLES}")
    if rest in {"", "/", "/:memory:", ":memory:"}:
        raise WrongUrl(f"a database in memory would forget everybody; {EXAMPLES}")
    if not rest.startswith("/"):
        raise WrongUrl(f"sqlite needs three slashes before the path; {EXAMPLES}")
    if "?" in rest:
        raise WrongUrl(f"options after the path are not supported; {EXAMPLES}")
    return Address(path=Path(rest[1:]).expanduser())


def _server(rest: str) -> Address:
    address = f"postgresql://{rest}"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise WrongUrl(f"the database address has a wrong host or port; {EXAMPLES}") from None
    if port == 0 or parts.fragment or not parts.path.strip("/"):
        raise WrongUrl(f"the database address names no database; {EXAMPLES}")
    return Address(server=address)


def check_folder(path: Path) -> None:
    """Raises CannotConnect where the file's folder is missing."""
    if not path.parent.is_dir():
        raise CannotConnect(f"the folder {path.parent.resolve()} of the database does not exist")
    if path.is_dir():
        raise CannotConnect(f"{path} is a folder, not a database file")
