"""The secret key: hashes and codes are only as good as it."""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Iterator
from pathlib import Path

from bot.cli.check.finding import Finding, ok, problem, remark
from bot.settings import SECRET_LENGTH, Settings
from storage.errors import WrongUrl
from storage.urls import parse_url

FEW = 10  # different characters; a random key of 32 has more
_MAKE = "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
_KEEP = "Keep a copy with the backups: without it nobody can tell who asked to be forgotten"


def secret_key(given: Settings) -> Iterator[Finding]:
    """SECRET_KEY, or the key file beside an SQLite database."""
    if given.secret_key is not None:
        key = given.secret_key.get_secret_value()
        if len(key) >= SECRET_LENGTH:  # shorter ones are among the settings' problems
            yield _strength(key, "SECRET_KEY", "is set")
        return
    path = None
    with contextlib.suppress(WrongUrl):  # told with the database
        path = parse_url(given.database_url.get_secret_value()).path
    if path is not None:
        yield from _file(path.with_name(path.name + ".key"))


def _strength(key: str, name: str, well: str) -> Finding:
    if len(set(key)) < FEW:
        return remark("Secret key", f"{name} can be guessed; {_MAKE}")
    return ok("Secret key", f"{name} {well}")


def _file(path: Path) -> Iterator[Finding]:
    if not path.exists():
        yield ok("Secret key", f"the first start makes one in {path}. {_KEEP}")
        return
    try:
        key = path.read_text(encoding="ascii").strip()
        mode = stat.S_IMODE(path.stat().st_mode)
    except (OSError, UnicodeDecodeError) as error:
        yield problem("Secret key", f"{path} cannot be read ({error}); put back the right file")
        return
    if len(key) < SECRET_LENGTH:
        yield problem("Secret key", f"{path} holds no key; put back the right file, or remove it")
        return
    if mode & 0o077:
        yield remark("Secret key", f"others may read {path}; run: chmod 600 {path}")
    yield _strength(key, str(path), f"holds it. {_KEEP}")
